/* update/mu.c: multiplicative updates: x is multiplied by a ratio that keeps it positive. */
#include <math.h>

#include "block/quadratic.h"
#include "update/members.h"
#include "update/mu_rows.h"

/* The products (x G)_k of one block; all are needed before any component changes. */
static size_t scratch_bytes(ptrdiff_t rows, ptrdiff_t rank)
{
    return (size_t)(rank * block_stride(rows) + rank) * sizeof(real);
}

/* x <- x [m - mu_1]_+ / (x G + 2 mu_2 x), clipped to the bounds and to the floor; a zero denominator means a zero ratio. */
static void apply(const block *b)
{
    const ptrdiff_t rank = b->x.rank, length = b->x.length;
    const real linear = (real)RLRA(penalties_linear)(b->penalties);
    const real quadratic = (real)(2 * RLRA(penalties_quadratic)(b->penalties));
    const real most = (real)RLRA(penalties_most)(b->penalties);
    const real least = (real)fmin(fmax(b->floor, RLRA(penalties_least)(b->penalties)), (double)most);
    real *const row = b->scratch;
    real *const product = row + rank;
    static const real zeros[UPDATE_ROWS];
    const ptrdiff_t stride = block_stride(length);
    for (int round = 0; round < b->inner_sweeps; round++) {
        for (ptrdiff_t k = 0; k < rank; k++) {
            for (ptrdiff_t j = 0; j < rank; j++)
                row[j] = -(real)b->quadratic.gram[k * rank + j];
            b->kernels->residual(length, rank, zeros, row, b->x.at, b->x.stride, product + k * stride);
        }
        for (ptrdiff_t k = 0; k < rank; k++) {
            real *const x = b->x.at + k * b->x.stride;
            const real *const rhs = b->quadratic.rhs.at + k * b->quadratic.rhs.stride;
            for (ptrdiff_t i = 0; i < length; i++) {
                const real down = product[k * stride + i] + quadratic * x[i];
                const real up = rhs[i] > linear ? rhs[i] - linear : 0;
                const real fresh = down > 0 ? x[i] * (up / down) : 0;
                const real capped = fresh < most ? fresh : most;
                x[i] = capped > least ? capped : least;
            }
        }
    }
    block_count(b, b->inner_sweeps);
}

const update_ops RLRA(update_mu) = {
    .about = {"mu", "multiplicative updates; slow, kept for comparison; needs nonnegative data",
              "monotone entry-separable nonnegative-data", "Lee & Seung 2001"},
    .takes = PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND,
    .shapes = BLOCK_GRAM | BLOCK_ROWS | BLOCK_ACROSS | BLOCK_STORED | BLOCK_OWN_SUMS | BLOCK_SLOPES | BLOCK_PARTS,
    .losses = LOSS_KL | LOSS_IS | LOSS_CONVEX | LOSS_OTHER,
    .needs_nonneg = 1,
    .keeps_objective = 1,
    .data_rounds = MU_UNLOCK_ROUNDS,
    .scratch_bytes = scratch_bytes,
    .apply = apply,
    .regress = RLRA(mu_regress),
    .regress_bytes = RLRA(open_rows_bytes),
};
