/* api/problem_sparse.c: terms of sparse arrays. */
#include "api/array.h"
#include "api/terms.h"
#include "core/check.h"
#include "core/memory.h"
#include "solve/core.h"

static rlra_array shape_of(const rlra_sparse *sparse)
{
    return rlra_array_contiguous(sparse->dtype, sparse->order, sparse->dims, NULL);
}

static rlra_status check_weights(const rlra_problem *problem, const rlra_sparse *data, const rlra_sparse *weights)
{
    const rlra_array mine = shape_of(data), theirs = shape_of(weights);
    return rlra_term_check_weights(problem, &mine, &theirs);
}

/* Check memory: nearly empty data may be small while a fit of them is large, with rows of factors and the start of each row of
 * the data. */
static rlra_status check_memory(rlra_context *context, const rlra_sparse *data)
{
    const double entry = (double)rlra_dtype_bytes(data->dtype), count = (double)data->count;
    double rows = 0, longest = 0;
    for (int m = 0; m < data->order; m++) {
        rows += (double)data->dims[m];
        longest = (double)data->dims[m] > longest ? (double)data->dims[m] : longest;
    }
    const memory_part parts[] = {
        {"entries by rows and by columns", 8 * (data->order == 2 ? rows : longest) + entry * count, 0},
        {"factors of rank 1", entry * rows, 0},
    };
    return rlra_memory_require(context, "the least fit", 2, parts, "data with fewer rows and columns need less");
}

static rlra_status add(rlra_problem *problem, const stored_choice *choice, double weight, const int *factors)
{
    rlra_status status = RLRA_OK;
    const rlra_sparse *const data = choice->data;
    observed_summary summary;
    void *stored = NULL;
    factors = rlra_term_factors(factors);
    TRY(rlra_sparse_check(problem->context, data));
    REQUIRE(data->order == 2 || !choice->only_stored,
            rlra_fail(problem->context, RLRA_ERR_UNSUPPORTED,
                      "what is not stored can be missing of matrices only, and this array has order %d: take its zeros "
                      "as they are, or a dense array with a mask (`mask`)",
                      data->order));
    const rlra_array shape = shape_of(data);
    TRY(rlra_term_check(problem, &shape, weight, factors));
    if (choice->weights != NULL)
        TRY(check_weights(problem, data, choice->weights));
    TRY(check_memory(problem->context, data));
    TRY(rlra_core_of(data->dtype)->store(problem->context, choice, &stored, &summary));
    TRY(choice->only_stored ? rlra_term_check_summary(problem, &shape, &shape, &summary)
                            : rlra_check_entries(problem->context, "the data", &shape, &summary.scan));
    problem_term *const term = rlra_term_add(problem, &shape, stored, &summary.scan, weight, factors);
    stored = NULL;
    term->is_partial = choice->only_stored;
    term->is_uneven = summary.ones != summary.count;
    term->observed = choice->only_stored ? summary.count : term->observed;
cleanup:
    if (stored != NULL)
        rlra_core_of(data->dtype)->release(problem->context, stored);
    return status;
}

rlra_status rlra_problem_add_sparse(rlra_problem *problem, const rlra_sparse *data, double weight, const int *factors)
{
    if (!(problem != NULL && data != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a term needs a problem and data, got NULL");
    return add(problem, &(stored_choice){.data = data}, weight, factors);
}

rlra_status rlra_problem_add_observed(rlra_problem *problem, const rlra_sparse *data, double weight, const int *factors)
{
    if (!(problem != NULL && data != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a term needs a problem and data, got NULL");
    return rlra_problem_add_observed_weighted(problem, data, NULL, weight, factors);
}

rlra_status rlra_problem_add_observed_weighted(rlra_problem *problem, const rlra_sparse *data,
                                               const rlra_sparse *weights, double weight, const int *factors)
{
    if (!(problem != NULL && data != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a term needs a problem and data, got NULL");
    if (data->count == 0)
        return rlra_fail(problem->context, RLRA_ERR_DATA, "no entry of the data is observed: none is stored");
    return add(problem, &(stored_choice){data, weights, 1}, weight, factors);
}
