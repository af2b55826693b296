/* update/admm.c: the alternating direction method of multipliers on one block, for any convex penalty with a prox. */
#include "block/quadratic.h"
#include "linalg/cholesky.h"
#include "update/members.h"

#include <math.h>
#include <string.h>

/* The ratio of the relative residuals at which rho changes, and the largest change at a time and in total. */
#define UNEVEN   10.0
#define MOST     10.0
#define MOST_ALL 1e4

/* G + rho I and its Cholesky factor; free point and dual; allowed points: start and fresh. */
typedef struct room {
    ptrdiff_t stride; /* stride of all but the matrix */
    double *matrix, *free, *dual;
    factor start, fresh;
} room;

static room take_room(ptrdiff_t rows, ptrdiff_t rank, arena *from)
{
    const size_t r = (size_t)rank, each = r * (size_t)block_stride(rows);
    room to = {.stride = block_stride(rows)};
    to.start = to.fresh = (factor){NULL, rows, rank, to.stride};
    to.matrix = rlra_arena_take(from, 2 * r * r, sizeof(double));
    to.free = rlra_arena_take(from, each, sizeof(double));
    to.dual = rlra_arena_take(from, each, sizeof(double));
    to.start.at = rlra_arena_take(from, each, sizeof(real));
    to.fresh.at = rlra_arena_take(from, each, sizeof(real));
    return to;
}

static size_t scratch_bytes(ptrdiff_t rows, ptrdiff_t rank)
{
    arena measure = {0};
    take_room(rows, rank, &measure);
    return measure.peak;
}

/* A bound of the largest eigenvalue; rho; G + rho I and its factor, which at first serve as room for finding the bound. */
static size_t prepared_doubles(ptrdiff_t rank)
{
    return 2 + 2 * (size_t)rank * (size_t)rank;
}

/* Factorise G + rho I and return rho, increased if the given rho vanishes next to G. */
static double factorise(const double *gram, ptrdiff_t rank, double rho, double *matrix)
{
    memcpy(matrix, gram, (size_t)rank * (size_t)rank * sizeof *matrix);
    for (ptrdiff_t k = 0; k < rank; k++)
        matrix[k * rank + k] += rho;
    return rho + rlra_cholesky_factor(rank, matrix, (double)REAL_EPS, matrix + rank * rank);
}

static void prepare(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared)
{
    double trace = 0;
    (void)penalties;
    prepared[0] = rlra_eigenvalue_bound(rank, gram, prepared + 2);
    for (ptrdiff_t k = 0; k < rank; k++)
        trace += gram[k * rank + k];
    prepared[1] = factorise(gram, rank, trace / (double)rank, prepared + 2);
}

/* u = (m - x G) / rho: a stationary x is then a fixed point, and the first round is a proximal gradient step. */
static void start_dual(const block *b, const room *r, double rho)
{
    RLRA(block_slopes)(b, b->x, r->fresh);
    for (ptrdiff_t k = 0; k < b->x.rank; k++)
        for (ptrdiff_t i = 0; i < b->x.length; i++)
            r->dual[k * r->stride + i] = (double)r->fresh.at[k * r->stride + i] / rho;
}

/* Squares of the two residuals and of their reference sizes. */
typedef struct residuals {
    double primal, dual, point, multiplier;
} residuals;

/* y = (m + rho (x - u)) (G + rho I)^-1,  z = prox_{g/rho}(y + u),  u += y - z,  x = z. */
static residuals alternate(const block *b, const room *r, double rho, const double *lower)
{
    const ptrdiff_t rank = b->x.rank, length = b->x.length;
    residuals sums = {0};
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < length; i++) {
            const ptrdiff_t at = k * r->stride + i;
            const double x = (double)b->x.at[k * b->x.stride + i];
            r->free[at] = block_side(b, i, k) + rho * (x - r->dual[at]);
        }
    rlra_cholesky_solve_many(rank, lower, length, r->free, r->stride);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < length; i++)
            r->fresh.at[k * r->stride + i] = (real)(r->free[k * r->stride + i] + r->dual[k * r->stride + i]);
    RLRA(penalties_prox)(b->penalties, 1 / rho, r->fresh);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < length; i++) {
            const ptrdiff_t at = k * r->stride + i;
            const double z = (double)r->fresh.at[at], apart = r->free[at] - z;
            const double moved = z - (double)b->x.at[k * b->x.stride + i];
            r->dual[at] += apart;
            sums.primal += apart * apart;
            sums.dual += moved * moved;
            sums.point += z * z;
            sums.multiplier += r->dual[at] * r->dual[at];
        }
    factor_copy(r->fresh, b->x);
    return sums;
}

/* A better rho, while the residuals exceed rounding errors: the square root of the ratio of the relative residuals balances
 * them (Boyd et al. 2011, section 3.4.1; relative ones: Wohlberg 2017). */
static double balanced(double rho, double standard, const residuals *sums)
{
    const double rounding = 64 * (double)REAL_EPS;
    if (sums->primal + sums->dual <= rounding * rounding * sums->point)
        return rho;
    const double up = sums->primal * sums->multiplier, down = sums->dual * sums->point;
    const double ratio = down > 0 ? sqrt(up / down) : up > 0 ? INFINITY : 1;
    if (ratio < UNEVEN && ratio > 1 / UNEVEN)
        return rho;
    const double by = fmin(fmax(sqrt(ratio), 1 / MOST), MOST);
    return fmin(fmax(rho * by, standard / MOST_ALL), standard * MOST_ALL);
}

static void scale_dual(const block *b, const room *r, double by)
{
    for (ptrdiff_t k = 0; k < b->x.rank; k++)
        for (ptrdiff_t i = 0; i < b->x.length; i++)
            r->dual[k * r->stride + i] *= by;
}

/* Do the rounds. rho is revised after 8, 16, 32, .. of them: this needs few factorisations, and changes die out as convergence
 * requires. */
static void iterate(const block *b, const room *r)
{
    const ptrdiff_t square = b->x.rank * b->x.rank;
    const double *lower = b->prepared + 2 + square;
    double rho = b->prepared[1], first = 0;
    if (b->settings->rho > 0) {
        rho = factorise(b->quadratic.gram, b->x.rank, b->settings->rho, r->matrix);
        lower = r->matrix + square;
    }
    start_dual(b, r, rho);
    for (int round = 0, check = 8; round < b->inner_sweeps; round++) {
        const residuals sums = alternate(b, r, rho, lower);
        if (RLRA(block_settled)(b, round, sums.primal + sums.dual, &first))
            return;
        if (round + 1 != check || b->settings->rho > 0)
            continue;
        check *= 2;
        const double fresh = balanced(rho, b->prepared[1], &sums);
        if (fresh == rho)
            continue;
        const double now = factorise(b->quadratic.gram, b->x.rank, fresh, r->matrix);
        lower = r->matrix + square;
        scale_dual(b, r, rho / now);
        rho = now;
    }
}

static void apply(const block *b)
{
    arena scratch = block_scratch(b);
    const room r = take_room(b->x.length, b->x.rank, &scratch);
    const double most = b->prepared[0];
    if (!(most > (double)REAL_MIN)) {
        RLRA(penalties_prox)(b->penalties, 1 / (double)REAL_EPS, b->x);
        return;
    }
    factor_copy(b->x, r.start);
    iterate(b, &r);
    if (RLRA(block_objective)(b, b->x, r.fresh) > RLRA(block_objective)(b, r.start, r.fresh))
        RLRA(block_proximal_step)(b, r.start, 1 / most, b->x);
}

const update_ops RLRA(update_admm) = {
    .about = {"admm", "alternating direction method of multipliers, for any convex penalty; never worse than its start",
              "monotone row-separable", "Huang, Sidiropoulos & Liavas 2016; Boyd et al. 2011"},
    .takes = PENALTY_MAJORISED | PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND | PENALTY_SIMPLEX |
             PENALTY_OTHER_ENTRY | PENALTY_OTHER_ROW | PENALTY_OTHER_COLUMN | PENALTY_OTHER_WHOLE,
    .shapes = BLOCK_GRAM | BLOCK_ALL_ROWS,
    .keeps_objective = 1,
    .scratch_bytes = scratch_bytes,
    .prepared_doubles = prepared_doubles,
    .prepare = prepare,
    .apply = apply,
};
