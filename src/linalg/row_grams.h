/* linalg/row_grams.h: rows with a Gram matrix each: sums of outer products, and products of many rows with their own. */
#ifndef RLRA_LINALG_ROW_GRAMS_H
#define RLRA_LINALG_ROW_GRAMS_H

#include <stddef.h>

#include "core/real.h"

/* Rows side by side: entries (k, l) and (l, k) of the Gram matrix of row i are one number at [row_grams_at(k, l) + i], l <= k: half
 * as much to read. Entry k of its other vectors is at [k * ROW_GRAMS + i]. There is always room for so many rows; those that are
 * not there hold zeros. */
#define ROW_GRAMS 16

static inline ptrdiff_t row_grams_at(ptrdiff_t k, ptrdiff_t l)
{
    return (k * (k + 1) / 2 + l) * ROW_GRAMS;
}

/* Numbers of Gram matrices side by side. */
static inline ptrdiff_t row_grams_count(ptrdiff_t rank)
{
    return row_grams_at(rank, 0);
}

/* Entries of vectors of components in memory: rank rounded up to this, zeros behind it. */
#define ROW_GRAMS_PAD (64 / (ptrdiff_t)sizeof(real))

typedef struct row_gram_kernels {
    /* sum[k * stride + l] += sum_e shares[e] a_e[k] a_e[l]  for e < count, k < rank and l <= k (and some more); a_e and rows of
     * `sum` are padded. `shares` NULL: one each. Products are summed in `real` within a call, which should have few entries. */
    void (*add)(ptrdiff_t count, const real **a, const real *shares, ptrdiff_t rank, double *sum, ptrdiff_t stride);

    /* Gram matrices side by side: that of row i is shares[i] whole + scales[i] sums[i * each ..], where `whole` is rank x rank, and
     * rows of sums are `stride` apart, as add() has them. All numbers are finite. */
    void (*lay)(ptrdiff_t rank, const double *whole, const double *shares, const double *sums, ptrdiff_t each,
                ptrdiff_t stride, const double *scales, real *grams);

    /* out_k = b_k - (x G)_k for all rows. */
    void (*slopes)(ptrdiff_t rank, const real *b, const real *grams, const real *x, real *out);

    /* x_k <- max(x_k + (b_k - shift - (x G)_k - ridge x_k) inverse, least), with a number for each row except for shift, ridge
     * and least; returns the sum of (g_kk + ridge) times the squared changes. */
    double (*improve)(ptrdiff_t rank, const real *b, const real *grams, real *x, ptrdiff_t k, const real *inverse,
                      real shift, real ridge, real least);

    /* above_k = sum_{j > k} g_kj x_j: what round() begins with. */
    void (*sum_above)(ptrdiff_t rank, const real *grams, const real *x, real *above);

    /* improve() for all components from first to last, `inverse` with the numbers of all: each entry is read once from far. `above`
     * is that of x before and after. */
    double (*round)(ptrdiff_t rank, const real *b, const real *grams, real *x, real *above, const real *inverse,
                    real shift, real ridge, real least);
} row_gram_kernels;

#endif
