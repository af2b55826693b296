/* io/hdf5/data.c: read all entries of a data set: chunk by chunk, or in one piece. */
#include "io/hdf5/data.h"

#include <string.h>

#include "io/hdf5/place.h"

/* Bytes that are read together when they are converted. */
#define BLOCK ((int64_t)256 << 10)
/* Bytes that a stored byte can unpack to, and an allowance for chunks: see set.c. */
#define CHUNK_SPARE 65536

typedef struct reading {
    h5_file *file;
    const char *name; /* name of the set, for messages */
    const h5_set *set;
    h5_target target;
    h5_undo undo;
    unsigned char *stored, *plain; /* a chunk with its filters, and without */
    size_t stored_room;
    unsigned char *seen; /* a bit for each chunk */
    uint64_t chunks, found;
    uint64_t along[H5_ORDER_MOST];
} reading;

static rlra_status reserve(reading *r, unsigned char **block, size_t bytes)
{
    rlra_context *const context = r->file->in->context;
    *block = rlra_alloc(context, bytes, 1);
    return *block != NULL ? RLRA_OK : rlra_fail_memory(context, bytes, 1, "a chunk of HDF5");
}

/* Require the fill value, unless all entries were written. */
static rlra_status require_fill(const reading *r, int all_written)
{
    return all_written || !r->set->fill_is_damaged
               ? RLRA_OK
               : rlra_h5_damaged(r->file, "the value of entries that were never written", r->set->layout.address);
}

/* Read contiguous entries through a block, for conversion. */
static rlra_status read_blocks(reading *r, int64_t count)
{
    rlra_status status = RLRA_OK;
    unsigned char *block = NULL;
    const int64_t bytes = (int64_t)r->set->type.size, most = bytes > BLOCK ? 1 : BLOCK / bytes;
    TRY(reserve(r, &block, (size_t)(bytes * (count < most ? count : most))));
    for (int64_t begin = 0; begin < count; begin += most) {
        const int64_t entries = count - begin < most ? count - begin : most;
        TRY(rlra_h5_read(r->file, r->set->layout.address + (uint64_t)(begin * bytes), block,
                         (size_t)(entries * bytes)));
        rlra_h5_put_run(&r->target, begin, entries, block);
    }
cleanup:
    rlra_free(r->file->in->context, block);
    return status;
}

static rlra_status read_plain(reading *r, int64_t count)
{
    rlra_status status = RLRA_OK;
    const h5_layout *const layout = &r->set->layout;
    const uint64_t bytes = (uint64_t)count * r->set->type.size;
    const int is_stored = layout->kind == H5_COMPACT || layout->address != H5_NOWHERE;
    REQUIRE(!is_stored || layout->bytes >= bytes,
            rlra_h5_damaged(r->file, "a data set with too little room", layout->address));
    TRY(require_fill(r, is_stored));
    if (!is_stored)
        rlra_h5_put_run(&r->target, 0, count, NULL);
    else if (layout->kind == H5_COMPACT)
        rlra_h5_put_run(&r->target, 0, count, layout->compact);
    else if (r->target.converts)
        TRY(read_blocks(r, count));
    else
        TRY(rlra_h5_read(r->file, layout->address, r->target.to, (size_t)bytes));
cleanup:
    return status;
}

/* The filters that were skipped for a chunk. */
static uint32_t mask_of(const reading *r, const h5_chunk *chunk, const h5_part *part)
{
    return r->set->layout.plain_edges && !part->is_whole ? UINT32_MAX : chunk->mask;
}

static int is_filtered(const reading *r, uint32_t mask)
{
    for (int k = 0; k < r->set->filters.count; k++)
        if ((mask >> k & 1) == 0)
            return 1;
    return 0;
}

static rlra_status load_stored(reading *r, const h5_chunk *chunk)
{
    rlra_status status = RLRA_OK;
    int64_t offset;
    TRY(rlra_h5_place(r->file, chunk->address, chunk->bytes, &offset));
    if (r->stored == NULL || chunk->bytes > r->stored_room) {
        rlra_free(r->file->in->context, r->stored);
        r->stored = NULL;
        r->stored_room = 0;
        TRY(reserve(r, &r->stored, (size_t)chunk->bytes + 1)); /* also for no bytes */
        r->stored_room = (size_t)chunk->bytes;
    }
    TRY(rlra_h5_read(r->file, chunk->address, r->stored, (size_t)chunk->bytes));
cleanup:
    return status;
}

/* Read a chunk and undo its filters into `to`, which has room for the whole chunk. */
static rlra_status load_chunk(reading *r, const h5_chunk *chunk, uint32_t mask, unsigned char *to)
{
    rlra_status status = RLRA_OK;
    const char *failure = NULL;
    const size_t plain = (size_t)r->set->layout.chunk_bytes;
    if (!is_filtered(r, mask)) {
        REQUIRE(chunk->bytes == plain, rlra_h5_damaged(r->file, "a chunk of another size", chunk->address));
        TRY(rlra_h5_read(r->file, chunk->address, to, plain));
        goto cleanup;
    }
    TRY(load_stored(r, chunk));
    TRY(rlra_h5_undo(&r->undo, mask, r->stored, (size_t)chunk->bytes, to, &failure));
    REQUIRE(failure == NULL, rlra_h5_damaged(r->file, failure, chunk->address));
cleanup:
    return status;
}

/* Record a chunk of the shape; returns whether it is new, as each may occur only once. */
static int note_chunk(reading *r, const uint64_t *at)
{
    uint64_t number = 0;
    for (int mode = 0; mode < r->set->space.order; mode++)
        number = number * r->along[mode] + at[mode];
    const unsigned char bit = (unsigned char)(1 << number % 8);
    const int is_new = (r->seen[number / 8] & bit) == 0;
    r->seen[number / 8] |= bit;
    r->found += is_new ? 1 : 0;
    return is_new;
}

static rlra_status read_chunk(void *user, const h5_chunk *chunk)
{
    reading *const r = user;
    rlra_status status = RLRA_OK;
    const h5_part part = rlra_h5_part(&r->target, chunk->at);
    const uint64_t bytes = r->set->layout.chunk_bytes;
    const uint32_t mask = mask_of(r, chunk, &part);
    REQUIRE(note_chunk(r, chunk->at), rlra_h5_damaged(r->file, "a chunk that is there twice", chunk->address));
    REQUIRE(chunk->bytes <= UINT32_MAX && bytes <= chunk->bytes * DEFLATE_MOST + CHUNK_SPARE,
            rlra_h5_damaged(r->file, "a chunk that cannot become so large", chunk->address));
    TRY(rlra_h5_filters_check(r->file, r->name, &r->set->filters, mask));
    TRY(rlra_input_count_unpacked(r->file->in, (int64_t)bytes));
    /* If the whole chunk is contiguous in the array, it is unpacked there. */
    if (part.is_whole && part.outer == 0 && !r->target.converts) {
        TRY(load_chunk(r, chunk, mask, (unsigned char *)r->target.to + (size_t)part.offset * r->target.entry_bytes));
        goto cleanup;
    }
    if (r->plain == NULL)
        TRY(reserve(r, &r->plain, (size_t)bytes));
    TRY(load_chunk(r, chunk, mask, r->plain));
    rlra_h5_put(&r->target, &part, r->plain);
cleanup:
    return status;
}

static void fill_missing(reading *r)
{
    uint64_t at[H5_ORDER_MOST] = {0};
    for (uint64_t number = 0; number < r->chunks; number++) {
        if ((r->seen[number / 8] >> number % 8 & 1) == 0) {
            const h5_part part = rlra_h5_part(&r->target, at);
            rlra_h5_put(&r->target, &part, NULL);
        }
        for (int mode = r->set->space.order - 1; mode >= 0 && ++at[mode] == r->along[mode]; mode--)
            at[mode] = 0;
    }
}

static rlra_status read_chunks(reading *r)
{
    rlra_status status = RLRA_OK;
    const h5_set *const set = r->set;
    r->chunks = 1;
    for (int mode = 0; mode < set->space.order; mode++) {
        r->along[mode] = rlra_h5_chunks_along(&set->layout, (uint64_t)set->space.dims[mode], mode);
        r->chunks *= r->along[mode];
    }
    r->seen = rlra_alloc_zero(r->file->in->context, (size_t)(r->chunks / 8 + 1), 1);
    REQUIRE(r->seen != NULL, rlra_fail_memory(r->file->in->context, (size_t)(r->chunks / 8 + 1), 1, "chunks of HDF5"));
    TRY(rlra_h5_chunks_visit(r->file, &set->layout, &set->space, set->filters.count > 0, read_chunk, r));
    TRY(require_fill(r, r->found == r->chunks));
    if (r->found < r->chunks)
        fill_missing(r);
cleanup:
    return status;
}

static rlra_status read_all(reading *r)
{
    rlra_status status = RLRA_OK;
    const h5_set *const set = r->set;
    rlra_context *const context = r->file->in->context;
    unsigned char converted[sizeof(double)];
    int64_t count;
    r->undo = (h5_undo){.filters = &set->filters, .context = context, .plain = (size_t)set->layout.chunk_bytes};
    r->target.space = &set->space;
    r->target.layout = &set->layout;
    r->target.type = &set->type;
    TRY(rlra_h5_set_count(r->file, r->name, set, &count));
    if (set->fill != NULL && !set->fill_is_damaged)
        r->target.fill = set->fill;
    if (r->target.fill != NULL && r->target.converts) {
        rlra_h5_convert(&set->type, 1, set->fill, r->target.dtype, converted);
        r->target.fill = converted;
    }
    if (count > 0)
        TRY(set->layout.kind == H5_CHUNKED ? read_chunks(r) : read_plain(r, count));
cleanup:
    rlra_h5_undo_clear(&r->undo);
    rlra_free(context, r->stored);
    rlra_free(context, r->plain);
    rlra_free(context, r->seen);
    return status;
}

rlra_status rlra_h5_set_read(h5_file *file, const char *name, const h5_set *set, void *bytes)
{
    reading r = {file, name, set, .target = {.to = bytes, .entry_bytes = set->type.size}};
    return read_all(&r);
}

rlra_status rlra_h5_set_numbers(h5_file *file, const char *name, const h5_set *set, rlra_dtype dtype, void *to)
{
    const int is_integer = set->type.number.kind != SCALAR_NONE && set->type.number.kind != SCALAR_FLOAT;
    if (set->type.number.kind == SCALAR_NONE || (dtype == RLRA_DTYPE_I64 && !is_integer))
        return rlra_fail(file->in->context, RLRA_ERR_FORMAT, "'%s:%s' holds %s, expected %s", file->in->path, name,
                         rlra_h5_type_name(&set->type), dtype == RLRA_DTYPE_I64 ? "integers" : "real numbers");
    reading r = {file, name, set,
                 .target = {.to = to,
                            .entry_bytes = (size_t)rlra_dtype_bytes(dtype),
                            .dtype = dtype,
                            .converts = !rlra_h5_is_same(&set->type, dtype)}};
    return read_all(&r);
}
