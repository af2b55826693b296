/* engine/row_blocks.h: rows of the data in the blocks that rules of general losses take: many dense rows, or one row cut down
 * to its stored entries. */
#ifndef RLRA_ENGINE_ROW_BLOCKS_H
#define RLRA_ENGINE_ROW_BLOCKS_H

#include "core/arena.h"
#include "data/sparse/rows.h"
#include "update/update.h"

/* Room for one row that is cut down. */
typedef struct panel_room {
    real *design, *values, *scales;
    ptrdiff_t *places;
    int32_t *order; /* 0, 1, 2, .. once filled in */
} panel_room;

/* For rows of at most `longest` stored entries. */
panel_room RLRA(panel_room_take)(ptrdiff_t rank, ptrdiff_t longest, arena *from);

/* Entries of the longest row. */
ptrdiff_t RLRA(longest_row)(const sparse_rows *rows);

/* Call `each(user, block, i)` for blocks that together make up `whole`, whose data are dense or, where `stored` is not NULL, rows
 * `first` .. of it; the block begins at row i of `whole`. With `has_zeros` a dense row of kl with many zeros is cut down to
 * the others. */
void RLRA(row_blocks_visit)(const block *whole, const sparse_rows *stored, ptrdiff_t first, int has_zeros,
                            const panel_room *room, void (*each)(void *user, block *b, ptrdiff_t i), void *user);

#endif
