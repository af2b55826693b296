/* core/view.c: check views of arrays, and whether two share memory. */
#include "core/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Pairs of parts that are checked before two views count as too intricate. */
#define MOST_PAIRS 200000

int rlra_dtype_computes(rlra_dtype dtype)
{
    return dtype == RLRA_DTYPE_F32 || dtype == RLRA_DTYPE_F64;
}

static int is_known(rlra_dtype dtype, int integers)
{
    return rlra_dtype_computes(dtype) || (integers && dtype == RLRA_DTYPE_I64);
}

/* Whether the bytes from the lowest entry to the highest, and those of all entries if packed, can be counted. */
static int is_addressable(const rlra_array *array)
{
    int64_t count = 1, reach = 0, far;
    for (int m = 0; m < array->order; m++)
        if (array->dims[m] == 0)
            return 1;
    for (int m = 0; m < array->order; m++) {
        const int64_t stride = array->strides[m];
        if (stride == INT64_MIN || __builtin_mul_overflow(count, array->dims[m], &count) ||
            __builtin_mul_overflow(array->dims[m] - 1, stride < 0 ? -stride : stride, &far) ||
            __builtin_add_overflow(reach, far, &reach))
            return 0;
    }
    return count <= INT64_MAX / 64 && reach <= INT64_MAX / 64;
}

rlra_status rlra_view_check(rlra_context *context, const char *what, const rlra_array *array, int integers)
{
    if (!is_known(array->dtype, integers))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "%s: unknown dtype: f32 or f64%s, got number %d", what,
                         integers ? " or i64" : "", (int)array->dtype);
    if (array->order < 1 || array->order > RLRA_MAX_ORDER)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "%s: an array has order 1 to %d, got %d", what, RLRA_MAX_ORDER,
                         array->order);
    for (int m = 0; m < array->order; m++)
        if (array->dims[m] < 0)
            return rlra_fail(context, RLRA_ERR_SHAPE, "%s: mode %d has length %" PRId64 ", which is negative", what, m,
                             array->dims[m]);
    if (!is_addressable(array))
        return rlra_fail(
            context, RLRA_ERR_SHAPE,
            "%s: lengths and strides reach further than memory can be addressed; the first mode has length "
            "%" PRId64 " and stride %" PRId64,
            what, array->dims[0], array->strides[0]);
    return RLRA_OK;
}

rlra_array rlra_view_of(rlra_dtype dtype, int64_t count, const void *data)
{
    /* Views for reading and for writing have one type. */
    rlra_array view = {.dtype = dtype, .order = 1, .dims = {count}, .strides = {1}};
    memcpy(&view.data, &data, sizeof view.data);
    return view;
}

/* The range of bytes of the entries of a view. */
typedef struct span {
    uintptr_t begin, end;
} span;

static span span_of(const rlra_array *array)
{
    const uintptr_t bytes = (uintptr_t)rlra_dtype_bytes(array->dtype);
    span s = {(uintptr_t)array->data, (uintptr_t)array->data + bytes};
    for (int m = 0; m < array->order; m++) {
        const int64_t far = (array->dims[m] - 1) * array->strides[m];
        if (far < 0)
            s.begin -= bytes * (uintptr_t)-far;
        else
            s.end += bytes * (uintptr_t)far;
    }
    return s;
}

static int is_empty(const rlra_array *array)
{
    int empty = array->data == NULL;
    for (int m = 0; m < array->order; m++)
        empty |= array->dims[m] < 1;
    return empty;
}

/* The mode whose halves lie furthest apart, or -1 for a single entry. */
static int widest(const rlra_array *array)
{
    int mode = -1;
    int64_t most = 0;
    for (int m = 0; m < array->order; m++)
        if (llabs((array->dims[m] - 1) * array->strides[m]) > most) {
            most = llabs((array->dims[m] - 1) * array->strides[m]);
            mode = m;
        }
    return mode;
}

static rlra_array half_of(const rlra_array *array, int mode, int second)
{
    rlra_array half = *array;
    const int64_t first = array->dims[mode] / 2;
    half.dims[mode] = second ? array->dims[mode] - first : first;
    if (second)
        half.data = (char *)array->data + first * array->strides[mode] * rlra_dtype_bytes(array->dtype);
    return half;
}

/* Bisect the wider view until the spans of the parts are disjoint, or single entries overlap. */
static int meet(const rlra_array *a, const rlra_array *b, int *pairs)
{
    const span s = span_of(a), t = span_of(b);
    if (s.end <= t.begin || t.end <= s.begin)
        return 0;
    const int cuts_a = s.end - s.begin >= t.end - t.begin;
    const rlra_array *const wide = cuts_a ? a : b;
    const int mode = widest(wide);
    if (mode < 0 || --*pairs < 0)
        return 1;
    for (int second = 0; second < 2; second++) {
        const rlra_array half = half_of(wide, mode, second);
        if (cuts_a ? meet(&half, b, pairs) : meet(a, &half, pairs))
            return 1;
    }
    return 0;
}

int rlra_view_overlap(const rlra_array *a, const rlra_array *b)
{
    int pairs = MOST_PAIRS;
    return !is_empty(a) && !is_empty(b) && meet(a, b, &pairs);
}

rlra_status rlra_view_apart(rlra_context *context, const char *output, const rlra_array *a, const char *other,
                            const rlra_array *b)
{
    if (!rlra_view_overlap(a, b))
        return RLRA_OK;
    return rlra_fail(context, RLRA_ERR_ARGUMENT, "%s and %s share memory: what is written must have its own", output,
                     other);
}
