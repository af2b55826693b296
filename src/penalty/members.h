/* penalty/members.h: the tables of this family, one for each file. */
#ifndef RLRA_PENALTY_MEMBERS_H
#define RLRA_PENALTY_MEMBERS_H

#include "penalty/penalty.h"

extern const penalty_ops RLRA(penalty_l2);
extern const penalty_ops RLRA(penalty_l1);
extern const penalty_ops RLRA(penalty_nonneg);
extern const penalty_ops RLRA(penalty_simplex);

#endif
