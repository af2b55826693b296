/* core/memory.h: how much memory the process can still have: the one place that is asked before much is taken. */
#ifndef RLRA_CORE_MEMORY_H
#define RLRA_CORE_MEMORY_H

#include "core/context.h"

/* Less than this is taken without a question: what the system reports is not more exact. */
#define RLRA_MEMORY_ASKED ((double)(64 << 20))

/* What can still be had, and what limits it: "on this machine". INFINITY where the system does not say. */
typedef struct memory_left {
    double bytes;
    double slack; /* by which that may be too little */
    const char *where;
} memory_left;

/* What a system whose /proc and /sys are below `root` ("" for those of this one) has: memory that is available without taking it
 * from other processes, swap space, and the limits of the control groups. */
memory_left rlra_memory_of_system(const char *root);

/* Whether the context takes its memory from the heap: what another allocator has is not known. */
int rlra_memory_is_ours(const rlra_context *context);

/* What RLRA_MEMORY in the environment says, in bytes; NAN: nothing. */
double rlra_memory_stated(void);

/* What this process has: that, the limits of address space and data, or what RLRA_MEMORY in the environment says. */
memory_left rlra_memory_left(const rlra_context *context);

/* A part of what is needed, and what of it the process holds already. */
typedef struct memory_part {
    const char *what;
    double bytes;
    int held;
} memory_part;

/* RLRA_ERR_MEMORY where the parts do not fit, with a sentence of all of them that ends with the remedy. */
rlra_status rlra_memory_require(rlra_context *context, const char *what, int count, const memory_part *parts,
                                const char *remedy);

/* "1.5 GiB" */
#define RLRA_BYTES_ROOM 32
const char *rlra_bytes_text(double bytes, char *room);

#endif
