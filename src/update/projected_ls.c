/* update/projected_ls.c: least squares without constraints, then the nearest allowed point: cheap, but no descent method. */
#include "block/quadratic.h"
#include "update/ls.h"
#include "update/members.h"

/* Solve x (G + 2 mu_2 I) = m, then project onto the constraints. Components whose entries are all clipped do not get their sign
 * flipped: that would need all rows at once, and flipped components are worse than zeros (docs/theory/projected_ls.md). */
static void apply(const block *b)
{
    RLRA(ls_solve)(b);
    RLRA(penalties_project)(b->penalties, b->x);
    block_count(b, 1);
}

const update_ops RLRA(update_projected_ls) = {
    .about = {"projected_ls", "least squares, then clipped to the constraints; may raise the objective",
              "heuristic row-separable", "Cohen, Farias & Comon 2015"},
    .takes = PENALTY_L2 | PENALTY_NONNEG | PENALTY_BOUND | PENALTY_SIMPLEX,
    .shapes = BLOCK_GRAM | BLOCK_ALL_ROWS,
    .scratch_bytes = RLRA(ls_bytes),
    .prepared_doubles = RLRA(ls_doubles),
    .prepare = RLRA(ls_prepare),
    .apply = apply,
};
