/* api/problem_implicit.c: terms of matrices that are known by their products only. */
#include <math.h>

#include "api/terms.h"
#include "core/check.h"
#include "core/memory.h"
#include "rlra/implicit.h"

rlra_status rlra_problem_add_implicit(rlra_problem *problem, const rlra_products *products, double weight,
                                      const int *factors)
{
    if (!(problem != NULL && products != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a term needs a problem and products, got NULL");
    rlra_status status = RLRA_OK;
    rlra_context *const context = problem->context;
    const int64_t dims[] = {products->rows, products->columns};
    const rlra_array shape = rlra_array_contiguous(products->dtype, 2, dims, NULL);
    const double norm2 = products->norm2, entry = (double)rlra_dtype_bytes(products->dtype);
    const memory_part factors_of_one = {"factors of rank 1", entry * ((double)dims[0] + (double)dims[1]), 0};
    factors = rlra_term_factors(factors);
    REQUIRE(products->apply != NULL && products->apply_transposed != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "data that are known by their products need both, and %s is NULL",
                      products->apply == NULL ? "apply" : "apply_transposed"));
    REQUIRE(norm2 >= 0 && isfinite(norm2),
            rlra_fail(context, RLRA_ERR_ARGUMENT,
                      "norm2, the sum of the squares of the entries, must be a number >= 0, got %g", norm2));
    TRY(rlra_term_check(problem, &shape, weight, factors));
    TRY(rlra_memory_require(context, "the least fit", 1, &factors_of_one,
                            "data with fewer rows and columns need less"));
    const dense_scan scan = {.norm2 = norm2,
                             .least = products->nonneg ? 0 : -INFINITY,
                             .scale = sqrt(norm2 / (double)products->rows / (double)products->columns)};
    problem_term *const term = rlra_term_add(problem, &shape, NULL, &scan, weight, factors);
    term->products = *products;
    term->digest = products->digest;
cleanup:
    return status;
}
