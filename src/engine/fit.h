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
    data_plan plan; /* plan of its products, for the rank of the fit                     */
    double weight;
    int factors[FORM_MOST_FACTORS]; /* factor of each mode, and the core if there is one   */
    form form;
    accumulator accumulator;
} fit_term;

/* The cost of a sweep. */
typedef struct fit_cost {
    double product_flops, rule_flops, read_bytes;
    int64_t passes;
} fit_cost;

/* Room for escapes (solve/escape.h), where there are any. */
typedef struct escape_room {
    int is_on;
    factor stand[RLRA_MAX_FACTORS]; /* the point that stands                                                        */
    double *spare;                  /* minus the rise of the objective without a component; NAN once it had its turn */
    double *rows;                   /* the same by rows, under losses without a Gram matrix                         */
    data_plan plan;                 /* plan of products with one component                                          */
} escape_room;

typedef struct fit fit;

/* Update rows begin .. end-1 of the current factor, with their right-hand sides. */
typedef void (*rows_update)(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs);

struct fit {
    rlra_context *context;
    const rlra_problem *problem;
    rlra_options options;
    int threads;
    int64_t threads_refused;
    ptrdiff_t widest; /* largest rank of a factor, also as operators take it: the rank of all in plain models */
    int terms, factors;
    fit_term term[RLRA_MAX_TERMS];
    int order[RLRA_MAX_FACTORS]; /* in which order factors are updated                            */
    int one_pass;                /* the first of them is updated within a pass over the data      */
    posed_loss loss;
    const engine_ops *engine;
    entries_state entries; /* for losses other than the squared one                         */
    partial_data partial;  /* for data with missing entries or weights                      */
    double norm2;          /* sum_t w_t ||X_t||^2                                           */
    double scale;          /* largest magnitude in the data                                 */
    double whole;          /* the relative error is sqrt(2 loss / whole)                    */
    double reference;      /* the relative loss is loss / reference                         */
    penalty_list penalties[RLRA_MAX_FACTORS];
    const update_ops *ways[FIT_WAYS][RLRA_MAX_FACTORS]; /* sets of rules, between which the driver may change */
    int way_count, way;                                 /* how many there are, and the current one           */
    const update_ops *rule[RLRA_MAX_FACTORS];           /* its rules                                         */
    const kernels *kernels;
    int inner_sweeps[RLRA_MAX_FACTORS];
    ptrdiff_t block_rows[RLRA_MAX_FACTORS]; /* rows of a block: all where a penalty couples them */
    ptrdiff_t slab[RLRA_MAX_FACTORS];       /* rows of each factor that are read at once; 0: the operator chooses */
    fit_cost cost;
    const struct start_ops *start;
    double floor; /* least entry under rules that must stay positive, for balanced factors */

    factor x[RLRA_MAX_FACTORS];     /* the current point                                             */
    factor last[RLRA_MAX_FACTORS];  /* what the rules returned, before extrapolation                 */
    factor kept[RLRA_MAX_FACTORS];  /* the best point so far                                         */
    factor rhs;                     /* right-hand sides of the current factor, unless it is updated within a pass */
    factor last_rhs;                /* those of the factor that was updated last                     */
    factor more_rhs;                /* those of one more term                                        */
    factor product, folded;         /* X_(mode) A, and its product with C, where a form has D or C    */
    double *gram[RLRA_MAX_FACTORS]; /* F^T F                                                         */
    double *gram_parts;             /* partial sums of one of these matrices                         */
    double *others;                 /* Gram matrix of the data part: sum_t w_t of Hadamard products  */
    double *majorised;              /* the same plus the Gram matrices of penalties                  */
    const double *block_gram;       /* Gram matrix of the block: one of these two, or NULL           */
    const gram_products *block_products; /* products of f->tied if the rows are tied; else NULL     */
    tied_gram tied;                      /* Gram matrix of a factor whose rows a matrix ties to each other */
    double *prepared;
    double *condition; /* room for rlra_condition() */
    double *reach;     /* bounds of each component, see engine/reach.h; or NULL         */
    char *scratch;     /* one for each thread                                           */
    size_t scratch_bytes;
    rule_settings settings;
    rule_counts *counts; /* one for each thread */
    escape_room escape;
    double *row_kkt; /* squared steps of blocks of rows before their update           */
    arena work;

    int64_t sweeps;               /* sweeps done before the current one                            */
    uint64_t rounds_before;       /* most rounds that rules may have done on a block so far        */
    int judges;                   /* this sweep computes KKT residuals                             */
    int current;                  /* the factor being updated                                      */
    rows_update rows;             /* under the squared loss: how rows of the current factor are updated */
    int by_residual;              /* losses are formed from residuals, as rounding would hide descent otherwise */
    double momentum;              /* 0: no extrapolation                                           */
    double kkt[RLRA_MAX_FACTORS]; /* residuals, see rlra_fit()                                     */
};

/* RLRA_OK unless a term could not be read. */
static inline rlra_status fit_data_status(const fit *f)
{
    rlra_status status = RLRA_OK;
    for (int t = 0; t < f->terms && status == RLRA_OK; t++)
        status = f->term[t].x->status;
    return status;
}

/* Bytes that the operators hold in addition to the data. */
double RLRA(fit_data_bytes)(const fit *f);

/* The position of factor n in a term: its mode, or the order of the data for a core; -1 if the term does not have it. */
int RLRA(term_place)(const fit_term *term, int n);

/* The mode of a term whose rows factor n models, or -1. */
int RLRA(term_mode)(const fit_term *term, int n);

/* Whether the model of a term is the sum of rank-one arrays of the factors themselves. */
int RLRA(term_is_plain)(const fit_term *term);

/* The model of a term as a function of factor n, which is one of its factors; valid until the next view of the term. */
form_view RLRA(term_view)(fit_term *term, int n);

/* Continue with the rules of a way. */
void RLRA(fit_take_way)(fit *f, int way);

/* Notify the engine of what happened to the current point. */
void RLRA(fit_notify)(fit *f, point_event event);

/* fresh = x; x = fresh + momentum (fresh - last) within the constraints; last = fresh. */
void RLRA(fit_extrapolate)(const fit *f, int n, factor x, factor last);

/* F^T F of factor n, into f->gram[n], or its diagonal alone under losses that need no more. The sums do not depend on the
 * number of threads. */
void RLRA(fit_gram)(fit *f, int n);
void RLRA(fit_gram_plan)(fit *f);

/* The part of `room` (f->rhs or f->more_rhs) that right-hand sides of factor n take. */
factor RLRA(fit_rhs)(const fit *f, factor room, int n);

/* f->others = sum_t w_t (A C)^T (A C) for factor n (form/form.h). */
void RLRA(fit_others)(fit *f, int n);

/* rhs = D^T X_(mode) A C of a term, for factor n, which is one of its factors. */
void RLRA(term_contract)(fit *f, fit_term *term, int n, factor rhs);

/* rhs = sum of term_contract() over the terms with factor n, times their weights. */
void RLRA(fit_contract)(fit *f, int n, factor rhs);

/* Report which entries took part in the fit, and how well the model predicts those held out. */
void RLRA(fit_report_entries)(fit *f, rlra_report *report);

/* The sum of the penalties of all factors. */
double RLRA(fit_penalty)(const fit *f);

/* sum_t w_t ||X_t - model_t||^2 over the observed entries, whatever the loss. */
double RLRA(fit_squares_left)(fit *f);

/* Scale components so that the penalties are least for the same model; without penalties scale by powers of two to equal norms.
 * Does nothing where only some factors are penalised. */
void RLRA(fit_balance)(fit *f);

/* Whether fit_balance() minimises penalties. */
int RLRA(fit_balances_penalties)(const fit *f);

#endif
