/* api/form.c: forms of models, maps of modes, and the shapes of factors that follow from them. */
#include "rlra/form.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/form.h"
#include "core/check.h"
#include "core/view.h"
#include "form/form.h"

/* The forms that exist, for messages. */
static void list_names(char *text, size_t size)
{
    text[0] = '\0';
    for (int member = 0; rlra_f64_form_at(member) != NULL; member++) {
        const size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%s", member == 0 ? "" : ", ", rlra_f64_form_at(member)->about.name);
    }
}

static int find(const char *name)
{
    for (int member = 0; rlra_f64_form_at(member) != NULL; member++)
        if (strcmp(rlra_f64_form_at(member)->about.name, name) == 0)
            return member;
    return -1;
}

/* A factor number that nothing uses, or -1. */
static int free_number(const rlra_problem *problem)
{
    for (int n = 0; n < RLRA_MAX_FACTORS; n++)
        if (problem->lengths[n] == 0 && !problem->is_core[n])
            return n;
    return -1;
}

static rlra_status check_core(const rlra_problem *problem, int core)
{
    if (core < 0 || core >= RLRA_MAX_FACTORS)
        return rlra_fail(problem->context, RLRA_ERR_ARGUMENT, "factor numbers lie in 0 .. %d, got %d for the core",
                         RLRA_MAX_FACTORS - 1, core);
    if (problem->lengths[core] != 0 || problem->is_core[core])
        return rlra_fail(problem->context, RLRA_ERR_UNSUPPORTED,
                         "factor %d is in use already: give the core a number of its own, such as %d", core,
                         free_number(problem));
    return RLRA_OK;
}

rlra_status rlra_problem_set_form(rlra_problem *problem, int t, const char *name, int core)
{
    if (!(problem != NULL && name != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a form needs a problem and a name, got NULL");
    rlra_status status = RLRA_OK;
    rlra_context *const context = problem->context;
    const int member = find(name);
    char names[256];
    list_names(names, sizeof names);
    REQUIRE(member >= 0, rlra_fail(context, RLRA_ERR_ARGUMENT, "there is no form '%s'; known are: %s", name, names));
    REQUIRE(t >= 0 && t < problem->terms,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "there is no term %d: the problem has %d", t, problem->terms));
    problem_term *const term = &problem->term[t];
    const form_ops *const before = rlra_f64_form_at(term->form), *const ops = rlra_f64_form_at(member);
    const int had = term->factors[term->array.order];
    REQUIRE(before->cores == 0 || (member == term->form && core == had),
            rlra_fail(context, RLRA_ERR_UNSUPPORTED, "term %d is of the form '%s' already, with the core %d", t,
                      before->about.name, had));
    if (ops->cores > before->cores) {
        TRY(check_core(problem, core));
        term->factors[term->array.order] = core;
        problem->is_core[core] = 1;
        problem->factors = core + 1 > problem->factors ? core + 1 : problem->factors;
    }
    term->form = member;
cleanup:
    return status;
}

static rlra_status check_map(const rlra_problem *problem, int m, int64_t rows, const rlra_array *matrix)
{
    rlra_status status = RLRA_OK;
    rlra_context *const context = problem->context;
    REQUIRE(matrix->data != NULL, rlra_fail(context, RLRA_ERR_ARGUMENT, "the map of mode %d has no data", m));
    TRY(rlra_view_check(context, "the map", matrix, 0));
    REQUIRE(matrix->dtype == problem->dtype,
            rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                      "the map of mode %d is %s, the data %s: give both in one precision", m,
                      rlra_dtype_name(matrix->dtype), rlra_dtype_name(problem->dtype)));
    REQUIRE(matrix->order == 2 && matrix->dims[0] == rows && matrix->dims[1] >= 1,
            rlra_fail(context, RLRA_ERR_SHAPE,
                      "the map of mode %d must be a matrix of %" PRId64 " rows, as many as the mode has, got order %d "
                      "with %" PRId64 " x %" PRId64,
                      m, rows, matrix->order, matrix->dims[0], matrix->order > 1 ? matrix->dims[1] : 1));
    for (int64_t k = 0; k < matrix->dims[1]; k++) {
        double most = 0;
        for (int64_t i = 0; i < rows; i++) {
            const double value = rlra_array_get(matrix, (const int64_t[]){i, k});
            REQUIRE(isfinite(value),
                    rlra_fail(context, RLRA_ERR_DATA, "the map of mode %d holds %g at [%" PRId64 ", %" PRId64 "]", m,
                              value, i, k));
            most = fmax(most, fabs(value));
        }
        REQUIRE(most > 0, rlra_fail(context, RLRA_ERR_DATA,
                                    "column %" PRId64 " of the map of mode %d is zero: leave it out", k, m));
    }
cleanup:
    return status;
}

rlra_status rlra_problem_set_map(rlra_problem *problem, int t, int mode, const rlra_array *matrix)
{
    if (problem == NULL)
        return rlra_fail(NULL, RLRA_ERR_ARGUMENT, "a map needs a problem, got NULL");
    rlra_status status = RLRA_OK;
    REQUIRE(t >= 0 && t < problem->terms, rlra_fail(problem->context, RLRA_ERR_ARGUMENT,
                                                    "there is no term %d: the problem has %d", t, problem->terms));
    problem_term *const term = &problem->term[t];
    REQUIRE(mode >= 0 && mode < term->array.order,
            rlra_fail(problem->context, RLRA_ERR_ARGUMENT, "there is no mode %d: the data have %d", mode,
                      term->array.order));
    if (matrix != NULL)
        TRY(check_map(problem, mode, term->array.dims[mode], matrix));
    term->map[mode] = matrix == NULL ? (rlra_array){0} : *matrix;
    problem->lengths[term->factors[mode]] = problem_length(term, mode);
cleanup:
    return status;
}

rlra_status rlra_problem_check(const rlra_problem *problem)
{
    if (problem->terms == 0)
        return rlra_fail(problem->context, RLRA_ERR_ARGUMENT, "the problem has no data: add a term first");
    for (int n = 0; n < problem->factors; n++)
        if (problem->lengths[n] == 0 && !problem->is_core[n])
            return rlra_fail(problem->context, RLRA_ERR_ARGUMENT, "no term of the problem uses factor %d", n);
    return RLRA_OK;
}

/* Refuse terms that need different lengths of a factor. */
static rlra_status check_lengths(const rlra_problem *problem)
{
    for (int t = 0; t < problem->terms; t++)
        for (int m = 0; m < problem->term[t].array.order; m++) {
            const int n = problem->term[t].factors[m];
            if (problem_length(&problem->term[t], m) != problem->lengths[n])
                return rlra_fail(problem->context, RLRA_ERR_SHAPE,
                                 "factor %d has %" PRId64 " rows in term %d, and %" PRId64
                                 " in another: give both terms "
                                 "their maps",
                                 n, problem_length(&problem->term[t], m), t, problem->lengths[n]);
        }
    return RLRA_OK;
}

/* Most entries of a core, as columns of seen factors are numbered by int. */
#define MOST_ENTRIES INT32_MAX

/* Check the size of a core before integers are multiplied. */
static rlra_status check_core_size(const rlra_problem *problem, int t, const int64_t *ranks)
{
    double entries = 1;
    for (int m = 0; m < problem->term[t].array.order; m++)
        entries *= (double)ranks[m];
    if (entries <= MOST_ENTRIES)
        return RLRA_OK;
    return rlra_fail(problem->context, RLRA_ERR_MEMORY,
                     "the core of term %d would have %g entries, one for each choice of a column of every factor, and "
                     "%d is the most: lower the ranks",
                     t, entries, MOST_ENTRIES);
}

static rlra_status check_term(const rlra_problem *problem, int t, const int64_t *ranks, factor_shapes *shapes)
{
    const problem_term *const term = &problem->term[t];
    const form_ops *const ops = rlra_f64_form_at(term->form);
    const int order = term->array.order;
    int64_t of_modes[RLRA_MAX_ORDER];
    for (int m = 0; m < order; m++)
        of_modes[m] = ranks[term->factors[m]];
    if (ops->cores > 0) {
        const int core = term->factors[order];
        const rlra_status status = check_core_size(problem, t, of_modes);
        if (status != RLRA_OK)
            return status;
        ops->core_shape(order, of_modes, &shapes->dims[core], &shapes->ranks[core]);
    }
    for (int m = 1; ops->has_components && m < order; m++)
        if (of_modes[m] != of_modes[0])
            return rlra_fail(problem->context, RLRA_ERR_ARGUMENT,
                             "factors %d and %d have ranks %" PRId64 " and %" PRId64 ": those of a model of the form "
                             "'%s' share one",
                             term->factors[0], term->factors[m], of_modes[0], of_modes[m], ops->about.name);
    return RLRA_OK;
}

rlra_status rlra_problem_shapes(const rlra_problem *problem, const int64_t *ranks, factor_shapes *shapes)
{
    rlra_status status = check_lengths(problem);
    *shapes = (factor_shapes){0};
    for (int n = 0; n < problem->factors; n++) {
        shapes->dims[n] = problem->lengths[n];
        if (problem->is_core[n])
            continue;
        shapes->ranks[n] = ranks[n];
        if (ranks[n] < 1)
            return rlra_fail(problem->context, RLRA_ERR_ARGUMENT, "the rank must be at least 1, got %" PRId64,
                             ranks[n]);
    }
    for (int t = 0; t < problem->terms && status == RLRA_OK; t++)
        status = check_term(problem, t, ranks, shapes);
    return status;
}

rlra_status rlra_model_create_for(const rlra_problem *problem, const int64_t *ranks, rlra_model **model)
{
    if (!(problem != NULL && ranks != NULL && model != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a model needs a problem, ranks and a place, got NULL");
    rlra_status status = RLRA_OK;
    factor_shapes shapes;
    *model = NULL;
    TRY(rlra_problem_check(problem));
    TRY(rlra_problem_shapes(problem, ranks, &shapes));
    int64_t rank = shapes.ranks[0];
    for (int n = 0; n < problem->factors; n++)
        rank = problem->is_core[n] || shapes.ranks[n] != rank ? 0 : rank;
    TRY(rlra_model_create_shaped(problem->context, problem->dtype, problem->factors, shapes.dims, shapes.ranks, rank,
                                 model));
cleanup:
    return status;
}
