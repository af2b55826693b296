/* api/fit.c: fit, plan and certify: check arguments, choose the precision, call the core. */
#include "api/fit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/form.h"
#include "core/memory.h"
#include "core/view.h"
#include "model/model.h"
#include "model/problem.h"
#include "solve/core.h"

static const char *const words[] = {
#define WORD(name, word, text) word,
    RLRA_STOP_LIST(WORD)
#undef WORD
};

static const char *const texts[] = {
#define TEXT(name, word, text) text,
    RLRA_STOP_LIST(TEXT)
#undef TEXT
};

const char *rlra_stop_word(rlra_stop stop)
{
    return (size_t)stop < sizeof words / sizeof words[0] ? words[stop] : "unknown";
}

const char *rlra_stop_text(rlra_stop stop)
{
    return (size_t)stop < sizeof texts / sizeof texts[0] ? texts[stop] : "unknown stop reason";
}

static rlra_status check_problem(const rlra_problem *problem)
{
    for (int n = problem->factors; problem->terms > 0 && n < RLRA_MAX_FACTORS; n++)
        if (problem->priors[n].count > 0)
            return rlra_fail(problem->context, RLRA_ERR_ARGUMENT,
                             "factor %d has a penalty, but no term of the problem uses it", n);
    return rlra_problem_check(problem);
}

static rlra_status check_model(const rlra_problem *problem, const rlra_model *model)
{
    rlra_context *const context = problem->context;
    const rlra_status status = check_problem(problem);
    if (status != RLRA_OK)
        return status;
    if (model->dtype != problem->dtype)
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "the model is %s, the data are %s",
                         rlra_dtype_name(model->dtype), rlra_dtype_name(problem->dtype));
    if (model->order != problem->factors)
        return rlra_fail(context, RLRA_ERR_SHAPE, "the problem has %d factors, the model %d", problem->factors,
                         model->order);
    factor_shapes shapes;
    const rlra_status shaped = rlra_problem_shapes(problem, model->ranks, &shapes);
    if (shaped != RLRA_OK)
        return shaped;
    for (int n = 0; n < problem->factors; n++) {
        if (shapes.dims[n] != model->dims[n])
            return rlra_fail(context, RLRA_ERR_SHAPE,
                             "factor %d of the model has %" PRId64 " rows, its %s has %" PRId64, n, model->dims[n],
                             problem->is_core[n]             ? "core of these ranks"
                             : problem_is_mapped(problem, n) ? "map has columns"
                                                             : "mode of the data",
                             shapes.dims[n]);
        if (shapes.ranks[n] != model->ranks[n])
            return rlra_fail(context, RLRA_ERR_SHAPE,
                             "factor %d of the model has %" PRId64 " columns, the ranks of the other factors ask for "
                             "%" PRId64,
                             n, model->ranks[n], shapes.ranks[n]);
    }
    return RLRA_OK;
}

static rlra_status check_apart_from(const rlra_problem *problem, const rlra_model *model, const char *name,
                                    const rlra_array *array)
{
    rlra_status status = RLRA_OK;
    for (int n = 0; n < model->order && array->data != NULL && status == RLRA_OK; n++) {
        const rlra_array factor = rlra_model_factor(model, n);
        status = rlra_view_apart(problem->context, "a factor of the model", &factor, name, array);
    }
    return status;
}

/* Refuse models that share memory with the data: as data are borrowed, the fit would overwrite them. */
static rlra_status check_apart(const rlra_problem *problem, const rlra_model *model)
{
    rlra_status status = RLRA_OK;
    for (int t = 0; t < problem->terms && status == RLRA_OK; t++) {
        const problem_term *const term = &problem->term[t];
        status = check_apart_from(problem, model, "the data", &term->array);
        if (status == RLRA_OK)
            status = check_apart_from(problem, model, "the weights", &term->weights);
        for (int m = 0; m < term->array.order && status == RLRA_OK; m++) {
            char name[32];
            snprintf(name, sizeof name, "the map of mode %d", m);
            status = check_apart_from(problem, model, name, &term->map[m]);
        }
    }
    return status;
}

/* Check the ranks, and set the shapes of factors that follow from them. */
static rlra_status check_ranks(const rlra_problem *problem, const rlra_options *options, const int64_t *ranks,
                               factor_shapes *shapes)
{
    const rlra_status status = rlra_problem_shapes(problem, ranks, shapes);
    for (int n = 0; n < problem->factors && status == RLRA_OK; n++) {
        if (options->rank != 0 && !problem->is_core[n] && options->rank != ranks[n])
            return rlra_fail(problem->context, RLRA_ERR_ARGUMENT,
                             "the options ask for rank %" PRId64 ", the model has %" PRId64, options->rank, ranks[n]);
        if (shapes->dims[n] > INT64_MAX / 64 / shapes->ranks[n])
            return rlra_fail(problem->context, RLRA_ERR_MEMORY,
                             "a factor of %" PRId64 " x %" PRId64 " entries is too large", shapes->dims[n],
                             shapes->ranks[n]);
    }
    return status;
}

rlra_status rlra_plan_check(rlra_context *context, const rlra_plan *plan, int64_t models)
{
    if (!(context != NULL && plan != NULL && models >= 0))
        return rlra_fail(
            context, RLRA_ERR_ARGUMENT,
            "the memory of a fit needs a context, a plan and a number of models, got NULL or a negative one");
    const memory_part parts[] = {
        {"data", plan->window_bytes > 0 ? 0 : plan->data_bytes, 1},
        {"factors", plan->factor_bytes * (models > 0 ? (double)models : 1), models == 0},
        {"workspace", plan->workspace_bytes, 0},
        {"start", plan->start_bytes, 0},
    };
    const int is_double = plan->dtype != NULL && strcmp(plan->dtype, "f64") == 0;
    return rlra_memory_require(context, "the fit", sizeof parts / sizeof parts[0], parts,
                               is_double ? "a lower rank, or f32, needs less" : "a lower rank needs less");
}

rlra_status rlra_fit_check_plan(const rlra_problem *problem, const rlra_options *options, const rlra_model *model,
                                rlra_plan *plan)
{
    factor_shapes shapes;
    rlra_status status = rlra_options_check(problem->context, options);
    if (status == RLRA_OK)
        status = check_model(problem, model);
    if (status == RLRA_OK)
        status = check_ranks(problem, options, model->ranks, &shapes);
    if (status == RLRA_OK)
        status = check_apart(problem, model);
    return status == RLRA_OK ? rlra_core_of(problem->dtype)->plan(problem, options, &shapes, plan) : status;
}

rlra_status rlra_fit_check(const rlra_problem *problem, const rlra_options *options, const rlra_model *model)
{
    rlra_plan plan;
    const rlra_status status = rlra_fit_check_plan(problem, options, model, &plan);
    return status == RLRA_OK ? rlra_plan_check(problem->context, &plan, 0) : status;
}

rlra_status rlra_fit_run(const rlra_problem *problem, const rlra_options *options, fit_keeper *keeper,
                         rlra_model *model, rlra_report *report)
{
    rlra_report ignored;
    return rlra_core_of(problem->dtype)->fit(problem, options, keeper, model, report == NULL ? &ignored : report);
}

rlra_status rlra_fit(const rlra_problem *problem, const rlra_options *options, rlra_model *model, rlra_report *report)
{
    if (!(problem != NULL && model != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a fit needs a problem and a model, got NULL");
    const rlra_options standard = rlra_options_default();
    options = options == NULL ? &standard : options;
    const rlra_status status = rlra_fit_check(problem, options, model);
    return status == RLRA_OK ? rlra_fit_run(problem, options, NULL, model, report) : status;
}

static rlra_status plan_ranks(const rlra_problem *problem, const rlra_options *options, const int64_t *ranks,
                              rlra_plan *plan)
{
    if (!(problem != NULL && ranks != NULL && plan != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a plan needs a problem and a place for it, got NULL");
    const rlra_options standard = rlra_options_default();
    options = options == NULL ? &standard : options;
    factor_shapes shapes;
    rlra_status status = rlra_options_check(problem->context, options);
    if (status == RLRA_OK)
        status = check_problem(problem);
    if (status == RLRA_OK)
        status = check_ranks(problem, options, ranks, &shapes);
    return status == RLRA_OK ? rlra_core_of(problem->dtype)->plan(problem, options, &shapes, plan) : status;
}

rlra_status rlra_fit_plan(const rlra_problem *problem, const rlra_options *options, int64_t rank, rlra_plan *plan)
{
    int64_t ranks[RLRA_MAX_FACTORS];
    for (int n = 0; n < RLRA_MAX_FACTORS; n++)
        ranks[n] = rank;
    return plan_ranks(problem, options, ranks, plan);
}

rlra_status rlra_fit_plan_model(const rlra_problem *problem, const rlra_options *options, const rlra_model *model,
                                rlra_plan *plan)
{
    return plan_ranks(problem, options, model == NULL ? NULL : model->ranks, plan);
}

rlra_status rlra_certify(const rlra_problem *problem, const rlra_model *model, rlra_report *report)
{
    if (!(problem != NULL && model != NULL && report != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a certificate needs a problem, a model and a report, got NULL");
    const rlra_status status = check_model(problem, model);
    return status == RLRA_OK ? rlra_core_of(problem->dtype)->certify(problem, model, report) : status;
}
