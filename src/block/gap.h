/* block/gap.h: how far rows of a block are above their least objective at most (docs/theory/gap.md).
 *
 * There is one bound for each kind of block, and none of them knows a rule:
 *
 *   data                          by duality: row_gap()
 *   one Gram matrix for all rows  by duality and by curvature: quadratic_gap() */
#ifndef RLRA_BLOCK_GAP_H
#define RLRA_BLOCK_GAP_H

#include "block/block.h"

/* What penalties are to duality: least <= x <= most, linear |x| + quadratic x^2; or x >= 0 with sum one. Entries without end bound
 * the slopes of a dual point: low <= t <= high. */
typedef struct gap_shape {
    double least, most, linear, quadratic, low, high;
    int simplex;
} gap_shape;

/* That of penalties whose quadratic ones have this weight: 0 where they are counted as part of the loss. */
gap_shape RLRA(gap_shape_of)(const penalty_list *list, double quadratic);

/* At least the objective of row i of the block, which is x, less the least one: for 1 <= beta <= 2, else NaN. Arrays of `rank`
 * numbers. */
double RLRA(row_gap)(const block *b, ptrdiff_t i, const double *x, const double *up, const double *down);

/* What gaps of rows want of their Gram matrix G = W^T W (rank x rank) and their penalties, once. */
typedef struct gap_plan {
    ptrdiff_t rank;
    const double *gram;
    const penalty_list *penalties;
    gap_shape shape, bare; /* .., without what is quadratic */
    int is_known;          /* the penalties are convex, and no others than these */
    double *curvatures;    /* of each entry, with that of l2 */
    double curvature;      /* at most the smallest eigenvalue of G with l2, scaled to one on its diagonal by these */
    /* A direction v = W a with w_k v > 0 for each column w_k of W that is not zero: against it, all slopes W^T u fall. */
    double *mix;    /* a */
    double *slopes; /* W^T v */
    double norm2;   /* v^T v, or 0: there is none */
    double *room;
} gap_plan;

/* Room from an arena, which may be measuring; then fill it. */
void RLRA(gap_take)(gap_plan *plan, ptrdiff_t rank, arena *from);
void RLRA(gap_prepare)(gap_plan *plan, const double *gram, const penalty_list *penalties);

/* The gap of one row x with slopes h = W^T (y - W x), h_k at slopes[k * stride], whose y has the square norm2; NaN where nothing is
 * known. `room` holds 4 rank numbers. */
double RLRA(quadratic_gap)(const gap_plan *plan, factor x, const double *slopes, ptrdiff_t stride, double norm2,
                           double loss, double *room);

#endif
