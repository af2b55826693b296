/* separable/columns.h: the columns of a dense matrix of any strides, in fixed blocks that threads share. */
#ifndef RLRA_SEPARABLE_COLUMNS_H
#define RLRA_SEPARABLE_COLUMNS_H

#include "core/context.h"
#include "core/real.h"
#include "linalg/kernels.h"
#include "model/factor.h"
#include "rlra/array.h"

/* Most columns of a block. */
#define COLUMNS_WIDTH 256

typedef struct columns {
    rlra_context *context;
    const real *at;
    ptrdiff_t rows, count;
    ptrdiff_t row_stride, column_stride;
    ptrdiff_t width, blocks; /* columns of a block; results do not depend on which thread processes it */
    double scale;            /* a power of two that brings the largest magnitude into [1/2, 1); 1 for zeros */
    int threads;
    int64_t threads_refused;
    const kernels *kernels;
    real *packed; /* a block for each thread; NULL if a stride is one */
} columns;

/* View an order-2 array; `threads` 0 means all. Checks every entry: NaN and Inf are RLRA_ERR_DATA. */
rlra_status RLRA(columns_init)(rlra_context *context, const rlra_array *array, int threads, columns *x);
void RLRA(columns_clear)(columns *x);

/* First column of a block; block x->blocks begins at x->count. */
ptrdiff_t RLRA(columns_begin)(const columns *x, ptrdiff_t block);

/* out = scale times column j. */
void RLRA(columns_load)(const columns *x, ptrdiff_t j, double *out);

/* norms[j] = ||scale x_j||^2 for all columns. */
void RLRA(columns_norms)(const columns *x, double *norms);

/* out[k][j - begin] = sum_i w[k][i] x[i][j] for the columns of one block (not scaled); `thread` is the caller's
 * number. */
void RLRA(columns_multiply)(const columns *x, ptrdiff_t block, int thread, factor w, factor out);

#endif
