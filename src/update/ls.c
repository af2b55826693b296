/* update/ls.c: least squares without constraints: the exact minimiser of a block by a Cholesky factor of its Gram matrix. */
#include "update/members.h"

#include <string.h>

#include "linalg/cholesky.h"
#include "update/ls.h"

/* Right-hand side, solution and work array of one block, in double. */
size_t RLRA(ls_bytes)(ptrdiff_t rows, ptrdiff_t rank)
{
    return 3 * (size_t)(rank * block_stride(rows)) * sizeof(double);
}

/* The ridge that the factorisation needed, G + 2 mu_2 I, and its factor. */
size_t RLRA(ls_doubles)(ptrdiff_t rank)
{
    return 1 + 2 * (size_t)rank * (size_t)rank;
}

void RLRA(ls_prepare)(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared)
{
    double *const matrix = prepared + 1;
    memcpy(matrix, gram, (size_t)rank * (size_t)rank * sizeof(double));
    for (ptrdiff_t k = 0; k < rank; k++)
        matrix[k * rank + k] += 2 * RLRA(penalties_quadratic)(penalties);
    prepared[0] = rlra_cholesky_factor(rank, matrix, (double)REAL_EPS, matrix + rank * rank);
}

/* Solve x (G + 2 mu_2 I) = m. */
void RLRA(ls_solve)(const block *b)
{
    const ptrdiff_t rank = b->x.rank, length = b->x.length;
    double *const rhs = b->scratch;
    const ptrdiff_t stride = block_stride(length);
    double *const x = rhs + rank * stride;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < length; i++)
            rhs[k * stride + i] = block_side(b, i, k);
    const double *const matrix = b->prepared + 1;
    rlra_cholesky_solve_gram(rank, matrix, matrix + rank * rank, b->prepared[0], length, rhs, x, stride,
                             x + rank * stride);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < length; i++)
            b->x.at[k * b->x.stride + i] = (real)x[k * stride + i];
}

const update_ops RLRA(update_ls) = {
    .about = {"ls", "least squares, unconstrained; penalties: none or l2", "monotone unconstrained",
              "Carroll & Chang 1970; Harshman 1970"},
    .takes = PENALTY_MAJORISED | PENALTY_L2,
    .shapes = BLOCK_GRAM | BLOCK_ALL_ROWS,
    .keeps_objective = 1,
    .exact = 1,
    .scratch_bytes = RLRA(ls_bytes),
    .prepared_doubles = RLRA(ls_doubles),
    .prepare = RLRA(ls_prepare),
    .apply = RLRA(ls_solve),
};
