/* linalg/kernels.h: the skinny products of this field, chosen for the processor at run time.
 *
 * Factors are stored component-major: component k is the contiguous row at + k * stride. Then every kernel below runs along
 * contiguous memory whatever the rank, no rank is padded, and the rows of a factor (entries i) can be cut into slabs freely. */
#ifndef RLRA_LINALG_KERNELS_H
#define RLRA_LINALG_KERNELS_H

#include <stddef.h>

#include "core/real.h"
#include "linalg/entry_sums.h"
#include "linalg/faces.h"
#include "linalg/gather.h"
#include "linalg/row_grams.h"

/* Rows that outer() sums before the sum is added to its result. */
#define OUTER_RUN 64

/* Rows that quotients() fetches ahead. */
#define QUOTIENTS_AHEAD 16

typedef struct kernels {
    const char *name; /* "avx512", "avx2", "baseline" */

    /* out[k][i] (+)= sum_j y[i][j] h[k][j]  for i < rows, k < rank, j < length; `add` != 0 adds to out. The value of out[k][i]
     * does not depend on how rows are divided among calls. `next`: as many rows that will be read next, which are prefetched;
     * or NULL. */
    void (*dots)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *y, ptrdiff_t y_stride, const real *next,
                 const real *h, ptrdiff_t h_stride, real *out, ptrdiff_t out_stride, int add);

    /* z[k][j] += sum_i w[k][i] y[i][j]  for i < rows, k < rank, j < length. Summed over i in order, OUTER_RUN rows at a time:
     * the value of z[k][j] does not depend on how columns j are divided among calls, nor on cuts of the rows at multiples of
     * OUTER_RUN. */
    void (*outer)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *w, ptrdiff_t w_stride, const real *y,
                  ptrdiff_t y_stride, real *z, ptrdiff_t z_stride);

    /* out[i] = b[i] - sum_{j < rank} g[j] x[j][i]  for i < length; out may be b. */
    void (*residual)(ptrdiff_t length, ptrdiff_t rank, const real *b, const real *g, const real *x, ptrdiff_t x_stride,
                     real *out);

    /* The same for `count` components of b, each with its row of g: out[c][i] = b[c][i] - sum_{j < rank} g[c][j] x[j][i], with the
     * bits of residual(). */
    void (*residuals)(ptrdiff_t length, ptrdiff_t rank, ptrdiff_t count, const real *b, ptrdiff_t b_stride,
                      const real *g, ptrdiff_t g_stride, const real *x, ptrdiff_t x_stride, real *out,
                      ptrdiff_t out_stride);

    /* x_k <- max(x_k + (b - shift - sum_{j < rank} g[j] x_j) inverse, least) where x_j = x + j x_stride; returns the sum of the
     * squared changes. With g row k of a Gram matrix and inverse = 1/g[k] this is the exact minimiser of component k. */
    double (*improve)(ptrdiff_t length, ptrdiff_t rank, const real *b, const real *g, real *x, ptrdiff_t x_stride,
                      ptrdiff_t k, real inverse, real shift, real least);

    /* out[k * rank + l] (+)= sum_i x[k][i] y[l][i], summed in double. Symmetric entries are equal bits when x is y. */
    void (*gram)(ptrdiff_t length, ptrdiff_t rank, const real *x, ptrdiff_t x_stride, const real *y, ptrdiff_t y_stride,
                 double *out, int add);

    /* sum_i (a[i] - b[i])^2; the terms are summed in short runs. */
    double (*distance2)(ptrdiff_t length, const real *a, const real *b);

    /* With e_j = a_j inverse_j:  sums = { sum e, sum e weight, sum e^2 weight, max(e, 0) }. */
    void (*ratio_sums)(ptrdiff_t length, const real *a, const real *inverse, const real *weight, double *sums);

    /* model <- max(model + step a, least), inverse <- 1/model where y > 0, else 0, ratio <- y inverse; then ratio_sums() for
     * `next`, with weights `ratio`, or y if `ratio` is NULL. */
    void (*ratio_shift)(ptrdiff_t length, real step, const real *a, real least, const real *y, real *model,
                        real *inverse, real *ratio, const real *next, double *sums);

    /* v_ij = max(sum_k w[i][k] h[k][j], least), out[i][j] = y[i][j] / v_ij  for i < rows, k < rank, j < length; row i of y begins
     * at y[i], of w at w + i w_stride, of out at out + i out_stride; w, h, y >= 0, least > 0. Where `values` is not NULL,
     * values[i] += sum_j of v - y - y log(v/y), as exactly as `relative`. The QUOTIENTS_AHEAD pointers behind the rows of y say
     * what will be read next: rows lie apart, and each is read for a short way only. */
    void (*quotients)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *w, ptrdiff_t w_stride,
                      const real *h, ptrdiff_t h_stride, real least, const real *const *y, real *out,
                      ptrdiff_t out_stride, double *values);

    /* For stored entries of one row and their model v (linalg/gather.h):  up[k] = sum_e values[e] / v_e rows[indices[e]][k]
     * for k < stride. With `valued` returns  sum_e values[e] log(values[e] / v_e) - values[e],  as accurately as relative();
     * else 0. */
    double (*picked_slopes)(ptrdiff_t count, const int32_t *indices, const real *values, const picked_rows *from,
                            double *up, int valued);

    /* The model alone, not limited by from->least. */
    void (*picked_model)(ptrdiff_t count, const int32_t *indices, const picked_rows *from, real *model);

    /* Kernels for systems on many supports, in double. */
    const face_kernels *faces;

    /* Kernels for rows with a Gram matrix each. */
    const row_gram_kernels *row_grams;

    /* sum of b - a - a log(b/a), or with `divided` of that over a, to nearly full relative accuracy of each term, in double;
     * 0 log 0 = 0. */
    double (*relative)(ptrdiff_t length, const real *a, const real *b, int divided);

    /* What a run of entries holds, see linalg/entry_sums.h; in double, summed side by side: runs of a few hundred lose nothing. */
    void (*entry_sums)(ptrdiff_t length, const real *x, entry_sums *sums);
} kernels;

/* The kernels of the same names in double, for files of either precision whose results must not have rounding errors of single
 * precision. */
typedef struct double_products {
    void (*dots)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const double *y, ptrdiff_t y_stride,
                 const double *next, const double *h, ptrdiff_t h_stride, double *out, ptrdiff_t out_stride, int add);
    void (*outer)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const double *w, ptrdiff_t w_stride,
                  const double *y, ptrdiff_t y_stride, double *z, ptrdiff_t z_stride);
    void (*residual)(ptrdiff_t length, ptrdiff_t rank, const double *b, const double *g, const double *x,
                     ptrdiff_t x_stride, double *out);
    void (*entry_sums)(ptrdiff_t length, const double *x, entry_sums *sums);
} double_products;

/* The products of the best set for this processor. */
double_products rlra_double_products(void);

/* The best set for this processor; RLRA_KERNELS=baseline|avx2|avx512 in the environment selects a lesser one (tests, bench).
 * Other names are refused when a context is made, see rlra_kernels_check(). */
const kernels *RLRA(kernels_best)(void);

/* Set `index` of those that this processor can run, or NULL past the last; for tests. */
const kernels *RLRA(kernels_at)(int index);

#endif
