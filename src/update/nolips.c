/* update/nolips.c: proximal gradient steps in the geometry of the Burg entropy, for the loss kl: slow, kept for comparison. */
#include <math.h>

#include "update/members.h"
#include "update/mu_rows.h"

/* Rounds between two searches for locked entries. */
#define UNLOCK_ROUNDS 8

/* The minimiser of  <slope, u> + mu_1 sum u + mu_2 sum u^2 + D(u, x) / lambda  with D of h(u) = -sum log u:  the positive root of
 * 2 mu_2 lambda u^2 + (1/x + lambda (slope + mu_1)) u = 1,  where the middle factor is >= 0 for lambda <= 1 / sum y. */
static void step(const open_rows *o, ptrdiff_t i, double lambda)
{
    for (ptrdiff_t k = 0; k < o->x.rank; k++) {
        const ptrdiff_t e = k * o->x.stride + i;
        const double x = (double)o->x.at[e], slope = (double)o->down.at[e] - (double)o->up.at[e] + o->linear;
        const double bend = o->quadratic * lambda * x * x, middle = fmax(1 + lambda * x * slope, 0);
        const double fresh = x * 2 / (middle + sqrt(middle * middle + 4 * bend));
        o->x.at[e] = (real)fmin(fmax(isfinite(fresh) ? fresh : x, o->least), o->most);
    }
}

/* 1 / sum y: the inverse of the relative smoothness of kl with respect to h (Bauschke, Bolte & Teboulle 2017, section 5). */
static double step_length(const block *b, ptrdiff_t row)
{
    double total = 0;
    for (ptrdiff_t j = 0; j < b->part->design.columns.length; j++)
        total += (double)b->part->y[row * b->part->y_stride + j];
    return 1 / fmax(total, DBL_MIN);
}

static void regress(const block *b)
{
    open_rows o;
    arena scratch = block_scratch(b);
    double lambda[UPDATE_ROWS];
    RLRA(open_rows_init)(&o, b, 0, 0, &scratch);
    for (ptrdiff_t i = 0; i < b->x.length; i++)
        lambda[i] = step_length(b, i);
    for (int round = 0; round < b->inner_sweeps; round++) {
        RLRA(open_rows_slopes)(&o);
        if (RLRA(open_rows_close)(&o) == 0)
            return;
        block_count(b, round + 1);
        for (ptrdiff_t i = 0; i < o.x.length; i++)
            if (round % UNLOCK_ROUNDS != 0 || !RLRA(mu_unlock)(&o, i))
                step(&o, i, lambda[o.index[i]]);
    }
    RLRA(open_rows_store)(&o);
}

const update_ops RLRA(update_nolips) = {
    .about = {"nolips", "proximal gradient in the geometry of the Burg entropy; for kl; slow, kept for comparison",
              "monotone entry-separable nonnegative-data", "Bauschke, Bolte & Teboulle 2017"},
    .takes = PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND,
    .shapes = BLOCK_ROWS,
    .losses = LOSS_KL,
    .needs_nonneg = 1,
    .keeps_objective = 1,
    .regress = regress,
    .regress_bytes = RLRA(open_rows_bytes),
};
