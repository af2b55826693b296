/* update/block_pivot.c: the exact minimiser of a block between bounds by block principal pivoting, many rows at once. */
#include "update/members.h"

#include "update/exact.h"

static void apply(const block *b)
{
    exact_block e;
    pivoting *work;
    const ptrdiff_t open = RLRA(exact_begin)(&e, b, &work);
    rlra_pivoting_solve(work, open, e.open, e.c, e.x);
    RLRA(exact_end)(&e, open, b);
}

const update_ops RLRA(update_block_pivot) = {
    .about = {"block_pivot", "the exact minimiser of many rows at once, by block principal pivoting",
              "monotone exact entry-separable", "Judice & Pires 1994; Kim & Park 2011"},
    .takes = PENALTY_MAJORISED | EXACT_PENALTIES,
    .shapes = BLOCK_GRAM,
    .keeps_objective = 1,
    .exact = 1,
    .scratch_bytes = RLRA(exact_scratch_bytes),
    .prepared_doubles = RLRA(exact_prepared_doubles),
    .prepare = RLRA(exact_prepare),
    .apply = apply,
};
