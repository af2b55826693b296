/* update/open_rows.h: the rows of a block that have not met the tolerance yet, side by side; the loop of rules by gradients. */
#ifndef RLRA_UPDATE_OPEN_ROWS_H
#define RLRA_UPDATE_OPEN_ROWS_H

#include "block/rows.h"

/* Row i of these is row index[i] of the block. */
typedef struct open_rows {
    const block *b;
    factor x, up, down, steep;
    real *sides; /* sum_k a_jk for each j, where there is `steep` */
    double values[UPDATE_ROWS];
    ptrdiff_t index[UPDATE_ROWS];
    int wants_steep, wants_values;
    double least, most; /* that an entry may be; least >= floor >= 0 */
    double floor;       /* at or below it an entry stands for zero, if `floor_is_zero` */
    int floor_is_zero;
    double linear, quadratic;
    double *numbers; /* 3 x rank and two cache lines, free between calls */
    void *scratch;   /* of rows.h, free between calls                 */
} open_rows;

/* Room for what is there by `wants_steep`, and the bytes of it without. */
void RLRA(open_rows_take)(open_rows *o, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, arena *from);
size_t RLRA(open_rows_bytes)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length);

/* All rows of the block, their entries moved to least .. most. */
void RLRA(open_rows_init)(open_rows *o, const block *b, int wants_steep, int wants_values, arena *from);

/* Slopes, and what else is wanted, at x. */
void RLRA(open_rows_slopes)(open_rows *o);

/* The same before any row has changed: `up` may be known, and is stored in the block where it is wanted. */
void RLRA(open_rows_first_slopes)(open_rows *o);

/* Rows that meet the tolerance go back to the block; the others move up. How many are left. */
ptrdiff_t RLRA(open_rows_close)(open_rows *o);

/* The others go back too. */
void RLRA(open_rows_store)(const open_rows *o);

#endif
