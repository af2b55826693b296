/* rlra/checkpoint.h: fits that can be stopped at any moment, also by a crash, and gone on with to the very same result. */
#ifndef RLRA_CHECKPOINT_H
#define RLRA_CHECKPOINT_H

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

/* Where, how often, and whether to go on. Strings are borrowed. */
typedef struct rlra_checkpoint {
    const char *folder; /* made, if it is not there; those above it must be              */
    double every;       /* seconds between two checkpoints, >= 0; 0: after each sweep     */
    int resume;         /* go on from the checkpoint in the folder, if there is one       */

    /* Called with a sentence on what went wrong and does not end the fit, such as a full disk; may be NULL. */
    void (*warn)(void *user, const char *sentence);
    void *user;
} rlra_checkpoint;

/* What became of it. */
typedef struct rlra_checkpoint_report {
    int64_t resumed_sweeps; /* sweeps that an earlier run had done; 0: this is a fresh fit     */
    int64_t written;        /* checkpoints                                                     */
    int64_t failed;         /* checkpoints that could not be written                           */
    int64_t bytes;          /* of the last one                                                 */
    double seconds;         /* spent on them, hashing the data included; part of the fit's      */
} rlra_checkpoint_report;

/**
 * Fit as rlra_fit() does, and keep the state of the fit in files.
 *
 * The folder gets `start-0.checkpoint` and, of the one before, `start-0.previous`. Both are written under another name, brought to
 * the disk and then renamed: at any moment at least one is whole. A checkpoint holds factors, momentum, counters and the trace:
 * all that the next sweep depends on. A resumed fit gives the same bits as one that was never stopped, for any number of threads
 * (with the same kernels, see rlra_build_info(); others are named). The progress callback is called anew for the sweeps that were
 * done; times include those of earlier runs. The last checkpoint is that of the end, so that a fit which ended at a limit can go on
 * with a larger one. A file named `lock` keeps other processes out of the folder.
 *
 * A checkpoint that is damaged is reported, and the one before is taken. One of other data (by shape, layout and a hash of the
 * entries), penalties, options or of another version is refused; max_sweeps, time_limit and threads may differ. The start of init
 * "model" is not read when a fit goes on.
 *
 * @param[in]     checkpoint  see above
 * @param[in,out] model       as of rlra_fit()
 * @param[out]    report      may be NULL
 * @param[out]    outcome     may be NULL
 * @retval as rlra_fit(), and
 * @retval RLRA_ERR_ARGUMENT  no folder, a bad `every`; the folder has a checkpoint and `resume` is 0; or it is of another fit
 *                            (says what differs)
 * @retval RLRA_ERR_FILE      the folder cannot be made or is in use by another process; the checkpoint cannot be read
 * @retval RLRA_ERR_FORMAT    there is no checkpoint that is not damaged
 * @retval RLRA_ERR_UNSUPPORTED its layout is that of another version
 * That one cannot be written is no failure: it is reported, and the fit goes on.
 *
 * Cost: a hash of the data, once, about as long as reading them from memory; then the time to write three times the model.
 */
RLRA_API rlra_status rlra_fit_checkpointed(const rlra_problem *problem, const rlra_options *options,
                                           const rlra_checkpoint *checkpoint, rlra_model *model, rlra_report *report,
                                           rlra_checkpoint_report *outcome);

#ifdef __cplusplus
}
#endif
#endif
