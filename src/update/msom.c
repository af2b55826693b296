/* update/msom.c: projected gradient steps, with a step size for each component from the row sums of |G|, which majorise G. */
#include "block/quadratic.h"
#include "update/members.h"
#include "update/msom_rows.h"

#include <math.h>

/* The fresh point. */
static size_t scratch_bytes(ptrdiff_t rows, ptrdiff_t rank)
{
    return (size_t)(rank * block_stride(rows)) * sizeof(real);
}

/* The curvatures d_k = sum_j |g_kj| + 2 mu_2. */
static size_t prepared_doubles(ptrdiff_t rank)
{
    return (size_t)rank;
}

static void prepare(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared)
{
    for (ptrdiff_t k = 0; k < rank; k++) {
        prepared[k] = 2 * RLRA(penalties_quadratic)(penalties);
        for (ptrdiff_t j = 0; j < rank; j++)
            prepared[k] += fabs(gram[k * rank + j]);
    }
}

/* The penalties without l2, which belongs to the smooth part here. */
static penalty_list without_l2(const penalty_list *penalties)
{
    penalty_list rest = {0};
    for (int p = 0; p < penalties->count; p++)
        if (penalties->item[p].ops->kind != PENALTY_L2)
            rest.item[rest.count++] = penalties->item[p];
    return rest;
}

/* From the slopes m - x G in `fresh`:  fresh_k = prox_{gamma g_1 / d_k}( x_k - gamma (x G - m + 2 mu_2 x)_k / d_k ). A
 * component without data and l2 is set by its other penalties alone. */
static void step_component(const block *b, const penalty_list *rest, ptrdiff_t k, factor fresh)
{
    const real *const x = b->x.at + k * b->x.stride;
    real *const out = fresh.at + k * fresh.stride;
    const int seen = b->prepared[k] > (double)REAL_MIN;
    const double step = seen ? b->settings->gamma / b->prepared[k] : 1 / (double)REAL_EPS;
    const real ridge = (real)(2 * RLRA(penalties_quadratic)(b->penalties));
    for (ptrdiff_t i = 0; i < b->x.length; i++)
        out[i] = seen ? x[i] + (real)step * (out[i] - ridge * x[i]) : x[i];
    RLRA(penalties_prox)(rest, step, factor_component(fresh, k));
}

static void apply(const block *b)
{
    const penalty_list rest = without_l2(b->penalties);
    const factor fresh = block_room(b, b->scratch);
    double first = 0;
    for (int round = 0; round < b->inner_sweeps; round++) {
        double change = 0;
        RLRA(block_slopes)(b, b->x, fresh);
        for (ptrdiff_t k = 0; k < b->x.rank; k++)
            step_component(b, &rest, k, fresh);
        for (ptrdiff_t k = 0; k < b->x.rank; k++)
            change += b->prepared[k] * RLRA(block_distance2)(b, factor_component(fresh, k), factor_component(b->x, k));
        factor_copy(fresh, b->x);
        if (RLRA(block_settled)(b, round, change, &first))
            return;
    }
}

const update_ops RLRA(update_msom) = {
    .about = {"msom", "gradient steps scaled by the row sums of the Gram matrix, all entries at once; step gamma",
              "monotone entry-separable", "Pham, Cohen & Chonavel 2026"},
    .takes = PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND,
    .shapes = BLOCK_GRAM | BLOCK_ROWS | BLOCK_ALL_ROWS,
    .losses = LOSS_KL | LOSS_CONVEX,
    .keeps_objective = 1,
    .scratch_bytes = scratch_bytes,
    .prepared_doubles = prepared_doubles,
    .prepare = prepare,
    .apply = apply,
    .regress = RLRA(msom_regress),
    .regress_bytes = RLRA(msom_regress_bytes),
};
