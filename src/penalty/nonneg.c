/* penalty/nonneg.c: the constraint x >= 0. */
#include "penalty/members.h"

static double value(factor x)
{
    (void)x;
    return 0;
}

static double prox(double weight, double step, factor x, double *room)
{
    (void)room;
    (void)weight;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++) {
            const real v = x.at[k * x.stride + i];
            x.at[k * x.stride + i] = v > 0 ? v : 0;
        }
    return step;
}

const penalty_ops RLRA(penalty_nonneg) = {
    .about = {"nonneg", "every entry >= 0", "entry-separable constraint cone", "Lee & Seung 1999"},
    .kind = PENALTY_NONNEG,
    .scope = PENALTY_ENTRY,
    .degree = 0,
    .constraint = 1,
    .nonneg = 1,
    .value = value,
    .prox = prox,
};
