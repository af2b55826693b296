/* rlra/fit.h: fit a low-rank model to the data of a problem. */
#ifndef RLRA_FIT_H
#define RLRA_FIT_H

#include <stddef.h>
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

/* Why a fit ended. */
#define RLRA_STOP_LIST(ENTRY)                                                                                          \
    ENTRY(RLRA_STOP_KKT, "kkt", "the KKT residual fell below the tolerance")                                           \
    ENTRY(RLRA_STOP_DECREASE, "decrease", "the objective fell by less than `decrease`")                                \
    ENTRY(RLRA_STOP_SWEEPS, "sweeps", "the largest number of sweeps was reached")                                      \
    ENTRY(RLRA_STOP_TIME, "time", "the time limit was reached")                                                        \
    ENTRY(RLRA_STOP_INTERRUPT, "interrupt", "the fit was interrupted")                                                 \
    ENTRY(RLRA_STOP_EXACT, "exact", "the model equals the data up to rounding")

typedef enum rlra_stop {
#define RLRA_STOP_ENUM(name, word, text) name,
    RLRA_STOP_LIST(RLRA_STOP_ENUM)
#undef RLRA_STOP_ENUM
} rlra_stop;

/* Changes of rules that a report lists. */
#define RLRA_REPORTED_CHANGES 8

/* A change of the rules in the course of a fit with update "auto" (docs/develop/policy.md). */
typedef struct rlra_rule_change {
    const char *update; /* the rule from then on; NULL: there is no such change                                 */
    int64_t sweep;      /* sweeps before it                                                                     */
    double number;      /* squares: the condition that asked for it; others: gain of this rule over the other   */
} rlra_rule_change;

/* A certificate: everything but the counts and times is recomputed from the data and the returned factors. */
typedef struct rlra_report {
    rlra_stop stop;
    int64_t sweeps;
    double seconds;       /* wall time of the fit, including start and certificate                          */
    double start_seconds; /* the part of it for making the start                                            */
    double objective;     /* loss + penalty                                                                 */
    double loss;          /* sum_t w_t D(X_t; model_t)                                                      */
    double penalty;
    double relative_error;  /* ||X - model|| / ||X|| (for several terms: root of the weighted sums of squares) */
    double relative_loss;   /* kl: loss / sum of X; frobenius: relative_error^2; others: loss for each entry   */
    double kkt_residual;    /* largest over the factors, see rlra_fit()                                       */
    int64_t observed;       /* entries that took part: all except missing and held-out ones */
    int64_t held_out;       /* entries held out by options->holdout */
    double held_out_loss;   /* sum_t w_t D over the held-out entries */
    double held_out_error;  /* ||X - model|| / ||X|| over the held-out entries */
    int64_t bounded;        /* components with an entry at the bound by options->reach */
    int64_t unobserved;     /* rows of factors without observed entries: as near to zero as their penalties allow */
    int64_t unobserved_row; /* the first of them, if any */
    int unobserved_factor;
    double
        remaining; /* decrease that is still to come, by the rate of the last sweeps and by the blocks' quadratic models,
                              * over the objective; NaN: not known                                                             */
    double condition; /* largest over the factors of the condition of their blocks' Gram matrices, scaled to ones on the
                              * diagonal; NaN for losses without one                                                           */
    double slack;     /* at most so large is the relative change of a factor that raises the objective by a thousandth;
                              * NaN as well                                                                                    */
    int64_t
        rule_changes; /* changes of rules; the first are listed                                                         */
    rlra_rule_change change[RLRA_REPORTED_CHANGES];
    int64_t escapes;         /* attempts to leave a local minimum                                              */
    int64_t escapes_kept;    /* those that lowered the objective                                               */
    double start_objective;  /* objective of the scaled start                                                  */
    int64_t workspace_bytes; /* most memory of the fit in addition to data and model                           */
    int64_t threads;         /* threads used                                                                   */
    int64_t threads_refused; /* threads that the system did not grant; the result does not depend on them */
    const char *update;      /* first rule of the factor that is updated first: the choice for "auto" */
    const char *init;        /* the start: the choice for "auto" */
    const char *pass;        /* "one" (one pass over the data per sweep) or "modes"                            */
} rlra_report;

/**
 * Fit the factors of a model to a problem by alternating over the factors.
 *
 * The KKT residual of factor n is  sqrt( sum_k g_kk ||x_k - prox(x_k - grad_k / g_kk; 1/g_kk)||^2 ) / ||X||  with g the Gram
 * matrix of the other factors: the length of the step that would make component k optimal, measured in the data and divided by
 * its norm. It is zero exactly at a stationary point and does not depend on the scale of the data or of the components. For
 * other losses it is  sum_i ( sum_k x |grad| + size_i max_k [-grad]_+ / up ) / sum_i size_i  over the rows i of the factor,
 * with grad = down - up, its positive and negative part, size_i = sum_k x down, and the maximum over entries that count as zero
 * (docs/theory/losses.md).
 *
 * @param[in]     problem  data, losses and penalties; not changed
 * @param[in]     options  NULL for rlra_options_default(); options->rank must be 0 or the model's rank
 * @param[in,out] model    in: its shape and dtype must be those of the problem; its factors are the start if
 *                         options->init is "model". out: the fit, weights of one. On error: unchanged, or the last
 *                         iterate if sweeps had begun.
 * @param[out]    report   may be NULL
 *
 * @retval RLRA_OK               report->stop has the reason for stopping; not to have converged is no error
 * @retval RLRA_ERR_SHAPE        a factor's length differs from its mode's
 * @retval RLRA_ERR_DATA         the rule needs nonnegative data (or start) and found a negative entry
 * @retval RLRA_ERR_UNSUPPORTED  the rule cannot handle a penalty; the message names rules that can
 * @retval RLRA_ERR_MEMORY       nothing is changed
 * @retval RLRA_ERR_FILE         the file of a stream (rlra/stream.h) changed or cannot be read; the model is that after
 *                               report->sweeps sweeps
 *
 * Cost of a sweep: 4 r flops for each entry of the data, read once if pass is "one". Allocates before the first sweep only. The
 * result does not depend on the number of threads.
 */
RLRA_API rlra_status rlra_fit(const rlra_problem *problem, const rlra_options *options, rlra_model *model,
                              rlra_report *report);

/** Recompute objective, errors and KKT residual of a model from the data; these fields of `report` are filled in. */
RLRA_API rlra_status rlra_certify(const rlra_problem *problem, const rlra_model *model, rlra_report *report);

/**
 * What a user should know of a fit beyond its numbers: whether conditioning, not convergence, limits its factors.
 *
 * @param[in]  report  of a fit
 * @param[out] text    a sentence of at most `size` bytes, or "" where there is nothing to say
 */
RLRA_API void rlra_verdict(const rlra_report *report, char *text, size_t size);

/** The word and the sentence of a stop reason, for example "kkt". */
RLRA_API const char *rlra_stop_word(rlra_stop stop);
RLRA_API const char *rlra_stop_text(rlra_stop stop);

#ifdef __cplusplus
}
#endif
#endif
