/* linalg/gather.h: sums of rows that a sparse matrix picks. */
#ifndef RLRA_LINALG_GATHER_H
#define RLRA_LINALG_GATHER_H

#include <stddef.h>
#include <stdint.h>

#include "core/real.h"

/* Rows begin at multiples of this, so that each takes as few cache lines as it can, and end in zeros. */
#define GATHER_ALIGNMENT ((ptrdiff_t)(64 / sizeof(real)))

/* out[k] = sum_e values[e] rows[indices[e] * stride + k]  for e < count, k < stride; stride is a multiple of GATHER_ALIGNMENT and
 * `rows` is aligned to 64 bytes. Short runs are summed in `real`, these in double. */
typedef void (*gather_kernel)(ptrdiff_t count, const int32_t *indices, const real *values, const real *rows,
                              ptrdiff_t stride, double *out);

/* What stored entries of a row of data are modelled by: entry e by  sum_k x[k] rows[indices[e] * stride + k],  and no less than
 * `least` > 0. Rows as above; x has `stride` numbers, zeros behind the last component. */
typedef struct picked_rows {
    const real *rows, *x;
    ptrdiff_t stride;
    real least;
} picked_rows;

/* That of the kernels of this name; see linalg/kernels.h. */
gather_kernel RLRA(gather_of)(const char *kernels_name);

#endif
