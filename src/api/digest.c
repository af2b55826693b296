/* api/digest.c: a hash of the entries of an array of any strides, in the order of its memory. */
#include <stdlib.h>

#include "api/array.h"
#include "core/hash.h"

/* Entries that are gathered at once where they are not contiguous. */
#define BLOCK 1024

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
