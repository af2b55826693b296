/* io/hdf5/set.c: describe a data set by the messages of its header. */
#include "io/dataset.h"
#include "io/hdf5/chunks/chunks.h"
#include "io/hdf5/data.h"

/* Data sets that were never written have no storage; small ones are allowed. */
#define UNSTORED_MOST 65536

/* Take the fill value. The first version has a size and an entry; later ones state whether there is one. */
static void take_fill(const h5_object *object, h5_set *set)
{
    const h5_message *const message = rlra_h5_message(object, H5_MESSAGE_FILL);
    const h5_message *const old = rlra_h5_message(object, H5_MESSAGE_FILL_OLD);
    const h5_message *const found = message != NULL ? message : old;
    if (found == NULL)
        return;
    h5_bytes b = rlra_h5_bytes(found->body, found->bytes);
    int has_entry = 1;
    if (message != NULL) {
        const int version = (int)rlra_h5_take(&b, 1), flags = (int)rlra_h5_take(&b, 1);
        if (version >= 3)
            has_entry = flags >> 5 & 1;
        else {
            rlra_h5_skip(&b, 1);
            const int is_defined = (int)rlra_h5_take(&b, 1);
            has_entry = version == 1 || is_defined;
        }
        b.failed |= version < 1 || version > 3;
    }
    const uint64_t bytes = has_entry ? rlra_h5_take(&b, 4) : 0;
    if (bytes > 0 && bytes <= INT32_MAX)
        set->fill = rlra_h5_take_block(&b, (size_t)bytes);
    set->fill_is_damaged = b.failed || (set->fill != NULL && bytes != set->type.size);
}

static const char *outside_of(const h5_object *object, const h5_layout *layout)
{
    if (rlra_h5_message(object, H5_MESSAGE_EXTERNAL) != NULL)
        return "data of other files";
    return layout->kind == H5_VIRTUAL ? "virtual data of other files"
           : layout->kind == H5_NEWER ? "layout of a newer HDF5"
                                      : NULL;
}

rlra_status rlra_h5_set_open(h5_file *file, const h5_object *object, h5_set *set)
{
    rlra_status status = RLRA_OK;
    const h5_message *const space = rlra_h5_message(object, H5_MESSAGE_SPACE);
    const h5_message *const type = rlra_h5_message(object, H5_MESSAGE_TYPE);
    const h5_message *const layout = rlra_h5_message(object, H5_MESSAGE_LAYOUT);
    *set = (h5_set){.fill = NULL};
    REQUIRE(space != NULL && type != NULL && layout != NULL,
            rlra_h5_damaged(file, "a data set without type, shape or layout", object->address));
    TRY(rlra_h5_space(file, space, &set->space));
    TRY(rlra_h5_type(file, type, &set->type));
    TRY(rlra_h5_layout(file, layout, &set->space, set->type.size, &set->layout));
    TRY(rlra_h5_filters(file, rlra_h5_message(object, H5_MESSAGE_FILTERS), &set->filters));
    take_fill(object, set);
    set->outside = outside_of(object, &set->layout);
cleanup:
    return status;
}

static rlra_status add_bytes(void *user, const h5_chunk *chunk)
{
    uint64_t *const held = user;
    *held = chunk->bytes > UINT64_MAX / 2 - *held ? UINT64_MAX / 2 : *held + chunk->bytes;
    return RLRA_OK;
}

/* Find the number of bytes that the stored entries can unpack to. */
static rlra_status find_held(h5_file *file, const h5_set *set, int64_t *held)
{
    const h5_layout *const layout = &set->layout;
    const int64_t size = file->in->size;
    uint64_t bytes = 0;
    rlra_status status = RLRA_OK;
    if (layout->kind == H5_CHUNKED)
        TRY(rlra_h5_chunks_visit(file, layout, &set->space, set->filters.count > 0, add_bytes, &bytes));
    else if (layout->kind == H5_COMPACT || layout->address != H5_NOWHERE)
        bytes = layout->bytes;
    *held = bytes < (uint64_t)size ? (int64_t)bytes : size;
    /* Chunks may be compressed or not written; data in one piece are complete. */
    if (layout->kind == H5_CHUNKED)
        *held = *held < INT64_MAX / (2 * DEFLATE_MOST) ? *held * DEFLATE_MOST : INT64_MAX / 2;
    *held += UNSTORED_MOST;
cleanup:
    return status;
}

rlra_status rlra_h5_set_count(h5_file *file, const char *name, const h5_set *set, int64_t *count)
{
    rlra_status status = RLRA_OK;
    const h5_space *const space = &set->space;
    int64_t held;
    *count = 0;
    REQUIRE(set->outside == NULL, rlra_fail(file->in->context, RLRA_ERR_UNSUPPORTED,
                                            "'%s:%s' holds %s, expected its own", file->in->path, name, set->outside));
    REQUIRE(space->order <= RLRA_MAX_ORDER && set->type.size <= INT32_MAX,
            rlra_fail(file->in->context, RLRA_ERR_UNSUPPORTED,
                      "'%s:%s' has %d modes and entries of %zu bytes, expected at most %d modes and 2 GB",
                      file->in->path, name, space->order, set->type.size, RLRA_MAX_ORDER));
    if (space->is_null)
        goto cleanup;
    TRY(find_held(file, set, &held));
    const shape s = rlra_shape(space->order, space->dims, 0);
    TRY(rlra_shape_check(file->in, name, &s, (int)set->type.size, held, count));
cleanup:
    return status;
}
