/* api/starts.c: fit from several starts, keep the best, match the others with it. */
#include "rlra/starts.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "api/fit.h"
#include "api/form.h"
#include "core/check.h"
#include "model/model.h"
#include "rlra/order.h"
#include "rlra/plan.h"

/* The starts of one call. */
typedef struct series {
    const rlra_problem *problem;
    const rlra_options *options;
    const rlra_checkpoint *checkpoint;
    int count, done, best; /* best: -1 while there is none */
    int current;           /* the start that is being fitted */
    rlra_model **models;
    rlra_start *starts;
    double *fall;                    /* minus the objective of each, NaN for failed ones */
    rlra_progress_callback progress; /* callback of the caller */
    void *progress_user;
} series;

/* Pass a sweep on to the caller with the number of its start. */
static void forward(void *user, const rlra_progress *sweep)
{
    const series *const s = user;
    rlra_progress reported = *sweep;
    reported.start = s->current;
    reported.starts = s->count;
    s->progress(s->progress_user, &reported);
}

static void copy_model(const rlra_model *from, rlra_model *to)
{
    const size_t bytes = (size_t)rlra_dtype_bytes(from->dtype);
    for (int n = 0; n < from->order; n++)
        memcpy(to->factors[n], from->factors[n], (size_t)(from->strides[n] * from->ranks[n]) * bytes);
    if (from->weights != NULL)
        memcpy(to->weights, from->weights, (size_t)from->rank * bytes);
}

/* Fit from start `number`; several ones escape from their minima only once the best is known, in a fit with a checkpoint of its
 * own. */
static rlra_status fit_one(series *s, int number, int escapes, rlra_model *model, rlra_start *start)
{
    rlra_options options = *s->options;
    options.seed += number;
    options.escapes = s->count == 1 || escapes ? options.escapes : 0;
    s->current = number;
    if (number > 0)
        rlra_options_set(NULL, &options, "init", "random");
    *start = (rlra_start){.seed = options.seed};
    if (s->checkpoint == NULL)
        return rlra_fit_run(s->problem, &options, NULL, model, &start->report);
    return rlra_fit_kept(s->problem, &options, s->checkpoint, escapes ? RLRA_STARTS_MOST + number : number, model,
                         &start->report, &start->checkpoint);
}

static rlra_status make_model(const series *s, const rlra_model *given, rlra_model **model)
{
    const rlra_status status = rlra_model_create_shaped(s->problem->context, given->dtype, given->order, given->dims,
                                                        given->ranks, given->rank, model);
    if (status == RLRA_OK)
        copy_model(given, *model);
    return status;
}

/* Fit from the next start; a numerical failure does not end the series. */
static rlra_status run_next(series *s, const rlra_model *given)
{
    rlra_model **const model = &s->models[s->done];
    rlra_start *const start = &s->starts[s->done];
    rlra_status status = make_model(s, given, model);
    if (status != RLRA_OK)
        return status;
    status = fit_one(s, s->done, 0, *model, start);
    start->status = status;
    if (status != RLRA_OK && status != RLRA_ERR_NUMERIC)
        return status;
    s->fall[s->done++] = status == RLRA_OK ? -start->report.objective : NAN;
    return RLRA_OK;
}

static rlra_status run_all(series *s, const rlra_model *given)
{
    rlra_context *const context = s->problem->context;
    rlra_status status = RLRA_OK;
    do
        status = run_next(s, given);
    while (status == RLRA_OK && s->done < s->count && !rlra_context_interrupted(context));
    s->best = (int)rlra_order_first(RLRA_DTYPE_F64, s->done, s->fall);
    if (status == RLRA_OK && s->best < 0)
        return RLRA_ERR_NUMERIC; /* with the message of the last one */
    return status;
}

/* Repeat the best fit, with escapes; it reaches the same point first. */
static rlra_status escape_best(series *s, const rlra_model *given)
{
    rlra_model *model = NULL;
    rlra_start start;
    if (s->count == 1 || s->options->escapes == 0 || rlra_context_interrupted(s->problem->context))
        return RLRA_OK;
    rlra_status status = make_model(s, given, &model);
    if (status == RLRA_OK)
        status = fit_one(s, s->best, 1, model, &start);
    if (status == RLRA_OK && start.report.objective <= s->starts[s->best].report.objective) {
        rlra_model *const before = s->models[s->best];
        s->models[s->best] = model;
        s->starts[s->best] = start;
        model = before;
    }
    rlra_model_destroy(model);
    return status;
}

static rlra_status match_all(const series *s)
{
    rlra_status status = RLRA_OK;
    for (int i = 0; i < s->done && status == RLRA_OK; i++) {
        rlra_match *const match = &s->starts[i].match;
        if (s->models[i]->weights == NULL)
            *match = (rlra_match){NAN, NAN, NAN};
        else if (s->starts[i].status == RLRA_OK)
            status = rlra_model_match(s->models[s->best], s->models[i], match, NULL);
    }
    return status;
}

static rlra_status check(const rlra_problem *problem, const rlra_options *options, int count,
                         const rlra_checkpoint *checkpoint, const rlra_model *model)
{
    rlra_context *const context = problem->context;
    rlra_status status = rlra_fit_check(problem, options, model);
    const int64_t most_seed = (int64_t)rlra_option_find("seed")->most;
    if (status == RLRA_OK && (count < 1 || count > RLRA_STARTS_MOST))
        status = rlra_fail(context, RLRA_ERR_ARGUMENT, "the number of starts must lie in [1, %d], got %d",
                           RLRA_STARTS_MOST, count);
    if (status == RLRA_OK && options->seed > most_seed - (count - 1))
        status =
            rlra_fail(context, RLRA_ERR_ARGUMENT, "the seed of the last start must be at most %" PRId64, most_seed);
    rlra_plan plan;
    if (status == RLRA_OK)
        status = rlra_fit_plan_model(problem, options, model, &plan);
    if (status == RLRA_OK)
        status = rlra_plan_check(context, &plan, count + (count > 1 && options->escapes != 0));
    if (status == RLRA_OK && checkpoint != NULL)
        status = rlra_checkpoint_check(context, checkpoint, count);
    return status;
}

static void free_series(series *s)
{
    rlra_context *const context = s->problem->context;
    for (int i = 0; s->models != NULL && i < s->count; i++)
        rlra_model_destroy(s->models[i]);
    rlra_free(context, s->models);
    rlra_free(context, s->starts);
    rlra_free(context, s->fall);
}

rlra_status rlra_fit_starts(const rlra_problem *problem, const rlra_options *options, int count,
                            const rlra_checkpoint *checkpoint, rlra_model *model, rlra_report *report,
                            rlra_start *starts, rlra_starts_report *outcome)
{
    if (!(problem != NULL && model != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "fits need a problem and a model, got NULL");
    rlra_context *const context = problem->context;
    const rlra_options standard = rlra_options_default();
    options = options == NULL ? &standard : options;
    rlra_status status = check(problem, options, count, checkpoint, model);
    if (status != RLRA_OK)
        return status;
    series s = {.problem = problem, .options = options, .checkpoint = checkpoint, .count = count, .best = -1};
    s.progress = context->progress;
    s.progress_user = context->progress_user;
    s.models = rlra_alloc_zero(context, (size_t)count, sizeof(rlra_model *));
    s.starts = rlra_alloc_zero(context, (size_t)count, sizeof *s.starts);
    s.fall = rlra_alloc_zero(context, (size_t)count, sizeof *s.fall);
    REQUIRE(s.models != NULL && s.starts != NULL && s.fall != NULL,
            rlra_fail_memory(context, (size_t)count, sizeof *s.starts, "the starts of a fit"));
    if (s.progress != NULL)
        rlra_context_set_progress(context, forward, &s);
    status = run_all(&s, model);
    if (status == RLRA_OK)
        status = escape_best(&s, model);
    rlra_context_set_progress(context, s.progress, s.progress_user);
    if (status == RLRA_OK)
        TRY(match_all(&s));
    if (status != RLRA_OK)
        goto cleanup;
    copy_model(s.models[s.best], model);
    if (report != NULL)
        *report = s.starts[s.best].report;
    if (starts != NULL)
        memcpy(starts, s.starts, (size_t)s.done * sizeof *starts);
    if (outcome != NULL)
        *outcome = (rlra_starts_report){s.done, s.best};
cleanup:
    free_series(&s);
    return status;
}
