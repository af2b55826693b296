/* solve/steer.h: what the policy is to know of a fit, and what it decides. */
#ifndef RLRA_SOLVE_STEER_H
#define RLRA_SOLVE_STEER_H

#include "solve/policy.h"
#include "solve/run.h"

/* Of a posed fit. */
policy_facts RLRA(policy_facts_of)(const fit *f);

/* After a sweep: take the rules of the next one. */
void RLRA(run_steer)(run *r);

/* How well the factors are determined. */
void RLRA(fit_report_conditions)(fit *f, rlra_report *report);

/* That, what was decided, and what is still to be gained. */
void RLRA(run_report)(run *r, rlra_report *report);

/* What is still to be gained at the current point: from the last sweeps' rate, and from the quadratic models of the blocks. */
double RLRA(run_remaining)(run *r);

#endif
