/* rlra/batch.h: many fits at once, each by one thread: for thousands of small problems. */
#ifndef RLRA_BATCH_H
#define RLRA_BATCH_H

#include <stdint.h>

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

/* One of the fits: the caller fills in the first three fields, the call the others. */
typedef struct rlra_batch_fit {
    const rlra_problem *problem; /* several fits may share one                                            */
    const rlra_options *options; /* NULL for rlra_options_default(); `threads` is not looked at: it is one */
    rlra_model *model;           /* as of rlra_fit(); no two fits may share one                           */
    int done;                    /* 0: it failed, or an interruption came before it began                 */
    rlra_status status;          /* what rlra_fit() would have returned; RLRA_OK where it did not begin   */
    rlra_report report;          /* filled in where it is done                                            */
} rlra_batch_fit;

/* What came of all. */
typedef struct rlra_batch_report {
    int64_t done;            /* fewer than asked for after an interruption or a failure                    */
    int64_t first_failed;    /* index of the first fit that failed, -1 if none did                         */
    int64_t threads;         /* used, each for one fit after the other                                     */
    int64_t threads_refused; /* that the system did not grant beside                                       */
    int64_t workspace_bytes; /* most memory that the threads together held beside data, models and problems */
    double seconds;          /* wall time of all                                                           */
} rlra_batch_report;

/**
 * Fit many models to many problems at once. Each fit gives what rlra_fit() gives with one thread, to the bit, whatever the number
 * of threads and the order in which fits are taken; all statements of rlra/fit.h hold for each of them.
 *
 * All fits are checked before the first one begins. A fit that then breaks down does not end the others. Limits of sweeps and of
 * time hold for each fit alone. rlra_context_interrupt() of `context`, and of no other, ends those that run after their current
 * sweep and lets no other begin. The progress callback of `context` is called in the thread of the call alone, and sees the sweeps
 * of the fits that this thread does: `start` is the index of the fit, `starts` is `count`.
 *
 * @param[in]     context  for messages, interruption, progress and memory. Neither it nor those of the problems and models serve
 *                         another call meanwhile
 * @param[in]     count    >= 0
 * @param[in,out] fits     `count` of them: shapes, dtypes, ranks, losses and options may differ. Factors of a model must not be
 *                         part of data or weights of any of the problems
 * @param[in]     threads  0 for all; never more than `count`
 * @param[out]    report   may be NULL
 * @retval RLRA_OK               all are done, or the call was interrupted: report->done tells how many are
 * @retval RLRA_ERR_ARGUMENT     NULL, a negative count, or two fits with one model
 * @retval RLRA_ERR_UNSUPPORTED  data that stay in their file or that are known by their products: those fits go one by one
 * @retval as rlra_fit()         of the first fit, by index, that is refused or fails; the message begins with "fit 17: ".
 *                               Where it is refused nothing was changed; where it failed all others are done
 *
 * Memory: each thread keeps the workspace of the largest fit that it has met, and allocates nothing for others that need no more.
 * Cost: that of the fits. 200 x 100, rank 5: posing one takes 5 to 15 us, a fit of twenty sweeps 0.36 ms.
 */
RLRA_API rlra_status rlra_fit_batch(rlra_context *context, int64_t count, rlra_batch_fit *fits, int64_t threads,
                                    rlra_batch_report *report);

#ifdef __cplusplus
}
#endif
#endif
