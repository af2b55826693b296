/* loss/loss.h: how far a model is from the data, entry by entry: the family of beta divergences.
 *
 *   d(y, v) = [ y^beta + (beta - 1) v^beta - beta y v^(beta-1) ] / (beta (beta - 1)),
 *   beta = 2: 1/2 (y - v)^2,  beta -> 1: y log(y/v) - y + v,  beta -> 0: y/v - log(y/v) - 1.  */
#ifndef RLRA_LOSS_LOSS_H
#define RLRA_LOSS_LOSS_H

#include <stddef.h>

#include "core/real.h"
#include "linalg/kernels.h"
#include "rlra/registry.h"

/* Kinds of losses, one bit each, by which rules state what they can handle. */
typedef enum loss_kind {
    LOSS_FROBENIUS = 1,
    LOSS_KL = 2,
    LOSS_IS = 4,
    LOSS_CONVEX = 8, /* any other beta in (1, 2)            */
    LOSS_OTHER = 16, /* any other beta: not convex in v     */
} loss_kind;

struct posed_loss;

typedef struct loss_ops {
    rlra_member about;
    double beta;      /* NAN: the user sets it                                       */
    int needs_nonneg; /* y >= 0                                                      */

    /* sum_j d(y_j, v_j), in double; 0 log 0 = 0. v > 0 where y > 0, or everywhere if the loss needs it. */
    double (*value)(const struct posed_loss *self, ptrdiff_t length, const real *y, const real *v);

    /* d(y, v) of one entry, likewise. */
    double (*entry)(double beta, double y, double v);

    /* The derivative at v_j is down_j - up_j, both >= 0:  up = y v^(beta-2),  down = v^(beta-1). `down` may be NULL. */
    void (*slopes)(double beta, ptrdiff_t length, const real *y, const real *v, real *up, real *down);

    /* Second derivatives  (beta-1) v^(beta-2) + (2-beta) y v^(beta-3). */
    void (*curvatures)(double beta, ptrdiff_t length, const real *y, const real *v, real *out);
} loss_ops;

/* A loss as posed. */
typedef struct posed_loss {
    const loss_ops *ops;
    double beta;
    loss_kind kind;
    const kernels *kernels;
} posed_loss;

/* Member `index`, or NULL past the last. */
const loss_ops *RLRA(loss_at)(int index);

/* The loss of that name; `beta` is read if the member has no fixed one (and 0, 1 and 2 then give is, kl and frobenius). `ops`
 * is NULL if there is no such loss. */
posed_loss RLRA(loss_find)(const char *name, double beta);

/* Whether the loss is defined for the value y of an entry: frobenius for all, is for y > 0, losses with beta <= 1 for y >= 0. */
int RLRA(loss_takes)(const posed_loss *l, double y);

#endif
