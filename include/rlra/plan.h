/* rlra/plan.h: what a fit would do and cost, reported before it runs. */
#ifndef RLRA_PLAN_H
#define RLRA_PLAN_H

#include <stdint.h>

#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/model.h"
#include "rlra/options.h"
#include "rlra/problem.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RLRA_PLAN_FACTORS 16

/* The plan of one factor. */
typedef struct rlra_plan_factor {
    int64_t length;      /* rows; 0: there is no such factor              */
    const char *update;  /* the rule: the choice for "auto"               */
    int64_t most_rounds; /* rounds of the rule on a block of rows in each sweep, at most */
    const char *other;   /* the rule that may take over, or NULL */
} rlra_plan_factor;

/* Names are static memory. Bytes are those that the fit allocates; stacks, code and the runtime of threads are extra. */
typedef struct rlra_plan {
    double entries;         /* number of entries of all data                                                  */
    double stored_entries;  /* entries that a contraction reads: all, or those that sparse data store         */
    double density;         /* fraction of the entries that is not zero                                       */
    double data_bytes;      /* bytes of the data, held by the caller (dense) and the problem (sparse, for each mode) */
    double window_bytes;    /* bytes for windows of data that stay in their file, part of the workspace; 0: in memory */
    double run_bytes;       /* bytes of contiguous reads of these data: the least in a sweep                  */
    double factor_bytes;    /* bytes of the model                                                             */
    double workspace_bytes; /* bytes for sweeps, in addition to data and model                                */
    double start_bytes;     /* bytes for making the start, in addition, and freed before the first sweep      */
    double checkpoint_bytes; /* bytes of a checkpoint on the disk, after few sweeps                            */
    double product_flops;    /* operations of a sweep for products of data and factors                         */
    double rule_flops;       /* operations of a sweep for the rules, if they do all rounds, and Gram matrices  */
    double read_bytes;       /* bytes of the data read in a sweep                                              */
    int64_t passes;          /* passes over the data in a sweep                                                */
    int64_t max_sweeps;      /* most sweeps                                                                    */
    int64_t threads;         /* threads that would be used: fewer than requested if there is little work       */
    const char *init;        /* the start: the choice for "auto"                                               */
    const char *pass;        /* "one" or "modes"                                                               */
    const char *policy;      /* when the other rules take over, as a phrase; "" if there are none                 */
    const char *no_escapes;  /* why there are no attempts to leave a local minimum, as a phrase; "" if there are */
    const char *loss;
    const char *dtype;
    int factors;
    rlra_plan_factor factor[RLRA_PLAN_FACTORS];
} rlra_plan;

/**
 * Report what rlra_fit() would do for a problem, options and a model of this rank.
 *
 * Sizes of memory come from the same code that allocates it (for the start snpa and lists of missing entries they are
 * estimates). Operations are counted as 2 r for each stored entry and product with a factor matrix, and twice that for losses
 * that also form the model.
 *
 * @param[in]  options  NULL for rlra_options_default()
 * @param[in]  rank     rank of the model
 * @param[out] plan     filled in
 * @retval as rlra_fit(), which refuses the same combinations; for init "model" it is not checked whether there is a start
 * Allocates a few kilobytes and reads no entry of the data.
 */
RLRA_API rlra_status rlra_fit_plan(const rlra_problem *problem, const rlra_options *options, int64_t rank,
                                   rlra_plan *plan);

/** Like rlra_fit_plan(), for the factors of a model, whose ranks may differ (rlra/form.h). */
RLRA_API rlra_status rlra_fit_plan_model(const rlra_problem *problem, const rlra_options *options,
                                         const rlra_model *model, rlra_plan *plan);

/**
 * Whether there is memory for the fit of a plan: data, factors, workspace and start. rlra_fit() and rlra_fit_starts() check
 * this, too; a check before the model is made fails before much is allocated.
 *
 * @param[in] models  number of models still to be made: 1, and one more for each of several starts; 0: the model exists
 * @retval RLRA_ERR_ARGUMENT  no context or plan, or models < 0
 * @retval RLRA_ERR_MEMORY    there is not enough (see rlra_context_memory()); the message has the sum and its parts
 */
RLRA_API rlra_status rlra_plan_check(rlra_context *context, const rlra_plan *plan, int64_t models);

#ifdef __cplusplus
}
#endif
#endif
