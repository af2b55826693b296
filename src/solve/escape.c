/* solve/escape.c: attempts to leave a local minimum, and the return from vain ones. */
#include "solve/escape.h"

#include <math.h>
#include <string.h>

#include "engine/missing.h"
#include "rlra/order.h"
#include "solve/points.h"
#include "solve/run.h"

/* Measured on digits and text under squares and kl (docs/theory/escapes.md). */
static const struct thresholds {
    int64_t least, most; /* sweeps of an attempt                                              */
    int64_t mark;        /* sweeps between two checks of the rate                             */
    double patience;     /* go on while so many times the estimated gain would reach the stand */
} at = {.least = 10, .most = 40, .mark = 5, .patience = 2};

/* A part of the objective that rounding alone can make. */
#define ROUNDING (16 * (double)REAL_EPS)

const char *RLRA(escape_refusal)(const fit *f)
{
    if (f->terms > 1)
        return "several terms share factors";
    if (!RLRA(term_is_plain)(&f->term[0]) || f->term[0].x->order != f->factors)
        return "the model is no sum of components";
    if (f->x[0].rank < 2)
        return "one component leaves nothing to replace";
    return "";
}

void RLRA(escape_plan)(fit *f)
{
    escape_room *const room = &f->escape;
    const fit_term *const term = &f->term[0];
    const ptrdiff_t rank = f->x[0].rank;
    room->is_on = f->options.escapes != 0 && RLRA(escape_refusal)(f)[0] == '\0';
    if (!room->is_on)
        return;
    for (int n = 0; n < f->factors; n++)
        room->stand[n] = factor_take(&f->work, f->x[n].length, rank);
    room->spare = rlra_arena_take(&f->work, (size_t)rank, sizeof(double));
    room->plan = term->x->ops->plan(term->x, 1, f->threads, &f->work);
    if (!f->engine->is_quadratic) {
        const ptrdiff_t step = RLRA(missing_step)(f), rows = (f->x[f->order[0]].length + step - 1) / step;
        room->rows = rlra_arena_take(&f->work, (size_t)(rows * rank), sizeof(double));
    }
}

/* Of a sweep by a set of rules, in sweeps by the first. */
static double work_of(const run *r, int64_t way)
{
    return way == 1 ? r->facts.work : 1;
}

/* Whether another attempt may begin. */
static int may_try(const run *r)
{
    const escape_state *const e = &r->escape;
    const int64_t rank = (int64_t)r->f->x[0].rank, asked = r->f->options.escapes;
    const double least = (double)at.least * work_of(r, rlra_policy_escape(&r->facts, &r->policy));
    if (e->failed >= rank)
        return 0;
    return asked >= 0 ? e->attempts < asked : e->attempts < rank && e->work + least <= 2 * e->took;
}

/* How spare each component is: minus the rise of the objective without it. */
static void find_spare(fit *f)
{
    double *const spare = f->escape.spare;
    f->engine->missing(f, spare);
    const double whole = RLRA(fit_penalty)(f);
    for (ptrdiff_t k = 0; k < f->x[0].rank; k++) {
        for (int n = 0; n < f->factors; n++)
            memset(f->x[n].at + k * f->x[n].stride, 0, (size_t)f->x[n].length * sizeof(real));
        spare[k] = whole - RLRA(fit_penalty)(f) - spare[k];
        for (int n = 0; n < f->factors; n++)
            memcpy(f->x[n].at + k * f->x[n].stride, f->kept[n].at + k * f->x[n].stride,
                   (size_t)f->x[n].length * sizeof(real));
    }
}

/* Remember the point at which a fit stands. */
static void save_stand(run *r, rlra_stop stop)
{
    fit *const f = r->f;
    escape_stand *const to = &r->escape.stand;
    RLRA(point_restore)(f);
    RLRA(points_copy)(f, f->x, f->escape.stand);
    for (int n = 0; n < f->factors; n++)
        RLRA(fit_gram)(f, n);
    *to = (escape_stand){
        .objective = r->objective,
        .penalty = r->penalty,
        .kkt = r->kkt,
        .stop = stop,
        .by_residual = f->by_residual,
        .way = r->policy.way,
    };
    memcpy(to->factor_kkt, f->kkt, sizeof to->factor_kkt);
    find_spare(f);
}

static void take_way(run *r, int64_t way)
{
    r->policy.way = way;
    RLRA(fit_take_way)(r->f, (int)way);
}

static void return_to_stand(run *r)
{
    fit *const f = r->f;
    const escape_stand *const to = &r->escape.stand;
    take_way(r, to->way);
    RLRA(points_copy)(f, f->escape.stand, f->x);
    RLRA(point_begin)(f);
    r->objective = to->objective;
    r->penalty = to->penalty;
    r->kkt = to->kkt;
    f->by_residual = to->by_residual != 0;
    memcpy(f->kkt, to->factor_kkt, sizeof f->kkt);
    r->escape.trying = 0;
    r->escape.failed++;
}

/* The first sweep is accepted whatever its objective, so that the new point costs no pass of its own; it has no momentum. */
static void begin_attempt(run *r)
{
    take_way(r, rlra_policy_escape(&r->facts, &r->policy));
    RLRA(point_begin)(r->f);
    r->escape.trying = 1;
    r->escape.sweeps = 0;
    r->objective = INFINITY;
    r->penalty = RLRA(fit_penalty)(r->f);
    r->momentum = MOMENTUM_START;
    r->cap = 1;
    r->short_sweeps = 0;
    r->stalled = 0;
    r->rejected = 1;
}

/* Whether what is left of the data is below the tolerance: nothing worth a sweep can be gained. */
static int is_exact(const run *r)
{
    const double tolerance = r->f->options.tolerance;
    return r->objective - r->penalty <= tolerance * tolerance * r->f->reference;
}

int RLRA(escape_begin)(run *r, rlra_stop stop)
{
    escape_state *const e = &r->escape;
    fit *const f = r->f;
    if (!f->escape.is_on || is_exact(r))
        return 0;
    e->took = e->took > 0 ? e->took : e->work;
    if (!may_try(r))
        return 0;
    if (e->failed == 0)
        save_stand(r, stop);
    while (fit_data_status(f) == RLRA_OK && may_try(r)) {
        const int64_t k = rlra_order_first(REAL_DTYPE, f->x[0].rank, f->escape.spare);
        if (k < 0)
            return 0;
        f->escape.spare[k] = NAN;
        if (RLRA(escape_replace)(f, (ptrdiff_t)k, e->attempts++)) {
            begin_attempt(r);
            return 1;
        }
        e->failed++;
    }
    return 0;
}

void RLRA(escape_count)(run *r)
{
    escape_state *const e = &r->escape;
    e->work += work_of(r, r->policy.way);
    if (!e->trying)
        return;
    e->sweeps++;
    if (e->sweeps == 1)
        e->marks[2] = r->objective;
    if (e->sweeps % at.mark != 0)
        return;
    e->marks[0] = e->marks[1];
    e->marks[1] = e->marks[2];
    e->marks[2] = r->objective;
}

/* Whether the attempt is ahead by more than rounding, and by more than its sweeps would have gained where the fit stood. */
static int is_lower(const run *r)
{
    const escape_state *const e = &r->escape;
    const double stand = e->stand.objective, rounding = ROUNDING * (fabs(stand) + fabs(r->start_objective)),
                 drift = (double)e->sweeps * r->f->options.decrease * fabs(stand);
    return r->objective < stand - fmax(rounding, drift);
}

/* Whether the gap is larger than what is still to be gained, by the rate of the last sweeps. */
static int is_hopeless(const run *r)
{
    const escape_state *const e = &r->escape;
    if (r->stalled || e->sweeps >= at.most)
        return 1;
    if (e->sweeps % at.mark != 0)
        return 0;
    const double earlier = e->marks[0] - e->marks[1], decrease = e->marks[1] - e->marks[2];
    if (decrease >= earlier)
        return 0;
    return e->marks[2] - e->stand.objective > at.patience * (decrease * (decrease / (earlier - decrease)));
}

static void adopt(run *r)
{
    escape_state *const e = &r->escape;
    e->trying = e->failed = 0;
    e->kept++;
    r->short_sweeps = 0;
    r->kkt_goal = r->f->options.tolerance;
    rlra_policy_settle(&r->policy, r->objective);
}

int RLRA(escape_has_failed)(run *r)
{
    if (!r->escape.trying || (r->escape.sweeps < at.least && !r->stalled))
        return 0;
    if (is_lower(r)) {
        adopt(r);
        return 0;
    }
    if (!is_hopeless(r))
        return 0;
    return_to_stand(r);
    return 1;
}

void RLRA(escape_settle)(run *r, rlra_report *report)
{
    if (r->escape.trying && is_lower(r)) {
        adopt(r);
    } else if (r->escape.trying) {
        return_to_stand(r);
        if (report->stop == RLRA_STOP_SWEEPS || report->stop == RLRA_STOP_TIME)
            report->stop = (rlra_stop)r->escape.stand.stop;
    }
    report->escapes = r->escape.attempts;
    report->escapes_kept = r->escape.kept;
}
