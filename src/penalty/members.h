/* penalty/members.h: the tables of this family, one for each file. */
#ifndef RLRA_PENALTY_MEMBERS_H
#define RLRA_PENALTY_MEMBERS_H

#include "penalty/penalty.h"

/* In the order in which proxes compose: l2 shrinks the step of those after it, constraints come last, and the simplex before
 * nonneg, which then changes nothing; a row clipped first would have another projection. Bounds come after these: the minimiser
 * of a convex function of one number on an interval is the unconstrained minimiser, clipped. Last is hard_sparsity, which keeps
 * the largest of the resulting entries; a simplex has then lost part of its sum and is refilled. Penalties without a prox,
 * which only have a bound, may be anywhere. */
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

/* For rows on the simplex whose small entries were set to zero: spread what is missing from the sum one evenly over the other
 * entries. This gives the nearest point of the simplex with that support (Kyrillidis, Becker, Cevher & Koch 2013). */
void RLRA(hard_sparsity_refill)(factor x);

#endif
