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

/* What a plan reports of one factor. */
typedef struct rlra_plan_factor {
    int64_t length;      /* rows; 0: there is no such factor              */
    const char *update;  /* the rule: what "auto" becomes                 */
    int64_t most_rounds; /* of the rule on a block of rows, in each sweep */
} rlra_plan_factor;

/* Names are static memory. Bytes are those that the fit allocates; stacks, code and the runtime of threads come on top. */
typedef struct rlra_plan {
    double entries;          /* of all data                                                                    */
    double stored_entries;   /* that a contraction goes through: all, or those that sparse data store          */
    double density;          /* part of the entries that is not zero                                           */
    double data_bytes;       /* held for the data by the caller (dense) and the problem (sparse, by each mode) */
    double window_bytes;     /* of data that stay in their file: part of the workspace; 0: they are in memory  */
    double run_bytes;        /* of these, read in one go: the least of a sweep                                 */
    double factor_bytes;     /* of the model                                                                   */
    double workspace_bytes;  /* of the sweeps, beside data and model                                           */
    double start_bytes;      /* of making the start, on top of that and given back before the first sweep      */
    double checkpoint_bytes; /* of a checkpoint after few sweeps, on the disk                                  */
    double product_flops;    /* of a sweep: products of the data and factors                                   */
    double rule_flops;       /* of a sweep: the rules, if they take all their rounds; Gram matrices            */
    double read_bytes;       /* of the data, in a sweep                                                        */
    int64_t passes;          /* over the data in a sweep                                                       */
    int64_t max_sweeps;      /* at most                                                                        */
    int64_t threads;         /* that would be used: fewer than asked for where there is little to do           */
    const char *init;        /* the start: what "auto" becomes                                                 */
    const char *pass;        /* "one" or "modes"                                                               */
    const char *loss;
    const char *dtype;
    int factors;
    rlra_plan_factor factor[RLRA_PLAN_FACTORS];
} rlra_plan;

/**
 * Report what rlra_fit() would do with a problem, options and a model of this rank, without doing it.
 *
 * Sizes of memory are those of the code that takes it
 * (of the start snpa and lists of missing entries: roughly). Operations are counted as 2 r for each
 * stored entry and product with a factor matrix, and twice that for losses that also form the model.
 *
 * @param[in]  options  NULL for rlra_options_default()
 * @param[in]  rank     of the model
 * @param[out] plan     filled in
 * @retval as rlra_fit(), which refuses the same combinations; for init "model" it is not checked whether there is a start
 * Allocates a few kilobytes and reads no entry of the data.
 */
RLRA_API rlra_status rlra_fit_plan(const rlra_problem *problem, const rlra_options *options, int64_t rank,
                                   rlra_plan *plan);

/** The same for the factors of a model, whose ranks may differ (rlra/form.h). */
RLRA_API rlra_status rlra_fit_plan_model(const rlra_problem *problem, const rlra_options *options,
                                         const rlra_model *model, rlra_plan *plan);

/**
 * Whether there is memory for the fit of a plan: data, factors, workspace and start. rlra_fit() and rlra_fit_starts() ask so, too;
 * who asks before the model is made is refused before much is taken.
 *
 * @param[in] models  that are still to be made: 1, and one more for each of several starts; 0: the model is there
 * @retval RLRA_ERR_ARGUMENT  no context or plan, or models < 0
 * @retval RLRA_ERR_MEMORY    there is not (see rlra_context_memory()); the sentence has the sum and its parts
 */
RLRA_API rlra_status rlra_plan_check(rlra_context *context, const rlra_plan *plan, int64_t models);

#ifdef __cplusplus
}
#endif
#endif
