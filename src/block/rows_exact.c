/* block/rows_exact.c: slopes and loss of one row in double, so that reports on data in single precision are free of its
 * rounding. */
#include <math.h>

#include "block/rows.h"

/* Entries whose model is formed at once. */
#define PIECE 256

/* v_j of `length` entries from j. */
static void form_model(const block *b, const double *x, ptrdiff_t j, ptrdiff_t length, double *v)
{
    const factor design = b->part->design.columns;
    for (ptrdiff_t e = 0; e < length; e++)
        v[e] = 0;
    for (ptrdiff_t k = 0; k < design.rank; k++) {
        const real *const a = design.at + k * design.stride + j;
        for (ptrdiff_t e = 0; x[k] != 0 && e < length; e++)
            v[e] += x[k] * (double)a[e];
    }
    for (ptrdiff_t e = 0; e < length; e++)
        v[e] = fmax(v[e], b->floor);
}

/* sum_j a_jk w_j of `length` entries from j, for all k. */
static void add_products(const block *b, ptrdiff_t j, ptrdiff_t length, const double *w, double *sums)
{
    const factor design = b->part->design.columns;
    for (ptrdiff_t k = 0; k < design.rank; k++) {
        const real *const a = design.at + k * design.stride + j;
        for (ptrdiff_t e = 0; e < length; e++)
            sums[k] += w[e] * (double)a[e];
    }
}

double RLRA(row_exact)(const block *b, ptrdiff_t i, const double *x, double *up, double *down)
{
    const factor a = b->part->design.columns;
    const double beta = b->loss->beta;
    const int is_kl = b->loss->kind == LOSS_KL;
    const real *const y = b->part->y + i * b->part->y_stride;
    double v[PIECE], cross[PIECE], own[PIECE], loss = 0;
    for (ptrdiff_t k = 0; k < b->x.rank; k++) {
        up[k] = 0;
        down[k] = is_kl ? b->part->design.sums[k] : 0;
        loss += is_kl && b->part->is_cut ? x[k] * b->part->design.sums[k] : 0;
    }
    for (ptrdiff_t j = 0; j < a.length; j += PIECE) {
        const ptrdiff_t length = a.length - j < PIECE ? a.length - j : PIECE;
        form_model(b, x, j, length, v);
        for (ptrdiff_t e = 0; e < length; e++) {
            const double target = (double)y[j + e], power = is_kl       ? 1 / v[e]
                                                            : beta == 0 ? 1 / (v[e] * v[e])
                                                                        : pow(v[e], beta - 2);
            cross[e] = target * power;
            own[e] = v[e] * power;
            loss += b->loss->ops->entry(beta, target, v[e]) - (b->part->is_cut ? v[e] : 0);
        }
        add_products(b, j, length, cross, up);
        if (!is_kl)
            add_products(b, j, length, own, down);
    }
    return loss;
}
