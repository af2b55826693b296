/* loss/is.c: Itakura-Saito divergence  y/v - log(y/v) - 1: data whose scale means nothing, such as audio powers. */
#include "loss/members.h"
#include "loss/relative.h"

/* (y - v - v log(y/v)) / v. */
static double value(double beta, ptrdiff_t length, const real *y, const real *v)
{
    relative_vector sum = {0};
    double rest = 0;
    (void)beta;
    for (ptrdiff_t j = 0; j < length; j += RELATIVE_LANES) {
        const relative_vector from = relative_load(y + j, length - j, 1), to = relative_load(v + j, length - j, 1);
        if (relative_none(relative_odd(from) | relative_odd(to))) {
            sum += relative_terms(to, from) / to;
            continue;
        }
        for (ptrdiff_t e = j; e < length && e < j + RELATIVE_LANES; e++)
            rest += relative_any((double)v[e], (double)y[e]) / (double)v[e];
    }
    return relative_sum(sum) + rest;
}

static void slopes(double beta, ptrdiff_t length, const real *y, const real *v, real *up, real *down)
{
    (void)beta;
    for (ptrdiff_t j = 0; j < length; j++)
        up[j] = y[j] / v[j] / v[j];
    for (ptrdiff_t j = 0; down != NULL && j < length; j++)
        down[j] = 1 / v[j];
}

static void curvatures(double beta, ptrdiff_t length, const real *y, const real *v, real *out)
{
    (void)beta;
    for (ptrdiff_t j = 0; j < length; j++)
        out[j] = (2 * y[j] / v[j] - 1) / v[j] / v[j];
}

const loss_ops RLRA(loss_is) = {
    .about = {"is", "Itakura-Saito divergence y/v - log(y/v) - 1, does not change with the scale of an entry",
              "positive-data", "Fevotte, Bertin & Durrieu 2009"},
    .beta = 0,
    .needs_nonneg = 1,
    .value = value,
    .slopes = slopes,
    .curvatures = curvatures,
};
