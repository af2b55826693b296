/* api/fit.h: the steps that all public functions to fit share. */
#ifndef RLRA_API_FIT_H
#define RLRA_API_FIT_H

#include "model/problem.h"
#include "rlra/checkpoint.h"
#include "rlra/fit.h"
#include "rlra/plan.h"
#include "solve/keeper.h"

/* Whether options and model fit the problem; options must not be NULL here and below. */
rlra_status rlra_fit_check(const rlra_problem *problem, const rlra_options *options, const rlra_model *model);

/* The same but for memory: the plan says how much the fit needs. */
rlra_status rlra_fit_check_plan(const rlra_problem *problem, const rlra_options *options, const rlra_model *model,
                                rlra_plan *plan);

/* After the check, in the precision of the data; `keeper` and `report` may be NULL. */
rlra_status rlra_fit_run(const rlra_problem *problem, const rlra_options *options, fit_keeper *keeper,
                         rlra_model *model, rlra_report *report);

/* rlra_fit_checkpointed() with the files of start `number`. */
rlra_status rlra_fit_kept(const rlra_problem *problem, const rlra_options *options, const rlra_checkpoint *checkpoint,
                          int number, rlra_model *model, rlra_report *report, rlra_checkpoint_report *outcome);

/* Unless the fit is to resume, refuse a folder with checkpoints of starts 0 .. count-1. */
rlra_status rlra_checkpoint_check(rlra_context *context, const rlra_checkpoint *checkpoint, int count);

/* All that a fit depends on, as text: a line "key = value" for each thing, the kernels last. Freed by rlra_free(). */
rlra_status rlra_fit_identity(const rlra_problem *problem, const rlra_options *options, const int64_t *ranks,
                              char **text);

/* Fail with RLRA_ERR_ARGUMENT and the first line in which `kept`, from the file `path`, differs; kernels may differ. */
rlra_status rlra_fit_same(rlra_context *context, const char *path, const char *kept, const char *now);

/* The kernels named in an identity, or "". */
const char *rlra_fit_kernels(const char *identity);

#endif
