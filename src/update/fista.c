/* update/fista.c: accelerated proximal gradient steps on one block, for any penalty. */
#include "update/members.h"

#include <math.h>

#include "block/quadratic.h"
#include "linalg/cholesky.h"

/* Three blocks: the point ahead, the fresh point, the start. */
static size_t scratch_bytes(ptrdiff_t rows, ptrdiff_t rank)
{
    return (size_t)(3 * rank * block_stride(rows)) * sizeof(real);
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

/* <ahead - fresh, fresh - x>: positive when the momentum points uphill (O'Donoghue & Candes 2015). */
static double uphill(factor ahead, factor fresh, factor x)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++) {
            const double f = (double)fresh.at[k * fresh.stride + i];
            sum += ((double)ahead.at[k * ahead.stride + i] - f) * (f - (double)x.at[k * x.stride + i]);
        }
    return sum;
}

/* ahead <- fresh + momentum (fresh - x), x <- fresh. */
static void advance(factor x, factor fresh, double momentum, factor ahead)
{
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++) {
            const real f = fresh.at[k * fresh.stride + i];
            real *const at = x.at + k * x.stride + i;
            ahead.at[k * ahead.stride + i] = f + (real)momentum * (f - *at);
            *at = f;
        }
}

static void apply(const block *b)
{
    const ptrdiff_t rank = b->x.rank;
    const factor ahead = block_room(b, b->scratch);
    const factor fresh = block_room(b, ahead.at + rank * ahead.stride);
    const factor start = block_room(b, fresh.at + rank * fresh.stride);
    const double step = RLRA(block_step)(b);
    factor_copy(b->x, start);
    factor_copy(b->x, ahead);
    double time = 1;
    for (int round = 0; round < b->inner_sweeps; round++) {
        RLRA(block_proximal_step)(b, ahead, step, fresh);
        if (round > 0 && uphill(ahead, fresh, b->x) > 0)
            time = 1;
        const double next = 0.5 * (1 + sqrt(1 + 4 * time * time));
        advance(b->x, fresh, (time - 1) / next, ahead);
        time = next;
    }
    block_count(b, b->inner_sweeps);
    if (RLRA(block_objective)(b, b->x, fresh) > RLRA(block_objective)(b, start, fresh))
        RLRA(block_proximal_step)(b, start, step, b->x);
}

const update_ops RLRA(update_fista) = {
    .about = {"fista", "accelerated proximal gradient with restart, for penalties that couple the entries of a row",
              "monotone row-separable", "Beck & Teboulle 2009; O'Donoghue & Candes 2015"},
    .takes = PENALTY_MAJORISED | PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND | PENALTY_SIMPLEX |
             PENALTY_OTHER_ENTRY | PENALTY_OTHER_ROW | PENALTY_OTHER_COLUMN | PENALTY_OTHER_WHOLE,
    .shapes = BLOCK_GRAM | BLOCK_PRODUCTS | BLOCK_ALL_ROWS,
    .keeps_objective = 1,
    .scratch_bytes = scratch_bytes,
    .prepared_doubles = prepared_doubles,
    .prepare = prepare,
    .apply = apply,
};
