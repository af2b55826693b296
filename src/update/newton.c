/* update/newton.c: projected Newton for one row: the exact minimiser of the quadratic model over the bounds, then a step
 * towards it that lowers the objective. */
#include <math.h>

#include "update/coordinate.h"
#include "update/members.h"
#include "update/newton_model.h"

/* Rounds of ccd before the first step: they are cheap and bring x to where Newton's method converges. */
#define FIRST_ROUNDS 3

/* After so many steps without a better KKT residual, rounding is the limit. */
#define MOST_IDLE 4

/* Most halvings of a step without a known bound. */
#define MOST_HALVINGS 60

/* Fraction of the predicted decrease that a step must achieve (Armijo). */
#define PART 1e-4

/* The change of the loss of one entry for the relative change u of its model, without the linear part of kl. */
static double entry_change(const row_state *s, ptrdiff_t j, double u)
{
    const loss_kind kind = s->block->loss->kind;
    if (kind == LOSS_KL)
        return s->y[j] > 0 ? -(double)s->y[j] * log1p(u) : 0;
    if (kind == LOSS_IS)
        return log1p(u) - (double)s->cross[j] * (u / (1 + u));
    const double cross = (double)s->cross[j], growth = log1p(u);
    const double own = (double)s->own[j] * expm1(s->beta * growth) / s->beta;
    return cross > 0 ? own - cross * expm1((s->beta - 1) * growth) / (s->beta - 1) : own;
}

/* Objective at x + t d minus that at x, from differences, accurate relative to the change and not to the objective. */
static double change_of(const row_state *s, const newton_step *step, double t)
{
    double change = 0;
    for (ptrdiff_t f = 0; f < step->count; f++) {
        const ptrdiff_t k = step->unknowns[f];
        const double by = t * step->way[f];
        change += by * (s->linear + s->quadratic * (s->x[k] + 0.5 * by));
        change += s->block->loss->kind == LOSS_KL ? by * s->down[k] : 0;
    }
    for (ptrdiff_t j = 0; j < s->length; j++) {
        const double u = -t * (double)s->row[j] * (double)s->inverse[j];
        if (u <= -1 && s->y[j] > 0)
            return INFINITY;
        change += entry_change(s, j, fmax(u, -1));
    }
    return change;
}

/* The fraction of the step to take: 1 if the bound on the curvature or the objective itself allows it, else halved down to the
 * fraction for which the bound guarantees descent. */
static double step_length(row_state *s, const newton_step *step)
{
    const row_pull along = RLRA(row_pull_along)(s, s->row);
    const double power = 3 - s->beta, curvature = along.curvature + step->ridge;
    const int bounded = s->beta < 2 && curvature > 0;
    const double way = bounded ? step->fall / curvature : 1;
    if (bounded && way >= 1 && RLRA(decrease_is_safe)(power, along.speed, way, 1))
        return 1;
    const double sure = bounded ? fmin(1, RLRA(damped_decrease)(power, along.speed, way)) : 0;
    double t = 1;
    for (int halving = 0; halving < MOST_HALVINGS && t > sure; halving++, t *= 0.5)
        if (change_of(s, step, t) <= step->rounding - PART * t * step->fall)
            return t;
    return sure;
}

static void take_step(row_state *s, const newton_step *step, double t)
{
    for (ptrdiff_t f = 0; f < step->count; f++) {
        double *const x = s->x + step->unknowns[f];
        const double ahead = t < 1 ? *x + t * step->way[f] : step->goal[f];
        *x = (double)(real)fmin(fmax(ahead, s->least), s->most);
    }
}

/* One step from a fresh state; 0 if there is none that lowers the objective. */
static int improve(row_state *s, newton_step *step, double kkt)
{
    if (!RLRA(newton_direction)(s, step, kkt))
        return 0;
    const double t = step_length(s, step);
    take_step(s, step, t);
    return t > 0;
}

static int64_t improve_row(row_state *s, newton_step *step, char *awake)
{
    const block *const b = s->block;
    double best = INFINITY, kkt = RLRA(row_state_refresh)(s);
    int64_t round = 0;
    RLRA(coordinate_wake)(s, awake);
    for (; b->loss->kind != LOSS_OTHER && kkt > b->tolerance && round < FIRST_ROUNDS && round < b->inner_sweeps;
         round++)
        RLRA(coordinate_round)(s, awake, 0, RLRA(newton_target));
    if (round > 0)
        kkt = RLRA(row_state_refresh)(s);
    for (int idle = 0; kkt > b->tolerance && round < b->inner_sweeps && idle < MOST_IDLE; round++) {
        if (!improve(s, step, kkt))
            break;
        kkt = RLRA(row_state_refresh)(s);
        idle = kkt < best || kkt > 1e3 * (double)REAL_EPS ? 0 : idle + 1;
        best = fmin(best, kkt);
    }
    return round;
}

static size_t regress_bytes(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length)
{
    arena measure = {0};
    newton_step step;
    RLRA(newton_step_take)(&step, rank, &measure);
    return RLRA(coordinate_bytes)(rows, rank, length) + measure.peak;
}

static void regress(const block *b)
{
    row_state s;
    newton_step step = {0};
    arena scratch = block_scratch(b);
    RLRA(row_state_init)(&s, b, &scratch);
    char *const awake = rlra_arena_take(&scratch, (size_t)s.rank, 1);
    RLRA(newton_step_take)(&step, s.rank, &scratch);
    for (ptrdiff_t i = 0; i < b->x.length; i++) {
        RLRA(row_state_load)(&s, i);
        const int64_t rounds = improve_row(&s, &step, awake);
        RLRA(row_state_store)(&s, i);
        block_count(b, rounds);
    }
}

const update_ops RLRA(update_newton) = {
    .about = {"newton",
              "projected Newton with an exact quadratic subproblem: to the last digits, for any beta divergence",
              "monotone entry-separable nonnegative-data", "Bertsekas 1982; Schmidt, Kim & Sra 2011"},
    .takes = PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND,
    .shapes = BLOCK_ROWS,
    .losses = LOSS_KL | LOSS_IS | LOSS_CONVEX | LOSS_OTHER,
    .needs_nonneg = 1,
    .keeps_objective = 1,
    .exact = 0,
    .regress = regress,
    .regress_bytes = regress_bytes,
};
