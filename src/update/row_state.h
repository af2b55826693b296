/* update/row_state.h: one row of a regression while rules of second order improve it: coefficients, model, slopes. */
#ifndef RLRA_UPDATE_ROW_STATE_H
#define RLRA_UPDATE_ROW_STATE_H

#include "update/update.h"

/* The model v_j = max(sum_k a_jk x_k, floor) is kept with what curvatures and slopes are made of: with e_j = a_jk / v_j,
 *
 *   up_k   = sum_j e_j cross_j,     cross = y v^(beta-1),
 *   down_k = sum_j e_j own_j,       own = v^beta        (the sums of the design for kl).
 *
 * cross is y itself for kl, y/v for is (where own = 1): two losses that need no powers. */
typedef struct row_state {
    const block *block;
    ptrdiff_t length, rank;
    double beta, linear, quadratic, least, most;
    double *x, *up, *down; /* rank */
    const real *y;
    real *model, *inverse;    /* inverse = 1/v; 0 for kl where y = 0: nothing there bends the objective */
    real *own, *cross;        /* see above; own is not kept for kl and is */
    real *row;                /* room for `length` */
    real *weights, *products; /* room for `rank` */
} row_state;

/* How the objective changes with one coefficient: its derivative is down - up (penalties not counted), its curvature at most
 *
 *   curvature (1 - speed s)^(beta-3)   after a decrease by s < 1/speed,   and at most `curvature` after any increase. */
typedef struct row_pull {
    double up, down, curvature, speed;
} row_pull;

/* The arrays of a state; the state of the rows of a block, before any is loaded. */
void RLRA(row_state_take)(row_state *s, ptrdiff_t rank, ptrdiff_t length, arena *from);
void RLRA(row_state_init)(row_state *s, const block *b, arena *from);

/* Take row i, within the bounds and at its best scale; a row of zeros starts from equal coefficients. */
void RLRA(row_state_load)(row_state *s, ptrdiff_t i);
void RLRA(row_state_store)(const row_state *s, ptrdiff_t i);

/* Model, slopes and KKT residual (rows.h) of x as it is, without what has added up in moves. */
double RLRA(row_state_refresh)(row_state *s);

/* Along `direction`, `length` numbers of any sign: down is 0 for kl. */
row_pull RLRA(row_pull_along)(const row_state *s, const real *direction);
row_pull RLRA(row_pull_of)(const row_state *s, ptrdiff_t k);

/* x_k <- fresh; the pull of component `next` after that. */
row_pull RLRA(row_state_move)(row_state *s, ptrdiff_t k, double fresh, ptrdiff_t next);

/* Whether a decrease by s of a coefficient with Newton step `way` = slope / curvature > 0 lowers the objective for sure, and the
 * decrease for which the bound on the curvature promises most; both from `speed` and the power 3 - beta. */
int RLRA(decrease_is_safe)(double power, double speed, double way, double s);
double RLRA(damped_decrease)(double power, double speed, double way);

#endif
