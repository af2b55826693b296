/* solve/plan.h: what a fit costs, before it runs. */
#ifndef RLRA_SOLVE_PLAN_H
#define RLRA_SOLVE_PLAN_H

#include "rlra/plan.h"
#include "engine/fit.h"

/* Most rounds of its rule on a block of factor n in each sweep. */
int RLRA(plan_rounds)(const fit *f, int n);

rlra_status RLRA(plan_fit)(const rlra_problem *problem, const rlra_options *options, int64_t rank, rlra_plan *plan);

#endif
