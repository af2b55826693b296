/* update/rows_exact.c: slopes and loss of one row in double: what is told of rows in single precision is free of its rounding. */
#include <math.h>

#include "update/rows.h"

/* Entries whose model is formed at once. */
#define PIECE 256

/* v_j of `length` entries from j. */
static void form_model(const row_block *b, const double *x, ptrdiff_t j, ptrdiff_t length, double *v)
{
    for (ptrdiff_t e = 0; e < length; e++)
        v[e] = 0;
    for (ptrdiff_t k = 0; k < b->design.rank; k++) {
        const real *const a = b->design.at + k * b->design.stride + j;
        for (ptrdiff_t e = 0; x[k] != 0 && e < length; e++)
            v[e] += x[k] * (double)a[e];
    }
    for (ptrdiff_t e = 0; e < length; e++)
        v[e] = fmax(v[e], b->floor);
}

/* sum_j a_jk w_j of `length` entries from j, for all k. */
static void add_products(const row_block *b, ptrdiff_t j, ptrdiff_t length, const double *w, double *sums)
{
    for (ptrdiff_t k = 0; k < b->design.rank; k++) {
        const real *const a = b->design.at + k * b->design.stride + j;
        for (ptrdiff_t e = 0; e < length; e++)
            sums[k] += w[e] * (double)a[e];
    }
}

double RLRA(row_exact)(const row_block *b, ptrdiff_t i, const double *x, double *up, double *down)
{
    const double beta = b->loss->beta;
    const int is_kl = b->loss->kind == LOSS_KL;
    const real *const y = b->y + i * b->y_stride;
    double v[PIECE], cross[PIECE], own[PIECE], loss = 0;
    for (ptrdiff_t k = 0; k < b->x.rank; k++) {
        up[k] = 0;
        down[k] = is_kl ? b->sums[k] : 0;
        loss += is_kl && b->is_cut ? x[k] * b->sums[k] : 0;
    }
    for (ptrdiff_t j = 0; j < b->design.length; j += PIECE) {
        const ptrdiff_t length = b->design.length - j < PIECE ? b->design.length - j : PIECE;
        form_model(b, x, j, length, v);
        for (ptrdiff_t e = 0; e < length; e++) {
            const double target = (double)y[j + e], power = is_kl       ? 1 / v[e]
                                                            : beta == 0 ? 1 / (v[e] * v[e])
                                                                        : pow(v[e], beta - 2);
            cross[e] = target * power;
            own[e] = v[e] * power;
            loss += b->loss->ops->entry(beta, target, v[e]) - (b->is_cut ? v[e] : 0);
        }
        add_products(b, j, length, cross, up);
        if (!is_kl)
            add_products(b, j, length, own, down);
    }
    return loss;
}
