/* form/design.h: the design of rows of the data: the product of the seen factors of the other modes, in the layout that the data
 * ask for. */
#ifndef RLRA_FORM_DESIGN_H
#define RLRA_FORM_DESIGN_H

#include "data/rows/rows.h"

/* Room for the design along any mode. */
typedef struct design_room {
    factor product; /* khatri-rao of more than one factor, component by component */
    real *rows;     /* the design row by row, where rows are so read              */
    double *sums;   /* of each component                                          */
} design_room;

/* For rows as planned, of data of this order, and seen factors of this rank; run twice. */
design_room RLRA(design_plan)(const row_plan *rows, int order, ptrdiff_t rank, arena *work);

/* Begin a reading of the rows along a mode: fill its design. `factors`, by mode, must outlive it. */
void RLRA(design_begin)(const design_room *room, const row_plan *rows, int mode, const factor *factors, int threads,
                        row_reading *reading);

#endif
