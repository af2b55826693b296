/* io/hdf5/globals.c: read global heaps. */
#include "io/hdf5/globals.h"

#include <stdlib.h>
#include <string.h>

#include "core/check.h"

#define HEAD_MOST  16
#define ALIGNED    8
#define ROOM_LEAST 16
/* Bytes that all entries together may refer to: the size of the file this many times, plus an allowance for small files. */
#define GIVEN_TIMES 4
#define GIVEN_SPARE ((int64_t)1 << 20)

static uint64_t align(uint64_t bytes)
{
    return (bytes + ALIGNED - 1) / ALIGNED * ALIGNED;
}

static size_t head_bytes(const h5_file *file)
{
    return (size_t)align(8 + (uint64_t)file->length_bytes);
}

static int by_index(const void *left, const void *right)
{
    const uint32_t a = ((const h5_item *)left)->index, b = ((const h5_item *)right)->index;
    return (a > b) - (a < b);
}

/* List the objects, which follow each other to the end; number 0 is free space. */
static rlra_status list_items(const h5_globals *g, h5_collection *c, size_t bytes)
{
    const size_t head = head_bytes(g->file);
    h5_bytes b = rlra_h5_bytes(c->block, bytes);
    int is_sorted = 1;
    rlra_h5_skip(&b, head);
    while (rlra_h5_left(&b) >= head) {
        h5_bytes object = b;
        h5_item *const item = &c->items[c->count];
        item->index = (uint32_t)rlra_h5_take(&object, 2);
        rlra_h5_skip(&object, 6);
        item->bytes = rlra_h5_take_length(g->file, &object);
        if (item->index == 0)
            break;
        rlra_h5_skip(&b, head);
        item->at = b.at;
        if (item->bytes > rlra_h5_left(&b))
            return rlra_h5_damaged(g->file, "a heap of strings", c->address);
        const uint64_t whole = align(item->bytes);
        rlra_h5_skip(&b, whole < rlra_h5_left(&b) ? (size_t)whole : rlra_h5_left(&b));
        is_sorted &= c->count == 0 || by_index(item - 1, item) < 0;
        c->count++;
    }
    if (!is_sorted)
        qsort(c->items, c->count, sizeof *c->items, by_index);
    return RLRA_OK;
}

static rlra_status load_collection(h5_globals *g, uint64_t address, h5_collection *c)
{
    rlra_status status = RLRA_OK;
    unsigned char head[HEAD_MOST];
    const size_t least = head_bytes(g->file);
    *c = (h5_collection){.address = address};
    TRY(rlra_h5_read(g->file, address, head, 8 + (size_t)g->file->length_bytes));
    const uint64_t bytes = rlra_h5_uint(head + 8, g->file->length_bytes);
    REQUIRE(memcmp(head, "GCOL", 4) == 0 && head[4] == 1 && bytes >= least &&
                bytes <= (uint64_t)(g->file->in->size - g->bytes),
            rlra_h5_damaged(g->file, "a heap of strings", address));
    TRY(rlra_h5_load(g->file, address, bytes, &c->block));
    c->items = rlra_alloc(g->file->in->context, (size_t)bytes / least, sizeof *c->items);
    REQUIRE(c->items != NULL,
            rlra_fail_memory(g->file->in->context, (size_t)bytes / least, sizeof *c->items, "strings of a file"));
    TRY(list_items(g, c, (size_t)bytes));
    g->bytes += (int64_t)bytes;
cleanup:
    if (status != RLRA_OK) {
        rlra_free(g->file->in->context, c->block);
        rlra_free(g->file->in->context, c->items);
    }
    return status;
}

/* The slot of an address in the table, or a free one. */
static h5_collection *place_of(const h5_globals *g, uint64_t address)
{
    /* Fibonacci hashing (Knuth, volume 3, 6.4). */
    size_t at = (size_t)(address * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (g->room - 1);
    while (g->collections[at].block != NULL && g->collections[at].address != address)
        at = (at + 1) & (g->room - 1);
    return &g->collections[at];
}

static rlra_status grow(h5_globals *g)
{
    h5_globals larger = *g;
    if (2 * (g->count + 1) <= g->room)
        return RLRA_OK;
    larger.room = g->room == 0 ? ROOM_LEAST : 2 * g->room;
    larger.collections = rlra_alloc_zero(g->file->in->context, larger.room, sizeof *larger.collections);
    if (larger.collections == NULL)
        return rlra_fail_memory(g->file->in->context, larger.room, sizeof *larger.collections, "strings of a file");
    for (size_t k = 0; k < g->room; k++)
        if (g->collections[k].block != NULL)
            *place_of(&larger, g->collections[k].address) = g->collections[k];
    rlra_free(g->file->in->context, g->collections);
    *g = larger;
    return RLRA_OK;
}

rlra_status rlra_h5_globals_find(h5_globals *g, uint64_t address, uint32_t index, h5_item *item)
{
    rlra_status status = RLRA_OK;
    const h5_item asked = {.index = index};
    TRY(grow(g));
    h5_collection *const c = place_of(g, address);
    if (c->block == NULL) {
        h5_collection made;
        TRY(load_collection(g, address, &made));
        *c = made;
        g->count++;
    }
    const h5_item *const found = c->count == 0 ? NULL : bsearch(&asked, c->items, c->count, sizeof asked, by_index);
    REQUIRE(found != NULL, rlra_h5_damaged(g->file, "a string that is not in its heap", address));
    *item = *found;
    REQUIRE(item->bytes <= (uint64_t)(GIVEN_SPARE + GIVEN_TIMES * g->file->in->size - g->given),
            rlra_h5_damaged(g->file, "a string that is named again and again", address));
    g->given += (int64_t)item->bytes;
cleanup:
    return status;
}

void rlra_h5_globals_clear(h5_globals *g)
{
    for (size_t k = 0; k < g->room; k++) {
        rlra_free(g->file->in->context, g->collections[k].block);
        rlra_free(g->file->in->context, g->collections[k].items);
    }
    rlra_free(g->file->in->context, g->collections);
    *g = (h5_globals){.file = g->file};
}
