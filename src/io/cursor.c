/* io/cursor.c: deliver the entries of strided arrays in row-major order, block by block. */
#include "io/cursor.h"

#include <string.h>

#include "io/scalar.h"

#define BUFFER_BYTES 65536

cursor rlra_cursor(const rlra_array *array)
{
    return (cursor){.array = *array, .left = rlra_array_count(array)};
}

static void copy_run(const rlra_array *array, int64_t offset, int64_t stride, size_t length, void *to)
{
    if (array->dtype == RLRA_DTYPE_F32) {
        const float *const at = (const float *)array->data + offset;
        float *const out = to;
        for (size_t i = 0; i < length; i++)
            out[i] = at[(int64_t)i * stride];
    } else if (array->dtype == RLRA_DTYPE_I64) {
        const int64_t *const at = (const int64_t *)array->data + offset;
        int64_t *const out = to;
        for (size_t i = 0; i < length; i++)
            out[i] = at[(int64_t)i * stride];
    } else {
        const double *const at = (const double *)array->data + offset;
        double *const out = to;
        for (size_t i = 0; i < length; i++)
            out[i] = at[(int64_t)i * stride];
    }
}

/* Step `length` entries along the last mode, which has at least that many left. */
static void advance(cursor *c, size_t length)
{
    int mode = c->array.order - 1;
    c->left -= (int64_t)length;
    c->index[mode] += (int64_t)length;
    while (mode > 0 && c->index[mode] == c->array.dims[mode]) {
        c->index[mode--] = 0;
        c->index[mode]++;
    }
}

size_t rlra_cursor_take(cursor *c, size_t most, void *buffer)
{
    const int last = c->array.order - 1;
    const size_t bytes = (size_t)rlra_dtype_bytes(c->array.dtype);
    size_t done = 0;
    while (done < most && c->left > 0) {
        const size_t left = (size_t)(c->array.dims[last] - c->index[last]);
        const size_t length = left < most - done ? left : most - done;
        int64_t offset = 0;
        for (int mode = 0; mode <= last; mode++)
            offset += c->index[mode] * c->array.strides[mode];
        copy_run(&c->array, offset, c->array.strides[last], length, (char *)buffer + done * bytes);
        advance(c, length);
        done += length;
    }
    return done;
}

rlra_status rlra_cursor_write(output *out, const rlra_array *array)
{
    const size_t bytes = (size_t)rlra_dtype_bytes(array->dtype);
    rlra_status status = RLRA_OK;
    cursor c = rlra_cursor(array);
    unsigned char *const buffer = rlra_alloc(out->context, BUFFER_BYTES, 1);
    REQUIRE(buffer != NULL, rlra_fail_memory(out->context, BUFFER_BYTES, 1, "a buffer for writing"));
    while (c.left > 0) {
        const size_t entries = rlra_cursor_take(&c, BUFFER_BYTES / bytes, buffer);
        if (!rlra_machine_is_little())
            rlra_bytes_swap((int)bytes, entries, buffer);
        TRY(rlra_output_write(out, buffer, entries * bytes));
    }
cleanup:
    rlra_free(out->context, buffer);
    return status;
}
