/* engine/fit.h: the state of a running fit, shared by the files of the driver. */
#ifndef RLRA_ENGINE_FIT_H
#define RLRA_ENGINE_FIT_H

#include "core/arena.h"
#include "core/real.h"
#include "data/dense.h"
#include "data/stored.h"
#include "form/kruskal.h"
#include "model/factor.h"
#include "rlra/fit.h"
#include "rlra/options.h"
#include "engine/entries.h"
#include "engine/partial.h"
#include "model/problem.h"
#include "update/update.h"

typedef struct fit_term {
    dense dense; /* one of these three */
    sparse sparse;
    sparse_tensor tensor;
    data *x;
    double weight;
    double base;                 /* the largest weight of an entry: 1, if they have none */
    int factors[RLRA_MAX_ORDER]; /* factor of each mode                                  */
    kruskal form;
} fit_term;

typedef struct fit {
    rlra_context *context;
    const rlra_problem *problem;
    rlra_options options;
    int threads;
    int64_t threads_refused;
    ptrdiff_t rank;
    int terms, factors;
    fit_term term[RLRA_MAX_TERMS];
    windows file;                /* of the term that is not in memory, if there is one            */
    int order[RLRA_MAX_FACTORS]; /* in which factors are updated                                  */
    int one_pass;                /* the first of them is updated within a pass over the data      */
    entries_state entries;             /* of other losses than the squared one                          */
    partial_data partial;               /* of data with missing entries or weights                       */
    double norm2;                /* sum_t w_t ||X_t||^2                                           */
    double scale;                /* largest magnitude in the data                                 */
    penalty_list penalties[RLRA_MAX_FACTORS];
    const update_ops *rule[RLRA_MAX_FACTORS];
    const kernels *kernels;
    int inner_sweeps[RLRA_MAX_FACTORS];
    const char *init; /* name of the start                                             */
    double floor;     /* of rules that must stay positive, for balanced factors        */

    factor x[RLRA_MAX_FACTORS];     /* the current point                                             */
    factor last[RLRA_MAX_FACTORS];  /* what the rules returned, before extrapolation                 */
    factor kept[RLRA_MAX_FACTORS];  /* the best point so far                                         */
    factor rhs;                     /* of the factor in hand, where it is not part of a pass         */
    factor more_rhs;                /* of one more term                                              */
    double *gram[RLRA_MAX_FACTORS]; /* F^T F                                                         */
    double *gram_parts;             /* partial sums of one of them                                   */
    double *others;                 /* Gram matrix of the block: sum_t w_t of Hadamard products      */
    double *prepared;
    char *scratch; /* of each thread                                                */
    size_t scratch_bytes;
    rule_settings settings;
    rule_counts *counts; /* of each thread */
    double *row_kkt;     /* squared steps of blocks of rows, before their update          */
    arena work;

    uint64_t rounds_before;       /* of rules on blocks, as many as there may have been            */
    int looks;                    /* KKT residuals of other losses are found in the next sweep      */
    int in_hand;                  /* the factor being updated                                      */
    int by_residual;              /* losses are formed from residuals: rounding hides descent otherwise */
    double momentum;              /* 0: no extrapolation                                           */
    double rhs_weight;            /* of the right-hand sides of a pass                             */
    double kkt[RLRA_MAX_FACTORS]; /* squared and not divided by the norm of the data; as it is of other losses */
} fit;

/* fresh = x; x = fresh + momentum (fresh - last) within the constraints; last = fresh. */
void RLRA(fit_extrapolate)(const fit *f, int n, factor x, factor last);

/* What a rule is given of some rows of the factor in hand, for which all rows share a Gram matrix. */
block RLRA(fit_block)(const fit *f, int thread, factor x, factor rhs);

/* Take the problem's arrays, penalties and options; choose rules and the order of updates; measure the workspace: f->work.peak. */
rlra_status RLRA(fit_measure)(fit *f, const rlra_problem *problem, const rlra_options *options, int64_t rank);

/* The same, and take the workspace. The caller frees with fit_clear(), also after an error. */
rlra_status RLRA(fit_pose)(fit *f, const rlra_problem *problem, const rlra_options *options, int64_t rank);
void RLRA(fit_clear)(fit *f);

/* Share out what a problem that is not in memory may hold: windows get what workspace, model and start leave. The workspace is
 * measured; it has to be again. */
rlra_status RLRA(fit_budget)(fit *f);

/* What "auto" becomes, and the floor: what a start settles beside the factors. */
void RLRA(fit_name_start)(fit *f);

/* Start factors as options->init says, from `model` if it is "model"; scaled by the best common factor and balanced. */
rlra_status RLRA(fit_start)(fit *f, const rlra_model *model);

/* The factors of a model, weights in the first of them. */
void RLRA(fit_from_model)(fit *f, const rlra_model *model);

/* Bytes of starts that have memory of their own. The operator is planned anew. */
double RLRA(fit_start_bytes)(const fit *f);

/* F^T F of factor n, into f->gram[n], and its diagonal alone under losses that need no more; the sums do not depend on the number
 * of threads. */
void RLRA(fit_gram)(fit *f, int n);

/* f->others = sum_t w_t Hadamard product of the Grams of the other factors of term t. */
void RLRA(fit_others)(fit *f, int n);

/* rhs = sum_t w_t X_t (khatri-rao) for factor n, by one contraction for each term with it. */
void RLRA(fit_contract)(fit *f, int n, factor rhs);

/* Penalties of all factors. */
double RLRA(fit_penalty)(const fit *f);

/* sum_t w_t 1/2 ||X_t - model_t||^2, from the residuals. */
double RLRA(fit_residual_loss)(fit *f);

/* The same from rhs and Gram of factor n, whose f->others is set: exact up to rounding errors of size eps ||X||^2. */
double RLRA(fit_cached_loss)(const fit *f, int n, factor rhs);

/* Update all factors once, with f->momentum; returns the objective, and leaves squared KKT residuals in f->kkt. */
double RLRA(fit_sweep)(fit *f);

/* Update at most UPDATE_ROWS rows of the factor in hand, which share f->others. */
void RLRA(fit_update_block)(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs);

/* Squared KKT residual of rows of factor n for their right-hand sides (see rlra_fit()). */
double RLRA(fit_kkt_rows)(const fit *f, int n, factor x, factor rhs, real *scratch);
size_t RLRA(fit_kkt_bytes)(ptrdiff_t rank);

/* Scale components so that the penalties of the factors of a model are as small as they can be, the model being the same; without
 * penalties by powers of two, to equal norms. Nothing where only some factors are penalised. */
void RLRA(fit_balance)(fit *f);

/* Whether it does so for penalties. */
int RLRA(fit_balances_penalties)(const fit *f);

/* Objective, errors and KKT residual of the current point, from the data. */
rlra_status RLRA(fit_certify)(fit *f, rlra_report *report);

#endif
