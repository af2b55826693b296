/* io/write.c: write arrays to one file, in the format of its ending. */
#include <string.h>

#include "core/hash.h"
#include "core/view.h"
#include "io/format.h"

static rlra_status check_array(rlra_context *context, const char *path, const rlra_array *array)
{
    if (array == NULL || array->order < 1 || array->order > RLRA_MAX_ORDER)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "cannot write '%s': an array has no order from 1 to %d", path,
                         RLRA_MAX_ORDER);
    for (int mode = 0; mode < array->order; mode++)
        if (array->dims[mode] < 0)
            return rlra_fail(context, RLRA_ERR_ARGUMENT, "cannot write '%s': mode %d has length %lld", path, mode,
                             (long long)array->dims[mode]);
    if (array->dtype != RLRA_DTYPE_F32 && array->dtype != RLRA_DTYPE_F64 && array->dtype != RLRA_DTYPE_I64)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "cannot write '%s': unknown dtype %d of an array", path,
                         (int)array->dtype);
    if (array->data == NULL && rlra_array_count(array) > 0)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "cannot write '%s': the data of an array is NULL", path);
    return rlra_view_check(context, path, array, 1);
}

static rlra_status check_names(rlra_context *context, const char *path, int count, const rlra_named_array *arrays)
{
    for (int k = 0; k < count; k++) {
        if (arrays[k].name == NULL || arrays[k].name[0] == '\0')
            return rlra_fail(context, RLRA_ERR_ARGUMENT, "cannot write '%s': array %d has no name", path, k);
        for (int other = 0; other < k; other++)
            if (strcmp(arrays[k].name, arrays[other].name) == 0)
                return rlra_fail(context, RLRA_ERR_ARGUMENT, "cannot write '%s': two arrays are called '%s'", path,
                                 arrays[k].name);
    }
    return RLRA_OK;
}

rlra_status rlra_file_write(rlra_context *context, const char *path, int count, const rlra_named_array *arrays)
{
    rlra_status status = RLRA_OK;
    const format_ops *format = NULL;
    output out = {.context = context};
    REQUIRE(context != NULL && path != NULL && count >= 1 && arrays != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "writing a file needs a context, a path and an array"));
    for (int k = 0; k < count; k++)
        TRY(check_array(context, path, arrays[k].array));
    TRY(rlra_format_of_ending(context, path, &format));
    REQUIRE(format->many || count == 1,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "cannot write %d arrays to '%s': %s holds one; .npz holds several",
                      count, path, format->about.name));
    if (format->many)
        TRY(check_names(context, path, count, arrays));
    TRY(rlra_output_open(context, path, &out));
    TRY(format->write(&out, count, arrays));
    TRY(rlra_output_commit(&out));
cleanup:
    rlra_output_discard(&out);
    return status;
}

rlra_status rlra_file_write_bytes(rlra_context *context, const char *path, const void *bytes, size_t size)
{
    rlra_status status = RLRA_OK;
    output out = {.context = context};
    REQUIRE(context != NULL && path != NULL && (bytes != NULL || size == 0),
            rlra_fail(context, RLRA_ERR_ARGUMENT, "writing a file needs a context, a path and its bytes"));
    TRY(rlra_output_open(context, path, &out));
    TRY(rlra_output_write(&out, bytes, size));
    TRY(rlra_output_commit(&out));
cleanup:
    rlra_output_discard(&out);
    return status;
}

rlra_status rlra_file_hash(rlra_context *context, const char *path, int64_t *bytes, uint64_t *hash_of)
{
    rlra_status status = RLRA_OK;
    input in = {.fd = -1};
    hash sum;
    unsigned char *block = NULL;
    const size_t room = 1 << 16;
    REQUIRE(context != NULL && path != NULL && bytes != NULL && hash_of != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "hashing needs a context, a path and places for the results"));
    TRY(rlra_input_open(context, path, NULL, NULL, &in));
    block = rlra_alloc(context, room, 1);
    REQUIRE(block != NULL, rlra_fail_memory(context, room, 1, "a buffer for reading"));
    rlra_hash_begin(&sum);
    for (int64_t at = 0; at < in.size; at += (int64_t)room) {
        const size_t part = in.size - at < (int64_t)room ? (size_t)(in.size - at) : room;
        TRY(rlra_input_read(&in, at, block, part));
        rlra_hash_add(&sum, block, part);
    }
    *bytes = in.size;
    *hash_of = rlra_hash_end(&sum);
cleanup:
    rlra_free(context, block);
    rlra_input_close(&in);
    return status;
}
