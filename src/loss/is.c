/* loss/is.c: Itakura-Saito divergence  y/v - log(y/v) - 1: for data whose scale has no meaning, such as audio powers. */
#include "linalg/relative.h"
#include "loss/members.h"

/* (y - v - v log(y/v)) / v. */
static double value(const posed_loss *self, ptrdiff_t length, const real *y, const real *v)
{
    return self->kernels->relative(length, v, y, 1);
}

static double entry(double beta, double y, double v)
{
    (void)beta;
    return relative_any(v, y) / v;
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
    .entry = entry,
    .slopes = slopes,
    .curvatures = curvatures,
};
