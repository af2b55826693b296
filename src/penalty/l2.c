/* penalty/l2.c: g(x) = sum x^2, also called ridge. */
#include "penalty/members.h"

static double value(factor x)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            sum += (double)x.at[k * x.stride + i] * (double)x.at[k * x.stride + i];
    return sum;
}

static double prox(double weight, double step, factor x, double *room)
{
    (void)room;
    const double shrink = 1 / (1 + 2 * step * weight);
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            x.at[k * x.stride + i] *= (real)shrink;
    return step * shrink;
}

const penalty_ops RLRA(penalty_l2) = {
    .about = {"l2", "sum of squares (ridge): small, smooth factors; weight x sum x^2", "entry-separable homogeneous-2",
              "Hoerl & Kennard 1970"},
    .kind = PENALTY_L2,
    .scope = PENALTY_ENTRY,
    .degree = 2,
    .quadratic = 1,
    .value = value,
    .prox = prox,
};
