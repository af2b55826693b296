/* solve/resume.c: the state of a fit between two sweeps: its contents, when it is kept, and how a fit resumes from it. */
#include <math.h>
#include <string.h>

#include "core/check.h"
#include "solve/run.h"

/* Record, rows, spare components, and for each factor four points and a Gram matrix. */
#define MOST_PARTS (3 + 5 * RLRA_MAX_FACTORS)

#define MOST_SWEEPS (INT64_C(1) << 40)

/* The numbers of a run and of its fit, each of eight bytes. Everything else follows from problem and options. */
typedef struct run_record {
    double seconds, start_objective, start_seconds;
    double objective, penalty, kkt, kkt_goal, momentum, cap, reported;
    double factor_kkt[RLRA_MAX_FACTORS];
    int64_t sweeps, short_sweeps, rejected, stalled, by_residual, rounds_before;
    policy_state policy;
    escape_state escape;
} run_record;

static run_record record_of(const run *r)
{
    const fit *const f = r->f;
    run_record at = {
        .seconds = rlra_seconds() - r->began - r->paused,
        .start_objective = r->start_objective,
        .start_seconds = r->start_seconds,
        .objective = r->objective,
        .penalty = r->penalty,
        .kkt = r->kkt,
        .kkt_goal = r->kkt_goal,
        .momentum = r->momentum,
        .cap = r->cap,
        .reported = r->reported,
        .sweeps = r->sweeps,
        .short_sweeps = r->short_sweeps,
        .rejected = r->rejected,
        .stalled = r->stalled,
        .by_residual = f->by_residual,
        .rounds_before = (int64_t)f->rounds_before,
        .policy = r->policy,
        .escape = r->escape,
    };
    memcpy(at.factor_kkt, f->kkt, sizeof at.factor_kkt);
    return at;
}

static void apply(run *r, const run_record *at)
{
    fit *const f = r->f;
    r->began = rlra_seconds() - at->seconds;
    r->paused = 0;
    r->start_objective = at->start_objective;
    r->start_seconds = at->start_seconds;
    r->objective = at->objective;
    r->penalty = at->penalty;
    r->kkt = at->kkt;
    r->kkt_goal = at->kkt_goal;
    r->momentum = at->momentum;
    r->cap = at->cap;
    r->reported = at->reported;
    r->sweeps = at->sweeps;
    r->short_sweeps = (int)at->short_sweeps;
    r->rejected = at->rejected != 0;
    r->stalled = at->stalled != 0;
    f->by_residual = at->by_residual != 0;
    f->rounds_before = (uint64_t)at->rounds_before;
    r->policy = at->policy;
    r->escape = at->escape;
    RLRA(fit_take_way)(f, (int)at->policy.way);
    memcpy(f->kkt, at->factor_kkt, sizeof f->kkt);
}

static int is_sound(const run_record *at, int ways)
{
    return at->sweeps >= 0 && at->sweeps < MOST_SWEEPS && at->short_sweeps >= 0 && at->short_sweeps <= at->sweeps &&
           at->escape.attempts >= at->escape.kept && at->escape.kept >= 0 && at->escape.failed >= 0 &&
           at->escape.stand.way >= 0 && at->escape.stand.way < ways && at->escape.stand.stop >= 0 &&
           at->escape.stand.stop <= RLRA_STOP_EXACT && rlra_policy_is_sound(&at->policy, ways, at->sweeps) &&
           at->seconds >= 0 && isfinite(at->objective) && isfinite(at->momentum) && isfinite(at->cap);
}

static int add_points(const fit *f, state_part *parts)
{
    int count = 0;
    for (int n = 0; n < f->factors; n++) {
        const factor *const points[] = {&f->x[n], &f->last[n], &f->kept[n]};
        for (int p = 0; p < 3; p++)
            parts[count++] = (state_part){points[p]->at, (size_t)(points[p]->stride * points[p]->rank) * sizeof(real)};
        parts[count++] = (state_part){f->gram[n], (size_t)(f->x[n].rank * f->x[n].rank) * sizeof(double)};
        if (f->escape.is_on)
            parts[count++] =
                (state_part){f->escape.stand[n].at, (size_t)(f->x[n].stride * f->x[n].rank) * sizeof(real)};
    }
    if (f->escape.is_on)
        parts[count++] = (state_part){f->escape.spare, (size_t)f->x[0].rank * sizeof(double)};
    return count;
}

void RLRA(run_note)(run *r, const reported_sweep *row)
{
    rlra_context *const context = r->f->context;
    if (r->keeper == NULL)
        return;
    if (r->sweeps >= r->room) {
        const int64_t room = 2 * r->room + 64;
        reported_sweep *const rows = rlra_alloc(context, (size_t)room, sizeof *rows);
        if (rows == NULL) {
            rlra_fail_memory(context, (size_t)room, sizeof *rows, "the trace in a checkpoint");
            r->keeper->lose(r->keeper->user);
            r->keeper = NULL;
            return;
        }
        if (r->rows != NULL)
            memcpy(rows, r->rows, (size_t)r->room * sizeof *rows);
        rlra_free(context, r->rows);
        r->rows = rows;
        r->room = room;
    }
    r->rows[r->sweeps] = *row;
}

void RLRA(run_keep)(run *r, int last)
{
    state_part parts[MOST_PARTS];
    if (r->keeper == NULL || r->kept_sweeps == r->sweeps)
        return;
    if (!last && rlra_seconds() - r->kept_at < r->keeper->every)
        return;
    run_record record = record_of(r);
    parts[0] = (state_part){&record, sizeof record};
    int count = 1 + add_points(r->f, parts + 1);
    parts[count++] = (state_part){r->rows, (size_t)(r->sweeps + 1) * sizeof *r->rows};
    r->keeper->keep(r->keeper->user, r->sweeps, count, parts);
    r->kept_sweeps = r->sweeps;
    r->kept_at = rlra_seconds();
}

static rlra_status fail_state(const run *r, const char *what)
{
    return rlra_fail(r->f->context, RLRA_ERR_FORMAT, "the state of the fit in the checkpoint %s", what);
}

static int are_finite(factor x)
{
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            if (!isfinite((double)x.at[k * x.stride + i]))
                return 0;
    return 1;
}

/* Restore the numbers, after checking them against each other and the size of the state. */
static rlra_status restore_record(run *r, const state_part *parts, int count)
{
    const fit_keeper *const keeper = r->keeper;
    run_record record;
    size_t points = 0;
    if (keeper->state_bytes < sizeof record)
        return fail_state(r, "is too short");
    const rlra_status status = keeper->read(keeper->user, &record, sizeof record);
    if (status != RLRA_OK)
        return status;
    for (int p = 0; p < count; p++)
        points += parts[p].bytes;
    if (!is_sound(&record, r->f->way_count))
        return fail_state(r, "holds numbers that cannot be");
    if (keeper->state_bytes != sizeof record + points + (size_t)(record.sweeps + 1) * sizeof(reported_sweep))
        return fail_state(r, "has another size than its factors and its sweeps need");
    apply(r, &record);
    return RLRA_OK;
}

rlra_status RLRA(run_restore)(run *r)
{
    rlra_status status = RLRA_OK;
    fit *const f = r->f;
    fit_keeper *const keeper = r->keeper;
    state_part parts[MOST_PARTS];
    const int count = add_points(f, parts);
    TRY(restore_record(r, parts, count));
    r->room = r->sweeps + 1;
    r->rows = rlra_alloc(f->context, (size_t)r->room, sizeof *r->rows);
    REQUIRE(r->rows != NULL,
            rlra_fail_memory(f->context, (size_t)r->room, sizeof *r->rows, "the trace in a checkpoint"));
    for (int p = 0; p < count; p++)
        TRY(keeper->read(keeper->user, parts[p].at, parts[p].bytes));
    TRY(keeper->read(keeper->user, r->rows, (size_t)r->room * sizeof *r->rows));
    for (int n = 0; n < f->factors; n++)
        REQUIRE(are_finite(f->x[n]) && are_finite(f->last[n]) && are_finite(f->kept[n]),
                fail_state(r, "holds factors that are not finite"));
    keeper->resumed = r->kept_sweeps = r->sweeps;
    r->kept_at = rlra_seconds();
cleanup:
    return status;
}

void RLRA(run_clear)(run *r)
{
    rlra_free(r->f->context, r->rows);
    r->rows = NULL;
}
