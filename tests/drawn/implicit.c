/* drawn/implicit.c: a matrix of which the library sees products only, by plain loops. */
#include <stdlib.h>

#include "drawn/draw.h"

static size_t offset_of(const rlra_array *a, int64_t i, int64_t k)
{
    return (size_t)(i * a->strides[0] + k * a->strides[1]);
}

/* X V or X^T U. Each entry of X is read once, for all columns. */
static int multiply(const drawn_array *x, int transposed, const rlra_array *in, const rlra_array *out)
{
    const int64_t rank = in->dims[1];
    double *const from = malloc(sizeof *from * (size_t)rlra_array_count(in));
    double *const to = calloc((size_t)rlra_array_count(out), sizeof *to);
    for (int64_t e = 0; e < rlra_array_count(in); e++) {
        const size_t at = offset_of(in, e / rank, e % rank);
        from[e] = in->dtype == RLRA_DTYPE_F32 ? (double)((const float *)in->data)[at] : ((const double *)in->data)[at];
    }
    for (int64_t i = 0; i < x->dims[0]; i++)
        for (int64_t j = 0; j < x->dims[1]; j++) {
            const double value = (double)x->values[i * x->dims[1] + j];
            const double *const row = from + (transposed ? i : j) * rank;
            double *const sums = to + (transposed ? j : i) * rank;
            for (int64_t k = 0; k < rank; k++)
                sums[k] += value * row[k];
        }
    for (int64_t e = 0; e < rlra_array_count(out); e++) {
        const size_t at = offset_of(out, e / rank, e % rank);
        if (out->dtype == RLRA_DTYPE_F32)
            ((float *)out->data)[at] = (float)to[e];
        else
            ((double *)out->data)[at] = to[e];
    }
    free(from);
    free(to);
    return 0;
}

static int apply(void *user, const rlra_array *in, const rlra_array *out)
{
    return multiply(user, 0, in, out);
}

static int apply_transposed(void *user, const rlra_array *in, const rlra_array *out)
{
    return multiply(user, 1, in, out);
}

rlra_status pose_implicit(drawn_fit *fit, drawn_array *a)
{
    rlra_products products = {.dtype = fit->dtype,
                              .rows = a->dims[0],
                              .columns = a->dims[1],
                              .nonneg = 1,
                              .digest = 1,
                              .user = a,
                              .apply = apply,
                              .apply_transposed = apply_transposed};
    for (int64_t e = 0; e < a->count; e++) {
        products.norm2 += (double)(a->values[e] * a->values[e]);
        products.nonneg = products.nonneg && a->values[e] >= 0;
    }
    return rlra_problem_add_implicit(fit->problem, &products, (double)a->weight, a->of);
}
