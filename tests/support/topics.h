/* support/topics.h: random models of counts, and what plain loops make of them. */
#ifndef TESTS_SUPPORT_TOPICS_H
#define TESTS_SUPPORT_TOPICS_H

#include "rlra/rlra.h"
#include "support/meter.h"

static inline void set_real(const rlra_array *array, int64_t i, int64_t k, double value)
{
    ((real *)array->data)[i * array->strides[0] + k * (array->order > 1 ? array->strides[1] : 0)] = (real)value;
}

static inline double get_real(const rlra_array *array, int64_t i, int64_t k)
{
    return (double)((const real *)array->data)[i * array->strides[0] + k * (array->order > 1 ? array->strides[1] : 0)];
}

/* Numbers from 0 to 1, a third of them zero, none of them in the first column of a factor; weights from 1 to 2. */
static inline rlra_model *make_topics(rlra_context *context, int64_t documents, int64_t words, int64_t rank,
                                      uint64_t seed)
{
    numbers from = {seed, 0};
    const int64_t dims[] = {documents, words};
    rlra_model *model;
    assert_int_equal(rlra_model_create(context, REAL_DTYPE, 2, dims, rank, &model), RLRA_OK);
    const rlra_array weights = rlra_model_weights(model);
    for (int n = 0; n < 2; n++) {
        const rlra_array f = rlra_model_factor(model, n);
        for (int64_t i = 0; i < dims[n]; i++)
            for (int64_t k = 0; k < rank; k++) {
                const double value = uniform(&from);
                set_real(&f, i, k, k > 0 && uniform(&from) < 0.33 ? 0 : 0.01 + value);
            }
    }
    for (int64_t k = 0; k < rank; k++)
        set_real(&weights, k, 0, 1 + uniform(&from));
    return model;
}

static inline double model_at(const rlra_model *model, int64_t i, int64_t j)
{
    const rlra_array w = rlra_model_factor(model, 0), h = rlra_model_factor(model, 1), n = rlra_model_weights(model);
    double sum = 0;
    for (int64_t k = 0; k < w.dims[1]; k++)
        sum += get_real(&n, k, 0) * get_real(&w, i, k) * get_real(&h, j, k);
    return sum;
}

/* Row-major, freed by the caller. */
static inline double *model_values(const rlra_model *model)
{
    const int64_t rows = rlra_model_factor(model, 0).dims[0], columns = rlra_model_factor(model, 1).dims[0];
    double *const values = malloc((size_t)(rows * columns) * sizeof *values);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            values[i * columns + j] = model_at(model, i, j);
    return values;
}

/* p(w|k) by plain loops. */
static inline double word_probability(const rlra_model *model, int64_t word, int64_t k)
{
    const rlra_array h = rlra_model_factor(model, 1);
    double sum = 0;
    for (int64_t j = 0; j < h.dims[0]; j++)
        sum += get_real(&h, j, k);
    return sum > 0 ? get_real(&h, word, k) / sum : 0;
}

#endif
