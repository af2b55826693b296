/* io/matlab/write.c: write MATLAB .mat files of version 5, uncompressed. */
#include "io/matlab/write.h"

#include <ctype.h>
#include <string.h>

#include "io/cursor.h"
#include "io/matlab/element.h"

static size_t put(unsigned char *to, size_t used, uint32_t value)
{
    for (int k = 0; k < 4; k++)
        to[used + (size_t)k] = (unsigned char)(value >> (8 * k) & 255);
    return used + 4;
}

static int is_identifier(const char *name)
{
    if (!isalpha((unsigned char)name[0]) || strlen(name) >= MAT_NAME_BYTES)
        return 0;
    for (const char *c = name; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && *c != '_')
            return 0;
    return 1;
}

/* MATLAB has no vectors: they become matrices of one column. */
static rlra_array column_major(const rlra_array *array)
{
    int modes[RLRA_MAX_ORDER];
    for (int mode = 0; mode < array->order; mode++)
        modes[mode] = array->order - 1 - mode;
    return rlra_array_permuted(array, modes);
}

/* The codes of MATLAB for arrays of a type, and for their elements. */
typedef struct mat_type {
    uint32_t class, element;
} mat_type;

static mat_type type_of(rlra_dtype dtype)
{
    if (dtype == RLRA_DTYPE_I64)
        return (mat_type){14, MAT_INT64};
    return dtype == RLRA_DTYPE_F32 ? (mat_type){7, MAT_SINGLE} : (mat_type){6, MAT_DOUBLE};
}

static rlra_status write_array(output *out, const rlra_named_array *named)
{
    const rlra_array *const array = named->array;
    const mat_type type = type_of(array->dtype);
    const int order = array->order < 2 ? 2 : array->order;
    const int64_t count = rlra_array_count(array), bytes = count * rlra_dtype_bytes(array->dtype);
    const uint32_t name_bytes = (uint32_t)strlen(named->name), name_room = (name_bytes + 7) / 8 * 8;
    const uint32_t dims_bytes = 4 * (uint32_t)order, dims_room = (dims_bytes + 7) / 8 * 8;
    const int64_t room = (bytes + 7) / 8 * 8, total = 16 + 8 + dims_room + 8 + name_room + 8 + room;
    unsigned char header[8 + 16 + 8 + 4 * RLRA_MAX_ORDER + 8 + MAT_NAME_BYTES + 8] = {0};
    rlra_status status = RLRA_OK;
    size_t used = 0;
    REQUIRE(is_identifier(named->name),
            rlra_fail(out->context, RLRA_ERR_ARGUMENT,
                      "cannot write '%s': '%s' is no MATLAB name (a letter, then at most 62 letters, digits, _)",
                      out->path, named->name));
    REQUIRE(bytes < INT32_MAX - 1024,
            rlra_fail(out->context, RLRA_ERR_UNSUPPORTED,
                      "cannot write '%s': '%s' has %lld bytes, a .mat array at most 2 GiB; .h5 and .npz hold more",
                      out->path, named->name, (long long)bytes));
    used = put(header, used, MAT_MATRIX);
    used = put(header, used, (uint32_t)total);
    used = put(header, used, MAT_UINT32);
    used = put(header, used, 8);
    used = put(header, used, type.class);
    used = put(header, used, 0);
    used = put(header, used, MAT_INT32);
    used = put(header, used, dims_bytes);
    for (int mode = 0; mode < order; mode++)
        put(header, used + 4 * (size_t)mode, mode < array->order ? (uint32_t)array->dims[mode] : 1);
    used = put(header, used + dims_room, MAT_INT8);
    used = put(header, used, name_bytes);
    memcpy(header + used, named->name, name_bytes);
    used = put(header, used + name_room, type.element);
    used = put(header, used, (uint32_t)bytes);
    TRY(rlra_output_write(out, header, used));
    const rlra_array columns = column_major(array);
    TRY(rlra_cursor_write(out, &columns));
    TRY(rlra_output_write(out, "\0\0\0\0\0\0\0", (size_t)(room - bytes)));
cleanup:
    return status;
}

rlra_status rlra_mat_write(output *out, int count, const rlra_named_array *arrays)
{
    static const char about[] = "MATLAB 5.0 MAT-file, written by rlra";
    unsigned char header[MAT_HEADER_BYTES];
    rlra_status status = RLRA_OK;
    memset(header, ' ', 116);
    memcpy(header, about, sizeof about - 1);
    memset(header + 116, 0, 8);
    memcpy(header + 124, "\x00\x01IM", 4);
    TRY(rlra_output_write(out, header, sizeof header));
    for (int k = 0; k < count; k++)
        TRY(write_array(out, &arrays[k]));
cleanup:
    return status;
}
