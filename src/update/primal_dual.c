/* update/primal_dual.c: the primal-dual method for the loss kl: closed forms on both sides, and no iterate has to stay
 * positive. */
#include <math.h>
#include <string.h>

#include "block/kkt.h"
#include "block/rows.h"
#include "update/members.h"

/* Rounds between two evaluations of objective and KKT residual: each costs about one round. */
#define CHECK_ROUNDS 10

/* The state of one row. `dual` is eta = 1 - theta, y/v at the optimum, and 0 where y = 0: there the loss is linear and needs no
 * dual. */
typedef struct pair {
    const block *b;
    ptrdiff_t row;
    real *x, *best, *slope;            /* rank                        */
    real *dual, *model, *moved, *free; /* `length` numbers each; moved: model of the new x */
    double *inverse_sides;             /* 1 / (sigma scale) for each j */
    double *inverse_steps;             /* scale / tau for each k      */
    double *at, *up, *down;            /* `rank` numbers each, for the KKT residual */
    double scale, least, most, linear, quadratic;
} pair;

static pair take(ptrdiff_t rank, ptrdiff_t length, arena *from)
{
    pair p = {0};
    real **const across[] = {&p.x, &p.best, &p.slope}, **const along[] = {&p.dual, &p.model, &p.moved, &p.free};
    double **const doubles[] = {&p.inverse_steps, &p.at, &p.up, &p.down};
    for (size_t a = 0; a < sizeof across / sizeof across[0]; a++)
        *across[a] = rlra_arena_take(from, (size_t)rank, sizeof(real));
    for (size_t a = 0; a < sizeof along / sizeof along[0]; a++)
        *along[a] = rlra_arena_take(from, (size_t)length, sizeof(real));
    for (size_t a = 0; a < sizeof doubles / sizeof doubles[0]; a++)
        *doubles[a] = rlra_arena_take(from, (size_t)rank, sizeof(double));
    p.inverse_sides = rlra_arena_take(from, (size_t)length, sizeof(double));
    return p;
}

static size_t regress_bytes(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length)
{
    arena measure = {0};
    (void)rows;
    take(rank, length, &measure);
    return measure.peak;
}

static pair place(const block *b)
{
    arena scratch = block_scratch(b);
    pair p = take(b->x.rank, b->part->design.columns.length, &scratch);
    p.b = b;
    p.least = fmax(0, RLRA(penalties_least)(b->penalties));
    p.most = fmax(p.least, RLRA(penalties_most)(b->penalties));
    p.linear = RLRA(penalties_linear)(b->penalties);
    p.quadratic = 2 * RLRA(penalties_quadratic)(b->penalties);
    return p;
}

static const real *data_of(const pair *p)
{
    return p->b->part->y + p->row * p->b->part->y_stride;
}

static void form_model(const pair *p, const real *x, real *model)
{
    const factor a = p->b->part->design.columns;
    memset(model, 0, (size_t)a.length * sizeof *model);
    p->b->kernels->outer(a.rank, 1, a.length, x, a.rank, a.at, a.stride, model, a.length);
}

/* slope_k = sum_j eta_j a_jk. */
static void contract(const pair *p, const real *eta)
{
    const factor a = p->b->part->design.columns;
    if (a.length == 0)
        memset(p->slope, 0, (size_t)a.rank * sizeof *p->slope);
    else
        p->b->kernels->dots(1, a.rank, a.length, eta, a.length, NULL, a.at, a.stride, p->slope, 1, 0);
}

/* The diagonal preconditioner of Pock & Chambolle (2011, eq. 10, alpha = 1) on the rows with y > 0:  tau_k = scale / sum_j a_jk,
 * sigma_j = 1 / (scale sum_k a_jk),  with scale the size of x, as eta is of size 1. */
static void set_steps(pair *p)
{
    const factor a = p->b->part->design.columns;
    const real *const y = data_of(p);
    double total = 0, sums = 0, largest = 0;
    for (ptrdiff_t j = 0; j < a.length; j++) {
        p->inverse_sides[j] = 0;
        total += (double)y[j];
    }
    for (ptrdiff_t k = 0; k < a.rank; k++) {
        p->inverse_steps[k] = 0;
        sums += p->b->part->design.sums[k];
        for (ptrdiff_t j = 0; j < a.length; j++) {
            const double entry = y[j] > 0 ? (double)a.at[k * a.stride + j] : 0;
            p->inverse_steps[k] += entry;
            p->inverse_sides[j] += entry;
        }
        largest = fmax(largest, p->inverse_steps[k]);
    }
    /* Components that do not reach any y > 0 have a constant slope: any step length will do. */
    for (ptrdiff_t k = 0; k < a.rank; k++)
        p->inverse_steps[k] = fmax(p->inverse_steps[k], fmax(DBL_EPSILON * largest, DBL_MIN));
    p->scale = total > 0 && sums > 0 ? total / sums : 1;
}

/* eta <- the positive root of  eta^2 - (eta_old - sigma v) eta = sigma y,  v = 2 model - model_old: the prox of the conjugate
 * -y log(1 - theta). */
static void step_dual(const pair *p)
{
    const real *const y = data_of(p);
    for (ptrdiff_t j = 0; j < p->b->part->design.columns.length; j++) {
        const double inverse = p->inverse_sides[j] * p->scale;
        if (!(y[j] > 0) || !(inverse > 0)) {
            p->dual[j] = 0;
            continue;
        }
        const double ahead = 2 * (double)p->moved[j] - (double)p->model[j], data = (double)y[j] / inverse;
        const double half = 0.5 * ((double)p->dual[j] - ahead / inverse), root = sqrt(half * half + data);
        p->dual[j] = (real)(half > 0 ? half + root : data / (root - half));
    }
}

/* x <- the prox of the penalties at x - tau (c - A^T eta). */
static void step_primal(const pair *p)
{
    contract(p, p->dual);
    for (ptrdiff_t k = 0; k < p->b->x.rank; k++) {
        const double tau = p->scale / p->inverse_steps[k], x = (double)p->x[k];
        const double slope = p->b->part->design.sums[k] - (double)p->slope[k] + p->linear;
        const double fresh = (x - tau * slope) / (1 + tau * p->quadratic);
        p->x[k] = (real)fmin(fmax(isfinite(fresh) ? fresh : x, p->least), p->most);
    }
}

/* The objective at x, whose model is `moved`; *kkt gets its KKT residual, `free` the ratios. */
static double evaluate(const pair *p, double *kkt)
{
    const factor a = p->b->part->design.columns;
    const real *const y = data_of(p);
    const real floor = (real)p->b->floor;
    double sum = 0;
    for (ptrdiff_t j = 0; j < a.length; j++) {
        p->free[j] = p->moved[j] > floor ? p->moved[j] : floor;
        sum -= (double)p->moved[j];
    }
    sum += p->b->loss->ops->value(p->b->loss, a.length, y, p->free);
    for (ptrdiff_t j = 0; j < a.length; j++)
        p->free[j] = y[j] / p->free[j];
    contract(p, p->free);
    for (ptrdiff_t k = 0; k < a.rank; k++) {
        const double x = p->at[k] = (double)p->x[k];
        p->up[k] = (double)p->slope[k];
        p->down[k] = p->b->part->design.sums[k];
        sum += x * (p->down[k] + p->linear + 0.5 * p->quadratic * x);
    }
    *kkt = RLRA(kkt_of_row)(p->b->penalties, a.rank, p->at, p->up, p->down);
    return sum;
}

static void swap_models(pair *p)
{
    real *const model = p->model;
    p->model = p->moved;
    p->moved = model;
}

/* eta = y/v at the start; 1 where v = 0 at the start. */
static void start_dual(const pair *p)
{
    const factor a = p->b->part->design.columns;
    const real floor = (real)p->b->floor;
    for (ptrdiff_t j = 0; j < a.length; j++)
        p->dual[j] = p->moved[j] > floor ? p->free[j] : 1;
    memcpy(p->model, p->moved, (size_t)a.length * sizeof(real));
}

/* Iterate from the start of the row; `best` gets the best point, or the first that meets the tolerance. */
static void solve(pair *p)
{
    const block *const b = p->b;
    const size_t bytes = (size_t)b->x.rank * sizeof(real);
    double kkt;
    form_model(p, p->x, p->moved);
    const double first = evaluate(p, &kkt);
    double least = first;
    memcpy(p->best, p->x, bytes);
    start_dual(p);
    for (int round = 0; round < b->inner_sweeps && !(kkt <= b->tolerance && b->tolerance > 0); round++) {
        step_dual(p);
        step_primal(p);
        swap_models(p);
        form_model(p, p->x, p->moved);
        block_count(b, round + 1);
        if (round % CHECK_ROUNDS != CHECK_ROUNDS - 1 && round + 1 < b->inner_sweeps)
            continue;
        const double now = evaluate(p, &kkt);
        if (!(now < least || (now <= first && kkt <= b->tolerance)))
            continue;
        least = now;
        memcpy(p->best, p->x, bytes);
    }
}

static void regress(const block *b)
{
    pair p = place(b);
    for (p.row = 0; p.row < b->x.length; p.row++) {
        for (ptrdiff_t k = 0; k < b->x.rank; k++)
            p.x[k] = (real)fmin(fmax((double)b->x.at[k * b->x.stride + p.row], p.least), p.most);
        set_steps(&p);
        solve(&p);
        for (ptrdiff_t k = 0; k < b->x.rank; k++)
            b->x.at[k * b->x.stride + p.row] = p.best[k];
    }
}

const update_ops RLRA(update_primal_dual) = {
    .about = {"primal_dual", "primal-dual steps in closed form, for kl; zeros of the start do no harm",
              "monotone entry-separable nonnegative-data", "Chambolle & Pock 2011; Yanez & Bach 2017"},
    .takes = PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND,
    .shapes = BLOCK_ROWS,
    .losses = LOSS_KL,
    .needs_nonneg = 1,
    .keeps_objective = 1,
    .regress = regress,
    .regress_bytes = regress_bytes,
};
