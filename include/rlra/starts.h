/* rlra/starts.h: fit from several starts, keep the best, and report whether the others agree with it. */
#ifndef RLRA_STARTS_H
#define RLRA_STARTS_H

#include <stdint.h>

#include "rlra/checkpoint.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/fit.h"
#include "rlra/model.h"
#include "rlra/options.h"
#include "rlra/problem.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RLRA_STARTS_MOST 1000

/* The result of one start. */
typedef struct rlra_start {
    rlra_status status; /* RLRA_ERR_NUMERIC: this fit failed numerically and is left out; nothing below is filled in */
    int64_t seed;
    rlra_report report;
    rlra_match match; /* match with the best one; NaN for models without components (rlra/form.h) */
    rlra_checkpoint_report checkpoint;
} rlra_start;

/* The result of all starts. */
typedef struct rlra_starts_report {
    int64_t done; /* starts done: fewer than requested after an interruption */
    int64_t best; /* number of the start with the least objective */
} rlra_starts_report;

/**
 * Fit from `count` starts with seeds options->seed, options->seed + 1, .. and keep the result with the least objective.
 *
 * Escapes (options->escapes) begin at the best of several ends: that fit is repeated with them.
 *
 * The first start is that of rlra_fit() with these options; the others are random (as for options->init "random"). So the
 * result is never worse than that of a single fit without escapes, and repeated starts from the same singular vectors are not
 * mistaken for agreement. All other options apply to each start separately, including limits of sweeps and of time. An
 * interruption ends the current start and all later ones. The progress callback gets the sweeps of one start after the other,
 * with its number in `start`.
 *
 * @param[in]     count       1 to RLRA_STARTS_MOST
 * @param[in]     checkpoint  NULL, or as for rlra_fit_checkpointed(): each start has its own file `start-N.checkpoint`; with
 *                            `resume` completed starts are not repeated, also if `count` was smaller; the fit with escapes
 *                            has the number of its start plus RLRA_STARTS_MOST
 * @param[in,out] model       as for rlra_fit(); out: the best
 * @param[out]    report      that of the best; may be NULL
 * @param[out]    starts      `count` results, of which `outcome->done` are filled in; may be NULL
 * @param[out]    outcome     may be NULL
 * @retval as rlra_fit() and rlra_fit_checkpointed(); RLRA_ERR_NUMERIC only if all starts failed numerically. On error the model
 *         is unchanged.
 *
 * Memory: that of a fit, and `count` models.
 */
RLRA_API rlra_status rlra_fit_starts(const rlra_problem *problem, const rlra_options *options, int count,
                                     const rlra_checkpoint *checkpoint, rlra_model *model, rlra_report *report,
                                     rlra_start *starts, rlra_starts_report *outcome);

#ifdef __cplusplus
}
#endif
#endif
