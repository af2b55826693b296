/* linalg/vector.h: vectors of the instruction set that a file is compiled for. */
#ifndef RLRA_LINALG_VECTOR_H
#define RLRA_LINALG_VECTOR_H

#include <stddef.h>
#include <string.h>

#include "core/real.h"

#if defined(RLRA_ISA_avx512)
#define VECTOR_BYTES 64
#define REGISTERS    32
#elif defined(RLRA_ISA_avx2)
#define VECTOR_BYTES 32
#define REGISTERS    16
#else
#define VECTOR_BYTES 16
#define REGISTERS    16
#endif

#define LANES  ((ptrdiff_t)(VECTOR_BYTES / sizeof(real)))
#define INLINE static inline __attribute__((always_inline))

typedef real vector __attribute__((vector_size(VECTOR_BYTES)));
typedef real loose_vector __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

/* Columns of y that are worked on at once: the rows of h then stay in the first-level cache. */
#define COLUMN_BLOCK (2048 / (ptrdiff_t)sizeof(real))

INLINE vector load(const real *at)
{
    return *(const loose_vector *)at;
}

INLINE void store(real *at, vector v)
{
    *(loose_vector *)at = v;
}

/* The first `count` entries, zeros behind. */
INLINE vector load_part(const real *at, ptrdiff_t count)
{
    vector v = {0};
    memcpy(&v, at, (size_t)count * sizeof(real));
    return v;
}

INLINE real lane_sum(vector v)
{
    real lanes[VECTOR_BYTES / sizeof(real)];
    memcpy(lanes, &v, sizeof lanes);
    for (ptrdiff_t width = LANES / 2; width > 0; width /= 2)
        for (ptrdiff_t lane = 0; lane < width; lane++)
            lanes[lane] += lanes[lane + width];
    return lanes[0];
}

#endif
