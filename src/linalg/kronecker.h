/* linalg/kronecker.h: Kronecker products of vectors. */
#ifndef RLRA_LINALG_KRONECKER_H
#define RLRA_LINALG_KRONECKER_H

#include <stddef.h>

#include "core/real.h"

/* out = v_0 (x) v_1 (x) .. with the last vector fastest; lengths[i] entries each, `count` >= 1 vectors. */
void RLRA(kronecker)(int count, const real *const *vectors, const ptrdiff_t *lengths, real *out);

#endif
