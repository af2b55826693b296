/* update/coordinate.c: rounds over the coefficients of a row; the model moves with every step. */
#include "update/coordinate.h"

#include <math.h>

/* Rounds between two checks of all coefficients. In between, those that stay at a bound are skipped; each check also recomputes
 * the model, without accumulated rounding errors. */
#define ROUNDS_BETWEEN_CHECKS 4

/* Most steps on one coefficient. Only a coefficient that grows from almost nothing, at most twofold in a step, takes many. */
#define MOST_STEPS 60

static coordinate coordinate_of(const row_state *s, ptrdiff_t k, const row_pull *pull, double weight)
{
    return (coordinate){.x = s->x[k],
                        .slope = pull->down - pull->up + s->linear + s->quadratic * s->x[k],
                        .curvature = pull->curvature + s->quadratic,
                        .speed = pull->speed,
                        .power = 3 - s->beta,
                        .least = s->least,
                        .most = s->most,
                        .weight = weight};
}

/* Unlike fmin() and fmax() these are no function calls. */
static inline double lesser(double a, double b)
{
    return a < b ? a : b;
}

static inline double greater(double a, double b)
{
    return a > b ? a : b;
}

double RLRA(newton_target)(const coordinate *c)
{
    if (!(c->curvature > 0))
        return c->slope > 0 ? c->least : c->x;
    const double way = c->slope / c->curvature;
    if (way <= 0)
        return lesser(c->x - way, c->most);
    const double shorter = lesser(way, c->x - c->least);
    if (RLRA(decrease_is_safe)(c->power, c->speed, way, shorter))
        return shorter < way ? c->least : greater(c->x - way, c->least);
    return greater(c->x - RLRA(damped_decrease)(c->power, c->speed, way), c->least);
}

static ptrdiff_t next_awake(const char *awake, ptrdiff_t rank, ptrdiff_t k)
{
    do
        k++;
    while (k < rank && !awake[k]);
    return k;
}

int RLRA(coordinate_round)(row_state *s, const char *awake, double weight, coordinate_target target)
{
    const ptrdiff_t rank = s->rank;
    int moved = 0, steps = 0;
    ptrdiff_t k = next_awake(awake, rank, -1);
    if (k == rank)
        return 0;
    row_pull pull = RLRA(row_pull_of)(s, k);
    while (k < rank) {
        const coordinate c = coordinate_of(s, k, &pull, weight);
        const double fresh = (double)(real)target(&c), step = fresh - s->x[k];
        const int again = step > 0.5 * fresh && fresh < s->most && ++steps < MOST_STEPS;
        const ptrdiff_t next = again ? k : next_awake(awake, rank, k);
        const int moves = fabs(step) > 0 && isfinite(fresh);
        if (moves)
            pull = RLRA(row_state_move)(s, k, fresh, next < rank ? next : k);
        else if (next < rank)
            pull = RLRA(row_pull_of)(s, next);
        moved |= moves;
        steps = again ? steps : 0;
        k = next;
    }
    return moved;
}

void RLRA(coordinate_wake)(const row_state *s, char *awake)
{
    for (ptrdiff_t k = 0; k < s->rank; k++) {
        const double slope = s->down[k] - s->up[k] + s->linear + s->quadratic * s->x[k];
        awake[k] = slope < 0 ? s->x[k] < s->most : s->x[k] > s->least;
    }
}

size_t RLRA(coordinate_bytes)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length)
{
    arena measure = {0};
    row_state s;
    (void)rows;
    RLRA(row_state_take)(&s, rank, length, &measure);
    rlra_arena_take(&measure, (size_t)rank, 1);
    return measure.peak;
}

/* 1/sqrt of the smallest y > 0: every  -y log(v)  is self-concordant with this weight. */
static double weight_of(const row_state *s)
{
    double smallest = INFINITY;
    for (ptrdiff_t j = 0; j < s->length; j++)
        if (s->y[j] > 0)
            smallest = fmin(smallest, (double)s->y[j]);
    return 1 / sqrt(smallest);
}

static int64_t improve_row(row_state *s, char *awake, coordinate_target target)
{
    const block *const b = s->block;
    const double weight = weight_of(s);
    int64_t round = 0;
    int moved = 1;
    while (moved && round < b->inner_sweeps) {
        if (RLRA(row_state_refresh)(s) <= b->tolerance)
            break;
        RLRA(coordinate_wake)(s, awake);
        moved = 0;
        for (int turn = 0; turn < ROUNDS_BETWEEN_CHECKS && round < b->inner_sweeps; turn++) {
            round++;
            if (!RLRA(coordinate_round)(s, awake, weight, target))
                break;
            moved = 1;
        }
    }
    return round;
}

void RLRA(coordinate_regress)(const block *b, coordinate_target target)
{
    row_state s;
    arena scratch = block_scratch(b);
    RLRA(row_state_init)(&s, b, &scratch);
    char *const awake = rlra_arena_take(&scratch, (size_t)s.rank, 1);
    for (ptrdiff_t i = 0; i < b->x.length; i++) {
        RLRA(row_state_load)(&s, i);
        const int64_t rounds = improve_row(&s, awake, target);
        RLRA(row_state_store)(&s, i);
        block_count(b, rounds);
    }
}
