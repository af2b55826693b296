/* model/match.h: similarity of the components of two models. */
#ifndef RLRA_MODEL_MATCH_H
#define RLRA_MODEL_MATCH_H

#include "model/model.h"

/* All pairs of components of two models of the same shape: entry k * most + l, with `most` the larger of their ranks, of
 * component k of `a` and l of `b`. `congruence` is the product of the cosines over the modes, `ratio` that of the smaller to
 * the larger norm of the two rank-one arrays; both are 1 if both components are zero, and 0 where k or l is beyond the rank. */
rlra_status rlra_match_pairs(const rlra_model *a, const rlra_model *b, double *congruence, double *ratio);

#endif
