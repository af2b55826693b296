/* form/design.h: the design of rows of the data: the product of the seen factors of the other modes, in the layout that the
 * data require. */
#ifndef RLRA_FORM_DESIGN_H
#define RLRA_FORM_DESIGN_H

#include "data/rows/rows.h"

/* Workspace for the design along any mode. */
typedef struct design_room {
    factor product; /* khatri-rao product of more than one factor, by components */
    real *rows;     /* the design row by row, if rows are read so                 */
    double *sums;   /* sum of each component                                      */
} design_room;

/* Take workspace for planned rows, data of this order and seen factors of this rank; called twice, to measure and to allocate. */
design_room RLRA(design_plan)(const row_plan *rows, int order, ptrdiff_t rank, arena *work);

/* Begin a reading of the rows along a mode: form its design. `factors`, one for each mode, must outlive it. */
void RLRA(design_begin)(const design_room *room, const row_plan *rows, int mode, const factor *factors, int threads,
                        row_reading *reading);

#endif
