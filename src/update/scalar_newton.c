/* update/scalar_newton.c: coordinate descent with the damped steps of self-concordant functions. */
#include <math.h>

#include "update/coordinate.h"
#include "update/members.h"

/* The root of  l + l^2 + log(1 - l): a full step of Newton decrement l below it lowers a self-concordant function. */
#define FULL_STEP 0.683802

/* A full step to the right always descends; a step to the left is full if the decrement is small, else damped by it. */
static double target(const coordinate *c)
{
    if (!(c->curvature > 0))
        return c->slope > 0 ? c->least : c->x;
    const double way = c->slope / c->curvature;
    if (way <= 0)
        return fmin(c->x - way, c->most);
    const double decrement = c->weight * way * sqrt(c->curvature);
    return fmax(decrement <= FULL_STEP ? c->x - way : c->x - way / (1 + decrement), c->least);
}

static void regress(const block *b)
{
    RLRA(coordinate_regress)(b, target);
}

const update_ops RLRA(update_scalar_newton) = {
    .about = {"scalar_newton", "coordinate descent by damped Newton steps, for kl; steps depend on the smallest y > 0",
              "monotone entry-separable nonnegative-data", "Hien & Gillis 2021"},
    .takes = PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND,
    .shapes = BLOCK_ROWS,
    .losses = LOSS_KL,
    .needs_nonneg = 1,
    .keeps_objective = 1,
    .regress = regress,
    .regress_bytes = RLRA(coordinate_bytes),
};
