/* form/accumulator.h: right-hand sides of all other modes from what a pass has summed. */
#ifndef RLRA_FORM_ACCUMULATOR_H
#define RLRA_FORM_ACCUMULATOR_H

#include "core/arena.h"
#include "data/operator.h"

/* Workspace of the contractions; borrowed from an arena. */
typedef struct accumulator {
    int threads;
    ptrdiff_t room; /* entries of each of the three buffers of a thread */
    real *buffers;
} accumulator;

/* Plan for the accumulator of a pass. */
void RLRA(accumulator_plan)(accumulator *self, const data_plan *pass, arena *work);

/* rhs = X_(mode) (khatri-rao of the other factors) from pass->partial, for a mode other than pass->stream; `rhs` has room for the
 * factor. At order 2 the accumulator is the answer, and is returned instead of `rhs`. */
factor RLRA(accumulator_rhs)(const accumulator *self, const data_plan *pass, int mode, const factor *factors,
                             factor rhs);

#endif
