/* api/rank_one.c: check the arguments of rlra_rank_one() and choose the precision. */
#include <inttypes.h>
#include <string.h>

#include "core/check.h"
#include "core/threads.h"
#include "core/view.h"
#include "model/problem.h"
#include "rlra/closed.h"
#include "start/rank_one.h"

static rlra_status check_arguments(rlra_context *context, const rlra_array *x, const char *loss, int64_t threads,
                                   const rlra_model *model)
{
    if (x == NULL || model == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "rank_one: no %s was given", x == NULL ? "data" : "model");
    if (strcmp(loss, "frobenius") != 0 && strcmp(loss, "kl") != 0)
        return rlra_fail(context, RLRA_ERR_ARGUMENT,
                         "rank_one: the loss must be 'frobenius' or 'kl', which have a closed form, got '%s'", loss);
    if (threads < 0 || threads > 4096)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "rank_one: threads must be 0 (all) to 4096, got %" PRId64,
                         threads);
    if (x->order != 2)
        return rlra_fail(context, RLRA_ERR_SHAPE, "rank_one: the data must be a matrix (order 2), got order %d",
                         x->order);
    return RLRA_OK;
}

static rlra_status check_model(rlra_context *context, const rlra_array *x, const rlra_model *model)
{
    if (rlra_model_order(model) != 2 || rlra_model_rank(model) != 1)
        return rlra_fail(context, RLRA_ERR_SHAPE,
                         "rank_one: the model must have order 2 and rank 1, got order %d and rank %" PRId64,
                         rlra_model_order(model), rlra_model_rank(model));
    const int64_t rows = rlra_model_factor(model, 0).dims[0], columns = rlra_model_factor(model, 1).dims[0];
    if (rows != x->dims[0] || columns != x->dims[1])
        return rlra_fail(context, RLRA_ERR_SHAPE,
                         "rank_one: the model must be %" PRId64 " x %" PRId64 ", got %" PRId64 " x %" PRId64,
                         x->dims[0], x->dims[1], rows, columns);
    if (rlra_model_dtype(model) != x->dtype)
        return rlra_fail(context, RLRA_ERR_SHAPE, "rank_one: the model is %s but the data is %s",
                         rlra_dtype_name(rlra_model_dtype(model)), rlra_dtype_name(x->dtype));
    for (int n = 0; n < 2; n++) {
        const rlra_array written = rlra_model_factor(model, n);
        const rlra_status status = rlra_view_apart(context, "rank_one: a factor of the model", &written, "the data", x);
        if (status != RLRA_OK)
            return status;
    }
    return RLRA_OK;
}

static rlra_status check_signs(const rlra_problem *problem)
{
    const rlra_array *const x = &problem->term[0].array;
    int64_t index[2];
    if (!(problem->term[0].least < 0))
        return RLRA_OK;
    for (index[0] = 0; index[0] < x->dims[0]; index[0]++)
        for (index[1] = 0; index[1] < x->dims[1]; index[1]++)
            if (rlra_array_get(x, index) < 0)
                return rlra_fail(problem->context, RLRA_ERR_DATA,
                                 "rank_one: the closed form needs data >= 0, but the entry at [%" PRId64 ", %" PRId64
                                 "] is %g",
                                 index[0], index[1], rlra_array_get(x, index));
    return RLRA_OK;
}

static void set_weight(const rlra_model *model)
{
    const rlra_array weights = rlra_model_weights(model);
    if (weights.dtype == RLRA_DTYPE_F32)
        *(float *)weights.data = 1.0F;
    else
        *(double *)weights.data = 1.0;
}

rlra_status rlra_rank_one(rlra_context *context, const rlra_array *x, const char *loss, int64_t threads,
                          rlra_model *model, rlra_report *report)
{
    rlra_report ignored;
    int64_t refused;
    rlra_problem *problem = NULL;
    rlra_status status;
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    loss = loss == NULL ? "frobenius" : loss;
    TRY(check_arguments(context, x, loss, threads, model));
    TRY(rlra_problem_create(context, &problem));
    TRY(rlra_problem_add_dense(problem, x, 1, NULL));
    TRY(check_model(context, x, model));
    TRY(check_signs(problem));
    const rank_one_core *const core = x->dtype == RLRA_DTYPE_F32 ? &rlra_f32_rank_one : &rlra_f64_rank_one;
    const rlra_array w = rlra_model_factor(model, 0), h = rlra_model_factor(model, 1);
    report = report == NULL ? &ignored : report;
    const int team = rlra_team_counted(rlra_threads(threads), &refused);
    TRY(core->fit(problem, loss, team, &w, &h, report));
    report->threads_refused = refused;
    set_weight(model);
cleanup:
    rlra_problem_destroy(problem);
    return status;
}
