/* solve/alternate.c: the driver: sweeps until there is a reason to stop. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/check.h"
#include "model/model.h"
#include "solve/certify.h"
#include "solve/core.h"
#include "solve/escape.h"
#include "solve/plan.h"
#include "solve/points.h"
#include "solve/pose.h"
#include "solve/run.h"
#include "solve/steer.h"
#include "start/members.h"
#include "start/start.h"

/* Consecutive sweeps with a decrease below `decrease` after which the fit stops. */
#define SHORT_SWEEPS 3

/* Extrapolation as in Ang, Cohen, Gillis & Hien (2020), "Accelerating block coordinate descent for nonnegative tensor
 * factorization": the momentum grows while the objective falls, and is cut when it rises. */
#define MOMENTUM_GROWTH     1.05
#define MOMENTUM_CAP_GROWTH 1.01
#define MOMENTUM_CUT        1.5

/* A relative error, and a fraction of the objective, within rounding errors. */
#define EXACT_ERROR (8 * (double)REAL_EPS)
#define ROUNDING    (16 * (double)REAL_EPS)

/* Of an exact fit nothing is left relative to the data: what is to be gained may be this part of the tolerance, squared. */
#define ACCURATE_PART 0.1

/* ||X - model|| / ||X||; for other losses sqrt(2 D / sum of X), which for kl is nearly the same if the model is close. */
static double relative_error(const run *r)
{
    const escape_stand *const stand = &r->escape.stand;
    const int is_behind = r->escape.trying && !(r->objective < stand->objective);
    const double loss = is_behind ? stand->objective - stand->penalty : r->objective - r->penalty;
    return loss > 0 ? sqrt(2 * loss / r->f->whole) : 0;
}

/* The largest KKT residual of the factors, from the last sweep that computed them. */
static double kkt_residual(const run *r)
{
    const fit *const f = r->f;
    double worst = 0;
    for (int n = 0; n < f->factors; n++)
        worst = fmax(worst, f->kkt[n]);
    return f->judges ? worst : r->kkt;
}

static double elapsed(const run *r)
{
    return rlra_seconds() - r->began - r->paused;
}

static void call_back(run *r, int64_t sweep, const reported_sweep *row)
{
    const rlra_context *const context = r->f->context;
    if (context->progress == NULL)
        return;
    const rlra_options *const options = &r->f->options;
    const double before = rlra_seconds();
    const rlra_progress progress = {
        .sweep = sweep,
        .seconds = row->seconds,
        .objective = row->objective,
        .relative_error = row->relative_error,
        .kkt_residual = row->kkt_residual,
        .escapes = row->escapes,
        .max_sweeps = options->max_sweeps,
        .tolerance = options->tolerance,
        .time_limit = options->time_limit,
        .starts = 1,
    };
    context->progress(context->progress_user, &progress);
    r->paused += rlra_seconds() - before;
}

static void report_sweep(run *r)
{
    r->reported = r->sweeps == 0 ? r->objective : fmin(r->reported, r->objective);
    const reported_sweep row = {elapsed(r), r->reported, relative_error(r), r->kkt, r->escape.kept};
    RLRA(run_note)(r, &row);
    call_back(r, r->sweeps, &row);
}

/* Balance a point that is better than all before, and keep it. Returns 0 if after rounding it is no better. */
static int accept(run *r, double objective)
{
    fit *const f = r->f;
    const double before = RLRA(fit_penalty)(f);
    RLRA(fit_balance)(f);
    const double after = RLRA(fit_penalty)(f);
    assert(after <= before + ROUNDING * fabs(before));
    objective += after - before;
    const double decrease = r->objective - objective;
    if (!(decrease > 0))
        return 0;
    r->short_sweeps = decrease < f->options.decrease * fabs(r->objective) ? r->short_sweeps + 1 : 0;
    r->objective = objective;
    r->penalty = after;
    RLRA(point_keep)(f);
    if (f->momentum > 0) {
        r->momentum = fmin(r->cap, MOMENTUM_GROWTH * r->momentum);
        r->cap = fmin(1, MOMENTUM_CAP_GROWTH * r->cap);
    }
    return 1;
}

/* Whether the current point is the best one, or as good up to rounding. */
static int is_as_good(const run *r, double objective)
{
    const fit *const f = r->f;
    int is_best = 1;
    for (int n = 0; n < f->factors; n++)
        is_best &= memcmp(f->x[n].at, f->kept[n].at, (size_t)(f->x[n].stride * f->x[n].rank) * sizeof(real)) == 0;
    return is_best || objective <= r->objective + ROUNDING * (fabs(r->objective) + fabs(r->start_objective));
}

/* Return to the best point; the next sweep has no momentum, later ones less. If not even a plain sweep lowers the objective,
 * the fit has stalled. With decrease 0, it continues from the current point instead: the gain of a rule may be below the
 * rounding of the objective for many sweeps while its KKT residual still falls. */
static void reject(run *r)
{
    fit *const f = r->f;
    if (f->momentum == 0 && f->by_residual && !(f->options.decrease > 0)) {
        RLRA(fit_balance)(f);
        return;
    }
    RLRA(point_restore)(f);
    RLRA(points_copy)(f, f->kept, f->last);
    for (int n = 0; n < f->factors; n++)
        RLRA(fit_gram)(f, n);
    if (f->momentum > 0) {
        r->cap = r->momentum;
        r->momentum /= MOMENTUM_CUT;
        return;
    }
    r->stalled = f->by_residual;
    f->by_residual = 1;
    r->objective = f->engine->loss(f, LOSS_FROM_DATA) + r->penalty;
}

/* Update all factors once; returns the objective. */
static double sweep_factors(fit *f)
{
    for (int o = 0; o < f->factors; o++)
        f->engine->improve(f, f->order[o]);
    return f->engine->loss(f, LOSS_AFTER_SWEEP) + RLRA(fit_penalty)(f);
}

static void sweep(run *r)
{
    fit *const f = r->f;
    const int ahead = strcmp(f->options.extrapolate, "on") == 0 && r->sweeps > 0 && !r->rejected;
    f->momentum = ahead ? r->momentum : 0;
    f->judges = r->sweeps % f->engine->judging_sweeps == 0;
    f->sweeps = r->sweeps;
    const double objective = sweep_factors(f);
    if (fit_data_status(f) != RLRA_OK)
        return;
    r->kkt = kkt_residual(r);
    r->rejected = !(objective < r->objective) || !accept(r, objective);
    if (r->rejected)
        reject(r);
    r->sweeps++;
    report_sweep(r);
    RLRA(escape_count)(r);
    if (!r->escape.trying)
        RLRA(run_steer)(r);
}

/* Whether little is left to gain, as a part of the objective; or of the data, as far as the tolerance asks for no more. */
static int is_settled(run *r)
{
    const fit *const f = r->f;
    const double accuracy = ACCURATE_PART * f->options.tolerance;
    r->remaining = RLRA(run_remaining)(r);
    return r->remaining <= fmax(f->options.remaining * fabs(r->objective), accuracy * accuracy * f->reference);
}

/* Whether the KKT residual is below the tolerance. As a sweep computes that of the point before it, the current one is checked,
 * rarely enough to cost little. */
static int stationary(run *r, rlra_report *report)
{
    if (r->sweeps == 0 || !(r->kkt <= r->kkt_goal) || !is_settled(r))
        return 0;
    if (RLRA(fit_certify)(r->f, report) == RLRA_OK && report->kkt_residual <= r->f->options.tolerance &&
        is_as_good(r, report->objective)) {
        RLRA(point_keep)(r->f);
        return 1;
    }
    r->kkt_goal = 0.5 * r->kkt;
    return 0;
}

/* Whether to stop, and why; a stop for the KKT residual leaves the certificate in the report. */
static int finished(run *r, rlra_report *report)
{
    const rlra_options *const options = &r->f->options;
    const int interrupted = rlra_context_interrupted(r->f->context), trying = r->escape.trying != 0;
    const struct {
        int holds;
        rlra_stop stop;
    } reasons[] = {
        {interrupted, RLRA_STOP_INTERRUPT},
        {relative_error(r) <= EXACT_ERROR && r->penalty == 0, RLRA_STOP_EXACT},
        {!interrupted && !trying && stationary(r, report), RLRA_STOP_KKT},
        {!trying && (r->stalled || r->short_sweeps >= SHORT_SWEEPS), RLRA_STOP_DECREASE},
        {elapsed(r) >= options->time_limit, RLRA_STOP_TIME},
        {r->sweeps >= options->max_sweeps, RLRA_STOP_SWEEPS},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].holds) {
            report->stop = reasons[i].stop;
            return 1;
        }
    return 0;
}

static void write_model(const fit *f, rlra_model *model)
{
    for (int n = 0; n < f->factors; n++)
        for (ptrdiff_t k = 0; k < f->x[n].rank; k++)
            memcpy((real *)model->factors[n] + k * model->strides[n], f->x[n].at + k * f->x[n].stride,
                   (size_t)f->x[n].length * sizeof(real));
    for (ptrdiff_t k = 0; k < model->rank; k++)
        ((real *)model->weights)[k] = 1;
}

/* Begin a fit: the start, before the first sweep. */
static rlra_status begin(run *r, const rlra_model *model)
{
    fit *const f = r->f;
    const rlra_status status = RLRA(start_make)(f, model);
    if (status != RLRA_OK)
        return status;
    r->penalty = RLRA(fit_penalty)(f);
    r->objective = f->engine->loss(f, LOSS_FROM_DATA) + r->penalty;
    if (fit_data_status(f) != RLRA_OK)
        return fit_data_status(f);
    r->start_objective = r->objective;
    r->policy = rlra_policy_begin(r->objective);
    r->start_seconds = elapsed(r);
    r->kept_at = rlra_seconds();
    RLRA(point_keep)(f);
    RLRA(points_copy)(f, f->x, f->last);
    report_sweep(r);
    return RLRA_OK;
}

/* Restore the state of an earlier run; its sweeps are reported again. */
static rlra_status continue_run(run *r)
{
    RLRA(start_name)(r->f);
    rlra_status status = RLRA(run_restore)(r);
    if (status == RLRA_OK)
        status = RLRA(start_settle)(r->f);
    for (int64_t sweep = 0; status == RLRA_OK && sweep <= r->sweeps; sweep++)
        call_back(r, sweep, &r->rows[sweep]);
    return status;
}

/* Whether to end: there is a reason to stop, and no attempt to escape is left. */
static int ends(run *r, rlra_report *report)
{
    if (finished(r, report)) {
        const int stands = report->stop == RLRA_STOP_KKT || report->stop == RLRA_STOP_DECREASE;
        return !stands || !RLRA(escape_begin)(r, report->stop);
    }
    if (!RLRA(escape_has_failed)(r))
        return 0;
    report->stop = (rlra_stop)r->escape.stand.stop;
    return !RLRA(escape_begin)(r, report->stop);
}

/* Sweep until there is a reason to stop, or the data can no longer be read; the best point is kept. */
static void iterate(run *r, rlra_report *report)
{
    fit *const f = r->f;
    while (!ends(r, report)) {
        sweep(r);
        if (fit_data_status(f) != RLRA_OK)
            break;
        RLRA(run_keep)(r, 0);
    }
    if (fit_data_status(f) == RLRA_OK)
        RLRA(run_keep)(r, 1);
    RLRA(escape_settle)(r, report);
    RLRA(point_restore)(f);
    report->sweeps = r->sweeps;
    report->start_objective = r->start_objective;
    report->start_seconds = r->start_seconds;
}

static rlra_status fit_model(const rlra_problem *problem, const rlra_options *options, fit_keeper *keeper,
                             rlra_model *model, rlra_report *report)
{
    rlra_status status = RLRA_OK;
    run r = {.began = rlra_seconds(), .kkt = NAN, .momentum = MOMENTUM_START, .cap = 1, .keeper = keeper};
    *report = (rlra_report){.stop = RLRA_STOP_SWEEPS};
    const factor_shapes shapes = model_shapes(model);
    fit *const f = rlra_alloc_zero(problem->context, 1, sizeof *f);
    if (f == NULL)
        return rlra_fail_memory(problem->context, 1, sizeof *f, "the state of the fit");
    r.f = f;
    r.kkt_goal = options->tolerance;
    r.kept_sweeps = -1;
    TRY(RLRA(fit_pose)(f, problem, options, &shapes));
    r.facts = RLRA(policy_facts_of)(f);
    TRY(keeper != NULL && keeper->state_bytes > 0 ? continue_run(&r) : begin(&r, model));
    iterate(&r, report);
    write_model(f, model);
    TRY(fit_data_status(f));
    if (report->stop != RLRA_STOP_KKT || report->escapes > 0)
        TRY(RLRA(fit_certify)(f, report));
    report->seconds = elapsed(&r);
    report->workspace_bytes = (int64_t)f->work.size + (int64_t)RLRA(fit_data_bytes)(f);
    report->threads = f->threads;
    report->threads_refused = f->threads_refused;
    report->pass = f->one_pass ? "one" : "modes";
    report->update = f->ways[0][f->order[0]]->about.name;
    RLRA(run_report)(&r, report);
    report->init = f->start->about.name;
    RLRA(fit_report_entries)(f, report);
cleanup:
    RLRA(run_clear)(&r);
    RLRA(fit_clear)(f);
    rlra_free(problem->context, f);
    return status;
}

static rlra_status certify_model(const rlra_problem *problem, const rlra_model *model, rlra_report *report)
{
    rlra_status status = RLRA_OK;
    const rlra_options options = rlra_options_default();
    const factor_shapes shapes = model_shapes(model);
    fit *const f = rlra_alloc_zero(problem->context, 1, sizeof *f);
    if (f == NULL)
        return rlra_fail_memory(problem->context, 1, sizeof *f, "the state of the certificate");
    TRY(RLRA(fit_pose)(f, problem, &options, &shapes));
    RLRA(start_from_model)(f, model);
    TRY(RLRA(fit_certify)(f, report));
    RLRA(fit_report_entries)(f, report);
    RLRA(fit_report_conditions)(f, report);
cleanup:
    RLRA(fit_clear)(f);
    rlra_free(problem->context, f);
    return status;
}

static const char *kernels_name(void)
{
    return RLRA(kernels_best)()->name;
}

const core_ops RLRA(core) = {
    fit_model,           certify_model,
    RLRA(plan_fit),      RLRA(dense_scan),
    kernels_name,        RLRA(dense_scan_stored),
    RLRA(stored_create), RLRA(stored_destroy),
    RLRA(stored_digest), RLRA(observed_summarise),
};
