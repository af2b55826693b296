/* api/model.c: models: factors, and the weights of components if there are any. */
#include "model/model.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "api/form.h"
#include "core/check.h"
#include "core/memory.h"
#include "core/view.h"
#include "rlra/order.h"

#define MOST_FACTORS ((int)(sizeof((rlra_model *)0)->dims / sizeof(int64_t)))

static rlra_status check_shape(rlra_context *context, int order, const int64_t *dims, const int64_t *ranks)
{
    if (order < 1 || order > MOST_FACTORS)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "a model has 1 to %d factors, got %d", MOST_FACTORS, order);
    for (int n = 0; n < order; n++) {
        if (ranks[n] < 1)
            return rlra_fail(context, RLRA_ERR_ARGUMENT, "the rank must be at least 1, got %" PRId64, ranks[n]);
        if (dims[n] < 1)
            return rlra_fail(context, RLRA_ERR_ARGUMENT, "factor %d must have at least 1 row, got %" PRId64, n,
                             dims[n]);
    }
    return RLRA_OK;
}

/* Check that there is memory for all factors together. */
static rlra_status check_memory(rlra_context *context, rlra_dtype dtype, int order, const int64_t *dims,
                                const int64_t *ranks)
{
    double entries = 0;
    for (int n = 0; n < order; n++)
        entries += (double)dims[n] * (double)ranks[n];
    const memory_part factors = {"factors", entries * (double)rlra_dtype_bytes(dtype), 0};
    return rlra_memory_require(context, "the model", 1, &factors, "a lower rank needs less");
}

static rlra_status take_weights(rlra_model *model)
{
    const size_t bytes = (size_t)rlra_dtype_bytes(model->dtype);
    model->weights = rlra_alloc_zero(model->context, (size_t)model->rank, bytes);
    if (model->weights == NULL)
        return rlra_fail_memory(model->context, (size_t)model->rank, bytes, "the weights of the model");
    for (int64_t k = 0; k < model->rank; k++)
        if (model->dtype == RLRA_DTYPE_F32)
            ((float *)model->weights)[k] = 1;
        else
            ((double *)model->weights)[k] = 1;
    return RLRA_OK;
}

rlra_status rlra_model_create_shaped(rlra_context *context, rlra_dtype dtype, int order, const int64_t *dims,
                                     const int64_t *ranks, int64_t rank, rlra_model **model)
{
    rlra_status status = RLRA_OK;
    rlra_model *made = NULL;
    *model = NULL;
    TRY(check_shape(context, order, dims, ranks));
    REQUIRE(dtype == RLRA_DTYPE_F32 || dtype == RLRA_DTYPE_F64,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "the dtype of a model is f32 or f64, got number %d", (int)dtype));
    TRY(check_memory(context, dtype, order, dims, ranks));
    made = rlra_alloc_zero(context, 1, sizeof *made);
    REQUIRE(made != NULL, rlra_fail_memory(context, 1, sizeof *made, "a model"));
    *made = (rlra_model){.context = context, .dtype = dtype, .order = order, .rank = rank};
    const size_t bytes = (size_t)rlra_dtype_bytes(dtype);
    for (int n = 0; n < order; n++) {
        REQUIRE(dims[n] <= INT64_MAX / 64 / ranks[n],
                rlra_fail(context, RLRA_ERR_MEMORY, "a factor of %" PRId64 " x %" PRId64 " entries is too large",
                          dims[n], ranks[n]));
        made->dims[n] = dims[n];
        made->ranks[n] = ranks[n];
        made->strides[n] = (dims[n] + 7) / 8 * 8;
        const size_t entries = (size_t)(made->strides[n] * ranks[n]);
        made->factors[n] = rlra_alloc_zero(context, entries, bytes);
        REQUIRE(made->factors[n] != NULL, rlra_fail_memory(context, entries, bytes, "a factor of the model"));
    }
    if (rank > 0)
        TRY(take_weights(made));
    *model = made;
    made = NULL;
cleanup:
    rlra_model_destroy(made);
    return status;
}

rlra_status rlra_model_create(rlra_context *context, rlra_dtype dtype, int order, const int64_t *dims, int64_t rank,
                              rlra_model **model)
{
    if (!(context != NULL && dims != NULL && model != NULL))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "a model needs a context, lengths and a place, got NULL");
    int64_t ranks[MOST_FACTORS];
    for (int n = 0; n < MOST_FACTORS; n++)
        ranks[n] = rank;
    return rlra_model_create_shaped(context, dtype, order, dims, ranks, rank, model);
}

void rlra_model_destroy(rlra_model *model)
{
    if (model == NULL)
        return;
    for (int n = 0; n < model->order; n++)
        rlra_free(model->context, model->factors[n]);
    rlra_free(model->context, model->weights);
    rlra_free(model->context, model);
}

rlra_dtype rlra_model_dtype(const rlra_model *model)
{
    if (model == NULL)
        return RLRA_DTYPE_F64;
    return model->dtype;
}

int rlra_model_order(const rlra_model *model)
{
    if (model == NULL)
        return 0;
    return model->order;
}

int64_t rlra_model_rank(const rlra_model *model)
{
    if (model == NULL)
        return 0;
    return model->rank;
}

rlra_array rlra_model_factor(const rlra_model *model, int n)
{
    if (model == NULL)
        return (rlra_array){0};
    if (n < 0 || n >= model->order)
        return (rlra_array){.dtype = model->dtype};
    return (rlra_array){.dtype = model->dtype,
                        .order = 2,
                        .dims = {model->dims[n], model->ranks[n]},
                        .strides = {1, model->strides[n]},
                        .data = model->factors[n]};
}

rlra_array rlra_model_weights(const rlra_model *model)
{
    if (model == NULL)
        return (rlra_array){0};
    if (model->weights == NULL)
        return (rlra_array){.dtype = model->dtype};
    return rlra_array_contiguous(model->dtype, 1, &model->rank, model->weights);
}

static void put(const rlra_array *array, const int64_t *index, double value)
{
    int64_t at = 0;
    for (int m = 0; m < array->order; m++)
        at += index[m] * array->strides[m];
    if (array->dtype == RLRA_DTYPE_F32)
        ((float *)array->data)[at] = (float)value;
    else
        ((double *)array->data)[at] = value;
}

rlra_status rlra_model_set_factor(rlra_model *model, int n, const rlra_array *array)
{
    if (!(model != NULL && array != NULL))
        return rlra_fail(model == NULL ? NULL : model->context, RLRA_ERR_ARGUMENT,
                         "setting a factor needs a model and an array, got NULL");
    rlra_context *const context = model->context;
    if (n < 0 || n >= model->order)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the model has factors 0 to %d, there is no factor %d",
                         model->order - 1, n);
    const rlra_array factor = rlra_model_factor(model, n);
    if (array->order != 2 || array->dims[0] != factor.dims[0] || array->dims[1] != factor.dims[1])
        return rlra_fail(
            context, RLRA_ERR_SHAPE,
            "factor %d must be %" PRId64 " x %" PRId64 ", got an array of order %d with %" PRId64 " x %" PRId64, n,
            factor.dims[0], factor.dims[1], array->order, array->dims[0], array->order > 1 ? array->dims[1] : 1);
    if (array->data == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "factor %d: the data of the array is NULL", n);
    const rlra_status checked = rlra_view_check(context, "the factor", array, 1);
    if (checked != RLRA_OK)
        return checked;
    const double most = model->dtype == RLRA_DTYPE_F32 ? (double)FLT_MAX : DBL_MAX;
    int64_t index[2];
    for (index[0] = 0; index[0] < factor.dims[0]; index[0]++)
        for (index[1] = 0; index[1] < factor.dims[1]; index[1]++)
            if (!(fabs(rlra_array_get(array, index)) <= most))
                return rlra_fail(context, RLRA_ERR_DATA,
                                 "factor %d: entry [%" PRId64 ", %" PRId64 "] is %g, no finite number of %s", n,
                                 index[0], index[1], rlra_array_get(array, index), rlra_dtype_name(model->dtype));
    const int is_same = array->data == factor.data && array->strides[0] == factor.strides[0];
    const rlra_status apart = is_same ? RLRA_OK : rlra_view_apart(context, "the factor", &factor, "the array", array);
    if (apart != RLRA_OK)
        return apart;
    for (index[1] = 0; index[1] < factor.dims[1]; index[1]++)
        for (index[0] = 0; index[0] < factor.dims[0]; index[0]++)
            put(&factor, index, rlra_array_get(array, index));
    return RLRA_OK;
}

/* Divide column k by its norm, which is returned; zero columns do not change. */
static double normalise_column(const rlra_array *factor, int64_t k)
{
    double sum = 0;
    int64_t index[2] = {0, k};
    for (index[0] = 0; index[0] < factor->dims[0]; index[0]++)
        sum += rlra_array_get(factor, index) * rlra_array_get(factor, index);
    const double norm = sqrt(sum);
    for (index[0] = 0; norm > 0 && index[0] < factor->dims[0]; index[0]++)
        put(factor, index, rlra_array_get(factor, index) / norm);
    return norm;
}

static void swap_components(rlra_model *model, int64_t a, int64_t b)
{
    for (int n = -1; n < model->order; n++) {
        const rlra_array array = n < 0 ? rlra_model_weights(model) : rlra_model_factor(model, n);
        for (int64_t i = 0; i < (n < 0 ? 1 : array.dims[0]); i++) {
            const int64_t left[2] = {n < 0 ? a : i, a}, right[2] = {n < 0 ? b : i, b};
            const double kept = rlra_array_get(&array, left);
            put(&array, left, rlra_array_get(&array, right));
            put(&array, right, kept);
        }
    }
}

/* Sort by falling weight, in place: a column that was already swapped is found by following its moves. */
static rlra_status sort_components(rlra_model *model, const rlra_array *weights)
{
    rlra_context *const context = model->context;
    const size_t rank = (size_t)model->rank;
    double *const values = rlra_alloc(context, rank, sizeof *values);
    int64_t *const order = rlra_alloc(context, rank, sizeof *order);
    rlra_status status = RLRA_OK;
    REQUIRE(values != NULL && order != NULL,
            rlra_fail_memory(context, rank, sizeof *values + sizeof *order, "the order of components"));
    for (int64_t k = 0; k < model->rank; k++)
        values[k] = rlra_array_get(weights, &k);
    TRY(rlra_order_falling(context, model->dtype, model->rank, values, order));
    for (int64_t k = 0; k < model->rank; k++) {
        int64_t from = order[k];
        while (from < k)
            from = order[from];
        if (from != k)
            swap_components(model, k, from);
    }
cleanup:
    rlra_free(context, order);
    rlra_free(context, values);
    return status;
}

rlra_status rlra_model_normalise(rlra_model *model)
{
    if (model == NULL)
        return RLRA_ERR_ARGUMENT;
    if (model->weights == NULL)
        return rlra_fail(model->context, RLRA_ERR_UNSUPPORTED,
                         "the factors of this model have ranks of their own: it has no components to normalise");
    const rlra_array weights = rlra_model_weights(model);
    for (int64_t k = 0; k < model->rank; k++) {
        double weight = rlra_array_get(&weights, &k);
        for (int n = 0; n < model->order; n++) {
            const rlra_array factor = rlra_model_factor(model, n);
            weight *= normalise_column(&factor, k);
        }
        put(&weights, &k, weight);
    }
    return sort_components(model, &weights);
}
