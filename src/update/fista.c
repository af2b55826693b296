/* update/fista.c: accelerated proximal gradient steps on one block, for any penalty that treats rows one by one. */
#include "update/members.h"

#include <math.h>
#include <string.h>

#include "linalg/cholesky.h"

/* One row of the Gram matrix, and three blocks: the point ahead, the fresh point, the start. */
static size_t scratch_bytes(ptrdiff_t rank)
{
    return (size_t)(rank + 3 * rank * UPDATE_ROWS) * sizeof(real);
}

/* The bound of the largest eigenvalue, and what finding it needs. */
static size_t prepared_doubles(ptrdiff_t rank)
{
    return 1 + 2 * (size_t)rank * (size_t)rank;
}

static void prepare(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared)
{
    (void)penalties;
    prepared[0] = rlra_eigenvalue_bound(rank, gram, prepared + 1);
}

static void copy(factor from, factor to)
{
    for (ptrdiff_t k = 0; k < from.rank; k++)
        memcpy(to.at + k * to.stride, from.at + k * from.stride, (size_t)from.length * sizeof(real));
}

/* to <- prox(from + (m - from G) / L). */
static void descend(const block *b, factor from, double step, real *row, factor to)
{
    const ptrdiff_t rank = from.rank;
    for (ptrdiff_t k = 0; k < rank; k++) {
        for (ptrdiff_t j = 0; j < rank; j++)
            row[j] = (real)b->gram[k * rank + j];
        real *const out = to.at + k * to.stride;
        const real *const in = from.at + k * from.stride;
        b->kernels->residual(from.length, rank, b->rhs.at + k * b->rhs.stride, row, from.at, from.stride, out);
        for (ptrdiff_t i = 0; i < from.length; i++)
            out[i] = in[i] + (real)step * out[i];
    }
    RLRA(penalties_prox)(b->penalties, step, to);
}

/* 1/2 <x G, x> - <m, x> + g(x). */
static double objective(const block *b, factor x, real *row, real *product)
{
    static const real zeros[UPDATE_ROWS];
    const ptrdiff_t rank = x.rank;
    double sum = RLRA(penalties_value)(b->penalties, x);
    for (ptrdiff_t k = 0; k < rank; k++) {
        for (ptrdiff_t j = 0; j < rank; j++)
            row[j] = -(real)b->gram[k * rank + j];
        b->kernels->residual(x.length, rank, zeros, row, x.at, x.stride, product);
        const real *const at = x.at + k * x.stride;
        const real *const rhs = b->rhs.at + k * b->rhs.stride;
        for (ptrdiff_t i = 0; i < x.length; i++)
            sum += (double)at[i] * (0.5 * (double)product[i] - (double)rhs[i]);
    }
    return sum;
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
    const ptrdiff_t rank = b->x.rank, length = b->x.length;
    real *const row = b->scratch;
    const factor ahead = {row + rank, length, rank, UPDATE_ROWS};
    const factor fresh = {ahead.at + rank * UPDATE_ROWS, length, rank, UPDATE_ROWS};
    const factor start = {fresh.at + rank * UPDATE_ROWS, length, rank, UPDATE_ROWS};
    const double step = b->prepared[0] > (double)REAL_MIN ? 1 / b->prepared[0] : 1 / (double)REAL_EPS;
    copy(b->x, start);
    copy(b->x, ahead);
    double time = 1;
    for (int round = 0; round < b->inner_sweeps; round++) {
        descend(b, ahead, step, row, fresh);
        if (round > 0 && uphill(ahead, fresh, b->x) > 0)
            time = 1;
        const double next = 0.5 * (1 + sqrt(1 + 4 * time * time));
        advance(b->x, fresh, (time - 1) / next, ahead);
        time = next;
    }
    if (objective(b, b->x, row, fresh.at) > objective(b, start, row, fresh.at))
        descend(b, start, step, row, b->x);
}

const update_ops RLRA(update_fista) = {
    .about = {"fista", "accelerated proximal gradient with restart, for penalties that couple the entries of a row",
              "monotone row-separable", "Beck & Teboulle 2009; O'Donoghue & Candes 2015"},
    .takes = PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_SIMPLEX | PENALTY_OTHER_ENTRY | PENALTY_OTHER_ROW,
    .keeps_objective = 1,
    .scratch_bytes = scratch_bytes,
    .prepared_doubles = prepared_doubles,
    .prepare = prepare,
    .apply = apply,
};
