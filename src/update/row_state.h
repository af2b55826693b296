/* update/row_state.h: one row of a regression during second-order rules: coefficients, model, slopes. */
#ifndef RLRA_UPDATE_ROW_STATE_H
#define RLRA_UPDATE_ROW_STATE_H

#include "update/update.h"

/* The model v_j = max(sum_k a_jk x_k, floor) is kept with the terms of slopes and curvatures: with e_j = a_jk / v_j,
 *
 *   up_k   = sum_j e_j cross_j,     cross = y v^(beta-1),
 *   down_k = sum_j e_j own_j,       own = v^beta        (the sums of the design for kl).
 *
 * For two losses no powers are needed: cross is y for kl, and y/v for is, where own = 1. */
typedef struct row_state {
    const block *block;
    ptrdiff_t length, rank;
    double beta, linear, quadratic, least, most;
    double *x, *up, *down; /* `rank` numbers each */
    const real *y;
    real *model, *inverse;    /* inverse = 1/v; 0 for kl where y = 0, as the loss is linear there */
    real *own, *cross;        /* see above; own is not kept for kl and is */
    real *row;                /* work array of `length` */
    real *weights, *products; /* work arrays of `rank` */
} row_state;

/* How the objective changes with one coefficient: its derivative is down - up (without penalties), its curvature at most
 *
 *   curvature (1 - speed s)^(beta-3)   after a decrease by s < 1/speed,   and at most `curvature` after any increase. */
typedef struct row_pull {
    double up, down, curvature, speed;
} row_pull;

/* Take the arrays of a state; begin with the rows of a block, before any is loaded. */
void RLRA(row_state_take)(row_state *s, ptrdiff_t rank, ptrdiff_t length, arena *from);
void RLRA(row_state_init)(row_state *s, const block *b, arena *from);

/* Load row i, clipped to the bounds and at its best scale; a row of zeros starts from equal coefficients. */
void RLRA(row_state_load)(row_state *s, ptrdiff_t i);
void RLRA(row_state_store)(const row_state *s, ptrdiff_t i);

/* Recompute model, slopes and KKT residual (rows.h) of the current x, without the rounding errors of moves. */
double RLRA(row_state_refresh)(row_state *s);

/* The pull along `direction`, `length` numbers of any sign; down is 0 for kl. */
row_pull RLRA(row_pull_along)(const row_state *s, const real *direction);
row_pull RLRA(row_pull_of)(const row_state *s, ptrdiff_t k);

/* x_k <- fresh; returns the pull of component `next` after that. */
row_pull RLRA(row_state_move)(row_state *s, ptrdiff_t k, double fresh, ptrdiff_t next);

/* Whether a decrease by s of a coefficient with Newton step `way` = slope / curvature > 0 is certain to lower the objective,
 * and the decrease that is best for the bound on the curvature; both from `speed` and the power 3 - beta. */
int RLRA(decrease_is_safe)(double power, double speed, double way, double s);
double RLRA(damped_decrease)(double power, double speed, double way);

#endif
