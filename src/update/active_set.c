/* update/active_set.c: the exact minimiser of a block between bounds or on the simplex, row by row, by the active-set method. */
#include "update/members.h"

#include <math.h>

#include "linalg/quadratic.h"
#include "update/exact.h"

static int on_simplex(const penalty_list *penalties)
{
    return (RLRA(penalties_kinds)(penalties) & PENALTY_SIMPLEX) != 0;
}

/* For rows on the simplex, where l1 is constant: G + 2 mu_2 I scaled by a power of two to a largest entry near one, and that
 * power. */
static void prepare(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared)
{
    double most = 0;
    int exponent = 0;
    if (!on_simplex(penalties)) {
        RLRA(exact_prepare)(gram, rank, penalties, prepared);
        return;
    }
    const double ridge = 2 * RLRA(penalties_quadratic)(penalties);
    for (ptrdiff_t k = 0; k < rank; k++)
        most = fmax(most, gram[k * (rank + 1)] + ridge);
    if (most > 0 && most <= DBL_MAX)
        frexp(most, &exponent);
    prepared[0] = (double)-exponent;
    for (ptrdiff_t e = 0; e < rank * rank; e++)
        prepared[1 + e] = ldexp(gram[e] + (e % (rank + 1) == 0 ? ridge : 0), -exponent);
}

static void apply_on_simplex(const block *b)
{
    const ptrdiff_t rank = b->x.rank;
    double *const c = b->scratch;
    double *const x = c + rank;
    quadratic solver;
    rlra_quadratic_init(&solver, rank, b->prepared + 1, rank, block_accuracy(b), x + rank);
    for (ptrdiff_t i = 0; i < b->x.length; i++) {
        for (ptrdiff_t k = 0; k < rank; k++) {
            c[k] = ldexp(block_side(b, i, k), (int)b->prepared[0]);
            x[k] = (double)b->x.at[k * b->x.stride + i];
        }
        rlra_quadratic_solve_simplex(&solver, c, x);
        for (ptrdiff_t k = 0; k < rank; k++)
            b->x.at[k * b->x.stride + i] = (real)x[k];
    }
}

static void apply(const block *b)
{
    exact_block e;
    pivoting *work;
    if (on_simplex(b->penalties)) {
        apply_on_simplex(b);
        return;
    }
    const ptrdiff_t open = RLRA(exact_begin)(&e, b, &work);
    if (e.gram.free)
        rlra_pivoting_solve(work, open, e.open, e.c, e.x);
    else
        rlra_pivoting_walk(work, open, e.open, e.c, e.x);
    RLRA(exact_end)(&e, open, b);
}

const update_ops RLRA(update_active_set) = {
    .about = {"active_set", "the exact minimiser of each row, by the active-set method", "monotone exact",
              "Lawson & Hanson 1974; Bro & de Jong 1997"},
    .takes = PENALTY_MAJORISED | EXACT_PENALTIES | PENALTY_SIMPLEX,
    .shapes = BLOCK_GRAM,
    .keeps_objective = 1,
    .exact = 1,
    .scratch_bytes = RLRA(exact_scratch_bytes),
    .prepared_doubles = RLRA(exact_prepared_doubles),
    .prepare = prepare,
    .apply = apply,
};
