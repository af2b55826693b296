/* core/memory.h: how much memory the process can still have: checked before large allocations. */
#ifndef RLRA_CORE_MEMORY_H
#define RLRA_CORE_MEMORY_H

#include "core/context.h"

/* Smaller allocations are not checked, as the reports of the system are not more exact. */
#define RLRA_MEMORY_ASKED ((double)(64 << 20))

/* The available memory, and where: "on this machine". INFINITY if the system does not report it. */
typedef struct memory_left {
    double bytes;
    double slack; /* bytes by which it may be underestimated */
    const char *where;
} memory_left;

/* The memory of a system whose /proc and /sys are below `root` ("" for this one): memory that is available without taking it
 * from other processes, swap space, and the limits of the control groups. */
memory_left rlra_memory_of_system(const char *root);

/* Whether the context allocates from the heap; the memory of other allocators is not known. */
int rlra_memory_is_ours(const rlra_context *context);

/* RLRA_MEMORY in the environment, in bytes; NAN if it is not set. */
double rlra_memory_stated(void);

/* The memory of this process: by the system and the limits of address space and data, or by RLRA_MEMORY in the environment. */
memory_left rlra_memory_left(const rlra_context *context);

/* A part of the memory needed, and the bytes of it that the process already holds. */
typedef struct memory_part {
    const char *what;
    double bytes;
    int held;
} memory_part;

/* Fail with RLRA_ERR_MEMORY if the parts do not fit, with a message that lists them and ends with the remedy. */
rlra_status rlra_memory_require(rlra_context *context, const char *what, int count, const memory_part *parts,
                                const char *remedy);

/* "1.5 GiB" */
#define RLRA_BYTES_ROOM 32
const char *rlra_bytes_text(double bytes, char *room);

#endif
