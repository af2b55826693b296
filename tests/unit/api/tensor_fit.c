/* unit/api/tensor_fit.c: fits of sparse tensors are those of their dense copies, under every rule. */
#include "rlra/rlra.h"
#include "support/meter.h"
#include "support/tensors.h"

/* One fit: of the sparse tensor, or of its dense copy. */
typedef struct trial {
    const char *loss, *update, *init, *prior;
    int threads;
} trial;

static const ptrdiff_t rank = 3;

static rlra_report fit(rlra_context *context, const rlra_sparse *sparse, const rlra_array *dense, const trial *t,
                       rlra_model **model)
{
    rlra_problem *problem;
    rlra_report report;
    rlra_options options = rlra_options_default();
    const int order = dense->order;
    options.rank = rank;
    options.max_sweeps = 8;
    options.tolerance = 0;
    options.decrease = 0;
    options.threads = t->threads;
    options.loss = t->loss;
    options.update = t->update;
    options.init = t->init;
    options.inner_sweeps = 2; /* by default their number follows from the number of entries */
    options.pass = "modes";
    assert_int_equal(rlra_problem_create(context, &problem), RLRA_OK);
    assert_int_equal(sparse != NULL ? rlra_problem_add_sparse(problem, sparse, 1, NULL)
                                    : rlra_problem_add_dense(problem, dense, 1, NULL),
                     RLRA_OK);
    for (int n = 0; n < order; n++)
        assert_int_equal(rlra_problem_add_prior(problem, n, t->prior), RLRA_OK);
    assert_int_equal(rlra_model_create(context, REAL_DTYPE, order, dense->dims, rank, model), RLRA_OK);
    if (rlra_fit(problem, &options, *model, &report) != RLRA_OK)
        fail_msg("%s, %s: %s", t->loss, t->update, rlra_context_message(context));
    rlra_problem_destroy(problem);
    return report;
}

static const struct {
    int order;
    int64_t dims[RLRA_MAX_ORDER], count;
} cases[] = {{3, {14, 9, 11}, 500}, {4, {6, 7, 3, 5}, 300}, {5, {4, 3, 4, 2, 5}, 250}};

static void compare(rlra_context *context, int c, const trial *t)
{
    sparse_array s = make_tensor(cases[c].order, cases[c].dims, cases[c].count, -1, 1, (uint64_t)(40 + c));
    const view dense = tensor_to_dense(&s);
    rlra_model *first, *second;
    const rlra_report a = fit(context, &s.view, &dense.array, t, &first);
    const rlra_report b = fit(context, NULL, &dense.array, t, &second);
    /* Rounding errors of eight sweeps: they grow with the condition of the problem, and decide about restarts of fista. */
    const double enlarged = strcmp(t->update, "fista") == 0 ? 1e8 : 1e5;
    CHECK(fabs(a.objective - b.objective) <= fmin(enlarged * (double)REAL_EPS, 0.02) * b.objective,
          "%s, %s, case %d: %.17g and %.17g", t->loss, t->update, c, a.objective, b.objective);
    /* Close singular values magnify those of a start by them. */
    CHECK(fabs(a.start_objective - b.start_objective) <= 1e4 * (double)REAL_EPS * b.start_objective,
          "%s, %s, case %d: starts %.17g and %.17g", t->loss, t->update, c, a.start_objective, b.start_objective);
    rlra_model_destroy(first);
    rlra_model_destroy(second);
    free(dense.memory);
    free_tensor(&s);
}

static void test_squared_fits_are_those_of_the_dense_copy(void **state)
{
    (void)state;
    static const trial trials[] = {
        {"frobenius", "hals", "random", "nonneg", 2},
        {"frobenius", "mu", "random", "nonneg", 1},
        {"frobenius", "ls", "random", "none", 2},
        {"frobenius", "active_set", "random", "nonneg", 3},
        {"frobenius", "block_pivot", "random", "nonneg", 2},
        {"frobenius", "msom", "random", "nonneg", 1},
        {"frobenius", "pgd", "random", "nonneg", 2},
        {"frobenius", "fista", "random", "nonneg,l1=0.1", 2},
        {"frobenius", "admm", "random", "nonneg", 2},
        {"frobenius", "hals", "nndsvdar", "nonneg,l2=0.1", 2},
        {"frobenius", "k_sparse", "random", "nonneg,hard_sparsity=2", 1},
    };
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    for (int c = 0; c < COUNT_OF(cases); c++)
        for (int t = 0; t < COUNT_OF(trials); t++)
            compare(context, c, &trials[t]);
    rlra_context_destroy(context);
}

static void test_fits_of_the_loss_kl_are_those_of_the_dense_copy(void **state)
{
    (void)state;
    static const char *const rules[] = {"mu", "msom", "ccd", "scalar_newton", "newton", "nolips"};
    static const char *const priors[] = {"nonneg", "nonneg,l1=0.2", "nonneg,l2=0.1"};
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    for (int c = 0; c < COUNT_OF(cases); c++)
        for (int u = 0; u < COUNT_OF(rules); u++)
            for (int p = 0; p < COUNT_OF(priors); p++)
                compare(context, c, &(trial){"kl", rules[u], "random", priors[p], 1 + (c + u + p) % 3});
    rlra_context_destroy(context);
}

static void test_threads_change_no_bit_of_a_fit(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl"};
    const int64_t dims[] = {3, 60, 200};
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    sparse_array s = make_tensor(3, dims, 30000, -1, 1, 8); /* rows that are cut, and of which there are few */
    const view dense = tensor_to_dense(&s);
    for (int l = 0; l < COUNT_OF(losses); l++) {
        rlra_model *one, *more;
        const rlra_report a =
            fit(context, &s.view, &dense.array, &(trial){losses[l], "mu", "random", "nonneg", 1}, &one);
        for (int threads = 2; threads <= 3; threads++) {
            const trial t = {losses[l], "mu", "random", "nonneg", threads};
            const rlra_report b = fit(context, &s.view, &dense.array, &t, &more);
            assert_memory_equal(&a.objective, &b.objective, sizeof a.objective);
            for (int n = 0; n < 3; n++) {
                const rlra_array x = rlra_model_factor(one, n), y = rlra_model_factor(more, n);
                CHECK(same_bits(x.data, y.data, rank, (ptrdiff_t)x.dims[0], (ptrdiff_t)x.strides[1]), "%s, factor %d",
                      losses[l], n);
            }
            rlra_model_destroy(more);
        }
        rlra_model_destroy(one);
    }
    free(dense.memory);
    free_tensor(&s);
    rlra_context_destroy(context);
}

/* More places than an int64_t counts; dense copies are out of reach. */
static void test_a_shape_beyond_all_memory_is_fitted_and_planned(void **state)
{
    (void)state;
    const int64_t dims[] = {40000, 50000, 60000, 70000, 1000};
    const int64_t at[] = {7, 39999, 3, 7}, other[] = {5, 5, 900, 5};
    const real values[] = {1, 2, 3, 4};
    rlra_context *context;
    rlra_problem *problem;
    rlra_model *model;
    rlra_report report;
    rlra_plan plan;
    rlra_options options = rlra_options_default();
    options.max_sweeps = 3;
    const rlra_sparse s =
        rlra_sparse_coo(REAL_DTYPE, 5, dims, 4, (const int64_t *const[]){at, at, at, at, other}, values);
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    assert_int_equal(rlra_problem_create(context, &problem), RLRA_OK);
    assert_int_equal(rlra_problem_add_sparse(problem, &s, 1, NULL), RLRA_OK);
    for (int n = 0; n < 5; n++)
        assert_int_equal(rlra_problem_add_penalty(problem, n, "nonneg", 1), RLRA_OK);
    assert_int_equal(rlra_model_create(context, REAL_DTYPE, 5, dims, 2, &model), RLRA_OK);
    for (int l = 0; l < 2; l++) {
        options.loss = l == 0 ? "frobenius" : "kl";
        assert_int_equal(rlra_fit(problem, &options, model, &report), RLRA_OK);
        assert_true(isfinite(report.objective) && report.objective < report.start_objective);
        assert_int_equal(rlra_fit_plan(problem, &options, 2, &plan), RLRA_OK);
        assert_true(plan.entries == 40000.0 * 50000.0 * 60000.0 * 70000.0 * 1000.0 && plan.stored_entries == 3);
    }
    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    rlra_context_destroy(context);
}

static void test_what_cannot_be_fitted_is_refused_and_nothing_leaks(void **state)
{
    (void)state;
    meter counted;
    rlra_context *const context = metered_context(&counted);
    const int64_t i[] = {0, 1}, j[] = {1, 0}, dims[] = {2, 2, 2};
    const real values[] = {1, -2};
    rlra_problem *problem;
    rlra_model *model;
    rlra_options options = rlra_options_default();
    const rlra_sparse s = rlra_sparse_coo(REAL_DTYPE, 3, dims, 2, (const int64_t *const[]){i, j, j}, values);
    assert_int_equal(rlra_problem_create(context, &problem), RLRA_OK);
    expect(context, rlra_problem_add_observed(problem, &s, 1, NULL), RLRA_ERR_UNSUPPORTED, "of matrices only");
    for (long tries = 0;; tries++) {
        const long before = counted.alive;
        counted.made = 0;
        counted.refuse = tries;
        const rlra_status status = rlra_problem_add_sparse(problem, &s, 1, NULL);
        if (status == RLRA_OK)
            break;
        assert_int_equal(status, RLRA_ERR_MEMORY);
        assert_int_equal(counted.alive, before);
    }
    counted.refuse = -1;
    for (int n = 0; n < 3; n++)
        assert_int_equal(rlra_problem_add_penalty(problem, n, "nonneg", 1), RLRA_OK);
    assert_int_equal(rlra_model_create(context, REAL_DTYPE, 3, dims, 1, &model), RLRA_OK);
    options.rank = 1;
    options.update = "mu";
    expect(context, rlra_fit(problem, &options, model, NULL), RLRA_ERR_DATA, "the least entry is -2");
    options.update = "auto";
    options.loss = "kl";
    expect(context, rlra_fit(problem, &options, model, NULL), RLRA_ERR_DATA, "the smallest entry is -2");
    options.loss = "frobenius";
    options.init = "snpa";
    expect(context, rlra_fit(problem, &options, model, NULL), RLRA_ERR_UNSUPPORTED, "columns of a matrix");
    options.init = "auto";
    options.pass = "one";
    expect(context, rlra_fit(problem, &options, model, NULL), RLRA_ERR_UNSUPPORTED, "pass 'one'");
    options.pass = "auto";
    options.holdout = 0.5;
    expect(context, rlra_fit(problem, &options, model, NULL), RLRA_ERR_UNSUPPORTED, "no entries can be held out");
    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    assert_int_equal(counted.alive, 1);
    rlra_context_destroy(context);
}

static void test_losses_that_see_zeros_refuse_what_is_not_stored(void **state)
{
    (void)state;
    const int64_t at[] = {0, 1}, dims[] = {2, 2, 2};
    const real values[] = {1, 2};
    rlra_context *context;
    rlra_problem *problem;
    rlra_model *model;
    rlra_options options = rlra_options_default();
    const rlra_sparse s = rlra_sparse_coo(REAL_DTYPE, 3, dims, 2, (const int64_t *const[]){at, at, at}, values);
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    assert_int_equal(rlra_problem_create(context, &problem), RLRA_OK);
    assert_int_equal(rlra_problem_add_sparse(problem, &s, 1, NULL), RLRA_OK);
    for (int n = 0; n < 3; n++)
        assert_int_equal(rlra_problem_add_penalty(problem, n, "nonneg", 1), RLRA_OK);
    assert_int_equal(rlra_model_create(context, REAL_DTYPE, 3, dims, 1, &model), RLRA_OK);
    options.loss = "beta";
    options.beta = 1.5;
    expect(context, rlra_fit(problem, &options, model, NULL), RLRA_ERR_UNSUPPORTED, "sees every zero");
    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    rlra_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_squared_fits_are_those_of_the_dense_copy),
        cmocka_unit_test(test_fits_of_the_loss_kl_are_those_of_the_dense_copy),
        cmocka_unit_test(test_threads_change_no_bit_of_a_fit),
        cmocka_unit_test(test_a_shape_beyond_all_memory_is_fitted_and_planned),
        cmocka_unit_test(test_what_cannot_be_fitted_is_refused_and_nothing_leaks),
        cmocka_unit_test(test_losses_that_see_zeros_refuse_what_is_not_stored),
    };
    return cmocka_run_group_tests_name("fits of sparse tensors", tests, NULL, NULL);
}
