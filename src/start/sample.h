/* start/sample.h: a few rows and columns of a dense matrix, wherever it is stored, and whether its columns are a start. */
#ifndef RLRA_START_SAMPLE_H
#define RLRA_START_SAMPLE_H

#include <stdint.h>

#include "core/context.h"
#include "data/operator.h"

/* Some rows and columns of a matrix; NULL: all of them. */
typedef struct places {
    const ptrdiff_t *at[2];
    ptrdiff_t count[2];
} places;

/* out[i * stride0 + j * stride1] = entry (i, j) of the places, in one walk over data in windows. */
rlra_status RLRA(sample_read)(data *x, places p, real *out, ptrdiff_t stride0, ptrdiff_t stride1);

/* Rows and columns of a sample for this rank: 0 and 0 where one that costs less than a sweep would be too small. */
void RLRA(sample_size)(const data *x, ptrdiff_t rank, ptrdiff_t *rows, ptrdiff_t *columns);

/* Pick `rank` columns of the data by SNPA on a sample. `found` gets their number, or 0 where they are no good start: where they
 * leave too much of what the best single component leaves, or are nearly dependent. */
rlra_status RLRA(sample_pick)(rlra_context *context, data *x, ptrdiff_t rank, uint64_t seed, ptrdiff_t *picked,
                              ptrdiff_t *found);

/* Bytes of the sample and of what picking takes. */
double RLRA(sample_bytes)(const data *x, ptrdiff_t rank);

#endif
