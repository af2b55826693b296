/* linalg/fibers.h: sums of products of rows that the fibers of a sparse tensor refer to. */
#ifndef RLRA_LINALG_FIBERS_H
#define RLRA_LINALG_FIBERS_H

#include <stddef.h>
#include <stdint.h>

#include "core/real.h"

/* A list of fibers: the entries of fiber f are starts[f] .. starts[f+1] - 1. Packed rows, `stride` apart, are those of
 * linalg/gather.h. */
typedef struct fiber_list {
    ptrdiff_t count;
    const int64_t *starts;
    const int32_t *outer; /* row of each fiber */
    const real *outer_rows;
    const int32_t *inner; /* row of each entry */
    const real *values;
    const real *inner_rows;
    ptrdiff_t stride;
} fiber_list;

/* out[k] = sum_f outer_rows[outer[f]][k] sum_{e of f} values[e] inner_rows[inner[e]][k]  for k < stride. Short runs are summed
 * in `real`, their sums in double. */
typedef void (*fibers_kernel)(const fiber_list *fibers, double *out);

/* The kernel of the set of this name; see linalg/kernels.h. */
fibers_kernel RLRA(fibers_of)(const char *kernels_name);

#endif
