/* model/orthonormal.h: orthonormal bases of the columns of factors. */
#ifndef RLRA_MODEL_ORTHONORMAL_H
#define RLRA_MODEL_ORTHONORMAL_H

#include "core/real.h"
#include "model/factor.h"

/* x = Q R with Q^T Q = I, in place (Gram-Schmidt, each column projected twice: Giraud et al. 2005); inner products
 * in double. Columns that depend on earlier ones, up to rounding, become zero. `r`, NULL or rank x rank entries,
 * gets R row-major (zero rows for zero columns). `scratch` holds rank entries. The result does not depend on
 * `threads`. */
void RLRA(orthonormalise)(factor x, int threads, double *r, double *scratch);

/* x <- x T in place, T (rank x to, row-major, to <= rank): the first `to` columns are the result, the others do not change.
 * `scratch` holds ORTHONORMAL_SLAB x rank entries for each thread. */
void RLRA(transform_columns)(factor x, ptrdiff_t to, const double *t, int threads, double *scratch);

#define ORTHONORMAL_SLAB 256

#endif
