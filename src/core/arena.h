/* core/arena.h: one block of memory, planned up front, from which the sweeps borrow. */
#ifndef RLRA_CORE_ARENA_H
#define RLRA_CORE_ARENA_H

#include <stddef.h>

#include "core/context.h"

#define RLRA_ALIGNMENT 64

/* With base == NULL an arena only measures: rlra_arena_take() counts and returns NULL. The same planning code is thus run
 * twice, to measure and to allocate. `peak` is the largest number of bytes in use. A piece of an arena may itself be an arena. */
typedef struct arena {
    void *block; /* as allocated, NULL while measuring */
    char *base;  /* aligned */
    size_t used, peak, size;
} arena;

/* Room for count x size bytes, aligned to RLRA_ALIGNMENT. Asserts that a real arena has room, as it was measured. The address
 * sanitizer reports accesses between the pieces. */
void *rlra_arena_take(arena *a, size_t count, size_t size);

/* Turn a piece that was used as an arena back into one piece, with nothing out of bounds inside. */
void rlra_arena_rejoin(void *piece, size_t bytes);

/* Allocate the peak of a measuring arena, zeroed; the arena is then empty and real. */
rlra_status rlra_arena_allocate(rlra_context *context, arena *a, const char *what);

void rlra_arena_free(rlra_context *context, arena *a);

#endif
