/* loss/beta.c: the beta divergence for any beta except 0, 1 and 2, which have their own files. */
#include <math.h>

#include "loss/members.h"

/* Below this |L| times the larger of |beta| and |beta - 1| the series needs at most so many terms. */
#define SERIES_REACH 0.5
#define SERIES_TERMS 18

/* d(y, v) / y^beta with L = log(v/y):  expm1(beta L) / beta - expm1((beta - 1) L) / (beta - 1),  whose parts agree to first order;
 * near 0 by its series  sum_{n >= 2} (beta^(n-1) - (beta-1)^(n-1)) L^n / n!. */
static double divergence_of_logarithm(double beta, double l)
{
    if (!(fabs(l) * fmax(fabs(beta), fabs(beta - 1)) < SERIES_REACH))
        return expm1(beta * l) / beta - expm1((beta - 1) * l) / (beta - 1);
    double high = l, low = l, sum = 0;
    for (int n = 2; n <= SERIES_TERMS; n++) {
        high *= beta * l / n;
        low *= (beta - 1) * l / n;
        sum += high - low;
    }
    return sum;
}

static double entry_value(double beta, double y, double v)
{
    if (!(y > 0))
        return beta > 0 ? pow(v, beta) / beta : (double)INFINITY;
    if (!(v > 0))
        return beta > 1 ? pow(y, beta) / (beta * (beta - 1)) : (double)INFINITY;
    const double ratio = (v - y) / y, l = fabs(ratio) < 0.5 ? log1p(ratio) : log(v) - log(y);
    return pow(y, beta) * divergence_of_logarithm(beta, l);
}

static double value(const posed_loss *self, ptrdiff_t length, const real *y, const real *v)
{
    double sum = 0;
    for (ptrdiff_t j = 0; j < length; j++)
        sum += entry_value(self->beta, (double)y[j], (double)v[j]);
    return sum;
}

/* v^power; the powers of beta = 1/2, 3/2 and 3 without logarithms. */
static inline double raise_entry(double v, double power)
{
    if (power == -0.5)
        return 1 / sqrt(v);
    if (power == -1.5)
        return 1 / (v * sqrt(v));
    return power == 1 ? v : pow(v, power);
}

static void slopes(double beta, ptrdiff_t length, const real *y, const real *v, real *up, real *down)
{
    for (ptrdiff_t j = 0; j < length; j++) {
        const double power = raise_entry((double)v[j], beta - 2);
        up[j] = (real)((double)y[j] * power);
        if (down != NULL)
            down[j] = (real)((double)v[j] * power);
    }
}

static void curvatures(double beta, ptrdiff_t length, const real *y, const real *v, real *out)
{
    for (ptrdiff_t j = 0; j < length; j++) {
        const double power = raise_entry((double)v[j], beta - 2) / (double)v[j];
        out[j] = (real)(power * ((beta - 1) * (double)v[j] + (2 - beta) * (double)y[j]));
    }
}

const loss_ops RLRA(loss_beta) = {
    .about = {"beta", "beta divergence, of any beta; 2: frobenius, 1: kl, 0: is", "nonnegative-data",
              "Fevotte & Idier 2011"},
    .beta = NAN,
    .needs_nonneg = 1,
    .value = value,
    .entry = entry_value,
    .slopes = slopes,
    .curvatures = curvatures,
};
