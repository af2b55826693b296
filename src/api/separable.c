/* api/separable.c: check the arguments of rlra_separable() and choose the precision. */
#include "rlra/separable.h"

#include <limits.h>
#include <math.h>

#include "core/check.h"
#include "core/view.h"
#include "separable/separable.h"

rlra_separable_options rlra_separable_options_default(void)
{
    return (rlra_separable_options){.rank = 0, .method = RLRA_SEPARABLE_SNPA, .tolerance = 1e-12, .threads = 0};
}

static rlra_status check_data(rlra_context *context, const rlra_array *data)
{
    if (data == NULL || data->data == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "separable: no data was given");
    if (data->order != 2)
        return rlra_fail(context, RLRA_ERR_SHAPE, "separable: the data must be a matrix (order 2), got order %d",
                         data->order);
    if (data->dims[0] < 1 || data->dims[1] < 1)
        return rlra_fail(context, RLRA_ERR_SHAPE, "separable: the data is empty: %lld x %lld", (long long)data->dims[0],
                         (long long)data->dims[1]);
    if (data->dtype != RLRA_DTYPE_F32 && data->dtype != RLRA_DTYPE_F64)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "separable: unknown dtype %d of the data", (int)data->dtype);
    return rlra_view_check(context, "separable: the data", data, 0);
}

static rlra_status check_options(rlra_context *context, const rlra_array *data, const rlra_separable_options *options)
{
    const long long m = (long long)data->dims[0], n = (long long)data->dims[1];
    if (options->method != RLRA_SEPARABLE_SPA && options->method != RLRA_SEPARABLE_SNPA &&
        options->method != RLRA_SEPARABLE_RANK_TWO)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "separable: unknown method %d", (int)options->method);
    if (options->rank < 1)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "separable: the rank must be at least 1, got %lld",
                         (long long)options->rank);
    if (options->method == RLRA_SEPARABLE_RANK_TWO && options->rank != 2)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "separable: the method 'rank_two' picks 2 columns; got rank %lld",
                         (long long)options->rank);
    if (options->rank > n)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "separable: cannot pick %lld of %lld columns",
                         (long long)options->rank, n);
    if (options->method == RLRA_SEPARABLE_SPA && options->rank > m)
        return rlra_fail(
            context, RLRA_ERR_ARGUMENT,
            "separable: SPA picks independent columns, at most %lld of %lld rows; got rank %lld (SNPA can pick more)",
            m, m, (long long)options->rank);
    if (!(options->tolerance >= 0.0) || isinf(options->tolerance))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "separable: the tolerance must be a number >= 0, got %g",
                         options->tolerance);
    if (options->threads < 0 || options->threads > INT_MAX)
        return rlra_fail(context, RLRA_ERR_ARGUMENT,
                         "separable: threads must be 0 (all) or a positive number, got %lld",
                         (long long)options->threads);
    return RLRA_OK;
}

/* Refuse negative entries: columns are divided by their sums, which then have no meaning. */
static rlra_status check_signs(rlra_context *context, const rlra_array *data)
{
    int64_t index[2];
    for (index[0] = 0; index[0] < data->dims[0]; index[0]++)
        for (index[1] = 0; index[1] < data->dims[1]; index[1]++)
            if (rlra_array_get(data, index) < 0)
                return rlra_fail(context, RLRA_ERR_DATA,
                                 "separable: the method 'rank_two' needs data >= 0, but the entry at [%lld, %lld] is "
                                 "%g: use 'snpa'",
                                 (long long)index[0], (long long)index[1], rlra_array_get(data, index));
    return RLRA_OK;
}

static rlra_status check_model(rlra_context *context, const rlra_array *data, int64_t rank, const rlra_model *model)
{
    const rlra_array w = rlra_model_factor(model, 0), h = rlra_model_factor(model, 1);
    if (rlra_model_order(model) != 2)
        return rlra_fail(context, RLRA_ERR_SHAPE, "separable: the model must have order 2, got %d",
                         rlra_model_order(model));
    if (w.dims[0] != data->dims[0] || h.dims[0] != data->dims[1] || w.dims[1] != rank)
        return rlra_fail(context, RLRA_ERR_SHAPE,
                         "separable: the model must be %lld x %lld of rank %lld, got %lld x %lld of rank %lld",
                         (long long)data->dims[0], (long long)data->dims[1], (long long)rank, (long long)w.dims[0],
                         (long long)h.dims[0], (long long)w.dims[1]);
    if (rlra_model_dtype(model) != data->dtype)
        return rlra_fail(context, RLRA_ERR_SHAPE, "separable: the model is %s but the data is %s",
                         rlra_dtype_name(rlra_model_dtype(model)), rlra_dtype_name(data->dtype));
    return RLRA_OK;
}

/* Refuse outputs that share memory. */
static rlra_status check_apart(rlra_context *context, const rlra_array *data, const int64_t *columns, int64_t rank,
                               const rlra_array *w, const rlra_array *h)
{
    rlra_status status = RLRA_OK;
    const rlra_array picked = rlra_view_of(RLRA_DTYPE_I64, rank, columns);
    TRY(rlra_view_apart(context, "separable: the picked columns", &picked, "the data", data));
    TRY(rlra_view_apart(context, "separable: factor 0 of the model", w, "the data", data));
    TRY(rlra_view_apart(context, "separable: factor 1 of the model", h, "the data", data));
cleanup:
    return status;
}

static void set_weights(const rlra_model *model)
{
    const rlra_array weights = rlra_model_weights(model);
    for (int64_t k = 0; k < weights.dims[0]; k++)
        if (weights.dtype == RLRA_DTYPE_F32)
            ((float *)weights.data)[k * weights.strides[0]] = 1.0F;
        else
            ((double *)weights.data)[k * weights.strides[0]] = 1.0;
}

rlra_status rlra_separable(rlra_context *context, const rlra_array *data, const rlra_separable_options *options,
                           int64_t *columns, rlra_model *model, rlra_separable_report *report)
{
    rlra_array w = {0}, h = {0};
    rlra_status status;
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    TRY(check_data(context, data));
    REQUIRE(options != NULL, rlra_fail(context, RLRA_ERR_ARGUMENT, "separable: options are needed, at least the rank"));
    REQUIRE(columns != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "separable: no room for the picked columns was given"));
    TRY(check_options(context, data, options));
    if (options->method == RLRA_SEPARABLE_RANK_TWO)
        TRY(check_signs(context, data));
    if (model != NULL) {
        TRY(check_model(context, data, options->rank, model));
        w = rlra_model_factor(model, 0);
        h = rlra_model_factor(model, 1);
    }
    TRY(check_apart(context, data, columns, options->rank, &w, &h));
    const separable_core *const core = data->dtype == RLRA_DTYPE_F32 ? &rlra_f32_separable : &rlra_f64_separable;
    TRY(core->fit(context, data, options, columns, &w, &h, report));
    if (model != NULL)
        set_weights(model);
cleanup:
    return status;
}
