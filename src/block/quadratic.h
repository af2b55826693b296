/* block/quadratic.h: what the iterative rules on a block share: slopes, proximal steps, objective, and when to stop. */
#ifndef RLRA_BLOCK_QUADRATIC_H
#define RLRA_BLOCK_QUADRATIC_H

#include "block/block.h"

/* The distance of two components in the scratch of a block of so many rows. */
static inline ptrdiff_t block_stride(ptrdiff_t rows)
{
    return rows <= UPDATE_ROWS ? UPDATE_ROWS : whole_vectors(rows);
}

/* Room for all components of a block. */
static inline factor block_room(const block *b, real *at)
{
    return (factor){at, b->x.length, b->x.rank, block_stride(b->x.length)};
}

/* to <- from, of equal size. */
void RLRA(block_copy)(factor from, factor to);

/* ||a - b||^2. */
double RLRA(block_distance2)(const block *b, factor x, factor y);

/* out = m_k - (x G)_k, the negative slope of the quadratic part in component k. `row` holds rank entries. */
void RLRA(block_slope)(const block *b, factor x, ptrdiff_t k, real *row, real *out);

/* to <- prox(from + step (m - from G)); `to` is not `from`. */
void RLRA(block_proximal_step)(const block *b, factor from, double step, real *row, factor to);

/* 1/2 <x G, x> - <m, x> + penalties(x); `product` holds x.length entries. */
double RLRA(block_objective)(const block *b, factor x, real *row, real *product);

/* Tell the caller that this many rounds were done. */
void RLRA(block_count)(const block *b, int rounds);

/* After round 0, 1, ..: counts it, and tells whether its change (squared) is so small beside that of round 0, kept in *first, that
 * the block should end here. */
int RLRA(block_settled)(const block *b, int round, double change, double *first);

#endif
