/* data/packed.h: factors row after row, as sparse data read them, and exact products of such rows. */
#ifndef RLRA_DATA_PACKED_H
#define RLRA_DATA_PACKED_H

#include <stddef.h>

#include "core/real.h"
#include "model/factor.h"

/* Entries from one packed row to the next: a multiple of cache lines. */
ptrdiff_t RLRA(packed_stride)(ptrdiff_t rank);

/* packed[j * stride + k] = f[k][j], zeros after the last component. */
void RLRA(packed_fill)(factor f, ptrdiff_t stride, int threads, real *packed);

/* sum_{k < stride} a[k] b[k], in double. */
double RLRA(packed_dot)(ptrdiff_t stride, const double *a, const real *b);

/* gram[k * rank + l] = sum_i f[k][i] f[l][i] for l <= k, in double whatever the precision. */
void RLRA(packed_gram)(factor f, int threads, double *gram);

/* ||M||^2 from such Gram matrices of all factors of M, one after the other. */
double RLRA(packed_norm2)(int order, ptrdiff_t rank, const double *grams);

#endif
