/* data/rows/cut.h: a row cut down to some of its entries, and the design with it. */
#ifndef RLRA_DATA_ROWS_CUT_H
#define RLRA_DATA_ROWS_CUT_H

#include "core/arena.h"
#include "data/part.h"

/* Room for one row that is cut down. */
typedef struct panel_room {
    real *design, *values, *scales;
    ptrdiff_t *places;
    int32_t *order; /* 0, 1, 2, .. once filled in */
} panel_room;

/* Take room for rows of at most `longest` stored entries. */
panel_room RLRA(panel_room_take)(ptrdiff_t rank, ptrdiff_t longest, arena *from);

/* Entries of the longest row. */
ptrdiff_t RLRA(longest_row)(const sparse_rows *rows);

/* Row i of `rows`, cut down to its stored entries; `whole` has its design. */
data_part RLRA(cut_stored)(const data_part *whole, const sparse_rows *stored, ptrdiff_t i, const panel_room *room);

/* Pass `count` dense rows on to the reader, many in a part. If `may_cut`, as zeros count through the sums alone, a row with
 * many zeros is cut down to its other entries. Row i of `whole` is row `first` + i for the reader. */
void RLRA(cut_zeros)(const data_part *whole, ptrdiff_t count, int may_cut, const panel_room *room,
                     void (*each)(void *user, data_part *part, ptrdiff_t begin, ptrdiff_t end), void *user);

#endif
