/* core/room.c: memory that a thread keeps from one task to the next: pieces lie one behind the other. */
#include "core/room.h"

#include <stdint.h>

#include "core/arena.h"

/* Before each piece: where it begins, and its bytes with this. */
typedef struct piece {
    size_t begin, bytes;
} piece;

#define HEAD ((size_t)RLRA_ALIGNMENT)

/* Contexts serve one thread at a time, and an allocator of the caller need not be safe either. */
static void *ask(room *r, size_t bytes)
{
    void *memory;
#pragma omp critical(rlra_room)
    memory = rlra_alloc(r->context, bytes, 1);
    return memory;
}

static void give_back(room *r, void *memory)
{
#pragma omp critical(rlra_room)
    rlra_free(r->context, memory);
}

static int is_inside(const room *r, const void *at)
{
    return r->base != NULL && (uintptr_t)at >= (uintptr_t)r->base && (uintptr_t)at < (uintptr_t)r->base + r->size;
}

static void *take(void *user, size_t wanted)
{
    room *const r = user;
    if (wanted > SIZE_MAX - 2 * HEAD)
        return NULL;
    const size_t bytes = (wanted + HEAD - 1) / HEAD * HEAD + HEAD;
    const int fits = bytes <= r->size - r->used;
    char *const at = fits ? r->base + r->used : ask(r, bytes);
    if (at == NULL)
        return NULL;
    *(piece *)(void *)at = (piece){fits ? r->used : 0, bytes};
    r->used += fits ? bytes : 0;
    r->lacked += fits ? 0 : bytes;
    r->held += bytes;
    r->peak = r->held > r->peak ? r->held : r->peak;
    r->pieces++;
    return at + HEAD;
}

/* The last piece makes room at once, others when all are back. */
static void release(void *user, void *memory)
{
    room *const r = user;
    char *const at = (char *)memory - HEAD;
    const piece p = *(const piece *)(const void *)at;
    r->held -= p.bytes;
    r->pieces--;
    if (!is_inside(r, at))
        give_back(r, at);
    else if (p.begin + p.bytes == r->used)
        r->used = p.begin;
    if (r->pieces == 0)
        r->used = 0;
}

rlra_allocator rlra_room_allocator(room *r)
{
    return (rlra_allocator){take, release, r};
}

void rlra_room_renew(room *r)
{
    if (r->pieces > 0 || r->lacked == 0)
        return;
    /* Pieces that are given back in another order leave gaps: then the most that was out is not enough. */
    const size_t size = r->peak > r->size ? r->peak : r->size + r->lacked;
    rlra_room_free(r);
    r->lacked = 0;
    r->block = ask(r, size + HEAD);
    if (r->block == NULL)
        return;
    r->base = (char *)r->block + (HEAD - (uintptr_t)r->block % HEAD) % HEAD;
    r->size = size;
}

void rlra_room_free(room *r)
{
    if (r->block != NULL)
        give_back(r, r->block);
    r->block = NULL;
    r->base = NULL;
    r->size = r->used = 0;
}
