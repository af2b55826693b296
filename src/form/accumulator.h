/* form/accumulator.h: right-hand sides of all other modes from the accumulator of a pass. */
#ifndef RLRA_FORM_ACCUMULATOR_H
#define RLRA_FORM_ACCUMULATOR_H

#include "core/arena.h"
#include "data/operator.h"

/* Workspace of the contractions; borrowed from an arena. */
typedef struct accumulator {
    int threads;
    ptrdiff_t room; /* entries of each of the three buffers per thread */
    real *buffers;
} accumulator;

/* Plan for the accumulator of a pass. */
void RLRA(accumulator_plan)(accumulator *self, const data_plan *pass, arena *work);

/* rhs = X_(mode) (khatri-rao of the other factors) from pass->partial, for a mode other than pass->stream; `rhs` has the size
 * of the factor. At order 2 the accumulator itself is the result and is returned instead of `rhs`. */
factor RLRA(accumulator_rhs)(const accumulator *self, const data_plan *pass, int mode, const factor *factors,
                             factor rhs);

#endif
