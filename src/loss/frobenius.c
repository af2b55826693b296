/* loss/frobenius.c: half the sum of squared differences. */
#include "loss/members.h"

static double value(const posed_loss *self, ptrdiff_t length, const real *y, const real *v)
{
    double sum = 0;
    (void)self;
    for (ptrdiff_t j = 0; j < length; j++)
        sum += ((double)y[j] - (double)v[j]) * ((double)y[j] - (double)v[j]);
    return 0.5 * sum;
}

static double entry(double beta, double y, double v)
{
    (void)beta;
    return 0.5 * (y - v) * (y - v);
}

static void slopes(double beta, ptrdiff_t length, const real *y, const real *v, real *up, real *down)
{
    (void)beta;
    for (ptrdiff_t j = 0; j < length; j++)
        up[j] = y[j];
    for (ptrdiff_t j = 0; down != NULL && j < length; j++)
        down[j] = v[j];
}

static void curvatures(double beta, ptrdiff_t length, const real *y, const real *v, real *out)
{
    (void)beta;
    (void)y;
    (void)v;
    for (ptrdiff_t j = 0; j < length; j++)
        out[j] = 1;
}

const loss_ops RLRA(loss_frobenius) = {
    .about = {"frobenius", "half the sum of squared differences", "quadratic", "Paatero & Tapper 1994"},
    .beta = 2,
    .value = value,
    .entry = entry,
    .slopes = slopes,
    .curvatures = curvatures,
};
