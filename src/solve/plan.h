/* solve/plan.h: what a fit costs, before it runs. */
#ifndef RLRA_SOLVE_PLAN_H
#define RLRA_SOLVE_PLAN_H

#include "engine/fit.h"
#include "rlra/plan.h"

/* `ranks` by factor; those of cores follow from the others. */
rlra_status RLRA(plan_fit)(const rlra_problem *problem, const rlra_options *options, const int64_t *ranks,
                           rlra_plan *plan);

#endif
