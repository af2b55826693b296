/* start/sketch.h: leading singular vectors of data, by contractions only. */
#ifndef RLRA_START_SKETCH_H
#define RLRA_START_SKETCH_H

#include <stdint.h>

#include "core/context.h"
#include "data/operator.h"

/* Workspace of a sketch with `size` directions. */
typedef struct sketch {
    rlra_context *context;
    data *x;
    ptrdiff_t size;
    uint64_t seed;
    int threads;
    arena work; /* workspace of the plan */
    data_plan plan;
    void *block;                   /* memory of the sides */
    factor side[RLRA_MAX_ORDER];   /* dims[m] x size for mode m */
    double *upper, *sigma, *right; /* R of a factor, singular values, right singular vectors */
    double *scratch;
} sketch;

/* Uses up to ten directions more than `rank`, as far as all sides together take no more memory than the data, and at most as
 * many as the shorter side of a matrix. The sides of a matrix use the memory of `factors` when they fit in it. */
rlra_status RLRA(sketch_init)(rlra_context *context, data *x, ptrdiff_t rank, uint64_t seed, int threads,
                              const factor *factors, sketch *s);
void RLRA(sketch_clear)(sketch *s);

/* Bytes that sketch_init() takes. */
double RLRA(sketch_bytes)(data *x, ptrdiff_t rank, int threads);

/* Order 2: X ~ side[0] diag(sigma) side[1]^T, sigma falling. */
void RLRA(sketch_matrix)(sketch *s);

/* Order N: side[mode] gets leading left singular vectors of the unfolding times random directions; the sides of the other modes
 * are overwritten later. */
void RLRA(sketch_mode)(sketch *s, int mode);

/* Mean of the entries, order 2; before sketch_matrix(). */
double RLRA(sketch_mean)(sketch *s);

#endif
