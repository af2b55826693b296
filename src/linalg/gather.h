/* linalg/gather.h: sums of rows that a sparse matrix refers to. */
#ifndef RLRA_LINALG_GATHER_H
#define RLRA_LINALG_GATHER_H

#include <stddef.h>
#include <stdint.h>

#include "core/real.h"

/* Rows begin at multiples of this, so that each takes as few cache lines as possible, and are padded with zeros. */
#define GATHER_ALIGNMENT ((ptrdiff_t)(64 / sizeof(real)))

/* out[k] = sum_e values[e] rows[indices[e] * stride + k]  for e < count, k < stride; stride is a multiple of GATHER_ALIGNMENT
 * and `rows` is aligned to 64 bytes. Short runs are summed in `real`, their sums in double. */
typedef void (*gather_kernel)(ptrdiff_t count, const int32_t *indices, const real *values, const real *rows,
                              ptrdiff_t stride, double *out);

/* The model of the stored entries of a row of data: entry e is modelled by  sum_k x[k] rows[indices[e] * stride + k],  but at
 * least `least` > 0. Rows as above; x has `stride` numbers, zeros after the last component. */
typedef struct picked_rows {
    const real *rows, *x;
    ptrdiff_t stride;
    real least;
} picked_rows;

/* The kernel of the set of this name; see linalg/kernels.h. */
gather_kernel RLRA(gather_of)(const char *kernels_name);

#endif
