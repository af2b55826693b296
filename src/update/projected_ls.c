/* update/projected_ls.c: least squares without constraints, then the nearest allowed point: cheap, and no descent method. */
#include "linalg/cholesky.h"
#include "update/block.h"
#include "update/members.h"

#include <string.h>

/* Right-hand side, solution and helper of one block, in double. */
static size_t scratch_bytes(ptrdiff_t rank)
{
    return 3 * (size_t)rank * UPDATE_ROWS * sizeof(double);
}

/* The ridge that was needed, G + 2 mu_2 I, and its factor. */
static size_t prepared_doubles(ptrdiff_t rank)
{
    return 1 + 2 * (size_t)rank * (size_t)rank;
}

static void prepare(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared)
{
    double *const matrix = prepared + 1;
    memcpy(matrix, gram, (size_t)rank * (size_t)rank * sizeof(double));
    for (ptrdiff_t k = 0; k < rank; k++)
        matrix[k * rank + k] += 2 * RLRA(penalties_quadratic)(penalties);
    prepared[0] = rlra_cholesky_factor(rank, matrix, (double)REAL_EPS, matrix + rank * rank);
}

/* x (G + 2 mu_2 I) = m, then into the constraints. Components whose entries are all clipped are not flipped: that would need all
 * rows at once, and what is flipped is worse than zeros (docs/theory/projected_ls.md). */
static void apply(const block *b)
{
    const ptrdiff_t rank = b->x.rank, length = b->x.length;
    double *const rhs = b->scratch;
    double *const x = rhs + rank * UPDATE_ROWS;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < length; i++)
            rhs[k * UPDATE_ROWS + i] = (double)b->rhs.at[k * b->rhs.stride + i];
    const double *const matrix = b->prepared + 1;
    rlra_cholesky_solve_gram(rank, matrix, matrix + rank * rank, b->prepared[0], length, rhs, x, UPDATE_ROWS,
                             x + rank * UPDATE_ROWS);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < length; i++)
            b->x.at[k * b->x.stride + i] = (real)x[k * UPDATE_ROWS + i];
    RLRA(penalties_project)(b->penalties, b->x);
    RLRA(block_count)(b, 1);
}

const update_ops RLRA(update_projected_ls) = {
    .about = {"projected_ls", "least squares, then clipped to the constraints; may raise the objective",
              "heuristic row-separable", "Cohen, Farias & Comon 2015"},
    .takes = PENALTY_L2 | PENALTY_NONNEG | PENALTY_BOUND | PENALTY_SIMPLEX,
    .scratch_bytes = scratch_bytes,
    .prepared_doubles = prepared_doubles,
    .prepare = prepare,
    .apply = apply,
};
