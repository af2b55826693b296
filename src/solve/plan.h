/* solve/plan.h: what a fit costs, before it runs. */
#ifndef RLRA_SOLVE_PLAN_H
#define RLRA_SOLVE_PLAN_H

#include "engine/fit.h"
#include "rlra/plan.h"

rlra_status RLRA(plan_fit)(const rlra_problem *problem, const rlra_options *options, const factor_shapes *shapes,
                           rlra_plan *plan);

#endif
