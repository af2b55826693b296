/* api/digest.c: a hash of the entries of an array of any strides, in the order of its memory. */
#include <stdlib.h>

#include "api/array.h"
#include "core/check.h"
#include "core/hash.h"

/* Entries that are gathered together if they are not contiguous. */
#define BLOCK 1024

/* Bytes that are read at once if they are not in memory. */
#define STORED_BYTES (1 << 20)

static size_t gather(const rlra_array *array, int64_t offset, int64_t stride, int64_t length, double *block)
{
    if (array->dtype == RLRA_DTYPE_F64) {
        for (int64_t i = 0; i < length; i++)
            block[i] = ((const double *)array->data)[offset + i * stride];
        return (size_t)length * sizeof(double);
    }
    for (int64_t i = 0; i < length; i++)
        ((float *)block)[i] = ((const float *)array->data)[offset + i * stride];
    return (size_t)length * sizeof(float);
}

static void add_run(hash *h, const rlra_array *array, int64_t offset, int64_t stride, int64_t length)
{
    double block[BLOCK];
    const int64_t bytes = rlra_dtype_bytes(array->dtype);
    if (stride == 1) {
        rlra_hash_add(h, (const char *)array->data + offset * bytes, (size_t)(length * bytes));
        return;
    }
    for (int64_t begin = 0; begin < length; begin += BLOCK) {
        const int64_t count = length - begin < BLOCK ? length - begin : BLOCK;
        rlra_hash_add(h, block, gather(array, offset + begin * stride, stride, count, block));
    }
}

uint64_t rlra_array_digest(const rlra_array *array)
{
    const rlra_array walk = rlra_array_in_memory_order(array);
    const int last = walk.order - 1;
    int64_t index[RLRA_MAX_ORDER] = {0}, offset = 0;
    hash h;
    rlra_hash_begin(&h);
    for (int m = 0; m >= 0;) {
        add_run(&h, &walk, offset, walk.strides[last], walk.dims[last]);
        for (m = last - 1; m >= 0; m--) {
            offset += walk.strides[m];
            if (++index[m] < walk.dims[m])
                break;
            offset -= walk.strides[m] * walk.dims[m];
            index[m] = 0;
        }
    }
    return rlra_hash_end(&h);
}

rlra_status rlra_stored_digest(rlra_context *context, const rlra_array *array, entry_source *source, uint64_t *digest)
{
    rlra_status status = RLRA_OK;
    const int64_t bytes = rlra_dtype_bytes(array->dtype), step = STORED_BYTES / bytes;
    const int64_t count = rlra_array_count(array);
    void *const block = rlra_alloc(context, STORED_BYTES, 1);
    hash h;
    rlra_hash_begin(&h);
    REQUIRE(block != NULL, rlra_fail_memory(context, STORED_BYTES, 1, "a hash of the data"));
    TRY(source->check(source));
    for (int64_t begin = 0; begin < count; begin += step) {
        const int64_t entries = count - begin < step ? count - begin : step;
        TRY(source->read(source, 0, begin, entries, block));
        rlra_hash_add(&h, block, (size_t)(entries * bytes));
    }
    TRY(source->check(source));
    *digest = rlra_hash_end(&h);
cleanup:
    rlra_free(context, block);
    return status;
}
