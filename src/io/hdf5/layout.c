/* io/hdf5/layout.c: the message of a layout, versions 1 to 5. */
#include "io/hdf5/layout.h"

#include "core/check.h"

/* The version of HDF5 2.0, which differs from its predecessor only by allowing chunks above 4 GB. */
#define VERSION_MOST       5
#define SINGLE_IS_FILTERED 2
#define EDGES_ARE_PLAIN    1

/* Take the lengths of a chunk, the last being the bytes of an entry. */
static void take_chunk(h5_bytes *b, int lengths, int length_bytes, h5_layout *layout)
{
    layout->order = lengths - 1;
    layout->chunk_bytes = 1;
    b->failed |= lengths < 2 || lengths > H5_ORDER_MOST + 1 || length_bytes < 1 || length_bytes > 8;
    for (int k = 0; k < lengths && !b->failed; k++) {
        const uint64_t length = rlra_h5_take(b, length_bytes);
        b->failed |= length == 0 || length > UINT32_MAX;
        layout->chunk_bytes *= length;
        b->failed |= layout->chunk_bytes > UINT32_MAX;
        if (k < layout->order)
            layout->chunk[k] = length;
    }
}

/* Take versions 1 and 2: lengths of four bytes, which contiguous and compact data do not use. */
static void take_old(const h5_file *file, h5_bytes *b, h5_layout *layout)
{
    const int lengths = (int)rlra_h5_take(b, 1);
    layout->kind = (h5_layout_kind)rlra_h5_take(b, 1);
    rlra_h5_skip(b, 5);
    if (layout->kind != H5_COMPACT)
        layout->address = rlra_h5_take_address(file, b);
    if (layout->kind == H5_CHUNKED) {
        take_chunk(b, lengths, 4, layout);
        return;
    }
    rlra_h5_skip(b, 4 * (size_t)lengths);
    if (layout->kind == H5_COMPACT) {
        layout->bytes = rlra_h5_take(b, 4);
        layout->compact = rlra_h5_take_block(b, (size_t)layout->bytes);
    }
}

static void take_index(const h5_file *file, h5_bytes *b, h5_layout *layout)
{
    static const size_t parameters[] = {0, 0, 0, 1, 5, 6};
    const int flags = (int)rlra_h5_take(b, 1), lengths = (int)rlra_h5_take(b, 1);
    const int length_bytes = (int)rlra_h5_take(b, 1);
    layout->plain_edges = flags & EDGES_ARE_PLAIN;
    take_chunk(b, lengths, length_bytes, layout);
    layout->index = (h5_index)rlra_h5_take(b, 1);
    b->failed |= layout->index < H5_INDEX_SINGLE || layout->index > H5_INDEX_BTREE2;
    if (b->failed)
        return;
    layout->single_bytes = layout->chunk_bytes;
    if (layout->index == H5_INDEX_SINGLE && (flags & SINGLE_IS_FILTERED)) {
        layout->single_bytes = rlra_h5_take_length(file, b);
        layout->single_mask = (uint32_t)rlra_h5_take(b, 4);
    }
    /* The structures repeat them. */
    rlra_h5_skip(b, parameters[layout->index]);
    layout->address = rlra_h5_take_address(file, b);
}

static void take_new(const h5_file *file, h5_bytes *b, int version, h5_layout *layout)
{
    layout->kind = (h5_layout_kind)rlra_h5_take(b, 1);
    switch (layout->kind) {
    case H5_COMPACT:
        layout->bytes = rlra_h5_take(b, 2);
        layout->compact = rlra_h5_take_block(b, (size_t)layout->bytes);
        break;
    case H5_CONTIGUOUS:
        layout->address = rlra_h5_take_address(file, b);
        layout->bytes = rlra_h5_take_length(file, b);
        break;
    case H5_CHUNKED:
        if (version >= 4) {
            take_index(file, b, layout);
            break;
        }
        const int lengths = (int)rlra_h5_take(b, 1);
        layout->address = rlra_h5_take_address(file, b);
        take_chunk(b, lengths, 4, layout);
        break;
    default:
        b->failed |= layout->kind != H5_VIRTUAL;
    }
}

rlra_status rlra_h5_layout(const h5_file *file, const h5_message *message, const h5_space *space, size_t entry_bytes,
                           h5_layout *layout)
{
    rlra_status status = RLRA_OK;
    h5_bytes b = rlra_h5_bytes(message->body, message->bytes);
    const int version = (int)rlra_h5_take(&b, 1);
    *layout = (h5_layout){.address = H5_NOWHERE, .bytes = H5_NOWHERE};
    if (version > VERSION_MOST) {
        layout->kind = H5_NEWER;
        return RLRA_OK;
    }
    b.failed |= version == 0;
    if (version <= 2)
        take_old(file, &b, layout);
    else
        take_new(file, &b, version, layout);
    b.failed |= layout->kind > H5_VIRTUAL;
    uint64_t bytes = entry_bytes;
    if (layout->kind == H5_CHUNKED && !b.failed) {
        for (int mode = 0; mode < layout->order; mode++)
            bytes *= layout->chunk[mode];
        b.failed |= layout->order != space->order || bytes != layout->chunk_bytes;
    }
    REQUIRE(!b.failed, rlra_h5_damaged(file, "a layout", H5_NOWHERE));
cleanup:
    return status;
}
