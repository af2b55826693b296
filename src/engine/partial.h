/* engine/partial.h: the squared loss where entries are missing or have weights: each row of a factor has a Gram matrix of its own,
 *
 *   G_i = sum_j w_ij a_j a_j^T,   m_i = sum_j w_ij x_ij a_j,
 *
 * with a_j the rows of the product of the other factors (docs/theory/missing.md). Needs a fit (engine/fit.h); one term. */
#ifndef RLRA_ENGINE_PARTIAL_H
#define RLRA_ENGINE_PARTIAL_H

#include "core/arena.h"
#include "data/observed.h"
#include "model/factor.h"
#include "rlra/fit.h"

struct fit;

typedef struct partial_data {
    int used;
    observed data;
    ptrdiff_t pad;                /* entries of a row of components in memory                    */
    real *packed[RLRA_MAX_ORDER]; /* the factor of each mode, row by row                         */
    double *reach;                /* the largest magnitude of entries of each component, of the factor in hand */
    double *values;               /* what each row of the factor in hand adds to the loss        */
    char *rooms;                  /* of each thread                                              */
    size_t room_bytes;
} partial_data;

/* The lists and the copy of a term's data, where it has missing entries or weights or some are to be held out; takes memory that
 * partial_clear() frees. */
rlra_status RLRA(partial_pose)(struct fit *f);
void RLRA(partial_clear)(struct fit *f);

/* The same without a look at the data and without their lists: to plan a fit. */
rlra_status RLRA(partial_measure)(struct fit *f);

/* Roughly: listed entries of a mode; and bytes of copy and lists. */
double RLRA(partial_listed)(const struct fit *f);
double RLRA(partial_bytes)(const struct fit *f);

/* Run twice: to measure and to take. */
void RLRA(partial_plan)(struct fit *f);

/* Lay out the factors of the other modes for the rows of factor n. */
void RLRA(partial_pack)(struct fit *f, int n);

/* The largest magnitude that entries of each component of factor n may have: see solve/partial_reach.c. */
void RLRA(reach_take)(struct fit *f, int n);

/* Entries of rows of that factor beyond it are cut off; in slopes of its rows what would go beyond is taken away. */
void RLRA(reach_clip)(const struct fit *f, factor x);
void RLRA(reach_pin)(const struct fit *f, int n, factor x, factor slopes);

/* How many components have an entry at its bound. */
int64_t RLRA(reach_count)(struct fit *f);

/* The same for all factors of a start. */
void RLRA(reach_bound_start)(struct fit *f);

/* Whether an entry is at its bound, but for rounding; whether one of row i is beyond it. */
int RLRA(reach_is_at)(double x, double bound);
int RLRA(reach_is_beyond)(const struct fit *f, factor x, ptrdiff_t i);

/* A row that its rule has moved beyond: it descends within its bounds from where it was, with its right-hand sides and Gram. */
void RLRA(reach_bound_row)(const struct fit *f, int n, ptrdiff_t i, factor rhs, const double *gram);

/* Update rows of the factor in hand; `rhs` are theirs. Where it is the last factor of a sweep, the values of the rows are kept. */
void RLRA(own_grams_rows)(struct fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs);

/* Whether the rule of factor n takes rows with a Gram matrix each. */
int RLRA(own_grams_side_by_side)(const struct fit *f, int n);

/* The loss after the last factor's update, from these values. */
double RLRA(own_grams_loss)(const struct fit *f);

/* Entry by entry: sum of w (x - v)^2, and unless NULL that of w v^2 of the model v. */
double RLRA(partial_residual)(struct fit *f, double *model);

/* Entry by entry: the squared KKT residual of factor n. */
double RLRA(partial_kkt)(struct fit *f, int n);

/* Which entries took part and how well the others, held out, are told by the model; rows without any entry. */
void RLRA(partial_report)(struct fit *f, rlra_report *report);

#endif
