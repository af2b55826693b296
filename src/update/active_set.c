/* update/active_set.c: the exact minimiser of a block of nonnegative rows, row by row, by the active-set method. */
#include "update/members.h"

#include "linalg/quadratic.h"

/* Without the sign constraint x = p - q with p, q >= 0 is sought: twice the unknowns, and l1 stays linear. */
static ptrdiff_t unknowns(ptrdiff_t rank, const penalty_list *penalties)
{
    return RLRA(penalties_nonneg)(penalties) ? rank : 2 * rank;
}

static size_t scratch_bytes(ptrdiff_t rank)
{
    return 4 * (size_t)rank * sizeof(double) + rlra_quadratic_bytes(2 * rank);
}

static size_t prepared_doubles(ptrdiff_t rank)
{
    return 4 * (size_t)rank * (size_t)rank;
}

/* G + 2 mu_2 I, of p and q: [G -G; -G G]. */
static void prepare(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared)
{
    const ptrdiff_t size = unknowns(rank, penalties);
    for (ptrdiff_t k = 0; k < size; k++)
        for (ptrdiff_t l = 0; l < size; l++) {
            const ptrdiff_t row = k % rank, column = l % rank;
            const double ridge = row == column ? 2.0 * RLRA(penalties_quadratic)(penalties) : 0.0;
            prepared[k * size + l] =
                (k < rank) == (l < rank) ? gram[row * rank + column] + ridge : -gram[row * rank + column] - ridge;
        }
}

/* minimise 1/2 x (G + 2 mu_2 I) x^T - (m - mu_1) x^T, started from the support of x. */
static void apply(const block *b)
{
    const ptrdiff_t rank = b->x.rank, size = unknowns(rank, b->penalties);
    const double linear = RLRA(penalties_linear)(b->penalties);
    double *const target = b->scratch;
    double *const x = target + 2 * rank;
    quadratic solver;
    rlra_quadratic_init(&solver, size, b->prepared, size, (double)REAL_EPS, x + 2 * rank);
    for (ptrdiff_t i = 0; i < b->x.length; i++) {
        for (ptrdiff_t k = 0; k < size; k++) {
            const double sign = k < rank ? 1.0 : -1.0;
            target[k] = sign * (double)b->rhs.at[k % rank * b->rhs.stride + i] - linear;
            x[k] = sign * (double)b->x.at[k % rank * b->x.stride + i];
        }
        rlra_quadratic_solve(&solver, target, x);
        for (ptrdiff_t k = 0; k < rank; k++)
            b->x.at[k * b->x.stride + i] = (real)(size == rank ? x[k] : x[k] - x[rank + k]);
    }
}

const update_ops RLRA(update_active_set) = {
    .about = {"active_set", "the exact minimiser of each row; penalties: nonneg, l1, l2", "monotone exact",
              "Lawson & Hanson 1974; Bro & de Jong 1997"},
    .takes = PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG,
    .keeps_objective = 1,
    .scratch_bytes = scratch_bytes,
    .prepared_doubles = prepared_doubles,
    .prepare = prepare,
    .apply = apply,
};
