/* linalg/row_grams.h: rows with a Gram matrix each: sums of outer products, and products of many rows with their own. */
#ifndef RLRA_LINALG_ROW_GRAMS_H
#define RLRA_LINALG_ROW_GRAMS_H

#include <stddef.h>

#include "core/real.h"

/* Rows side by side: entry (k, l) of the Gram matrix of row i is at [(k * rank + l) * ROW_GRAMS + i], entry k of its other
 * vectors at [k * ROW_GRAMS + i]. There is always room for ROW_GRAMS rows; unused ones are zero. */
#define ROW_GRAMS 16

/* Entries of vectors of components in memory: rank rounded up to this, padded with zeros. */
#define ROW_GRAMS_PAD (64 / (ptrdiff_t)sizeof(real))

typedef struct row_gram_kernels {
    /* sum[k * stride + l] += sum_e shares[e] a_e[k] a_e[l]  for e < count, k < rank and l <= k (and some more); a_e and rows of
     * `sum` are padded. `shares` NULL: one each. Products are summed in `real` within a call, which should have few entries. */
    void (*add)(ptrdiff_t count, const real **a, const real *shares, ptrdiff_t rank, double *sum, ptrdiff_t stride);

    /* out_k = b_k - (x G)_k for all rows. */
    void (*slopes)(ptrdiff_t rank, const real *b, const real *grams, const real *x, real *out);

    /* x_k <- max(x_k + (b_k - shift - (x G)_k - ridge x_k) inverse, least), with a number for each row except for shift, ridge
     * and least; returns the sum of (g_kk + ridge) times the squared changes. */
    double (*improve)(ptrdiff_t rank, const real *b, const real *grams, real *x, ptrdiff_t k, const real *inverse,
                      real shift, real ridge, real least);
} row_gram_kernels;

#endif
