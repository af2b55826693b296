/* update/hals.c: hierarchical alternating least squares: each component in turn is set to its closed-form minimiser. */
#include "update/members.h"

#include <math.h>
#include <string.h>

#include "block/quadratic.h"
#include "core/random.h"

/* Stream of the random numbers for the order of components. */
#define STREAM_ORDER 0x0a15

/* Components of a group: what all others add to the slopes of a group is one product, and within it each sees the others as they
 * are by then. Lower ranks are one group. */
#define GROUP      8
#define GROUPED_OF 32

/* Some components, with what their slopes are made of: rhs - x times rows of a Gram matrix. */
typedef struct group {
    factor x, rhs;
    const real *gram;
    ptrdiff_t gram_stride;
} group;

/* Room for one component of a block and the right-hand sides of a group or, for rows with a Gram matrix each, the inverses of their
 * diagonals and what round() keeps; and for the order of the components. */
static size_t scratch_reals(ptrdiff_t rows, ptrdiff_t rank)
{
    const ptrdiff_t own = (rank < GROUPED_OF ? 1 : 1 + GROUP) * block_stride(rows);
    return (size_t)(own > 2 * rank * ROW_GRAMS ? own : 2 * rank * ROW_GRAMS);
}

static size_t scratch_bytes(ptrdiff_t rows, ptrdiff_t rank)
{
    return scratch_reals(rows, rank) * sizeof(real) + (size_t)rank * sizeof(ptrdiff_t);
}

/* The Gram matrix in the precision of the kernels, with 2 mu_2 on its diagonal if that accounts for all penalties. */
static size_t prepared_doubles(ptrdiff_t rank)
{
    return (size_t)rank * (size_t)rank;
}

/* Whether the prox of all penalties together is max((v - step mu_1) / (1 + 2 step mu_2), least). */
static int closed(const penalty_list *penalties)
{
    if ((RLRA(penalties_kinds)(penalties) & (PENALTY_OTHER_ENTRY | PENALTY_OTHER_COLUMN)) != 0 ||
        RLRA(penalties_most)(penalties) < INFINITY)
        return 0;
    return RLRA(penalties_nonneg)(penalties) || !(RLRA(penalties_linear)(penalties) > 0);
}

static void prepare(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared)
{
    real *const matrix = (real *)prepared;
    for (ptrdiff_t e = 0; e < rank * rank; e++)
        matrix[e] = (real)gram[e];
    for (ptrdiff_t k = 0; k < rank && closed(penalties); k++)
        matrix[k * rank + k] = (real)(gram[k * rank + k] + 2 * RLRA(penalties_quadratic)(penalties));
}

/* x_k <- prox_{g/g_kk}( x_k + (m - x G)_k / g_kk ), for any penalties on entries or columns. Returns ||change||^2. */
static double improve_by_prox(const block *b, const group *of, ptrdiff_t k, const real *row, double inverse)
{
    real *const fresh = b->scratch;
    real *const x = of->x.at + k * of->x.stride;
    const ptrdiff_t length = of->x.length;
    b->kernels->residual(length, of->x.rank, of->rhs.at + k * of->rhs.stride, row, of->x.at, of->x.stride, fresh);
    for (ptrdiff_t i = 0; i < length; i++)
        fresh[i] = x[i] + fresh[i] * (real)inverse;
    RLRA(penalties_prox)(b->penalties, inverse, (factor){fresh, length, 1, length});
    const double change = b->kernels->distance2(length, fresh, x);
    memcpy(x, fresh, (size_t)length * sizeof(real));
    return change;
}

/* Exact minimiser of component k of a group; returns g_kk ||change||^2. A component the data does not see obeys its penalties
 * alone. */
static double improve_component(const block *b, const group *of, ptrdiff_t k, int closed_form, real shift, real least)
{
    const real *const row = of->gram + k * of->gram_stride;
    const double curvature = (double)row[k];
    if (!(curvature > (double)REAL_MIN)) {
        RLRA(penalties_prox)(b->penalties, 1 / (double)REAL_EPS, factor_component(of->x, k));
        return 0;
    }
    if (!closed_form)
        return curvature * improve_by_prox(b, of, k, row, 1 / curvature);
    return curvature * b->kernels->improve(of->x.length, of->x.rank, of->rhs.at + k * of->rhs.stride, row, of->x.at,
                                           of->x.stride, k, (real)(1 / curvature), shift, least);
}

static factor components(factor f, ptrdiff_t first, ptrdiff_t count)
{
    return (factor){f.at + first * f.stride, f.length, count, f.stride};
}

/* Components first .. first + count - 1: right-hand sides less what all others add to their slopes. */
static group group_of(const block *b, ptrdiff_t first, ptrdiff_t count)
{
    const real *const gram = (const real *)b->prepared + first * b->x.rank;
    const factor x = b->x, rhs = b->quadratic.rhs;
    const ptrdiff_t rank = x.rank, behind = first + count, stride = block_stride(x.length);
    const factor left = {(real *)b->scratch + stride, x.length, count, stride};
    b->kernels->residuals(x.length, first, count, rhs.at + first * rhs.stride, rhs.stride, gram, rank, x.at, x.stride,
                          left.at, stride);
    b->kernels->residuals(x.length, rank - behind, count, left.at, stride, gram + behind, rank,
                          x.at + behind * x.stride, x.stride, left.at, stride);
    return (group){components(x, first, count), left, gram + first, rank};
}

/* All components from first to last. */
static double improve_in_groups(const block *b, int closed_form, real shift, real least)
{
    double change = 0;
    for (ptrdiff_t first = 0; first < b->x.rank; first += GROUP) {
        const group of = group_of(b, first, b->x.rank - first < GROUP ? b->x.rank - first : GROUP);
        for (ptrdiff_t k = 0; k < of.x.rank; k++)
            change += improve_component(b, &of, k, closed_form, shift, least);
    }
    return change;
}

/* Set the order of the components: from first to last, or at random by seed and round, the same in all blocks. */
static void put_in_order(const block *b, int round, ptrdiff_t *order)
{
    const ptrdiff_t rank = b->x.rank;
    const uint64_t element = (b->rounds_before + (uint64_t)round) * (uint64_t)rank;
    for (ptrdiff_t k = 0; k < rank; k++) {
        ptrdiff_t at = k;
        if (b->settings->shuffled)
            at = (ptrdiff_t)((double)(k + 1) *
                             rlra_random_uniform(b->settings->seed, STREAM_ORDER, element + (uint64_t)k));
        if (at < k)
            order[k] = order[at];
        order[at] = k;
    }
}

/* 1 / (g_kk + 2 mu_2) of each row. For components without influence on the data: 0, as they are set by their penalties alone,
 * which l1 makes `least`. */
static void invert_diagonals(const block *b, real shift, real ridge, real least, real *inverse)
{
    for (ptrdiff_t k = 0; k < b->x.rank; k++)
        for (ptrdiff_t i = 0; i < ROW_GRAMS; i++) {
            const real curvature = b->quadratic.grams[row_grams_at(k, k) + i] + ridge;
            const int seen = curvature > REAL_MIN;
            inverse[k * ROW_GRAMS + i] = seen ? 1 / curvature : 0;
            if (!seen && shift > 0 && i < b->x.length)
                b->x.at[k * ROW_GRAMS + i] = least;
        }
}

/* Update rows with a Gram matrix each. */
static void apply_side_by_side(const block *b, real shift, real least, ptrdiff_t *order)
{
    const real ridge = (real)(2 * RLRA(penalties_quadratic)(b->penalties));
    const row_gram_kernels *const kernel = b->kernels->row_grams;
    real *const inverse = b->scratch, *const above = inverse + b->x.rank * ROW_GRAMS;
    double first = 0;
    invert_diagonals(b, shift, ridge, least, inverse);
    for (int round = 0; round < b->inner_sweeps; round++) {
        double change = 0;
        if (b->settings->shuffled)
            put_in_order(b, round, order);
        else if (round == 0)
            kernel->sum_above(b->x.rank, b->quadratic.grams, b->x.at, above);
        if (!b->settings->shuffled)
            change = kernel->round(b->x.rank, b->quadratic.rhs.at, b->quadratic.grams, b->x.at, above, inverse, shift,
                                   ridge, least);
        for (ptrdiff_t k = 0; b->settings->shuffled && k < b->x.rank; k++)
            change += kernel->improve(b->x.rank, b->quadratic.rhs.at, b->quadratic.grams, b->x.at, order[k],
                                      inverse + order[k] * ROW_GRAMS, shift, ridge, least);
        if (RLRA(block_settled)(b, round, change, &first))
            return;
    }
}

static void apply(const block *b)
{
    const int closed_form = closed(b->penalties);
    const real shift = (real)RLRA(penalties_linear)(b->penalties);
    const real least = (real)RLRA(penalties_least)(b->penalties);
    ptrdiff_t *const order = (ptrdiff_t *)(void *)((real *)b->scratch + scratch_reals(b->x.length, b->x.rank));
    const group all = {b->x, b->quadratic.rhs, (const real *)b->prepared, b->x.rank};
    double first = 0;
    if (b->quadratic.grams != NULL) {
        apply_side_by_side(b, shift, least, order);
        return;
    }
    for (int round = 0; round < b->inner_sweeps; round++) {
        double change = 0;
        if (round == 0 || b->settings->shuffled)
            put_in_order(b, round, order);
        if (b->x.rank >= GROUPED_OF && !b->settings->shuffled)
            change = improve_in_groups(b, closed_form, shift, least);
        else
            for (ptrdiff_t k = 0; k < b->x.rank; k++)
                change += improve_component(b, &all, order[k], closed_form, shift, least);
        if (RLRA(block_settled)(b, round, change, &first))
            return;
    }
}

const update_ops RLRA(update_hals) = {
    .about = {"hals", "hierarchical alternating least squares: exact minimiser, one component after the other",
              "monotone column-separable", "Cichocki, Zdunek & Amari 2007; Gillis & Glineur 2012"},
    .takes = PENALTY_MAJORISED | PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND | PENALTY_OTHER_ENTRY |
             PENALTY_OTHER_COLUMN,
    .shapes = BLOCK_GRAM | BLOCK_OWN_GRAMS | BLOCK_ALL_ROWS,
    .keeps_objective = 1,
    .own_grams = closed,
    .scratch_bytes = scratch_bytes,
    .prepared_doubles = prepared_doubles,
    .prepare = prepare,
    .apply = apply,
};
