/* unit/api/sparse_fit.c: fits of sparse matrices are those of their dense copies. */
#include "rlra/rlra.h"
#include "support/meter.h"
#include "support/sparse.h"

static rlra_report fit(rlra_context *context, const rlra_sparse *sparse, const rlra_array *dense, const char *init,
                       int threads, rlra_model **model)
{
    rlra_problem *problem;
    rlra_report report;
    rlra_options options = rlra_options_default();
    options.rank = 4;
    options.max_sweeps = 30;
    options.tolerance = 0;
    options.decrease = 0;
    options.threads = threads;
    options.init = init;
    options.inner_sweeps = 2; /* by default their number follows from the number of entries */
    options.pass = "modes";
    assert_int_equal(rlra_problem_create(context, &problem), RLRA_OK);
    assert_int_equal(sparse != NULL ? rlra_problem_add_sparse(problem, sparse, 2, NULL)
                                    : rlra_problem_add_dense(problem, dense, 2, NULL),
                     RLRA_OK);
    for (int n = 0; n < 2; n++)
        assert_int_equal(rlra_problem_add_penalty(problem, n, "nonneg", 1), RLRA_OK);
    const int64_t dims[] = {sparse != NULL ? sparse->dims[0] : dense->dims[0],
                            sparse != NULL ? sparse->dims[1] : dense->dims[1]};
    assert_int_equal(rlra_model_create(context, REAL_DTYPE, 2, dims, 4, model), RLRA_OK);
    if (rlra_fit(problem, &options, *model, &report) != RLRA_OK)
        fail_msg("%s", rlra_context_message(context));
    rlra_problem_destroy(problem);
    return report;
}

static void test_sparse_and_dense_fits_agree(void **state)
{
    (void)state;
    static const char *const inits[] = {"random", "nndsvd", "nndsvdar"};
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    for (int init = 0; init < COUNT_OF(inits); init++)
        for (int storage = 0; storage < STORAGES; storage++) {
            sparse_matrix m = make_sparse((const int64_t[]){80, 60}, 0.2, storage, 3);
            double *const values = sparse_to_dense(&m);
            real *const entries = malloc(80 * 60 * sizeof *entries);
            for (int e = 0; e < 80 * 60; e++)
                entries[e] = (real)values[e];
            const rlra_array dense = rlra_array_contiguous(REAL_DTYPE, 2, m.dims, entries);
            rlra_model *first, *second;
            const rlra_report a = fit(context, &m.view, NULL, inits[init], 2, &first);
            const rlra_report b = fit(context, NULL, &dense, inits[init], 1, &second);
            /* Rounding errors of 30 sweeps: they grow with the condition of the problem. */
            CHECK(fabs(a.objective - b.objective) <= 2e4 * (double)REAL_EPS * b.objective, "init %s: %.17g and %.17g",
                  inits[init], a.objective, b.objective);
            CHECK(fabs(a.start_objective - b.start_objective) <= 1e3 * (double)REAL_EPS * b.start_objective, "init %s",
                  inits[init]);
            rlra_model_destroy(first);
            rlra_model_destroy(second);
            free(entries);
            free(values);
            free_sparse(&m);
        }
    rlra_context_destroy(context);
}

static void test_what_cannot_be_fitted_is_refused_and_nothing_leaks(void **state)
{
    (void)state;
    meter counted;
    rlra_context *const context = metered_context(&counted);
    const int64_t i[] = {0, 1}, j[] = {1, 0}, dims[] = {2, 2};
    const real values[] = {1, -2};
    rlra_problem *problem;
    rlra_model *model;
    const rlra_sparse s = rlra_sparse_coo(REAL_DTYPE, 2, dims, 2, (const int64_t *const[]){i, j}, values);
    assert_int_equal(rlra_problem_create(context, &problem), RLRA_OK);
    expect(context, rlra_problem_add_sparse(problem, &s, 0, NULL), RLRA_ERR_ARGUMENT, "weight");
    for (long tries = 0;; tries++) {
        counted.made = 0;
        counted.refuse = tries;
        const long before = counted.alive;
        const rlra_status status = rlra_problem_add_sparse(problem, &s, 1, NULL);
        if (status == RLRA_OK)
            break;
        assert_int_equal(status, RLRA_ERR_MEMORY);
        assert_int_equal(counted.alive, before);
    }
    counted.refuse = -1;
    for (int n = 0; n < 2; n++)
        assert_int_equal(rlra_problem_add_penalty(problem, n, "nonneg", 1), RLRA_OK);
    rlra_options options = rlra_options_default();
    options.update = "mu";
    options.rank = 1;
    assert_int_equal(rlra_model_create(context, REAL_DTYPE, 2, dims, 1, &model), RLRA_OK);
    expect(context, rlra_fit(problem, &options, model, NULL), RLRA_ERR_DATA,
           "needs data >= 0, but the least entry is -2");
    options.update = "hals";
    options.init = "snpa";
    expect(context, rlra_fit(problem, &options, model, NULL), RLRA_ERR_UNSUPPORTED, "these are sparse");
    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    assert_int_equal(counted.alive, 1);
    rlra_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sparse_and_dense_fits_agree),
        cmocka_unit_test(test_what_cannot_be_fitted_is_refused_and_nothing_leaks),
    };
    return cmocka_run_group_tests_name("sparse fits", tests, NULL, NULL);
}
