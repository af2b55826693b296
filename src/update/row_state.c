/* update/row_state.c: one row of a regression: its model and the terms of slopes and curvatures, kept up to date. */
#include "update/row_state.h"
#include "block/kkt.h"

#include <math.h>
#include <string.h>

#include "block/rows.h"

void RLRA(row_state_take)(row_state *s, ptrdiff_t rank, ptrdiff_t length, arena *from)
{
    double **const doubles[] = {&s->x, &s->up, &s->down};
    real **const along[] = {&s->model, &s->inverse, &s->own, &s->cross, &s->row};
    real **const across[] = {&s->weights, &s->products};
    for (size_t a = 0; a < sizeof doubles / sizeof doubles[0]; a++)
        *doubles[a] = rlra_arena_take(from, (size_t)rank, sizeof(double));
    for (size_t a = 0; a < sizeof along / sizeof along[0]; a++)
        *along[a] = rlra_arena_take(from, (size_t)length, sizeof(real));
    for (size_t a = 0; a < sizeof across / sizeof across[0]; a++)
        *across[a] = rlra_arena_take(from, (size_t)rank, sizeof(real));
}

void RLRA(row_state_init)(row_state *s, const block *b, arena *from)
{
    *s = (row_state){.block = b,
                     .length = b->part->design.columns.length,
                     .rank = b->x.rank,
                     .beta = b->loss->beta,
                     .linear = RLRA(penalties_linear)(b->penalties),
                     .quadratic = 2 * RLRA(penalties_quadratic)(b->penalties),
                     .least = fmax(RLRA(penalties_least)(b->penalties), 0),
                     .most = RLRA(penalties_most)(b->penalties)};
    RLRA(row_state_take)(s, s->rank, s->length, from);
}

static const real *component(const row_state *s, ptrdiff_t k)
{
    return s->block->part->design.columns.at + k * s->block->part->design.columns.stride;
}

/* Whether the loss needs powers: for kl and is cross is y, or y/v, which the kernels update. */
static int has_powers(const row_state *s)
{
    return s->block->loss->kind != LOSS_KL && s->block->loss->kind != LOSS_IS;
}

static const real *cross_of(const row_state *s)
{
    return s->block->loss->kind == LOSS_KL ? s->y : s->cross;
}

/* v <- max(v + step a, floor), and with it inverse, own and cross; one power for each entry. */
static void shift_powers(row_state *s, real step, const real *a)
{
    const real floor = (real)s->block->floor;
    for (ptrdiff_t j = 0; j < s->length; j++) {
        const real moved = s->model[j] + step * a[j];
        const real v = moved > floor ? moved : floor;
        const real power = (real)exp((s->beta - 1) * log((double)v));
        s->model[j] = v;
        s->inverse[j] = 1 / v;
        s->own[j] = v * power;
        s->cross[j] = s->y[j] * power;
    }
}

/* Move the model for any loss; returns the sums over `next` from the kernel, which losses with powers do not use. */
static void shift(row_state *s, real step, const real *a, const real *next, double *sums)
{
    if (has_powers(s))
        shift_powers(s, step, a);
    else
        s->block->kernels->ratio_shift(s->length, step, a, (real)s->block->floor, s->y, s->model, s->inverse,
                                       s->block->loss->kind == LOSS_IS ? s->cross : NULL, next, sums);
}

/* beta < 1: v^beta / beta is concave, its tangent lies above it and has no curvature. */
static row_pull pull_of_powers(const row_state *s, const real *direction)
{
    double own[4], cross[4];
    const double bend = s->beta > 1 ? s->beta - 1 : 0;
    s->block->kernels->ratio_sums(s->length, direction, s->inverse, s->own, own);
    s->block->kernels->ratio_sums(s->length, direction, s->inverse, s->cross, cross);
    const double cross_bend = s->beta < 2 ? 2 - s->beta : 0;
    return (row_pull){cross[1], own[1], bend * own[2] + cross_bend * cross[2], own[3]};
}

static row_pull pull_from(const row_state *s, const double *sums, double kl_down)
{
    if (s->block->loss->kind == LOSS_KL)
        return (row_pull){sums[1], kl_down, sums[2], sums[3]};
    return (row_pull){sums[1], sums[0], 2 * sums[2], sums[3]};
}

row_pull RLRA(row_pull_along)(const row_state *s, const real *direction)
{
    double sums[4];
    if (has_powers(s))
        return pull_of_powers(s, direction);
    s->block->kernels->ratio_sums(s->length, direction, s->inverse, cross_of(s), sums);
    return pull_from(s, sums, 0);
}

row_pull RLRA(row_pull_of)(const row_state *s, ptrdiff_t k)
{
    row_pull pull = RLRA(row_pull_along)(s, component(s, k));
    if (s->block->loss->kind == LOSS_KL)
        pull.down = s->block->part->design.sums[k];
    return pull;
}

row_pull RLRA(row_state_move)(row_state *s, ptrdiff_t k, double fresh, ptrdiff_t next)
{
    double sums[4];
    const double step = fresh - s->x[k];
    s->x[k] = fresh;
    shift(s, (real)step, component(s, k), component(s, next), sums);
    return has_powers(s) ? pull_of_powers(s, component(s, next))
                         : pull_from(s, sums, s->block->part->design.sums[next]);
}

/* Form v = A x and all that follows from it. */
static void form_model(row_state *s)
{
    const factor a = s->block->part->design.columns;
    double sums[4];
    memset(s->row, 0, (size_t)s->length * sizeof(real));
    for (ptrdiff_t k = 0; k < s->rank; k++)
        s->weights[k] = (real)-s->x[k];
    s->block->kernels->residual(s->length, s->rank, s->row, s->weights, a.at, a.stride, s->model);
    shift(s, 0, s->model, s->model, sums);
}

/* out_k = sum_j a_jk inverse_j weight_j, or without weights if NULL. */
static void contract(row_state *s, const real *weight, double *out)
{
    const factor a = s->block->part->design.columns;
    for (ptrdiff_t j = 0; j < s->length; j++)
        s->row[j] = weight == NULL ? s->inverse[j] : s->inverse[j] * weight[j];
    for (ptrdiff_t k = 0; k < s->rank; k++)
        s->products[k] = 0;
    s->block->kernels->dots(1, s->rank, s->length, s->row, s->length, NULL, a.at, a.stride, s->products, 1, 0);
    for (ptrdiff_t k = 0; k < s->rank; k++)
        out[k] = (double)s->products[k];
}

double RLRA(row_state_refresh)(row_state *s)
{
    form_model(s);
    contract(s, cross_of(s), s->up);
    if (s->block->loss->kind == LOSS_KL)
        memcpy(s->down, s->block->part->design.sums, (size_t)s->rank * sizeof(double));
    else
        contract(s, s->block->loss->kind == LOSS_IS ? NULL : s->own, s->down);
    return RLRA(kkt_of_row)(s->block->penalties, s->rank, s->x, s->up, s->down);
}

/* The t that minimises the objective at t x: for kl the root of  2 q t^2 + c t - total  with c = sum (sums + mu_1) x and q =
 * mu_2 sum x^2, for other losses, without penalties, sum y v^(beta-1) / sum v^beta. */
static double best_scale(row_state *s, double total)
{
    double linear = 0, square = 0, own = 0, cross = 0;
    if (s->block->loss->kind == LOSS_KL) {
        for (ptrdiff_t k = 0; k < s->rank; k++) {
            linear += (s->block->part->design.sums[k] + s->linear) * s->x[k];
            square += 0.5 * s->quadratic * s->x[k] * s->x[k];
        }
        return linear > 0 ? 2 * (total / linear) / (1 + sqrt(1 + 8 * (square / linear) * (total / linear))) : 1;
    }
    if (s->linear > 0 || s->quadratic > 0)
        return 1;
    form_model(s);
    for (ptrdiff_t j = 0; j < s->length; j++) {
        own += has_powers(s) ? (double)s->own[j] : 1;
        cross += (double)s->cross[j];
    }
    return own > 0 && cross > 0 ? cross / own : 1;
}

static void scale(row_state *s, double total)
{
    double largest = 0;
    for (ptrdiff_t k = 0; k < s->rank; k++)
        largest = fmax(largest, s->x[k]);
    const double best = best_scale(s, total);
    /* A scale that differs from 1 by rounding only would disturb a row that is solved. */
    if (s->least > 0 || !(largest > 0) || !isfinite(best) || fabs(best - 1) <= 64 * (double)REAL_EPS)
        return;
    const double allowed = fmin(best, s->most / largest);
    for (ptrdiff_t k = 0; k < s->rank; k++)
        s->x[k] = (double)(real)fmin(s->x[k] * allowed, s->most);
}

/* Loss and penalties of the current x, for losses that use all entries. */
static double objective(row_state *s)
{
    double sum = 0;
    form_model(s);
    for (ptrdiff_t k = 0; k < s->rank; k++)
        sum += s->x[k] * (s->linear + 0.5 * s->quadratic * s->x[k]);
    return sum + s->block->loss->ops->value(s->block->loss, s->length, s->y, s->model);
}

/* Replace a row of zeros, where slopes are infinite or of no use, by equal coefficients; for beta > 2 zeros may be optimal. */
static void leave_zero(row_state *s, double level)
{
    double *const zeros = s->up; /* free until the first refresh */
    const double before = s->beta > 2 ? objective(s) : INFINITY;
    memcpy(zeros, s->x, (size_t)s->rank * sizeof(double));
    for (ptrdiff_t k = 0; k < s->rank; k++)
        if (s->block->part->design.sums[k] > 0)
            s->x[k] = (double)(real)fmin(fmax(level, s->least), s->most);
    if (s->beta > 2 && before <= objective(s))
        memcpy(s->x, zeros, (size_t)s->rank * sizeof(double));
}

void RLRA(row_state_load)(row_state *s, ptrdiff_t i)
{
    double sum = 0, sums = 0, total = 0;
    s->y = s->block->part->y + i * s->block->part->y_stride;
    for (ptrdiff_t j = 0; j < s->length; j++)
        total += (double)s->y[j];
    for (ptrdiff_t k = 0; k < s->rank; k++) {
        const double start = (double)s->block->x.at[k * s->block->x.stride + i];
        s->x[k] = fmin(fmax(start, s->least), s->most);
        sum += s->block->part->design.sums[k] * s->x[k];
        sums += s->block->part->design.sums[k];
    }
    if (sums > 0 && !(sum > (double)REAL_EPS * total))
        leave_zero(s, total / sums);
    scale(s, total);
}

void RLRA(row_state_store)(const row_state *s, ptrdiff_t i)
{
    for (ptrdiff_t k = 0; k < s->rank; k++)
        s->block->x.at[k * s->block->x.stride + i] = (real)s->x[k];
}

/* Integrating curvature (1 - speed u)^-power twice bounds the change after a decrease by s; with t = speed s, w = speed way:
 *
 *   change <= curvature / speed^2 ( -w t + [ ((1-t)^(2-power) - 1) / (power-2) - t ] / (power-1) ),
 *
 * where the first term in the bracket is -log(1-t) for power 2. */
int RLRA(decrease_is_safe)(double power, double speed, double way, double s)
{
    const double t = speed * s, w = speed * way;
    if (!(t < 1))
        return 0;
    /* The double integral is at most t^2/2 (1-t)^-power, which is below t^2 there: also accurate where the terms would cancel. */
    if (power <= 3 && s <= way && t <= 0.2)
        return 1;
    const double wall = fabs(power - 2) < 1e-9 ? -log1p(-t) : expm1((2 - power) * log1p(-t)) / (power - 2);
    return -w * t + (wall - t) / (power - 1) <= 0;
}

/* The minimiser of the bound above:  (1-t)^(1-power) = 1 + (power-1) w. */
double RLRA(damped_decrease)(double power, double speed, double way)
{
    if (!(speed > 0))
        return way;
    return -expm1(-log1p((power - 1) * speed * way) / (power - 1)) / speed;
}
