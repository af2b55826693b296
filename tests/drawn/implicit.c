/* drawn/implicit.c: a matrix of which the library sees products only, by plain loops. */
#include "drawn/draw.h"

static double entry_of(const rlra_array *a, int64_t i, int64_t k)
{
    const int64_t at = i * a->strides[0] + k * a->strides[1];
    return a->dtype == RLRA_DTYPE_F32 ? (double)((const float *)a->data)[at] : ((const double *)a->data)[at];
}

static int multiply(const drawn_array *x, int transposed, const rlra_array *in, const rlra_array *out)
{
    for (int64_t k = 0; k < out->dims[1]; k++)
        for (int64_t i = 0; i < out->dims[0]; i++) {
            long double sum = 0;
            for (int64_t j = 0; j < in->dims[0]; j++)
                sum += x->values[transposed ? j * x->dims[1] + i : i * x->dims[1] + j] * entry_of(in, j, k);
            const int64_t at = i * out->strides[0] + k * out->strides[1];
            if (out->dtype == RLRA_DTYPE_F32)
                ((float *)out->data)[at] = (float)sum;
            else
                ((double *)out->data)[at] = (double)sum;
        }
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
