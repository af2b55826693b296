/* form/kruskal.h: what a Kruskal model makes of the accumulator of a pass: right-hand sides of all other modes. */
#ifndef RLRA_FORM_KRUSKAL_H
#define RLRA_FORM_KRUSKAL_H

#include "core/arena.h"
#include "data/operator.h"

/* Workspace of the contractions; borrowed from an arena. */
typedef struct kruskal {
    int threads;
    ptrdiff_t room; /* entries of each of the three buffers of a thread */
    real *buffers;
} kruskal;

/* Plan for the accumulator that x->ops->plan() has announced. */
void RLRA(kruskal_plan)(kruskal *self, const data *x, int threads, arena *work);

/* rhs = X_(mode) (khatri-rao of the other factors) from x->partial, for a mode other than x->stream; `rhs` has room for the
 * factor. At order 2 the accumulator is the answer, and is returned instead of `rhs`. */
factor RLRA(kruskal_rhs)(const kruskal *self, const data *x, int mode, const factor *factors, factor rhs);

#endif
