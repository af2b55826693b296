/* support/forms.h: fits of forms and maps, and what plain loops over the full array make of them. */
#ifndef TESTS_SUPPORT_FORMS_H
#define TESTS_SUPPORT_FORMS_H

#include "support/fitting.h"

/* Entries of an array, at most. */
#define MOST 1024

/* A problem and what its model is, in plain words. */
typedef struct trial {
    fitting f;
    const char *name;
    int order, factors, has_core, is_kl;
    int64_t dims[RLRA_MAX_ORDER];
    int64_t ranks[RLRA_MAX_ORDER + 1];
    rlra_array data;
    rlra_array map[RLRA_MAX_ORDER]; /* .data NULL: none */
    const char *prior;
    double l1;
} trial;

static inline double at(const rlra_array *a, int64_t i, int64_t k)
{
    return rlra_array_get(a, (const int64_t[]){i, k});
}

static inline double mode_entry(const trial *t, const factor *x, int m, int64_t i, int64_t k)
{
    double sum = 0;
    if (t->map[m].data == NULL)
        return (double)*entry(x[m], i, k);
    for (int64_t p = 0; p < t->map[m].dims[1]; p++)
        sum += at(&t->map[m], i, p) * (double)*entry(x[m], p, k);
    return sum;
}

static inline int advance(int count, const int64_t *limits, int64_t *index)
{
    for (int m = count - 1; m >= 0; m--) {
        if (++index[m] < limits[m])
            return 1;
        index[m] = 0;
    }
    return 0;
}

static inline double model_entry(const trial *t, const factor *x, const int64_t *index)
{
    double sum = 0;
    int64_t k[RLRA_MAX_ORDER] = {0};
    for (int64_t c = 0; !t->has_core && c < t->ranks[0]; c++) {
        double product = 1;
        for (int m = 0; m < t->order; m++)
            product *= mode_entry(t, x, m, index[m], c);
        sum += product;
    }
    if (!t->has_core)
        return sum;
    do {
        int64_t column = 0;
        for (int m = 1; m < t->order; m++)
            column = column * t->ranks[m] + k[m];
        double product = (double)*entry(x[t->order], k[0], column);
        for (int m = 0; m < t->order; m++)
            product *= mode_entry(t, x, m, index[m], k[m]);
        sum += product;
    } while (advance(t->order, t->ranks, k));
    return sum;
}

static inline void fill_model(const trial *t, const factor *x, double *model)
{
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        *model++ = model_entry(t, x, index);
    while (advance(t->order, t->dims, index));
}

static inline rlra_array uniform_array(numbers *from, int order, const int64_t *dims)
{
    int64_t count = 1;
    for (int m = 0; m < order; m++)
        count *= dims[m];
    return rlra_array_contiguous(REAL_DTYPE, order, dims, uniform_rows(from, 1, count, count));
}

/* Form, maps (that of mode 0 may be another's), priors and the model of a problem that has its data. */
static inline void pose_trial(trial *t, const rlra_array *first)
{
    if (t->has_core)
        MUST(&t->f, rlra_problem_set_form(t->f.problem, 0, "tucker", t->order));
    for (int m = 0; m < t->order; m++) {
        const rlra_array *const map = m == 0 && first != NULL ? first : &t->map[m];
        if (map->data != NULL)
            MUST(&t->f, rlra_problem_set_map(t->f.problem, 0, m, map));
    }
    for (int n = 0; n < t->factors; n++)
        MUST(&t->f, rlra_problem_add_prior(t->f.problem, n, t->prior));
    rlra_model_destroy(t->f.model);
    MUST(&t->f, rlra_model_create_for(t->f.problem, t->ranks, &t->f.model));
}

/* Modes whose bit is set have a map, square or not. */
static inline void open_trial(trial *t, const char *name, int order, int has_core, unsigned mapped, const char *prior,
                              uint64_t seed)
{
    static const int64_t lengths[] = {7, 6, 5, 4};
    numbers from = {seed, 0};
    *t = (trial){.name = name, .order = order, .factors = order + has_core, .has_core = has_core, .prior = prior};
    for (int m = 0; m < order; m++) {
        t->dims[m] = lengths[m];
        t->ranks[m] = has_core ? 2 + m % 2 : 3;
        if (mapped >> m & 1)
            t->map[m] = uniform_array(&from, 2, (const int64_t[]){lengths[m], lengths[m] - 1 + 2 * (m % 2)});
    }
    t->data = uniform_array(&from, order, t->dims);
    t->f = (fitting){.options = rlra_options_default()};
    assert_int_equal(rlra_context_create(NULL, &t->f.context), RLRA_OK);
    MUST(&t->f, rlra_problem_create(t->f.context, &t->f.problem));
    MUST(&t->f, rlra_problem_add_dense(t->f.problem, &t->data, 2.5, NULL));
    pose_trial(t, NULL);
    t->l1 = strstr(prior, "l1") != NULL ? 0.02 : 0;
    t->f.options.max_sweeps = 20000;
    t->f.options.decrease = 0;
    t->f.options.tolerance = sizeof(real) == 4 ? 1e-4 : 1e-7;
}

static inline void close_trial(trial *t)
{
    free_fitting(&t->f);
    free(t->data.data);
    for (int m = 0; m < t->order; m++)
        free(t->map[m].data);
}

/* The negative slopes of the loss in the entries of the model, and the objective. */
static inline double residual(const trial *t, const factor *x, double *left)
{
    double model[MOST], sum = 0;
    int64_t count = 1;
    for (int m = 0; m < t->order; m++)
        count *= t->dims[m];
    fill_model(t, x, model);
    for (int64_t e = 0; e < count; e++) {
        const double y = (double)((const real *)t->data.data)[e], v = model[e];
        left[e] = t->is_kl ? y / v - 1 : y - v;
        sum += 2.5 * (t->is_kl ? y * log(y / v) - y + v : 0.5 * left[e] * left[e]);
    }
    for (int n = 0; n < t->factors; n++)
        for (ptrdiff_t k = 0; k < x[n].rank; k++)
            for (ptrdiff_t i = 0; i < x[n].length; i++)
                sum += t->l1 * fabs((double)*entry(x[n], i, k));
    return sum;
}

/* The slope of the loss along one entry: the model is linear in every factor. */
static inline double slope(const trial *t, const factor *x, int n, ptrdiff_t i, ptrdiff_t k, const double *left)
{
    double model[MOST], sum = 0;
    int64_t count = 1;
    factor unit[RLRA_MAX_ORDER + 1];
    memcpy(unit, x, sizeof unit);
    unit[n] = copy_factor(x[n]);
    for (ptrdiff_t c = 0; c < x[n].rank; c++)
        for (ptrdiff_t r = 0; r < x[n].length; r++)
            *entry(unit[n], r, c) = r == i && c == k;
    fill_model(t, unit, model);
    free(unit[n].at);
    for (int m = 0; m < t->order; m++)
        count *= t->dims[m];
    for (int64_t e = 0; e < count; e++)
        sum -= 2.5 * left[e] * model[e];
    return sum + t->l1;
}

#endif
