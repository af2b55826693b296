/* linalg/fibers.h: sums of products of rows that the fibers of a sparse tensor pick. */
#ifndef RLRA_LINALG_FIBERS_H
#define RLRA_LINALG_FIBERS_H

#include <stddef.h>
#include <stdint.h>

#include "core/real.h"

/* Fibers in a row: the entries of fiber f are starts[f] .. starts[f+1] - 1. Packed rows, `stride` apart, are those of
 * linalg/gather.h. */
typedef struct fiber_list {
    ptrdiff_t count;
    const int64_t *starts;
    const int32_t *outer; /* of each fiber */
    const real *outer_rows;
    const int32_t *inner; /* of each entry */
    const real *values;
    const real *inner_rows;
    ptrdiff_t stride;
} fiber_list;

/* out[k] = sum_f outer_rows[outer[f]][k] sum_{e of f} values[e] inner_rows[inner[e]][k]  for k < stride. Short runs are summed in
 * `real`, these in double. */
typedef void (*fibers_kernel)(const fiber_list *fibers, double *out);

/* That of the kernels of this name; see linalg/kernels.h. */
fibers_kernel RLRA(fibers_of)(const char *kernels_name);

#endif
