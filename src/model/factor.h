/* model/factor.h: one factor matrix of a model, stored component by component. */
#ifndef RLRA_MODEL_FACTOR_H
#define RLRA_MODEL_FACTOR_H

#include <stddef.h>

#include "core/arena.h"
#include "core/real.h"

/* Entry (i, k) of the length x rank factor is at[k * stride + i]: components are contiguous. A view. */
typedef struct factor {
    real *at;
    ptrdiff_t length; /* I_n */
    ptrdiff_t rank;
    ptrdiff_t stride; /* >= length */
} factor;

/* The count rounded up to whole vectors and cache lines of any precision. */
static inline ptrdiff_t whole_vectors(ptrdiff_t count)
{
    const ptrdiff_t unit = 16;
    return (count + unit - 1) / unit * unit;
}

/* The stride between components of `length` entries: whole vectors, and never close to a multiple of 1024 bytes, at which the
 * same entries of many components would compete for the same lines of the first-level cache. */
static inline ptrdiff_t factor_stride(ptrdiff_t length)
{
    const ptrdiff_t page = 1024 / (ptrdiff_t)sizeof(real);
    const ptrdiff_t stride = whole_vectors(length);
    return stride > page && stride % page == 0 ? whole_vectors(stride + 1) : stride;
}

/* Take a factor from an arena, which may be measuring. */
static inline factor factor_take(arena *from, ptrdiff_t length, ptrdiff_t rank)
{
    const ptrdiff_t stride = factor_stride(length);
    return (factor){(real *)rlra_arena_take(from, (size_t)(stride * rank), sizeof(real)), length, rank, stride};
}

/* Rows begin .. end-1 of a factor. */
static inline factor factor_rows(factor f, ptrdiff_t begin, ptrdiff_t end)
{
    return (factor){f.at + begin, end - begin, f.rank, f.stride};
}

/* Copy the rows of `from` to rows 0 .. from.length-1 of `to`. */
static inline void factor_copy(factor from, factor to)
{
    for (ptrdiff_t k = 0; k < from.rank; k++)
        for (ptrdiff_t i = 0; i < from.length; i++)
            to.at[k * to.stride + i] = from.at[k * from.stride + i];
}

static inline void factor_scale(factor f, real by)
{
    for (ptrdiff_t k = 0; by != 1 && k < f.rank; k++)
        for (ptrdiff_t i = 0; i < f.length; i++)
            f.at[k * f.stride + i] *= by;
}

/* Component k of a factor. */
static inline factor factor_component(factor f, ptrdiff_t k)
{
    return (factor){f.at + k * f.stride, f.length, 1, f.stride};
}

#endif
