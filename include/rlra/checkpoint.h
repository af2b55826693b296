/* rlra/checkpoint.h: fits that can be stopped at any moment, also by a crash, and resumed with exactly the same result. */
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

/* Where and how often to keep checkpoints, and whether to resume. Strings are borrowed. */
typedef struct rlra_checkpoint {
    const char *folder; /* created if it does not exist; its parent must exist           */
    double every;       /* seconds between two checkpoints, >= 0; 0: after each sweep     */
    int resume;         /* resume from the checkpoint in the folder, if there is one      */

    /* Called with a message about failures that do not end the fit, such as a full disk; may be NULL. */
    void (*warn)(void *user, const char *sentence);
    void *user;
} rlra_checkpoint;

/* A report on the checkpoints of a fit. */
typedef struct rlra_checkpoint_report {
    int64_t resumed_sweeps; /* sweeps done by an earlier run; 0: the fit was not resumed       */
    int64_t written;        /* number of checkpoints written                                   */
    int64_t failed;         /* checkpoints that could not be written                           */
    int64_t bytes;          /* size of the last one                                            */
    double seconds;         /* time for checkpoints, including hashing the data; part of the time of the fit */
} rlra_checkpoint_report;

/**
 * Fit as rlra_fit() does, and keep the state of the fit in files.
 *
 * The folder gets `start-0.checkpoint` and its predecessor `start-0.previous`. Both are written under another name, synced to
 * the disk and then renamed: at any moment at least one is complete. A checkpoint holds factors, momentum, counters and the
 * trace: all that the next sweep depends on. A resumed fit gives the same bits as one that was never stopped, for any number of
 * threads (with the same kernels, see rlra_build_info(); different ones are reported). The progress callback is called again
 * for the sweeps already done; times include those of earlier runs. The last checkpoint is written at the end, so that a fit
 * that ended at a limit can continue with a larger one. A file named `lock` keeps other processes out of the folder.
 *
 * A damaged checkpoint is reported, and its predecessor used. A checkpoint of other data (by shape, layout and a hash of the
 * entries), penalties, options or of another version is refused; max_sweeps, time_limit and threads may differ. The start of
 * init "model" is not read when a fit is resumed.
 *
 * @param[in]     checkpoint  see above
 * @param[in,out] model       as for rlra_fit()
 * @param[out]    report      may be NULL
 * @param[out]    outcome     may be NULL
 * @retval as rlra_fit(), and
 * @retval RLRA_ERR_ARGUMENT  no folder, a bad `every`; the folder has a checkpoint and `resume` is 0; or it is of another fit
 *                            (the message has the difference)
 * @retval RLRA_ERR_FILE      the folder cannot be made or is in use by another process; the checkpoint cannot be read
 * @retval RLRA_ERR_FORMAT    all checkpoints are damaged
 * @retval RLRA_ERR_UNSUPPORTED its layout is that of another version
 * Checkpoints that cannot be written are no failure: they are reported, and the fit continues.
 *
 * Cost: a hash of the data, once, which takes about as long as reading them from memory; then the time to write three times the
 * model.
 */
RLRA_API rlra_status rlra_fit_checkpointed(const rlra_problem *problem, const rlra_options *options,
                                           const rlra_checkpoint *checkpoint, rlra_model *model, rlra_report *report,
                                           rlra_checkpoint_report *outcome);

#ifdef __cplusplus
}
#endif
#endif
