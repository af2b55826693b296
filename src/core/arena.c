/* core/arena.c: planned workspace. */
#include "core/arena.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

/* Under the address sanitizer the bytes between two pieces are out of bounds. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(SANITIZED)
#include <sanitizer/asan_interface.h>
#define RED_ZONE RLRA_ALIGNMENT
#else
#define RED_ZONE                               0
#define ASAN_POISON_MEMORY_REGION(at, bytes)   ((void)(at), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(at, bytes) ((void)(at), (void)(bytes))
#endif

void *rlra_arena_take(arena *a, size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX / 4 - a->used) / size) {
        assert(a->base == NULL && "a measured arena cannot overflow");
        a->peak = SIZE_MAX;
        return NULL;
    }
    const size_t bytes = (count * size + RLRA_ALIGNMENT - 1) / RLRA_ALIGNMENT * RLRA_ALIGNMENT + RED_ZONE;
    char *const at = a->base == NULL ? NULL : a->base + a->used;
    const int is_fresh = a->used == a->peak; /* and does not overlay pieces that are used at other times */
    a->used += bytes;
    if (a->used > a->peak)
        a->peak = a->used;
    assert(a->base == NULL || a->used <= a->size);
    if (at != NULL && is_fresh)
        ASAN_POISON_MEMORY_REGION(at, bytes);
    if (at != NULL)
        ASAN_UNPOISON_MEMORY_REGION(at, count * size);
    return at;
}

void rlra_arena_rejoin(void *piece, size_t bytes)
{
    ASAN_UNPOISON_MEMORY_REGION(piece, bytes);
}

rlra_status rlra_arena_allocate(rlra_context *context, arena *a, const char *what)
{
    assert(a->base == NULL);
    if (a->peak > SIZE_MAX - RLRA_ALIGNMENT)
        return rlra_fail(context, RLRA_ERR_MEMORY, "out of memory: the workspace of %s is beyond any size", what);
    a->block = rlra_alloc(context, a->peak + RLRA_ALIGNMENT, 1);
    if (a->block == NULL)
        return rlra_fail_memory(context, a->peak, 1, what);
    const uintptr_t address = (uintptr_t)a->block;
    a->base = (char *)a->block + (RLRA_ALIGNMENT - address % RLRA_ALIGNMENT) % RLRA_ALIGNMENT;
    a->size = a->peak;
    memset(a->base, 0, a->size);
    ASAN_POISON_MEMORY_REGION(a->base, a->size);
    a->used = 0;
    a->peak = 0;
    return RLRA_OK;
}

void rlra_arena_free(rlra_context *context, arena *a)
{
    if (a->block != NULL)
        ASAN_UNPOISON_MEMORY_REGION(a->base, a->size);
    rlra_free(context, a->block);
    *a = (arena){0};
}
