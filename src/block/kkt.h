/* block/kkt.h: how far the rows of a block are from optimal, zero exactly at stationary points.
 *
 * There is one definition for each kind of block (docs/theory/kkt.md):
 *
 *   quadratic part         how far a proximal step moves, component by component, measured in the data: kkt_quadratic()
 *   .. on a given support  the part of that step along the support: kkt_on_support()
 *   .. of one component    the same without penalties, in closed form: kkt_one_component()
 *   data                   x times slope, and slopes of zeros, relative to the size of the slopes' parts: kkt_parts_of_rows()
 *   .. one row in double   the larger of the two quotients: kkt_of_row() */
#ifndef RLRA_BLOCK_KKT_H
#define RLRA_BLOCK_KKT_H

#include "block/block.h"

/* With slopes h = m - x G:  sum_k g_kk ( x_k - prox(x_k + h_k / g_kk; 1/g_kk) )^2  of each row, into `rows` (may be NULL, as it
 * is for rows with a Gram matrix each side by side); returns their sum. Where a penalty couples the entries of a row the prox
 * is that of the whole row, with the largest g_kk for all. A row with as many entries as hard_sparsity allows is measured on
 * its support: the other entries stay zero. Slopes that lead beyond b->reach are set to zero in `slopes`. Where a penalty
 * couples rows the block has all of them, and `rows` is NULL. `scratch` holds kkt_bytes(rows, rank) bytes. */
double RLRA(kkt_quadratic)(const block *b, factor slopes, void *scratch, double *rows);
size_t RLRA(kkt_bytes)(ptrdiff_t rows, ptrdiff_t rank);

/* For a row in double whose entries x_k = 0 stay zero, and whose other entries keep their sum if `sum_to_one`:  sum_k h_k^2 /
 * g_kk  over those entries, with the penalties in h, less the part that would change the sum. `diagonal` is that of a rank x
 * rank Gram matrix. */
double RLRA(kkt_on_support)(const penalty_list *penalties, ptrdiff_t rank, const double *gram, const double *x,
                            const double *slopes, int sum_to_one);

/* g sum_i (x_i - m_i / g)^2  for a block of one component with the Gram matrix g > 0 and no penalties. */
double RLRA(kkt_one_component)(factor x, factor rhs, double gram);

/* Numbers for each row i, where raise is `down` with the penalties and slope = raise - up: slack_i = sum x |slope| of the
 * entries that may move, size_i = sum x raise, pull_i = sum x up, and worst_i, the largest -slope / up of an entry that counts
 * as zero. */
typedef struct kkt_parts {
    double *slack, *size, *pull, *worst;
} kkt_parts;

/* The parts of the rows x of a block with data, from their slopes (rows.h). */
void RLRA(kkt_parts_of_rows)(const block *b, factor x, factor up, factor down, const kkt_parts *out);

/* sum_i (slack_i + size_i worst_i) / sum_i size_i over `rows` rows: a wrong zero counts in its own row only. */
double RLRA(kkt_of_parts)(const kkt_parts *parts, ptrdiff_t rows);

/* The residual of one row with data: with the gradient g = down - up + mu_1 + 2 mu_2 x,
 *
 *   max( sum_k x_k |g_k| / sum_k x_k (down_k + mu_1 + 2 mu_2 x_k),  max_k [-g_k]_+ / (down_k + mu_1 + 2 mu_2 x_k) ).
 *
 * Arrays of `rank` numbers. At an upper bound g_k < 0 is allowed. */
double RLRA(kkt_of_row)(const penalty_list *penalties, ptrdiff_t rank, const double *x, const double *up,
                        const double *down);

/* Whether an entry is at its bound (b->reach), up to rounding. */
int RLRA(is_at_reach)(double x, double bound);

#endif
