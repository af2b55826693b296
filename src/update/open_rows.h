/* update/open_rows.h: the rows of a block that have not met the tolerance yet, side by side, for rules that use gradients. */
#ifndef RLRA_UPDATE_OPEN_ROWS_H
#define RLRA_UPDATE_OPEN_ROWS_H

#include "block/rows.h"

/* The open rows of a block: row i here is row index[i] there. */
typedef struct open_rows {
    const block *b;
    factor x, up, down, steep;
    real *sides; /* sum_k a_jk for each j, if wants_steep */
    double values[UPDATE_ROWS];
    ptrdiff_t index[UPDATE_ROWS];
    int wants_steep, wants_values;
    double least, most; /* bounds of entries; least >= floor >= 0 */
    double floor;       /* entries at or below it stand for zero, if floor_is_zero */
    int floor_is_zero;
    double linear, quadratic;
    double *numbers; /* 3 x rank and two cache lines, free between calls */
    void *scratch;   /* scratch of rows.h, free between calls         */
} open_rows;

/* Take the arrays that wants_steep needs; open_rows_bytes() is for rows without it. */
void RLRA(open_rows_take)(open_rows *o, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, arena *from);
size_t RLRA(open_rows_bytes)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length);

/* Open all rows of the block, with entries clipped to least .. most. */
void RLRA(open_rows_init)(open_rows *o, const block *b, int wants_steep, int wants_values, arena *from);

/* Compute slopes at x, and steep and values if wanted. */
void RLRA(open_rows_slopes)(open_rows *o);

/* Like open_rows_slopes(), before any row has changed: uses b->up if it is known, or stores it there if it is wanted. */
void RLRA(open_rows_first_slopes)(open_rows *o);

/* Copy rows that meet the tolerance back to the block, and close the gaps; returns the number of rows left. */
ptrdiff_t RLRA(open_rows_close)(open_rows *o);

/* Copy the rows that are still open back to the block. */
void RLRA(open_rows_store)(const open_rows *o);

#endif
