/* engine/fit.h: the state of a running fit, shared by the engines, the starts and the driver. */
#ifndef RLRA_ENGINE_FIT_H
#define RLRA_ENGINE_FIT_H

#include "core/arena.h"
#include "core/real.h"
#include "data/kinds.h"
#include "data/windows.h"
#include "engine/engine.h"
#include "engine/entries/entries.h"
#include "engine/partial/partial.h"
#include "engine/tied.h"
#include "form/accumulator.h"
#include "form/form.h"
#include "model/factor.h"
#include "model/problem.h"
#include "rlra/fit.h"
#include "rlra/options.h"
#include "update/update.h"

typedef struct fit_term {
    data *x;        /* owned                                                             */
    data_plan plan; /* of its products, for the rank of the fit                          */
    double weight;
    int factors[FORM_MOST_FACTORS]; /* factor of each mode, and the core if there is one   */
    form form;
    accumulator accumulator;
} fit_term;

/* What a sweep costs. */
typedef struct fit_cost {
    double product_flops, rule_flops, read_bytes;
    int64_t passes;
} fit_cost;

typedef struct fit fit;

/* Update rows begin .. end-1 of the current factor, with their right-hand sides. */
typedef void (*rows_update)(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs);

struct fit {
    rlra_context *context;
    const rlra_problem *problem;
    rlra_options options;
    int threads;
    int64_t threads_refused;
    ptrdiff_t widest; /* largest rank of a factor, and of what operators see: of plain models the rank of all */
    int terms, factors;
    fit_term term[RLRA_MAX_TERMS];
    int order[RLRA_MAX_FACTORS]; /* in which factors are updated                                  */
    int one_pass;                /* the first of them is updated within a pass over the data      */
    posed_loss loss;
    const engine_ops *engine;
    entries_state entries; /* of losses other than the squared one                          */
    partial_data partial;  /* of data with missing entries or weights                       */
    double norm2;          /* sum_t w_t ||X_t||^2                                           */
    double scale;          /* largest magnitude in the data                                 */
    double whole;          /* the relative error is sqrt(2 loss / whole)                    */
    double reference;      /* the relative loss is loss / reference                         */
    penalty_list penalties[RLRA_MAX_FACTORS];
    const update_ops *rule[RLRA_MAX_FACTORS];
    const kernels *kernels;
    int inner_sweeps[RLRA_MAX_FACTORS];
    ptrdiff_t block_rows[RLRA_MAX_FACTORS]; /* rows of a block: all where a penalty couples them */
    ptrdiff_t slab[RLRA_MAX_FACTORS];       /* rows of each factor that are read at once; 0: as the operator likes */
    fit_cost cost;
    const struct start_ops *start;
    double floor; /* of rules that must stay positive, for balanced factors        */

    factor x[RLRA_MAX_FACTORS];          /* the current point                                             */
    factor last[RLRA_MAX_FACTORS];       /* what the rules returned, before extrapolation                 */
    factor kept[RLRA_MAX_FACTORS];       /* the best point so far                                         */
    factor rhs;                          /* room for that of the current factor, where it is not part of a pass */
    factor last_rhs;                     /* of the factor that was updated last                           */
    factor more_rhs;                     /* of one more term                                              */
    factor product, folded;              /* X_(mode) A, and that times C, where a form has D or C          */
    double *gram[RLRA_MAX_FACTORS];      /* F^T F                                                         */
    double *gram_parts;                  /* partial sums of one of them                                   */
    double *others;                      /* Gram matrix of the data part: sum_t w_t of Hadamard products  */
    double *majorised;                   /* room for it with what penalties add to it                     */
    const double *block_gram;            /* Gram matrix of the block: one of these two; or NULL           */
    const gram_products *block_products; /* and that of f->tied where its rows are tied; or NULL    */
    tied_gram tied;                      /* of a factor whose rows a matrix ties to each other             */
    double *prepared;
    double *reach; /* of each component, see engine/reach.h; or NULL                */
    char *scratch; /* of each thread                                                */
    size_t scratch_bytes;
    rule_settings settings;
    rule_counts *counts; /* of each thread */
    double *row_kkt;     /* squared steps of blocks of rows, before their update          */
    arena work;

    int64_t sweeps;               /* done before this one                                          */
    uint64_t rounds_before;       /* of rules on blocks, as many as there may have been            */
    int judges;                   /* this sweep leaves KKT residuals                               */
    int current;                  /* the factor being updated                                      */
    rows_update rows;             /* of the squared loss: how its rows are updated                 */
    int by_residual;              /* losses are formed from residuals: rounding hides descent otherwise */
    double momentum;              /* 0: no extrapolation                                           */
    double kkt[RLRA_MAX_FACTORS]; /* residuals, see rlra_fit()                                     */
};

/* What has become of the data: not RLRA_OK once a term could not be read. */
static inline rlra_status fit_data_status(const fit *f)
{
    rlra_status status = RLRA_OK;
    for (int t = 0; t < f->terms && status == RLRA_OK; t++)
        status = f->term[t].x->status;
    return status;
}

/* Bytes that the operators hold beside the data. */
double RLRA(fit_data_bytes)(const fit *f);

/* The place of factor n in a term: the mode that is tied to it, or the order of the data for a core; -1: nowhere. */
int RLRA(term_place)(const fit_term *term, int n);

/* The mode of a term whose rows factor n models, or -1. */
int RLRA(term_mode)(const fit_term *term, int n);

/* Whether its model is the sum of rank-one arrays of the factors themselves. */
int RLRA(term_is_plain)(const fit_term *term);

/* The model of a term as a function of factor n, which it has; until the next view of the term. */
form_view RLRA(term_view)(fit_term *term, int n);

/* Tell the engine what became of the current point. */
void RLRA(fit_notify)(fit *f, point_event event);

/* fresh = x; x = fresh + momentum (fresh - last) within the constraints; last = fresh. */
void RLRA(fit_extrapolate)(const fit *f, int n, factor x, factor last);

/* F^T F of factor n, into f->gram[n], and its diagonal alone under losses that need no more; the sums do not depend on the number
 * of threads. Workspace of all factors. */
void RLRA(fit_gram)(fit *f, int n);
void RLRA(fit_gram_plan)(fit *f);

/* Room for right-hand sides of factor n, or those of one more term. */
factor RLRA(fit_rhs)(const fit *f, factor room, int n);

/* f->others = sum_t w_t (A C)^T (A C) for factor n (form/form.h). */
void RLRA(fit_others)(fit *f, int n);

/* rhs = D^T X_(mode) A C of a term, for factor n, which it has. */
void RLRA(term_contract)(fit *f, fit_term *term, int n, factor rhs);

/* Sum of the same over the terms with factor n, each times its weight. */
void RLRA(fit_contract)(fit *f, int n, factor rhs);

/* Which entries took part in the fit, and how those that were held out are modelled. */
void RLRA(fit_report_entries)(fit *f, rlra_report *report);

/* Penalties of all factors. */
double RLRA(fit_penalty)(const fit *f);

/* sum_t w_t ||X_t - model_t||^2 over the observed entries, whatever the loss. */
double RLRA(fit_squares_left)(fit *f);

/* Scale components so that the penalties of the factors of a model are as small as they can be, the model being the same; without
 * penalties by powers of two, to equal norms. Nothing where only some factors are penalised. */
void RLRA(fit_balance)(fit *f);

/* Whether it does so for penalties. */
int RLRA(fit_balances_penalties)(const fit *f);

#endif
