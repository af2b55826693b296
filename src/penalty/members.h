/* penalty/members.h: the tables of this family, one for each file. */
#ifndef RLRA_PENALTY_MEMBERS_H
#define RLRA_PENALTY_MEMBERS_H

#include "penalty/penalty.h"

/* In the order in which proxes compose: l2 shrinks the step of those behind it, constraints come last, and the simplex before
 * nonneg, which then changes nothing: clipped first, a row would be projected from elsewhere. Bounds come behind all: the minimiser
 * of a convex function of one number on an interval is the free minimiser, clipped. */
#define RLRA_PENALTY_LIST(ENTRY)                                                                                       \
    ENTRY(l2)                                                                                                          \
    ENTRY(l1)                                                                                                          \
    ENTRY(simplex)                                                                                                     \
    ENTRY(nonneg)                                                                                                      \
    ENTRY(lower)                                                                                                       \
    ENTRY(upper)

#define RLRA_PENALTY_EXTERN(name) extern const penalty_ops RLRA(penalty_##name);
RLRA_PENALTY_LIST(RLRA_PENALTY_EXTERN)
#undef RLRA_PENALTY_EXTERN

#endif
