/* api/fit.h: the steps of a fit that its public ways share. */
#ifndef RLRA_API_FIT_H
#define RLRA_API_FIT_H

#include "model/problem.h"
#include "rlra/checkpoint.h"
#include "rlra/fit.h"
#include "solve/keeper.h"

/* Whether options and model fit the problem; options are not NULL here and below. */
rlra_status rlra_fit_check(const rlra_problem *problem, const rlra_options *options, const rlra_model *model);

/* After the check, in the precision of the data; `keeper` and `report` may be NULL. */
rlra_status rlra_fit_run(const rlra_problem *problem, const rlra_options *options, fit_keeper *keeper,
                         rlra_model *model, rlra_report *report);

/* rlra_fit_checkpointed() with the files of start `number`. */
rlra_status rlra_fit_kept(const rlra_problem *problem, const rlra_options *options, const rlra_checkpoint *checkpoint,
                          int number, rlra_model *model, rlra_report *report, rlra_checkpoint_report *outcome);

/* Refuse, if the fit is to begin anew, a folder with checkpoints of starts 0 .. count-1. */
rlra_status rlra_checkpoint_check(rlra_context *context, const rlra_checkpoint *checkpoint, int count);

/* What a fit depends on, as text: a line "key = value" for each thing, the kernels last. Freed by rlra_free(). */
rlra_status rlra_fit_identity(const rlra_problem *problem, const rlra_options *options, const int64_t *ranks,
                              char **text);

/* RLRA_ERR_ARGUMENT, and a sentence that names the first thing in which `kept`, from the file `path`, differs; kernels may. */
rlra_status rlra_fit_same(rlra_context *context, const char *path, const char *kept, const char *now);

/* The kernels of an identity, or "". */
const char *rlra_fit_kernels(const char *identity);

#endif
