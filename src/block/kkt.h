/* block/kkt.h: how far the rows of a block are from optimal, zero exactly at stationary points.
 *
 * There is one definition for each kind of block (docs/theory/kkt.md):
 *
 *   quadratic part         how far a proximal step moves, component by component, measured in the data: kkt_quadratic()
 *   .. on a given support  what of it moves along the support: kkt_on_support()
 *   .. of one component    the same without penalties, in closed form: kkt_one_component()
 *   data                   x times slope, and slopes of zeros, beside the size of the slopes' parts: kkt_parts_of_rows()
 *   .. one row in double   the larger of the two quotients: kkt_of_row() */
#ifndef RLRA_BLOCK_KKT_H
#define RLRA_BLOCK_KKT_H

#include "block/block.h"

/* With slopes h = m - x G:  sum_k g_kk ( x_k - prox(x_k + h_k / g_kk; 1/g_kk) )^2  of each row, into `rows` (may be NULL, as it is
 * for rows with a Gram matrix each side by side); returns their sum. Where a penalty couples the entries of a row the prox is that
 * of the whole row, with the largest g_kk for all. A row with as many entries as hard_sparsity allows is judged on its support: the
 * others stay zero. Slopes that lead beyond b->reach are cut off, in `slopes`. Where a penalty couples rows the block has all of
 * them, and `rows` is NULL. `scratch` holds kkt_bytes(rows, rank) bytes. */
double RLRA(kkt_quadratic)(const block *b, factor slopes, void *scratch, double *rows);
size_t RLRA(kkt_bytes)(ptrdiff_t rows, ptrdiff_t rank);

/* One row in double, whose entries x_k = 0 stay zero, or whose other ones keep their sum as well:  sum_k h_k^2 / g_kk  over the
 * others, with the penalties in h, less what the sum does not allow. `diagonal` is that of a rank x rank Gram matrix. */
double RLRA(kkt_on_support)(const penalty_list *penalties, ptrdiff_t rank, const double *gram, const double *x,
                            const double *slopes, int sum_to_one);

/* g sum_i (x_i - m_i / g)^2  for a block of one component with the Gram matrix g > 0 and no penalties. */
double RLRA(kkt_one_component)(factor x, factor rhs, double gram);

/* Numbers for each row i, where raise is `down` with the penalties and slope = raise - up: slack_i = sum x |slope| of the entries
 * that may move, size_i = sum x raise, pull_i = sum x up, and worst_i, the largest -slope / up of an entry that stands for zero. */
typedef struct kkt_parts {
    double *slack, *size, *pull, *worst;
} kkt_parts;

/* Those of rows that are x, in a block with data, for their slopes (rows.h). */
void RLRA(kkt_parts_of_rows)(const block *b, factor x, factor up, factor down, const kkt_parts *out);

/* sum_i (slack_i + size_i worst_i) / sum_i size_i over so many rows: one wrong zero counts for its row alone. */
double RLRA(kkt_of_parts)(const kkt_parts *parts, ptrdiff_t rows);

/* For one row with data, with the gradient g = down - up + mu_1 + 2 mu_2 x,
 *
 *   max( sum_k x_k |g_k| / sum_k x_k (down_k + mu_1 + 2 mu_2 x_k),  max_k [-g_k]_+ / (down_k + mu_1 + 2 mu_2 x_k) ).
 *
 * Arrays of `rank` numbers. An upper bound, if there is one, lets g_k < 0 at it pass. */
double RLRA(kkt_of_row)(const penalty_list *penalties, ptrdiff_t rank, const double *x, const double *up,
                        const double *down);

/* Whether an entry is at its bound (b->reach), but for rounding. */
int RLRA(is_at_reach)(double x, double bound);

#endif
