/* support/implicit.h: a matrix that the library is shown by its products only: plain loops, which count and may fail. */
#ifndef TESTS_SUPPORT_IMPLICIT_H
#define TESTS_SUPPORT_IMPLICIT_H

#include "support/fitting.h"

/* What a product does wrong at call number `fails_at` (from 0; negative: nothing, at any call). */
typedef enum product_fault { RETURNS_SEVEN, WRITES_NAN, WRITES_INFINITY, LEAVES_ONE_OUT } product_fault;

typedef struct hidden {
    const rlra_array *data;
    long calls, fails_at;
    product_fault fault;
} hidden;

static inline int hidden_product(hidden *h, int transposed, const rlra_array *in, const rlra_array *out)
{
    const long call = h->calls++;
    const int64_t *const step = h->data->strides;
    const ptrdiff_t along = (ptrdiff_t)step[transposed], across = (ptrdiff_t)step[!transposed];
    assert_true(in->order == 2 && out->order == 2 && in->strides[0] == 1 && out->strides[0] == 1);
    assert_true(in->dims[0] == h->data->dims[!transposed] && out->dims[0] == h->data->dims[transposed]);
    assert_true(in->dims[1] == out->dims[1] && in->dtype == h->data->dtype && out->dtype == h->data->dtype);
    for (ptrdiff_t k = 0; k < out->dims[1]; k++)
        for (ptrdiff_t i = 0; i < out->dims[0]; i++) {
            double sum = 0;
            for (ptrdiff_t j = 0; j < in->dims[0]; j++)
                sum += (double)((const real *)h->data->data)[i * along + j * across] *
                       (double)((const real *)in->data)[j + k * in->strides[1]];
            real *const to = (real *)out->data + i + k * out->strides[1];
            const int is_hit = call == h->fails_at && i == out->dims[0] - 1 && k == out->dims[1] - 1;
            if (!is_hit || h->fault == RETURNS_SEVEN)
                *to = (real)sum;
            else if (h->fault != LEAVES_ONE_OUT)
                *to = h->fault == WRITES_NAN ? (real)NAN : (real)INFINITY;
        }
    return call == h->fails_at && h->fault == RETURNS_SEVEN ? 7 : 0;
}

static inline int hidden_apply(void *user, const rlra_array *in, const rlra_array *out)
{
    return hidden_product(user, 0, in, out);
}

static inline int hidden_transposed(void *user, const rlra_array *in, const rlra_array *out)
{
    return hidden_product(user, 1, in, out);
}

/* The products with `data`, and the numbers that belong to them. */
static inline rlra_products hide(const rlra_array *data, hidden *h)
{
    int64_t index[RLRA_MAX_ORDER] = {0};
    rlra_products p = {REAL_DTYPE, data->dims[0], data->dims[1], 0, 1, 0, h, hidden_apply, hidden_transposed};
    *h = (hidden){.data = data, .fails_at = -1};
    do {
        const double value = (double)*entry_at(data, index);
        p.norm2 += value * value;
        p.nonneg = p.nonneg && value >= 0;
    } while (next_index(data, index));
    return p;
}

/* A fit of such products, with the same prior on both factors. */
static inline fitting make_hidden_fitting(const rlra_products *p, ptrdiff_t rank, const char *prior)
{
    const int64_t lengths[] = {p->rows, p->columns};
    fitting f = empty_fitting(2, lengths, rank);
    MUST(&f, rlra_problem_add_implicit(f.problem, p, 1, NULL));
    for (int n = 0; n < 2; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, prior));
    return f;
}

#endif
