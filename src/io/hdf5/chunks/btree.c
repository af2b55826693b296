/* io/hdf5/chunks/btree.c: chunks in a B-tree of version 1. */
#include <string.h>

#include "io/hdf5/chunks/chunks.h"

#define NODE_HEAD    8
#define OFFSET_BYTES 8
/* More than any file can have: each level has many times the nodes of the one above. */
#define LEVELS_MOST 16

static rlra_status damaged(const h5_walk *walk, uint64_t address)
{
    return rlra_h5_damaged(walk->file, "the index of a data set", address);
}

/* Take a key: size, mask, the first entry along each mode, and along the bytes of an entry. */
static int take_key(const h5_walk *walk, h5_bytes *b, h5_chunk *chunk)
{
    int is_sound = 1;
    chunk->bytes = rlra_h5_take(b, 4);
    chunk->mask = (uint32_t)rlra_h5_take(b, 4);
    for (int mode = 0; mode < walk->order; mode++) {
        const uint64_t first = rlra_h5_take(b, OFFSET_BYTES), length = walk->layout->chunk[mode];
        is_sound &= first % length == 0;
        chunk->at[mode] = first / length;
    }
    rlra_h5_skip(b, OFFSET_BYTES);
    return is_sound && !b->failed;
}

static rlra_status visit(const h5_walk *walk, uint64_t address, int level) // NOLINT(misc-no-recursion)
{
    rlra_status status = RLRA_OK;
    unsigned char head[NODE_HEAD], *block = NULL;
    const size_t key = 8 + OFFSET_BYTES * (size_t)(walk->order + 1), child = (size_t)walk->file->offset_bytes;
    h5_chunk chunk = {.address = H5_NOWHERE};
    TRY(rlra_h5_read(walk->file, address, head, sizeof head));
    const size_t used = head[6] | (size_t)head[7] << 8;
    REQUIRE(memcmp(head, "TREE", 4) == 0 && head[4] == 1 && head[5] <= LEVELS_MOST && (level < 0 || head[5] == level),
            damaged(walk, address));
    TRY(rlra_h5_load(walk->file, address + NODE_HEAD, 2 * child + used * (key + child), &block));
    h5_bytes b = rlra_h5_bytes(block, 2 * child + used * (key + child));
    rlra_h5_skip(&b, 2 * child);
    for (size_t k = 0; k < used; k++) {
        const int is_sound = take_key(walk, &b, &chunk);
        chunk.address = rlra_h5_take_address(walk->file, &b);
        if (head[5] > 0) {
            TRY(visit(walk, chunk.address, head[5] - 1));
            continue;
        }
        REQUIRE(is_sound && !b.failed && chunk.address != H5_NOWHERE, damaged(walk, address));
        if (rlra_h5_walk_holds(walk, &chunk))
            TRY(walk->callback(walk->user, &chunk));
    }
cleanup:
    rlra_free(walk->file->in->context, block);
    return status;
}

rlra_status rlra_h5_visit_btree1(const h5_walk *walk)
{
    return visit(walk, walk->layout->address, -1);
}
