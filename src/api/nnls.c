/* api/nnls.c: nonnegative regression: check arguments, choose the precision, call the core. */
#include "rlra/nnls.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/array.h"
#include "api/priors.h"
#include "core/check.h"
#include "core/context.h"
#include "core/threads.h"
#include "core/view.h"
#include "regress/regression.h"
#include "rlra/task.h"
#include "solve/core.h"

struct rlra_nnls_plan {
    rlra_context *context;
    rlra_dtype dtype;
    int64_t rows, rank;
    int given_start;
    const regression_core *core;
    void *inner;
};

rlra_options rlra_nnls_options_default(void)
{
    return rlra_task_defaults(rlra_task_find("nnls"));
}

static rlra_status check_design(rlra_context *context, const rlra_array *w, int64_t threads, dense_scan *scan)
{
    if (w->dtype != RLRA_DTYPE_F32 && w->dtype != RLRA_DTYPE_F64)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "nnls: unknown dtype %d of W", (int)w->dtype);
    if (w->order != 2)
        return rlra_fail(context, RLRA_ERR_SHAPE, "nnls: W must be a matrix, got an array of order %d", w->order);
    if (w->dims[0] < 1 || w->dims[1] < 1)
        return rlra_fail(context, RLRA_ERR_SHAPE, "nnls: W is empty: %" PRId64 " x %" PRId64, w->dims[0], w->dims[1]);
    if (w->data == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "nnls: the data of W is NULL");
    const rlra_status viewed = rlra_view_check(context, "nnls: W", w, 0);
    if (viewed != RLRA_OK)
        return viewed;
    const core_ops *const core = rlra_core_of(w->dtype);
    *scan = core->scan(w, rlra_team(rlra_threads(threads)));
    return rlra_check_entries(context, "W", w, scan);
}

static rlra_status read_priors(rlra_context *context, const rlra_array *w, const rlra_options *options,
                               const char *text, prior_list *priors)
{
    const rlra_status status = rlra_priors_parse(context, "X", priors, text == NULL ? "nonneg" : text);
    if (status != RLRA_OK || options->sparsity == 0)
        return status;
    if (options->sparsity > w->dims[1])
        return rlra_fail(context, RLRA_ERR_ARGUMENT,
                         "nnls: `sparsity` asks for %" PRId64 " entries of a column, but W has %" PRId64
                         " columns only",
                         options->sparsity, w->dims[1]);
    return rlra_priors_add(context, "X", priors, "hard_sparsity", (double)options->sparsity);
}

rlra_status rlra_nnls_plan_create(rlra_context *context, const rlra_array *w, const rlra_options *options,
                                  const char *priors, rlra_nnls_plan **made)
{
    rlra_status status = RLRA_OK;
    rlra_nnls_plan *plan = NULL;
    prior_list list = {0};
    dense_scan scan;
    if (context == NULL || made == NULL)
        return RLRA_ERR_ARGUMENT;
    *made = NULL;
    const rlra_options own = options == NULL ? rlra_nnls_options_default() : *options;
    REQUIRE(w != NULL, rlra_fail(context, RLRA_ERR_ARGUMENT, "nnls: W is NULL"));
    TRY(rlra_options_check(context, &own));
    TRY(check_design(context, w, own.threads, &scan));
    TRY(read_priors(context, w, &own, priors, &list));
    plan = rlra_alloc_zero(context, 1, sizeof *plan);
    REQUIRE(plan != NULL, rlra_fail_memory(context, 1, sizeof *plan, "the plan of a regression"));
    *plan = (rlra_nnls_plan){.context = context, .dtype = w->dtype, .rows = w->dims[0], .rank = w->dims[1]};
    plan->given_start = strcmp(own.init, "model") == 0;
    plan->core = w->dtype == RLRA_DTYPE_F32 ? &rlra_f32_regression : &rlra_f64_regression;
    TRY(plan->core->create(context, w, &scan, &own, &list, &plan->inner));
    *made = plan;
cleanup:
    if (status != RLRA_OK)
        rlra_nnls_plan_destroy(plan);
    return status;
}

const char *rlra_nnls_plan_update(const rlra_nnls_plan *plan)
{
    if (plan == NULL)
        return NULL;
    return plan->core->update(plan->inner);
}

void rlra_nnls_plan_destroy(rlra_nnls_plan *plan)
{
    if (plan == NULL)
        return;
    if (plan->inner != NULL)
        plan->core->destroy(plan->inner);
    rlra_free(plan->context, plan);
}

/* Check the shape of X, for Y with this many columns. */
static rlra_status check_result(const rlra_nnls_plan *plan, const rlra_array *x, int order, int64_t columns)
{
    rlra_context *const context = plan->context;
    if (x == NULL || x->data == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "nnls: no room for X was given");
    if (x->order != order || x->dims[0] != plan->rank || (order == 2 && x->dims[1] != columns)) {
        char expected[64];
        if (order == 1)
            snprintf(expected, sizeof expected, "%" PRId64 " numbers", plan->rank);
        else
            snprintf(expected, sizeof expected, "%" PRId64 " x %" PRId64, plan->rank, columns);
        return rlra_fail(context, RLRA_ERR_SHAPE, "nnls: X must be %s, got order %d, %" PRId64 " x %" PRId64, expected,
                         x->order, x->dims[0], x->order > 1 ? x->dims[1] : 1);
    }
    if (x->dtype != plan->dtype)
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "nnls: W is %s but X is %s", rlra_dtype_name(plan->dtype),
                         rlra_dtype_name(x->dtype));
    const rlra_status viewed = rlra_view_check(context, "nnls: X", x, 0);
    if (viewed != RLRA_OK || !plan->given_start)
        return viewed;
    const core_ops *const core = rlra_core_of(x->dtype);
    const dense_scan scan = core->scan(x, 1);
    return rlra_check_entries(context, "the start X", x, &scan);
}

/* Check that Y is a matrix of m rows. */
static rlra_status check_targets(const rlra_nnls_plan *plan, const rlra_array *y, rlra_array *matrix)
{
    rlra_context *const context = plan->context;
    if (y == NULL || y->data == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "nnls: Y is NULL");
    if (y->order != 1 && y->order != 2)
        return rlra_fail(context, RLRA_ERR_SHAPE, "nnls: Y must be a vector or a matrix, got an array of order %d",
                         y->order);
    if (y->dims[0] != plan->rows)
        return rlra_fail(context, RLRA_ERR_SHAPE, "nnls: W has %" PRId64 " rows, but Y has %" PRId64, plan->rows,
                         y->dims[0]);
    if (y->dtype != plan->dtype)
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "nnls: W is %s but Y is %s", rlra_dtype_name(plan->dtype),
                         rlra_dtype_name(y->dtype));
    *matrix = *y;
    if (y->order == 1) {
        matrix->order = 2;
        matrix->dims[1] = 1;
        matrix->strides[1] = 1;
    }
    if (matrix->dims[1] < 1)
        return rlra_fail(context, RLRA_ERR_SHAPE, "nnls: Y has no columns");
    return rlra_view_check(context, "nnls: Y", matrix, 0);
}

/* Refuse outputs (X and numbers of columns) that share memory. */
static rlra_status check_apart(const rlra_nnls_plan *plan, const rlra_array *y, const rlra_array *x,
                               const rlra_nnls_columns *columns, int64_t count)
{
    static const char *const names[] = {"nnls: X", "nnls: the losses of columns", "nnls: the residuals of columns",
                                        "nnls: the gaps of columns", "Y"};
    const rlra_nnls_columns none = {NULL, NULL, NULL}, *const given = columns == NULL ? &none : columns;
    const rlra_array views[] = {
        *x, rlra_view_of(RLRA_DTYPE_F64, count, given->loss), rlra_view_of(RLRA_DTYPE_F64, count, given->kkt_residual),
        rlra_view_of(RLRA_DTYPE_F64, count, given->gap), y == NULL ? rlra_view_of(RLRA_DTYPE_F64, 0, NULL) : *y};
    rlra_status status = RLRA_OK;
    for (int a = 0; a < 4; a++)
        for (int b = a + 1; b < 5; b++)
            TRY(rlra_view_apart(plan->context, names[a], &views[a], names[b], &views[b]));
cleanup:
    return status;
}

rlra_status rlra_nnls_plan_solve(rlra_nnls_plan *plan, const rlra_array *y, const rlra_array *x,
                                 const rlra_nnls_columns *columns, rlra_nnls_report *report)
{
    rlra_array matrix;
    rlra_status status = RLRA_OK;
    if (plan == NULL)
        return RLRA_ERR_ARGUMENT;
    TRY(check_targets(plan, y, &matrix));
    TRY(check_result(plan, x, y->order, matrix.dims[1]));
    TRY(check_apart(plan, &matrix, x, columns, matrix.dims[1]));
    TRY(plan->core->solve(plan->inner, &matrix, NULL, x, columns, report));
cleanup:
    return status;
}

rlra_status rlra_nnls_plan_solve_sparse(rlra_nnls_plan *plan, const rlra_sparse *y, const rlra_array *x,
                                        const rlra_nnls_columns *columns, rlra_nnls_report *report)
{
    rlra_status status = RLRA_OK;
    if (plan == NULL)
        return RLRA_ERR_ARGUMENT;
    REQUIRE(y != NULL, rlra_fail(plan->context, RLRA_ERR_ARGUMENT, "nnls: Y is NULL"));
    TRY(rlra_sparse_check(plan->context, y));
    REQUIRE(y->order == 2, rlra_fail(plan->context, RLRA_ERR_SHAPE,
                                     "nnls: sparse Y must be a matrix, got an array of order %d", y->order));
    REQUIRE(y->dims[0] == plan->rows && y->dims[1] > 0,
            rlra_fail(plan->context, RLRA_ERR_SHAPE, "nnls: W has %" PRId64 " rows, but Y is %" PRId64 " x %" PRId64,
                      plan->rows, y->dims[0], y->dims[1]));
    REQUIRE(y->dtype == plan->dtype, rlra_fail(plan->context, RLRA_ERR_UNSUPPORTED, "nnls: W is %s but Y is %s",
                                               rlra_dtype_name(plan->dtype), rlra_dtype_name(y->dtype)));
    TRY(check_result(plan, x, 2, y->dims[1]));
    const rlra_array stored = rlra_view_of(y->dtype, y->count, y->values);
    TRY(check_apart(plan, &stored, x, columns, y->dims[1]));
    TRY(plan->core->solve(plan->inner, NULL, y, x, columns, report));
cleanup:
    return status;
}

rlra_status rlra_nnls(rlra_context *context, const rlra_array *w, const rlra_array *y, const rlra_options *options,
                      const char *priors, const rlra_array *x, rlra_nnls_report *report)
{
    rlra_nnls_plan *plan = NULL;
    rlra_status status = rlra_nnls_plan_create(context, w, options, priors, &plan);
    if (status == RLRA_OK && x != NULL && rlra_view_check(NULL, "", x, 0) == RLRA_OK)
        status = rlra_view_apart(context, "nnls: X", x, "W", w);
    if (status == RLRA_OK)
        status = rlra_nnls_plan_solve(plan, y, x, NULL, report);
    rlra_nnls_plan_destroy(plan);
    return status;
}

/* Check that the output has room for the points of every size. */
static rlra_status check_front(const rlra_nnls_plan *plan, const rlra_array *x, const double *losses, int64_t columns)
{
    const int64_t sizes = plan->core->front_sizes(plan->inner);
    rlra_context *const context = plan->context;
    if (x == NULL || x->data == NULL || losses == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "nnls: no room for the points of every size, or for their losses");
    if (x->order != 3 || x->dims[0] != columns || x->dims[1] != sizes || x->dims[2] != plan->rank)
        return rlra_fail(context, RLRA_ERR_SHAPE,
                         "nnls: X of every size must be %" PRId64 " x %" PRId64 " x %" PRId64
                         " (columns of Y, sizes, columns of W)",
                         columns, sizes, plan->rank);
    if (x->dtype != plan->dtype)
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "nnls: W is %s but X is %s", rlra_dtype_name(plan->dtype),
                         rlra_dtype_name(x->dtype));
    return rlra_view_check(context, "nnls: X", x, 0);
}

rlra_status rlra_nnls_plan_front(rlra_nnls_plan *plan, const rlra_array *y, const rlra_array *x, double *losses,
                                 rlra_nnls_report *report)
{
    rlra_array matrix;
    rlra_status status = RLRA_OK;
    if (plan == NULL)
        return RLRA_ERR_ARGUMENT;
    TRY(check_targets(plan, y, &matrix));
    TRY(check_front(plan, x, losses, matrix.dims[1]));
    const rlra_nnls_columns written = {.loss = losses};
    TRY(check_apart(plan, &matrix, x, &written, x->dims[0] * x->dims[1]));
    TRY(plan->core->front(plan->inner, &matrix, x, losses, report));
cleanup:
    return status;
}
