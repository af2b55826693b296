/* block/rows.h: what the rules of general losses share: model, slopes and value of rows with their data. */
#ifndef RLRA_BLOCK_ROWS_H
#define RLRA_BLOCK_ROWS_H

#include "block/block.h"

/* With v_ij = max(sum_k a_jk x_ik, floor), formed piece by piece in cache and never as a whole:
 *
 *   up_ik = sum_j a_jk y_ij v_ij^(beta-2),   down_ik = sum_j a_jk v_ij^(beta-1)   (the sums of the design for kl),
 *
 * summed over the parts with their weights, for all rows of x (rank components, as b->x). `values`, NULL or one number for each
 * row, gets the loss of the row, in which left-out entries count by their model v alone, from the sums (for kl this is the
 * complete loss). `scratch` holds rows_bytes(rows, rank) bytes. Cost: 4 rows length rank flops. */
void RLRA(rows_slopes)(const block *b, factor x, factor up, factor down, double *values, void *scratch);
size_t RLRA(rows_bytes)(ptrdiff_t rows, ptrdiff_t rank);

/* Outputs of rows_pass(), which is like rows_slopes() for some rows of the block, with more outputs; `steep` for one part only. */
typedef struct row_pass {
    const ptrdiff_t *index; /* row i of x belongs to row index[i] of y; NULL: to row i                                */
    factor up, down;
    factor steep;            /* sum_j a_jk w_j d''(y_ij, v_ij), where .at is not NULL                                 */
    const real *steep_sides; /* w                                                                                     */
    double *values;          /* loss of each row, or NULL                                                             */
    double *total;           /* the sum of the values, or NULL; rows side by side (y_step) report this alone          */
} row_pass;
void RLRA(rows_pass)(const block *b, factor x, const row_pass *out, void *scratch);

/* rows_pass() for a block of one part, without its weight. */
void RLRA(rows_pass_part)(const block *b, factor x, const row_pass *out, void *scratch);

/* down_ik under kl: the sums of row index[i] of the block, or of row i if `index` is NULL. */
void RLRA(rows_sums)(const block *b, const ptrdiff_t *index, factor down);

/* Multiply each row of x by the number that minimises its loss without penalties, sum y v^(beta-1) / sum v^beta, for a block of
 * one part. Zero rows stay. Scratch as above. */
void RLRA(rows_scale)(const block *b, factor x, void *scratch);

/* The slopes of row i of the block, which is x, in double whatever the precision; returns the loss, complete as for
 * rows_slopes(). */
double RLRA(row_exact)(const block *b, ptrdiff_t i, const double *x, double *up, double *down);

#endif
