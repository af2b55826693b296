/* update/rows.h: what the rules of general losses share: model, slopes, value and KKT residual of rows with their data. */
#ifndef RLRA_UPDATE_ROWS_H
#define RLRA_UPDATE_ROWS_H

#include "update/update.h"

/* With v_ij = max(sum_k a_jk x_ik, floor), formed block by block in cache and never as a whole:
 *
 *   up_ik = sum_j a_jk y_ij v_ij^(beta-2),   down_ik = sum_j a_jk v_ij^(beta-1)   (b->sums for kl),
 *
 * for all rows of x (rank components, as b->x). `values`, NULL or one number for each row, gets the loss of the row without what
 * sum_j over left-out entries adds to it beyond v (that is: complete for kl, where those add v, seen through b->sums).
 * `scratch` holds rows_bytes(rank, length) bytes. Cost: 4 rows length rank flops. */
void RLRA(rows_slopes)(const row_block *b, factor x, factor up, factor down, double *values, void *scratch);
size_t RLRA(rows_bytes)(ptrdiff_t rank, ptrdiff_t length);

/* The KKT residual of one row, free of all scales: with the gradient g = down - up + mu_1 + 2 mu_2 x,
 *
 *   max( sum_k x_k |g_k| / sum_k x_k (down_k + mu_1 + 2 mu_2 x_k),  max_k [-g_k]_+ / (down_k + mu_1 + 2 mu_2 x_k) ),
 *
 * zero exactly at a stationary point. Arrays of `rank` numbers. An upper bound, if there is one, lets g_k < 0 at it pass. */
double RLRA(row_kkt)(const penalty_list *penalties, ptrdiff_t rank, const double *x, const double *up,
                     const double *down);

#endif
