/* core/sparse.c: check views of sparse arrays, and summarise their entries. */
#include "core/sparse.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/check.h"

static rlra_status check_shape(rlra_context *context, const rlra_sparse *s)
{
    if (s->dtype != RLRA_DTYPE_F32 && s->dtype != RLRA_DTYPE_F64)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the dtype of a sparse array is f32 or f64, got number %d",
                         (int)s->dtype);
    if (s->order < 2 || s->order > RLRA_MAX_ORDER)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "a sparse array has order 2 to %d, got %d", RLRA_MAX_ORDER,
                         s->order);
    for (int m = 0; m < s->order; m++)
        if (s->dims[m] < 1)
            return rlra_fail(context, RLRA_ERR_SHAPE,
                             "mode %d of the sparse array has length %" PRId64 ", expected at least 1", m, s->dims[m]);
    for (int m = 0; m < s->order; m++)
        if (s->dims[m] > INT64_MAX / 64)
            return rlra_fail(context, RLRA_ERR_SHAPE,
                             "mode %d of the sparse array has length %" PRId64 ", more than memory can be addressed", m,
                             s->dims[m]);
    if (s->count > INT64_MAX / 64)
        return rlra_fail(context, RLRA_ERR_ARGUMENT,
                         "a sparse array cannot have %" PRId64 " stored entries: memory cannot be addressed so far",
                         s->count);
    if (s->count < 0)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "a sparse array has 0 or more stored entries, got %" PRId64,
                         s->count);
    if (s->compressed < -1 || s->compressed >= s->order)
        return rlra_fail(context, RLRA_ERR_ARGUMENT,
                         "a sparse array is compressed along a mode 0 to %d, or -1 for none, got %d", s->order - 1,
                         s->compressed);
    if (s->compressed >= 0 && s->starts == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT,
                         "the sparse array is compressed along mode %d, but 'starts' is NULL", s->compressed);
    for (int m = 0; m < s->order && s->count > 0; m++)
        if (m != s->compressed && s->indices[m] == NULL)
            return rlra_fail(context, RLRA_ERR_ARGUMENT, "the sparse array has entries, but indices[%d] is NULL", m);
    if (s->count > 0 && s->values == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the sparse array has entries, but 'values' is NULL");
    return RLRA_OK;
}

static rlra_status check_starts(rlra_context *context, const rlra_sparse *s)
{
    const int64_t last = s->dims[s->compressed];
    if (s->starts[0] != 0)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "starts[0] of a sparse array is 0, got %" PRId64, s->starts[0]);
    for (int64_t i = 0; i < last; i++)
        if (s->starts[i + 1] < s->starts[i])
            return rlra_fail(context, RLRA_ERR_ARGUMENT,
                             "starts of a sparse array never fall, but starts[%" PRId64 "] is %" PRId64
                             " and starts[%" PRId64 "] is %" PRId64,
                             i, s->starts[i], i + 1, s->starts[i + 1]);
    if (s->starts[last] != s->count)
        return rlra_fail(context, RLRA_ERR_ARGUMENT,
                         "the last of starts, starts[%" PRId64 "], is the number of stored entries, %" PRId64
                         ", got %" PRId64,
                         last, s->count, s->starts[last]);
    return RLRA_OK;
}

static rlra_status check_indices(rlra_context *context, const rlra_sparse *s)
{
    for (int m = 0; m < s->order; m++) {
        if (m == s->compressed)
            continue;
        for (int64_t e = 0; e < s->count; e++)
            if ((uint64_t)s->indices[m][e] >= (uint64_t)s->dims[m])
                return rlra_fail(context, RLRA_ERR_ARGUMENT,
                                 "entry %" PRId64 " of the sparse array has index %" PRId64
                                 " along mode %d, expected 0 to %" PRId64 " (all counted from 0)",
                                 e, s->indices[m][e], m, s->dims[m] - 1);
    }
    return RLRA_OK;
}

/* The index of entry `e` along the compressed mode. */
static int64_t group_of(const rlra_sparse *s, int64_t e)
{
    int64_t low = 0, high = s->dims[s->compressed];
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (s->starts[middle] <= e)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void rlra_sparse_where(const rlra_sparse *s, int64_t e, char *text)
{
    int used = 0;
    for (int m = 0; m < s->order; m++)
        used += snprintf(text + used, (size_t)(SPARSE_WHERE_BYTES - used), "%s%" PRId64, m == 0 ? "" : ", ",
                         m == s->compressed ? group_of(s, e) : s->indices[m][e]);
}

static rlra_status check_values(rlra_context *context, const rlra_sparse *s)
{
    int64_t bad = 0, first = 0;
    for (int64_t e = s->count - 1; e >= 0; e--)
        if (!isfinite(rlra_sparse_value(s, e))) {
            bad++;
            first = e;
        }
    if (bad == 0)
        return RLRA_OK;
    char where[SPARSE_WHERE_BYTES];
    rlra_sparse_where(s, first, where);
    return rlra_fail(context, RLRA_ERR_DATA,
                     "the sparse array holds %" PRId64
                     " entries that are NaN or infinite; the first, %g, is entry %" PRId64
                     ", at [%s] (all counted from 0)%s",
                     bad, rlra_sparse_value(s, first), first, where,
                     isnan(rlra_sparse_value(s, first))
                         ? "; if NaN stands for what is missing, store no entry there and say `missing=unstored`"
                         : "");
}

rlra_status rlra_sparse_check_places(rlra_context *context, const rlra_sparse *sparse)
{
    rlra_status status = RLRA_OK;
    TRY(check_shape(context, sparse));
    if (sparse->compressed >= 0)
        TRY(check_starts(context, sparse));
    TRY(check_indices(context, sparse));
cleanup:
    return status;
}

rlra_status rlra_sparse_check(rlra_context *context, const rlra_sparse *sparse)
{
    if (!(sparse != NULL))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "a check needs a sparse array, got NULL");
    const rlra_status status = rlra_sparse_check_places(context, sparse);
    return status == RLRA_OK ? check_values(context, sparse) : status;
}
