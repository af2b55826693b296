/* data/sparse/weights.c: match weights with the stored entries of a sparse matrix. */
#include "data/sparse/weights.h"

#include <inttypes.h>
#include <math.h>

#include "core/check.h"

/* The first row in which the places differ, or the number of rows. */
static ptrdiff_t first_difference(const sparse_rows *a, const sparse_rows *b)
{
    ptrdiff_t i = 0;
    for (; i < a->rows && a->starts[i + 1] == b->starts[i + 1]; i++)
        for (int64_t e = a->starts[i]; e < a->starts[i + 1]; e++)
            if (a->indices[e] != b->indices[e])
                return i;
    return i;
}

/* Fail with the first place of row i that only one of the two has; rows before it agree. */
static rlra_status fail_place(rlra_context *context, const sparse_rows *entries, const sparse_rows *weights,
                              ptrdiff_t i)
{
    int64_t e = entries->starts[i];
    while (e < entries->starts[i + 1] && e < weights->starts[i + 1] && entries->indices[e] == weights->indices[e])
        e++;
    const int no_weight =
        e >= weights->starts[i + 1] || (e < entries->starts[i + 1] && entries->indices[e] < weights->indices[e]);
    return rlra_fail(context, RLRA_ERR_DATA,
                     no_weight ? "the entry at [%td, %" PRId32 "] of the sparse data has no weight: store one, 0 if it "
                                 "is to be left out"
                               : "there is a weight at [%td, %" PRId32 "], but the sparse data store no entry there",
                     i, no_weight ? entries->indices[e] : weights->indices[e]);
}

static rlra_status check_values(rlra_context *context, const sparse_rows *weights)
{
    for (ptrdiff_t i = 0; i < weights->rows; i++)
        for (int64_t e = weights->starts[i]; e < weights->starts[i + 1]; e++)
            if (weights->values[e] < 0)
                return rlra_fail(context, RLRA_ERR_DATA,
                                 "weights must be numbers >= 0, but that at [%td, %" PRId32 "] is %g", i,
                                 weights->indices[e], (double)weights->values[e]);
    return RLRA_OK;
}

/* Remove entries whose weight is zero from both. */
static void drop_unweighted(sparse_rows *entries, sparse_rows *weights)
{
    int64_t e = 0, to = 0;
    for (ptrdiff_t i = 0; i < entries->rows; i++) {
        const int64_t end = entries->starts[i + 1];
        entries->starts[i] = weights->starts[i] = to;
        for (; e < end; e++) {
            entries->indices[to] = weights->indices[to] = entries->indices[e];
            entries->values[to] = entries->values[e];
            weights->values[to] = weights->values[e];
            to += weights->values[to] > 0;
        }
    }
    entries->starts[entries->rows] = weights->starts[entries->rows] = to;
    entries->count = weights->count = to;
}

observed_summary RLRA(sparse_weights_summarise)(const sparse_pair *entries, const sparse_pair *weights)
{
    const sparse_rows *const x = &entries->along[0];
    observed_summary summary = {.scan = {.least = INFINITY}, .count = (double)x->count, .least = 0};
    for (ptrdiff_t i = 0; i < x->rows; i++) {
        double norm2 = 0, sum = 0;
        for (int64_t e = x->starts[i]; e < x->starts[i + 1]; e++) {
            const double value = (double)x->values[e], weight = (double)weights->along[0].values[e];
            norm2 += weight * value * value;
            sum += weight * value;
            summary.scan.least = fmin(summary.scan.least, value);
            summary.scan.scale = fmax(summary.scan.scale, fabs(value));
            summary.most = fmax(summary.most, weight);
            summary.ones += weight == 1;
        }
        summary.scan.norm2 += norm2;
        summary.scan.sum += sum;
    }
    return summary;
}

rlra_status RLRA(sparse_weights_create)(rlra_context *context, const rlra_sparse *from, sparse_pair *entries,
                                        sparse_pair **weights, observed_summary *summary)
{
    rlra_status status = RLRA_OK;
    sparse_pair *made = NULL;
    *weights = NULL;
    TRY(RLRA(sparse_pair_keep)(context, from, &made));
    REQUIRE(made->along[0].duplicates == 0,
            rlra_fail(context, RLRA_ERR_DATA, "%" PRId64 " weights are at places that have one already",
                      made->along[0].duplicates));
    const ptrdiff_t row = first_difference(&entries->along[0], &made->along[0]);
    REQUIRE(row == entries->along[0].rows, fail_place(context, &entries->along[0], &made->along[0], row));
    TRY(check_values(context, &made->along[0]));
    for (int mode = 0; mode < 2; mode++)
        drop_unweighted(&entries->along[mode], &made->along[mode]);
    *summary = RLRA(sparse_weights_summarise)(entries, made);
    *weights = made;
    made = NULL;
cleanup:
    RLRA(sparse_pair_destroy)(context, made);
    return status;
}
