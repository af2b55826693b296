/* penalty/members.h: the tables of this family, one for each file. */
#ifndef RLRA_PENALTY_MEMBERS_H
#define RLRA_PENALTY_MEMBERS_H

#include "penalty/penalty.h"

/* In the order in which proxes compose: l2 shrinks the step of those behind it, constraints come last, and the simplex before
 * nonneg, which then changes nothing: clipped first, a row would be projected from elsewhere. Bounds come behind all: the minimiser
 * of a convex function of one number on an interval is the free minimiser, clipped. Last is hard_sparsity, which keeps the largest
 * of what the others made; a simplex has then lost part of its sum and is refilled.
 * Penalties without a prox, known by a bound alone, may stand anywhere. */
#define RLRA_PENALTY_LIST(ENTRY)                                                                                       \
    ENTRY(l2)                                                                                                          \
    ENTRY(l1)                                                                                                          \
    ENTRY(simplex)                                                                                                     \
    ENTRY(unimodal)                                                                                                    \
    ENTRY(nonneg)                                                                                                      \
    ENTRY(lower)                                                                                                       \
    ENTRY(upper)                                                                                                       \
    ENTRY(hard_sparsity)                                                                                               \
    ENTRY(volume)

#define RLRA_PENALTY_EXTERN(name) extern const penalty_ops RLRA(penalty_##name);
RLRA_PENALTY_LIST(RLRA_PENALTY_EXTERN)
#undef RLRA_PENALTY_EXTERN

/* Rows on the simplex of which small entries were set to zero: what they lack of the sum one is spread evenly over the others. That
 * is the nearest point of the simplex with their support (Kyrillidis, Becker, Cevher & Koch 2013). */
void RLRA(hard_sparsity_refill)(factor x);

#endif
