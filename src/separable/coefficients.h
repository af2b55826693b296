/* separable/coefficients.h: exact nonnegative coefficients of all columns on the picked ones, and the residual. */
#ifndef RLRA_SEPARABLE_COEFFICIENTS_H
#define RLRA_SEPARABLE_COEFFICIENTS_H

#include "separable/columns.h"

/* Workspace for up to `rank` picked columns: (rank rows + threads (2 rank + 2) width) numbers. */
typedef struct coefficients {
    const columns *x;
    ptrdiff_t rank;
    double *picked, *gram; /* rank x rows: the picked columns, scaled; rank x rank */
    real *picked_real;
    ptrdiff_t *order; /* sorted indices of the picked columns: the result does not depend on the order of picking */
    double *partial;  /* for each block: squares of the residual, squares of the data */
    char *work;
    size_t work_bytes;
} coefficients;

rlra_status RLRA(coefficients_init)(const columns *x, ptrdiff_t rank, coefficients *c);
void RLRA(coefficients_clear)(coefficients *c);

/* Bytes that coefficients_init() takes for contiguous data. */
double RLRA(coefficients_bytes)(ptrdiff_t rows, ptrdiff_t count, ptrdiff_t rank, int threads);

/* h_j = argmin_{h >= 0} ||x_j - W h|| with W the `found` picked columns; returns ||X - W H^T|| / ||X||, computed
 * entry by entry from the h that is stored; 0 for zero data. `h`, NULL or count x >= found, gets the coefficients.
 * Cannot fail. */
double RLRA(coefficients_find)(const coefficients *c, const ptrdiff_t *picked, ptrdiff_t found, const factor *h);

#endif
