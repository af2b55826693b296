/* solve/pose.h: from a problem to a fit that can be run. */
#ifndef RLRA_SOLVE_POSE_H
#define RLRA_SOLVE_POSE_H

#include "engine/fit.h"

/* Take the problem's arrays, penalties and options; choose rules and the order of updates; measure the workspace: f->work.peak.
 * `shapes` must match the problem. */
rlra_status RLRA(fit_measure)(fit *f, const rlra_problem *problem, const rlra_options *options,
                              const factor_shapes *shapes);

/* Like fit_measure(), and allocate the workspace. The caller frees with fit_clear(), also after an error. */
rlra_status RLRA(fit_pose)(fit *f, const rlra_problem *problem, const rlra_options *options,
                           const factor_shapes *shapes);
void RLRA(fit_clear)(fit *f);

/* Divide the memory limit of a problem that is not in memory: windows get the bytes that workspace, model and start leave. The
 * workspace must have been measured, and must be measured again. */
rlra_status RLRA(fit_budget)(fit *f);

#endif
