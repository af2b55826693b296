/* api/problem.c: pose problems: check arrays and penalties once, when they are added. */
#include "model/problem.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/array.h"
#include "api/priors.h"
#include "api/terms.h"
#include "core/check.h"
#include "core/threads.h"
#include "core/view.h"
#include "solve/core.h"

rlra_status rlra_problem_create(rlra_context *context, rlra_problem **problem)
{
    if (!(context != NULL && problem != NULL))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "a problem needs a context and a place, got NULL");
    *problem = rlra_alloc_zero(context, 1, sizeof **problem);
    if (*problem == NULL)
        return rlra_fail_memory(context, 1, sizeof **problem, "a problem");
    (*problem)->context = context;
    return RLRA_OK;
}

void rlra_problem_destroy(rlra_problem *problem)
{
    if (problem == NULL)
        return;
    for (int t = 0; t < problem->terms; t++)
        rlra_core_of(problem->dtype)->release(problem->context, problem->term[t].sparse);
    rlra_free(problem->context, problem);
}

static rlra_status check_array(const rlra_problem *problem, const rlra_array *data, double weight)
{
    rlra_context *const context = problem->context;
    if (problem->terms > 0 && problem->term[0].source != NULL)
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "data that are read from their file must be the only term");
    if (problem->terms == RLRA_MAX_TERMS)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "a problem has at most %d terms", RLRA_MAX_TERMS);
    if (data->order < 2 || data->order > RLRA_MAX_ORDER)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the data must have order 2 to %d, got %d", RLRA_MAX_ORDER,
                         data->order);
    if (data->dtype != RLRA_DTYPE_F32 && data->dtype != RLRA_DTYPE_F64)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the dtype of the data is f32 or f64, got number %d",
                         (int)data->dtype);
    if (!(weight > 0) || isinf(weight))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the weight of a term must be positive and finite, got %g",
                         weight);
    if (problem->terms > 0 && data->dtype != problem->dtype)
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                         "all terms of a problem share one precision: this is %s, the others %s",
                         rlra_dtype_name(data->dtype), rlra_dtype_name(problem->dtype));
    for (int m = 0; m < data->order; m++)
        if (data->dims[m] < 1)
            return rlra_fail(context, RLRA_ERR_SHAPE, "mode %d of the data is empty", m);
    return RLRA_OK;
}

const int *rlra_term_factors(const int *factors)
{
    static const int identity[RLRA_MAX_ORDER] = {0, 1, 2, 3, 4, 5, 6, 7};
    return factors == NULL ? identity : factors;
}

static rlra_status check_factors(const rlra_problem *problem, const rlra_array *data, const int *factors)
{
    rlra_context *const context = problem->context;
    for (int m = 0; m < data->order; m++) {
        const int n = factors[m];
        if (n < 0 || n >= RLRA_MAX_FACTORS)
            return rlra_fail(context, RLRA_ERR_ARGUMENT, "factor numbers lie in 0 .. %d, got %d for mode %d",
                             RLRA_MAX_FACTORS - 1, n, m);
        if (problem->is_core[n])
            return rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                             "factor %d is the core of an earlier term: give mode %d another number", n, m);
        for (int before = 0; before < m; before++)
            if (factors[before] == n)
                return rlra_fail(context, RLRA_ERR_ARGUMENT, "modes %d and %d of a term share factor %d", before, m, n);
        if (problem->lengths[n] != 0 && !problem_is_mapped(problem, n) && problem->lengths[n] != data->dims[m])
            return rlra_fail(context, RLRA_ERR_SHAPE,
                             "factor %d has %" PRId64 " rows in an earlier term, but mode %d of the data has %" PRId64
                             ": if it is mapped, add terms with maps first, and set each map before the next term",
                             n, problem->lengths[n], m, data->dims[m]);
    }
    return RLRA_OK;
}

rlra_status rlra_term_check(const rlra_problem *problem, const rlra_array *data, double weight, const int *factors)
{
    const rlra_status status = check_array(problem, data, weight);
    return status == RLRA_OK ? check_factors(problem, data, factors) : status;
}

problem_term *rlra_term_add(rlra_problem *problem, const rlra_array *data, void *sparse, const dense_scan *scan,
                            double weight, const int *factors)
{
    problem_term *const term = &problem->term[problem->terms++];
    *term = (problem_term){.array = *data,
                           .sparse = sparse,
                           .weight = weight,
                           .observed = (double)rlra_array_count(data),
                           .norm2 = scan->norm2,
                           .sum = scan->sum,
                           .zeros = scan->zeros,
                           .least = scan->least,
                           .scale = scan->scale};
    problem->dtype = data->dtype;
    for (int m = 0; m < data->order; m++) {
        term->factors[m] = factors[m];
        if (!problem_is_mapped(problem, factors[m]))
            problem->lengths[factors[m]] = data->dims[m];
        problem->factors = factors[m] + 1 > problem->factors ? factors[m] + 1 : problem->factors;
    }
    return term;
}

/* Refuse NaN unless it is declared to mark missing entries. */
static rlra_status check_missing(const rlra_problem *problem, const rlra_array *data, const dense_scan *scan)
{
    char where[RLRA_WHERE_BYTES];
    if (scan->bad == 0 || !isnan(rlra_entry_where(data, scan->first_bad, where)))
        return RLRA_OK;
    return rlra_fail(problem->context, RLRA_ERR_DATA,
                     "the data holds %td entries that are NaN or infinite; the first, nan, is at [%s]; if NaN stands "
                     "for what is missing, say `missing=nan`",
                     scan->bad, where);
}

rlra_status rlra_term_check_scan(const rlra_problem *problem, const rlra_array *data, const dense_scan *scan)
{
    const rlra_status status = check_missing(problem, data, scan);
    return status == RLRA_OK ? rlra_check_entries(problem->context, "the data", data, scan) : status;
}

/* Few entries are not worth waking threads for; what is found does not depend on them. */
static int scan_threads(const rlra_array *data)
{
    const int64_t parallel_entries = 65536;
    return rlra_array_count(data) < parallel_entries ? 1 : rlra_team(rlra_threads(0));
}

rlra_status rlra_problem_add_dense(rlra_problem *problem, const rlra_array *data, double weight, const int *factors)
{
    if (!(problem != NULL && data != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a term needs a problem and data, got NULL");
    rlra_status status = RLRA_OK;
    factors = rlra_term_factors(factors);
    TRY(check_array(problem, data, weight));
    REQUIRE(data->data != NULL, rlra_fail(problem->context, RLRA_ERR_ARGUMENT, "the data of the array is NULL"));
    TRY(rlra_view_check(problem->context, "the data", data, 0));
    TRY(check_factors(problem, data, factors));
    const dense_scan scan = rlra_core_of(data->dtype)->scan(data, scan_threads(data));
    TRY(rlra_term_check_scan(problem, data, &scan));
    rlra_term_add(problem, data, NULL, &scan, weight, factors);
cleanup:
    return status;
}

rlra_status rlra_term_check_weights(const rlra_problem *problem, const rlra_array *data, const rlra_array *weights)
{
    rlra_context *const context = problem->context;
    if (weights->order != data->order)
        return rlra_fail(context, RLRA_ERR_SHAPE, "the weights have order %d, the data %d", weights->order,
                         data->order);
    for (int m = 0; m < data->order; m++)
        if (weights->dims[m] != data->dims[m])
            return rlra_fail(context, RLRA_ERR_SHAPE,
                             "mode %d of the weights has length %" PRId64 ", that of the data %" PRId64, m,
                             weights->dims[m], data->dims[m]);
    if (weights->dtype != data->dtype)
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "the weights are %s, the data %s: give both in one precision",
                         rlra_dtype_name(weights->dtype), rlra_dtype_name(data->dtype));
    return RLRA_OK;
}

rlra_status rlra_term_check_summary(const rlra_problem *problem, const rlra_array *data, const rlra_array *weights,
                                    const observed_summary *summary)
{
    rlra_context *const context = problem->context;
    const int single = data->dtype == RLRA_DTYPE_F32;
    const double most = single ? 1e12 : 1e100;
    char where[RLRA_WHERE_BYTES];
    if (summary->bad > 0)
        return rlra_fail(context, RLRA_ERR_DATA,
                         "weights must be numbers >= 0, but %td are not; the first, %g, is at [%s]", summary->bad,
                         rlra_entry_where(weights, summary->first_bad, where), where);
    if (!(summary->count > 0))
        return rlra_fail(context, RLRA_ERR_DATA, "no entry of the data is observed: all are missing");
    if (summary->most > most || summary->most < 1 / most)
        return rlra_fail(context, RLRA_ERR_DATA, "the largest weight, %g, is not within %g .. %g: rescale the weights",
                         summary->most, 1 / most, most);
    return rlra_check_entries(context, "the data", data, &summary->scan);
}

rlra_status rlra_problem_add_weighted(rlra_problem *problem, const rlra_array *data, const rlra_array *weights,
                                      rlra_missing missing, double weight, const int *factors)
{
    if (!(problem != NULL && data != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a term needs a problem and data, got NULL");
    rlra_status status = RLRA_OK;
    observed_choice choice = {.data = *data, .nan_is_missing = missing == RLRA_MISSING_NAN};
    factors = rlra_term_factors(factors);
    TRY(check_array(problem, data, weight));
    REQUIRE(data->data != NULL, rlra_fail(problem->context, RLRA_ERR_ARGUMENT, "the data of the array is NULL"));
    TRY(rlra_view_check(problem->context, "the data", data, 0));
    TRY(rlra_missing_check(problem->context, missing));
    TRY(check_factors(problem, data, factors));
    if (weights != NULL) {
        REQUIRE(weights->data != NULL,
                rlra_fail(problem->context, RLRA_ERR_ARGUMENT, "the data of the weights is NULL"));
        TRY(rlra_term_check_weights(problem, data, weights));
        TRY(rlra_view_check(problem->context, "the weights", weights, 0));
        choice.weights = *weights;
    }
    const observed_summary summary = rlra_core_of(data->dtype)->summarise(&choice, scan_threads(data));
    TRY(rlra_term_check_summary(problem, data, &choice.weights, &summary));
    problem_term *const term = rlra_term_add(problem, data, NULL, &summary.scan, weight, factors);
    term->is_partial = summary.least != 1 || summary.most != 1;
    term->is_uneven = summary.ones != summary.count;
    term->observed = summary.count;
    term->nan_is_missing = choice.nan_is_missing;
    term->weights = choice.weights;
cleanup:
    return status;
}

/* Whether the problem has a factor n, or may get one. */
static rlra_status check_factor(const rlra_problem *problem, int n)
{
    if (n >= 0 && n < RLRA_MAX_FACTORS && (problem->terms == 0 || problem->lengths[n] > 0 || problem->is_core[n]))
        return RLRA_OK;
    return rlra_fail(problem->context, RLRA_ERR_ARGUMENT, "there is no factor %d: the problem has factors 0 to %d", n,
                     (problem->terms > 0 ? problem->factors : RLRA_MAX_FACTORS) - 1);
}

rlra_status rlra_problem_add_penalty(rlra_problem *problem, int n, const char *name, double weight)
{
    char whose[32];
    if (!(problem != NULL && name != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a penalty needs a problem and a name, got NULL");
    const rlra_status status = check_factor(problem, n);
    if (status != RLRA_OK)
        return status;
    snprintf(whose, sizeof whose, "factor %d", n);
    return rlra_priors_add(problem->context, whose, &problem->priors[n], name, weight);
}

rlra_status rlra_problem_add_prior(rlra_problem *problem, int n, const char *text)
{
    char whose[32];
    if (!(problem != NULL && text != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a prior needs a problem and a text, got NULL");
    const rlra_status status = check_factor(problem, n);
    if (status != RLRA_OK)
        return status;
    snprintf(whose, sizeof whose, "factor %d", n);
    return rlra_priors_parse(problem->context, whose, &problem->priors[n], text);
}
