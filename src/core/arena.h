/* core/arena.h: one block of memory, planned up front, from which the sweeps borrow. */
#ifndef RLRA_CORE_ARENA_H
#define RLRA_CORE_ARENA_H

#include <stddef.h>

#include "core/context.h"

#define RLRA_ALIGNMENT 64

/* With base == NULL an arena only measures: rlra_arena_take() counts and returns NULL. The same planning code is thus run
 * twice, to measure and to take. `peak` is the most that was in use. A piece of an arena may be an arena of its own. */
typedef struct arena {
    void *block; /* as allocated, NULL while measuring */
    char *base;  /* aligned */
    size_t used, peak, size;
} arena;

/* Room for count x size bytes, aligned to RLRA_ALIGNMENT. Asserts that a real arena has it: it was measured. The address sanitizer
 * reports accesses between the pieces. */
void *rlra_arena_take(arena *a, size_t count, size_t size);

/* A piece that was an arena of its own is one piece again: nothing within it is out of bounds. */
void rlra_arena_rejoin(void *piece, size_t bytes);

/* Allocate what a measuring arena counted (its peak), zeroed; afterwards it is empty and real. */
rlra_status rlra_arena_allocate(rlra_context *context, arena *a, const char *what);

void rlra_arena_free(rlra_context *context, arena *a);

#endif
