/* update/pgd.c: proximal gradient steps with a step size that always descends, for any penalty with a prox. */
#include "block/quadratic.h"
#include "linalg/cholesky.h"
#include "update/members.h"

/* The fresh point. */
static size_t scratch_bytes(ptrdiff_t rows, ptrdiff_t rank)
{
    return (size_t)(rank * block_stride(rows)) * sizeof(real);
}

/* A bound of the largest eigenvalue, and the room for finding it. */
static size_t prepared_doubles(ptrdiff_t rank)
{
    return 1 + 2 * (size_t)rank * (size_t)rank;
}

static void prepare(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared)
{
    (void)penalties;
    prepared[0] = rlra_eigenvalue_bound(rank, gram, prepared + 1);
}

/* x <- prox_{g/L}(x + (m - x G) / L), L >= lambda_max(G). */
static void apply(const block *b)
{
    const factor fresh = block_room(b, b->scratch);
    const double step = RLRA(block_step)(b);
    double first = 0;
    for (int round = 0; round < b->inner_sweeps; round++) {
        RLRA(block_proximal_step)(b, b->x, step, fresh);
        const double change = RLRA(block_distance2)(b, fresh, b->x);
        factor_copy(fresh, b->x);
        if (RLRA(block_settled)(b, round, change, &first))
            return;
    }
}

const update_ops RLRA(update_pgd) = {
    .about = {"pgd", "proximal gradient steps of length 1/lambda_max, for any penalty; slow and simple",
              "monotone row-separable", "Goldstein 1964; Blumensath & Davies 2009; Beck & Teboulle 2009"},
    .takes = PENALTY_MAJORISED | PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND | PENALTY_SIMPLEX |
             PENALTY_SPARSITY | PENALTY_OTHER_ENTRY | PENALTY_OTHER_ROW | PENALTY_OTHER_COLUMN | PENALTY_OTHER_WHOLE,
    .shapes = BLOCK_GRAM | BLOCK_PRODUCTS | BLOCK_ALL_ROWS,
    .keeps_objective = 1,
    .scratch_bytes = scratch_bytes,
    .prepared_doubles = prepared_doubles,
    .prepare = prepare,
    .apply = apply,
};
