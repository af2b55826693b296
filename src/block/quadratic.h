/* block/quadratic.h: what the iterative rules on a block share: slopes, proximal steps, objective, and when to stop. */
#ifndef RLRA_BLOCK_QUADRATIC_H
#define RLRA_BLOCK_QUADRATIC_H

#include "block/block.h"

/* All components of a block, stored at `at`. */
static inline factor block_room(const block *b, real *at)
{
    const ptrdiff_t stride = b->quadratic.grams != NULL ? ROW_GRAMS : block_stride(b->x.length);
    return (factor){at, b->x.length, b->x.rank, stride};
}

/* ||a - b||^2. */
double RLRA(block_distance2)(const block *b, factor x, factor y);

/* out = m - x G, the negative slope of the quadratic part; x and out have the stride ROW_GRAMS where rows have a Gram matrix
 * each. */
void RLRA(block_slopes)(const block *b, factor x, factor out);

/* to <- prox(from + step (m - from G)); `to` is not `from`. */
void RLRA(block_proximal_step)(const block *b, factor from, double step, factor to);

/* 1/L of the block, with L at least the largest eigenvalue of G: that of its products, or the first number that the rule has
 * prepared. */
double RLRA(block_step)(const block *b);

/* 1/2 <x G, x> - <m, x> + penalties(x); `slopes` has room for all components. */
double RLRA(block_objective)(const block *b, factor x, factor slopes);

/* Called after round 0, 1, ..: counts it, and returns whether its squared change is small enough to stop, relative to that of
 * round 0, which is kept in *first. */
int RLRA(block_settled)(const block *b, int round, double change, double *first);

#endif
