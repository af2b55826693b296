/* update/ccd.c: cyclic coordinate descent: a Newton step on one coefficient after the other, while it is certain to descend. */
#include "update/coordinate.h"
#include "update/members.h"

static void regress(const block *b)
{
    RLRA(coordinate_regress)(b, RLRA(newton_target));
}

const update_ops RLRA(update_ccd) = {
    .about = {"ccd", "cyclic coordinate descent by Newton steps, for kl, is and beta in (1, 2)",
              "monotone entry-separable nonnegative-data", "Hsieh & Dhillon 2011"},
    .takes = PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND,
    .shapes = BLOCK_ROWS,
    .losses = LOSS_KL | LOSS_IS | LOSS_CONVEX,
    .needs_nonneg = 1,
    .keeps_objective = 1,
    .regress = regress,
    .regress_bytes = RLRA(coordinate_bytes),
};
