/* penalty/upper.c: the constraint x <= bound; the weight is the bound. */
#include "penalty/members.h"

static double value(factor x)
{
    (void)x;
    return 0;
}

static double prox(double weight, double step, factor x, double *room)
{
    (void)room;
    const real bound = (real)weight;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++) {
            const real v = x.at[k * x.stride + i];
            x.at[k * x.stride + i] = v < bound ? v : bound;
        }
    return step;
}

const penalty_ops RLRA(penalty_upper) = {
    .about = {"upper", "every entry at or below a bound; upper=1: x <= 1", "entry-separable constraint bound",
              "Lawson & Hanson 1974"},
    .kind = PENALTY_BOUND,
    .scope = PENALTY_ENTRY,
    .degree = -1,
    .constraint = 1,
    .bound = PENALTY_FROM_ABOVE,
    .value = value,
    .prox = prox,
};
