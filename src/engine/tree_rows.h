/* engine/tree_rows.h: rows of a sparse tensor as the blocks that rules of general losses take, each cut down to its entries. */
#ifndef RLRA_ENGINE_TREE_ROWS_H
#define RLRA_ENGINE_TREE_ROWS_H

#include "data/csf.h"
#include "engine/row_blocks.h"

/* Rows that a thread takes at once; few where there are few, as each may have a large part of the entries. */
ptrdiff_t RLRA(tree_slab)(const csf *tree);

/* What rows of a tree are modelled by: the factor of mode m is x[numbers[m]], and packed[m] holds it row after row (data/packed.h)
 * once tree_design_prepare() has filled it. */
typedef struct tree_design {
    const csf *tree;
    const factor *x;
    const int *numbers;
    real *const *packed;
    ptrdiff_t stride;
} tree_design;

/* Pack the factors of all modes but the first; sums[k] = sum over all places of a row of the product of these factors, which is the
 * product of their sums. */
void RLRA(tree_design_prepare)(const tree_design *design, int threads, double *sums);

/* Call `each(user, block, i)` for each row i of `whole`, which is row `first` + i along the tree's first mode: with the design cut
 * down to its entries, component by component; or, if `by_rows`, for rules that take columns, row by row. */
void RLRA(tree_rows_visit)(const block *whole, const tree_design *design, ptrdiff_t first, const panel_room *room,
                           int by_rows, void (*each)(void *user, block *b, ptrdiff_t i), void *user);

#endif
