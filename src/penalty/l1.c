/* penalty/l1.c: g(x) = sum |x|, for sparse factors. */
#include "penalty/members.h"

#include <math.h>

static double value(factor x)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            sum += fabs((double)x.at[k * x.stride + i]);
    return sum;
}

static double prox(double weight, double step, factor x, double *room)
{
    (void)room;
    const real threshold = (real)(step * weight);
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++) {
            const real v = x.at[k * x.stride + i];
            const real over = v > threshold ? v - threshold : 0;
            x.at[k * x.stride + i] = v < -threshold ? v + threshold : over;
        }
    return step;
}

const penalty_ops RLRA(penalty_l1) = {
    .about = {"l1", "sum of magnitudes: sparse factors; weight x sum |x|", "entry-separable homogeneous-1",
              "Tibshirani 1996"},
    .kind = PENALTY_L1,
    .scope = PENALTY_ENTRY,
    .degree = 1,
    .linear = 1,
    .value = value,
    .prox = prox,
};
