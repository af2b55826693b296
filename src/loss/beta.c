/* loss/beta.c: the beta divergence for any beta but 0, 1 and 2, which have files of their own. */
#include "loss/members.h"

#include <math.h>

static double value(double beta, ptrdiff_t length, const real *y, const real *v)
{
    double sum = 0;
    for (ptrdiff_t j = 0; j < length; j++) {
        const double from = (double)y[j], to = (double)v[j];
        const double own = from > 0 ? pow(from, beta) : 0;
        const double cross = from > 0 ? beta * from * pow(to, beta - 1) : 0;
        sum += own + (to > 0 || beta < 0 ? (beta - 1) * pow(to, beta) : 0) - cross;
    }
    return sum / (beta * (beta - 1));
}

static void slopes(double beta, ptrdiff_t length, const real *y, const real *v, real *up, real *down)
{
    for (ptrdiff_t j = 0; j < length; j++) {
        const double power = pow((double)v[j], beta - 2);
        up[j] = (real)((double)y[j] * power);
        if (down != NULL)
            down[j] = (real)((double)v[j] * power);
    }
}

static void curvatures(double beta, ptrdiff_t length, const real *y, const real *v, real *out)
{
    for (ptrdiff_t j = 0; j < length; j++) {
        const double power = pow((double)v[j], beta - 3);
        out[j] = (real)(power * ((beta - 1) * (double)v[j] + (2 - beta) * (double)y[j]));
    }
}

const loss_ops RLRA(loss_beta) = {
    .about = {"beta", "beta divergence, with --beta; 2: frobenius, 1: kl, 0: is", "nonnegative-data",
              "Fevotte & Idier 2011"},
    .beta = NAN,
    .needs_nonneg = 1,
    .value = value,
    .slopes = slopes,
    .curvatures = curvatures,
};
