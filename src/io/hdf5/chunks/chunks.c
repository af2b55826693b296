/* io/hdf5/chunks/chunks.c: find chunks: the indexes that need a single step, and code shared by all. */
#include "io/hdf5/chunks/chunks.h"

#include <string.h>

#include "io/hdf5/btree2.h"

#define RECORD_PLAIN    10
#define RECORD_FILTERED 11
#define SCALED_BYTES    8

uint64_t rlra_h5_chunks_along(const h5_layout *layout, uint64_t length, int mode)
{
    return length / layout->chunk[mode] + (length % layout->chunk[mode] != 0);
}

int rlra_h5_walk_holds(const h5_walk *walk, const h5_chunk *chunk)
{
    for (int mode = 0; mode < walk->order; mode++)
        if (chunk->at[mode] >= walk->counts[mode])
            return 0;
    return 1;
}

static void place(const h5_walk *walk, uint64_t number, h5_chunk *chunk)
{
    for (int k = walk->order - 1; k > 0; k--) {
        const int mode = walk->modes[k];
        chunk->at[mode] = number % walk->most[mode];
        number /= walk->most[mode];
    }
    chunk->at[walk->modes[0]] = number;
}

int rlra_h5_element_fits(const h5_walk *walk, size_t bytes)
{
    const size_t address = (size_t)walk->file->offset_bytes;
    return walk->is_filtered ? bytes >= address + 1 + 4 && bytes <= address + 8 + 4 : bytes == address;
}

rlra_status rlra_h5_walk_elements(const h5_walk *walk, uint64_t first, uint64_t count, const unsigned char *elements,
                                  size_t element_bytes)
{
    rlra_status status = RLRA_OK;
    const int address_bytes = walk->file->offset_bytes, size_bytes = (int)element_bytes - address_bytes - 4;
    for (uint64_t k = 0; k < count && status == RLRA_OK; k++) {
        const unsigned char *const element = elements + k * element_bytes;
        h5_chunk chunk = {.address = rlra_h5_address(walk->file, element), .bytes = walk->layout->chunk_bytes};
        if (chunk.address == H5_NOWHERE)
            continue;
        if (walk->is_filtered) {
            chunk.bytes = rlra_h5_uint(element + address_bytes, size_bytes);
            chunk.mask = (uint32_t)rlra_h5_uint(element + address_bytes + size_bytes, 4);
        }
        place(walk, first + k, &chunk);
        if (rlra_h5_walk_holds(walk, &chunk))
            status = walk->callback(walk->user, &chunk);
    }
    return status;
}

static rlra_status visit_single(const h5_walk *walk)
{
    const h5_layout *const layout = walk->layout;
    const h5_chunk chunk = {layout->address, layout->single_bytes, layout->single_mask, {0}};
    for (int mode = 0; mode < walk->order; mode++)
        if (walk->counts[mode] > 1)
            return rlra_h5_damaged(walk->file, "a single chunk is too small", layout->address);
    return rlra_h5_walk_holds(walk, &chunk) ? walk->callback(walk->user, &chunk) : RLRA_OK;
}

/* Visit contiguous chunks without filters, all of which are allocated. */
static rlra_status visit_implicit(const h5_walk *walk)
{
    rlra_status status = RLRA_OK;
    h5_chunk chunk = {.bytes = walk->layout->chunk_bytes};
    uint64_t all = 1, bytes = 0;
    int64_t offset;
    for (int mode = 0; mode < walk->order; mode++)
        if (__builtin_mul_overflow(all, walk->most[mode], &all))
            all = UINT64_MAX;
    if (__builtin_mul_overflow(all, chunk.bytes, &bytes))
        bytes = UINT64_MAX;
    TRY(rlra_h5_place(walk->file, walk->layout->address, bytes, &offset));
    for (uint64_t k = 0; k < all; k++) {
        place(walk, k, &chunk);
        chunk.address = walk->layout->address + k * chunk.bytes;
        if (rlra_h5_walk_holds(walk, &chunk))
            TRY(walk->callback(walk->user, &chunk));
    }
cleanup:
    return status;
}

static rlra_status report_record(void *user, const unsigned char *record, size_t bytes)
{
    const h5_walk *const walk = user;
    h5_chunk chunk = {.bytes = walk->layout->chunk_bytes};
    h5_bytes b = rlra_h5_bytes(record, bytes);
    chunk.address = rlra_h5_take_address(walk->file, &b);
    if (walk->is_filtered) {
        const size_t rest = 4 + SCALED_BYTES * (size_t)walk->order;
        const size_t size_bytes = rlra_h5_left(&b) < rest ? 0 : rlra_h5_left(&b) - rest;
        chunk.bytes = rlra_h5_take(&b, (int)(size_bytes > 8 ? 8 : size_bytes));
        chunk.mask = (uint32_t)rlra_h5_take(&b, 4);
        b.failed |= size_bytes < 1 || size_bytes > 8;
    }
    for (int mode = 0; mode < walk->order; mode++)
        chunk.at[mode] = rlra_h5_take(&b, SCALED_BYTES);
    if (b.failed || rlra_h5_left(&b) != 0)
        return rlra_h5_damaged(walk->file, "the index of a data set", walk->layout->address);
    return chunk.address != H5_NOWHERE && rlra_h5_walk_holds(walk, &chunk) ? walk->callback(walk->user, &chunk)
                                                                           : RLRA_OK;
}

static rlra_status visit_btree2(h5_walk *walk)
{
    const size_t least = (size_t)walk->file->offset_bytes + SCALED_BYTES * (size_t)walk->order;
    return rlra_h5_btree2_visit(walk->file, walk->layout->address, walk->is_filtered ? RECORD_FILTERED : RECORD_PLAIN,
                                walk->is_filtered ? least + 5 : least, report_record, walk);
}

/* Arrange the modes of an extensible array: the only unlimited mode comes first, so that chunks are added at the end. */
static void arrange(const h5_space *space, h5_walk *walk)
{
    int first = 0;
    if (walk->layout->index == H5_INDEX_EXTENSIBLE)
        while (first < walk->order - 1 && space->most[first] != H5_UNLIMITED)
            first++;
    walk->modes[0] = first;
    for (int k = 1; k < walk->order; k++)
        walk->modes[k] = k <= first ? k - 1 : k;
}

rlra_status rlra_h5_chunks_visit(h5_file *file, const h5_layout *layout, const h5_space *space, int is_filtered,
                                 h5_chunk_callback callback, void *user)
{
    h5_walk walk = {file, layout, is_filtered, callback, user, .order = space->order};
    if (layout->address == H5_NOWHERE)
        return RLRA_OK;
    for (int mode = 0; mode < walk.order; mode++) {
        walk.counts[mode] = rlra_h5_chunks_along(layout, (uint64_t)space->dims[mode], mode);
        walk.most[mode] = rlra_h5_chunks_along(layout, space->most[mode], mode);
        if (walk.counts[mode] == 0)
            return RLRA_OK;
    }
    arrange(space, &walk);
    switch (layout->index) {
    case H5_INDEX_BTREE1:
        return rlra_h5_visit_btree1(&walk);
    case H5_INDEX_SINGLE:
        return visit_single(&walk);
    case H5_INDEX_IMPLICIT:
        return visit_implicit(&walk);
    case H5_INDEX_FIXED:
        return rlra_h5_visit_fixed(&walk);
    case H5_INDEX_EXTENSIBLE:
        return rlra_h5_visit_extensible(&walk);
    default:
        return visit_btree2(&walk);
    }
}
