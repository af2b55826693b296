/* solve/tree_rows.h: rows of a sparse tensor as the blocks that rules of general losses take, each cut down to its entries. */
#ifndef RLRA_SOLVE_TREE_ROWS_H
#define RLRA_SOLVE_TREE_ROWS_H

#include "data/csf.h"
#include "solve/row_blocks.h"

/* Rows that a thread takes at once; few where there are few, as each may have a large part of the entries. */
ptrdiff_t RLRA(tree_slab)(const csf *tree);

/* sums[k] = sum over all places of a row of the product of the factors of the other modes: the product of their sums. The factor of
 * mode m is x[numbers[m]]. */
void RLRA(tree_sums)(const csf *tree, const factor *x, const int *numbers, int threads, double *sums);

/* Call `each(user, block, i)` for each row i of `whole`, which is row `first` + i along the tree's first mode. */
void RLRA(tree_rows_visit)(const row_block *whole, const csf *tree, const factor *x, const int *numbers,
                           ptrdiff_t first, const panel_room *room, void (*each)(void *user, row_block *b, ptrdiff_t i),
                           void *user);

#endif
