/* api/array.c: views of dense arrays: shape, entries, and modes reordered or merged. */
#include "rlra/array.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "api/array.h"
#include "core/view.h"

/* The product of two lengths; INT64_MAX if it is larger, as it can be for sparse arrays. */
static int64_t product_of(int64_t a, int64_t b)
{
    int64_t product;
    return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

rlra_array rlra_array_contiguous(rlra_dtype dtype, int order, const int64_t *dims, void *data)
{
    if (dims == NULL || order < 0 || order > RLRA_MAX_ORDER)
        return (rlra_array){.dtype = dtype};
    rlra_array array = {.dtype = dtype, .order = order, .data = data};
    int64_t stride = 1;
    for (int mode = order - 1; mode >= 0; mode--) {
        array.dims[mode] = dims[mode];
        array.strides[mode] = stride;
        stride = product_of(stride, dims[mode]);
    }
    return array;
}

int64_t rlra_array_count(const rlra_array *array)
{
    if (array == NULL || array->order < 0 || array->order > RLRA_MAX_ORDER)
        return 0;
    int64_t count = 1;
    for (int mode = 0; mode < array->order; mode++)
        count = product_of(count, array->dims[mode]);
    return count;
}

int64_t rlra_dtype_bytes(rlra_dtype dtype)
{
    return dtype == RLRA_DTYPE_F32 ? 4 : dtype == RLRA_DTYPE_F64 || dtype == RLRA_DTYPE_I64 ? 8 : 0;
}

const char *rlra_dtype_name(rlra_dtype dtype)
{
    return dtype == RLRA_DTYPE_F32   ? "f32"
           : dtype == RLRA_DTYPE_I64 ? "i64"
           : dtype == RLRA_DTYPE_F64 ? "f64"
                                     : "unknown";
}

static double entry_at(const rlra_array *array, int64_t offset)
{
    if (array->dtype == RLRA_DTYPE_F32)
        return ((const float *)array->data)[offset];
    if (array->dtype == RLRA_DTYPE_I64)
        return (double)((const int64_t *)array->data)[offset];
    return ((const double *)array->data)[offset];
}

static int has_order(const rlra_array *array)
{
    return array->order >= 0 && array->order <= RLRA_MAX_ORDER;
}

double rlra_array_get(const rlra_array *array, const int64_t *index)
{
    if (array == NULL || index == NULL || array->data == NULL || rlra_dtype_bytes(array->dtype) == 0 ||
        !has_order(array))
        return NAN;
    int64_t offset = 0;
    for (int mode = 0; mode < array->order; mode++)
        offset += index[mode] * array->strides[mode];
    return entry_at(array, offset);
}

rlra_array rlra_array_permuted(const rlra_array *array, const int *modes)
{
    if (array == NULL || modes == NULL || !has_order(array))
        return (rlra_array){0};
    for (int mode = 0; mode < array->order; mode++)
        if (modes[mode] < 0 || modes[mode] >= array->order)
            return (rlra_array){0};
    rlra_array permuted = *array;
    for (int mode = 0; mode < array->order; mode++) {
        permuted.dims[mode] = array->dims[modes[mode]];
        permuted.strides[mode] = array->strides[modes[mode]];
    }
    return permuted;
}

int rlra_mode_absorb(int64_t *dim, int64_t *stride, int64_t next_dim, int64_t next_stride)
{
    if (next_dim == 1)
        return 1;
    if (*dim != 1 && *dim != 0 && next_dim != 0 && *stride != next_stride * next_dim)
        return 0;
    *dim *= next_dim;
    *stride = next_stride;
    return 1;
}

rlra_status rlra_array_merged(const rlra_array *array, int first, int last, rlra_array *merged)
{
    if (array == NULL || merged == NULL || first < 0 || last < first || last >= array->order ||
        rlra_view_check(NULL, "", array, 1) != RLRA_OK)
        return RLRA_ERR_ARGUMENT;
    rlra_array result = *array;
    for (int mode = first + 1; mode <= last; mode++)
        if (!rlra_mode_absorb(&result.dims[first], &result.strides[first], array->dims[mode], array->strides[mode]))
            return RLRA_ERR_UNSUPPORTED;
    const int dropped = last - first;
    for (int mode = first + 1; mode < array->order - dropped; mode++) {
        result.dims[mode] = array->dims[mode + dropped];
        result.strides[mode] = array->strides[mode + dropped];
    }
    result.order = array->order - dropped;
    *merged = result;
    return RLRA_OK;
}

rlra_array rlra_array_in_memory_order(const rlra_array *array)
{
    rlra_array sorted = *array;
    for (int m = 1; m < sorted.order; m++)
        for (int k = m; k > 0 && llabs(sorted.strides[k - 1]) < llabs(sorted.strides[k]); k--) {
            const int64_t dim = sorted.dims[k], stride = sorted.strides[k];
            sorted.dims[k] = sorted.dims[k - 1];
            sorted.strides[k] = sorted.strides[k - 1];
            sorted.dims[k - 1] = dim;
            sorted.strides[k - 1] = stride;
        }
    int last = 0;
    for (int m = 1; m < sorted.order; m++)
        if (!rlra_mode_absorb(&sorted.dims[last], &sorted.strides[last], sorted.dims[m], sorted.strides[m])) {
            last++;
            sorted.dims[last] = sorted.dims[m];
            sorted.strides[last] = sorted.strides[m];
        }
    sorted.order = last + 1;
    return sorted;
}
