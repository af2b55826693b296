/* loss/kl.c: Kullback-Leibler divergence  y log(y/v) - y + v: counts, spectrograms. */
#include "linalg/relative.h"
#include "loss/members.h"

static double value(const posed_loss *self, ptrdiff_t length, const real *y, const real *v)
{
    return self->kernels->relative(length, y, v, 0);
}

static double entry(double beta, double y, double v)
{
    (void)beta;
    return relative_any(y, v);
}

static void slopes(double beta, ptrdiff_t length, const real *y, const real *v, real *up, real *down)
{
    (void)beta;
    for (ptrdiff_t j = 0; j < length; j++)
        up[j] = y[j] / v[j];
    for (ptrdiff_t j = 0; down != NULL && j < length; j++)
        down[j] = 1;
}

static void curvatures(double beta, ptrdiff_t length, const real *y, const real *v, real *out)
{
    (void)beta;
    for (ptrdiff_t j = 0; j < length; j++)
        out[j] = y[j] / v[j] / v[j];
}

const loss_ops RLRA(loss_kl) = {
    .about = {"kl", "Kullback-Leibler divergence y log(y/v) - y + v, for counts and spectrograms",
              "convex nonnegative-data", "Lee & Seung 2001"},
    .beta = 1,
    .needs_nonneg = 1,
    .value = value,
    .entry = entry,
    .slopes = slopes,
    .curvatures = curvatures,
};
