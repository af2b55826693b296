/* unit/api/fit.c: what a fit refuses, in which words, and that the model is then unchanged; data at the ends of the range. */
#include "support/fitting.h"
#include "support/meter.h"

static const int64_t matrix[] = {8, 6}, cube[] = {5, 4, 6};

/* Fit and certificate are refused so, and no bit of the model changes. */
static void refused(fitting *f, int certify, rlra_status status, const char *part)
{
    factor before[RLRA_MAX_ORDER];
    const int order = rlra_model_order(f->model);
    for (int n = 0; n < order; n++)
        before[n] = copy_factor(factor_of(f, n));
    const rlra_status came =
        certify ? rlra_certify(f->problem, f->model, &f->report) : rlra_fit(f->problem, &f->options, f->model, NULL);
    expect(f->context, came, status, part);
    for (int n = 0; n < order; n++) {
        CHECK(same_bits(before[n].at, factor_of(f, n).at, before[n].rank, before[n].length, before[n].stride), "%s",
              part);
        free(before[n].at);
    }
}

static void refused_both(fitting *f, rlra_status status, const char *part)
{
    refused(f, 0, status, part);
    refused(f, 1, status, part);
}

/* A fit of planted data from a model of random numbers, which must survive errors. */
static fitting ready(planted *p, int order, const char *prior)
{
    numbers from = {1, 0};
    *p = plant(1, order, order == 2 ? matrix : cube, 2, 0.2, 0.1);
    fitting f = make_fitting(&p->data.array, 2, prior);
    for (int n = 0; n < order; n++) {
        const factor start = uniform_factor(&from, p->data.array.dims[n], 2);
        set_factor(&f, n, start);
        free(start.at);
    }
    return f;
}

static void test_problems_without_data_are_refused(void **state)
{
    (void)state;
    fitting f = empty_fitting(2, matrix, 2);
    refused_both(&f, RLRA_ERR_ARGUMENT, "no data");
    free_fitting(&f);
}

static void test_models_of_another_shape_are_refused(void **state)
{
    (void)state;
    planted p;
    fitting f = ready(&p, 2, "nonneg");
    const rlra_dtype other = REAL_DTYPE == RLRA_DTYPE_F32 ? RLRA_DTYPE_F64 : RLRA_DTYPE_F32;
    const int64_t longer[] = {8, 7};
    rlra_model *const right = f.model;
    rlra_model *wrong[3];
    MUST(&f, rlra_model_create(f.context, other, 2, matrix, 2, &wrong[0]));
    MUST(&f, rlra_model_create(f.context, REAL_DTYPE, 3, cube, 2, &wrong[1]));
    MUST(&f, rlra_model_create(f.context, REAL_DTYPE, 2, longer, 2, &wrong[2]));
    expect(f.context, rlra_fit(f.problem, NULL, wrong[0], NULL), RLRA_ERR_UNSUPPORTED, "the data are");
    expect(f.context, rlra_certify(f.problem, wrong[0], &f.report), RLRA_ERR_UNSUPPORTED, "the data are");
    const struct {
        rlra_model *model;
        const char *part;
    } cases[] = {{wrong[1], "the problem has 2 factors, the model 3"},
                 {wrong[2], "factor 1 of the model has 7 rows, its mode of the data has 6"}};
    for (int c = 0; c < 2; c++) {
        f.model = cases[c].model;
        refused_both(&f, RLRA_ERR_SHAPE, cases[c].part);
    }
    f.model = right;
    for (int w = 0; w < 3; w++)
        rlra_model_destroy(wrong[w]);
    free_fitting(&f);
    free_planted(&p);
}

static void test_factors_that_no_term_uses_are_refused(void **state)
{
    (void)state;
    planted p = plant(1, 2, matrix, 2, 0.2, 0.1);
    const int64_t lengths[] = {8, 3, 6};
    fitting f = empty_fitting(3, lengths, 2), g = empty_fitting(2, matrix, 2);
    MUST(&f, rlra_problem_add_dense(f.problem, &p.data.array, 1, (const int[]){0, 2}));
    refused_both(&f, RLRA_ERR_ARGUMENT, "no term of the problem uses factor 1");
    MUST(&g, rlra_problem_add_penalty(g.problem, 4, "l1", 1));
    MUST(&g, rlra_problem_add_dense(g.problem, &p.data.array, 1, NULL));
    refused_both(&g, RLRA_ERR_ARGUMENT, "factor 4 has a penalty, but no term of the problem uses it");
    free_fitting(&f);
    free_fitting(&g);
    free_planted(&p);
}

static void test_penalties_given_before_the_data_count(void **state)
{
    (void)state;
    planted p = plant(1, 2, matrix, 2, 0.2, 0.1);
    fitting f = empty_fitting(2, matrix, 2);
    expect(f.context, rlra_problem_add_penalty(f.problem, 16, "l1", 1), RLRA_ERR_ARGUMENT, "factors 0 to 15");
    MUST(&f, rlra_problem_add_penalty(f.problem, 1, "nonneg", 1));
    MUST(&f, rlra_problem_add_penalty(f.problem, 1, "l1", 0.5));
    MUST(&f, rlra_problem_add_dense(f.problem, &p.data.array, 1, NULL));
    run_fit(&f);
    double sum = 0;
    const factor x = factor_of(&f, 1);
    for (ptrdiff_t k = 0; k < 2; k++)
        for (ptrdiff_t i = 0; i < 6; i++)
            sum += (double)*entry(x, i, k);
    assert_true(sum > 0 && fabs(f.report.penalty - 0.5 * sum) <= 16 * (double)REAL_EPS * sum);
    free_fitting(&f);
    free_planted(&p);
}

static void test_options_out_of_range_are_refused(void **state)
{
    (void)state;
    planted p;
    fitting f = ready(&p, 2, "nonneg");
    f.options.rank = 3;
    refused(&f, 0, RLRA_ERR_ARGUMENT, "ask for rank 3, the model has 2");
    f.options = rlra_options_default();
    f.options.max_sweeps = -1;
    refused(&f, 0, RLRA_ERR_ARGUMENT, "`max_sweeps`");
    f.options = rlra_options_default();
    f.options.tolerance = NAN;
    refused(&f, 0, RLRA_ERR_ARGUMENT, "tolerance");
    f.options = rlra_options_default();
    f.options.update = "gradient";
    refused(&f, 0, RLRA_ERR_ARGUMENT, "gradient");
    f.options = rlra_options_default();
    f.options.rank = 2;
    run_fit(&f);
    assert_int_equal(rlra_fit(f.problem, NULL, f.model, NULL), RLRA_OK);
    free_fitting(&f);
    free_planted(&p);
}

static void test_rules_refuse_what_they_cannot_treat_and_name_one_that_can(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *prior, *part;
    } cases[] = {
        {"ls", "nonneg", "update 'ls' cannot treat the penalty 'nonneg' of factor 0: use one of: hals"},
        {"ls", "l1=1", "'l1'"},
        {"ls", "simplex", "'simplex'"},
        {"hals", "simplex", "use one of: pgd, fista"},
        {"block_pivot", "simplex", "update 'block_pivot'"},
        {"mu", "none", "update 'mu' needs the penalty 'nonneg' on factor 0"},
        {"mu", "l2=1", "needs the penalty 'nonneg'"},
    };
    for (int c = 0; c < COUNT_OF(cases); c++) {
        planted p;
        fitting f = ready(&p, 2, cases[c].prior);
        f.options.update = cases[c].rule;
        refused(&f, 0, RLRA_ERR_UNSUPPORTED, cases[c].part);
        free_fitting(&f);
        free_planted(&p);
    }
}

static void test_mu_refuses_negative_data(void **state)
{
    (void)state;
    planted p = plant(1, 2, matrix, 2, 0.2, 0.1);
    p.data.memory[13] = (real)-1e-6;
    fitting f = make_fitting(&p.data.array, 2, "nonneg");
    f.options.update = "mu";
    refused(&f, 0, RLRA_ERR_DATA, "update 'mu' needs data >= 0");
    f.options.update = "hals";
    run_fit(&f);
    free_fitting(&f);
    free_planted(&p);
}

static void test_starts_refuse_what_they_cannot_treat(void **state)
{
    (void)state;
    planted p;
    fitting f = ready(&p, 3, "nonneg");
    f.options.init = "snpa";
    refused(&f, 0, RLRA_ERR_UNSUPPORTED, "init 'snpa' picks columns of a matrix");
    free_fitting(&f);
    free_planted(&p);
    f = ready(&p, 2, "nonneg");
    f.options.init = "model";
    *entry(factor_of(&f, 1), 3, 1) = (real)-0.5;
    refused(&f, 0, RLRA_ERR_DATA, "holds -0.5 in factor 1 at [3, 1], but the factor must be nonnegative");
    *entry(factor_of(&f, 1), 3, 1) = (real)NAN;
    refused(&f, 0, RLRA_ERR_DATA, "factor 1 at [3, 1]");
    *entry(factor_of(&f, 1), 3, 1) = (real)INFINITY;
    refused(&f, 0, RLRA_ERR_DATA, "inf in factor 1");
    free_fitting(&f);
    const int64_t wide[] = {8, 3};
    planted q = plant(1, 2, wide, 2, 0.2, 0.1);
    f = make_fitting(&q.data.array, 5, "nonneg");
    f.options.init = "snpa";
    refused(&f, 0, RLRA_ERR_ARGUMENT, "cannot pick 5 of 3 columns");
    free_fitting(&f);
    free_planted(&p);
    free_planted(&q);
}

static void test_one_pass_is_refused_where_it_cannot_be(void **state)
{
    (void)state;
    planted p = plant(1, 2, matrix, 2, 0.2, 0.1);
    fitting f = make_fitting(&p.data.array, 2, "nonneg");
    MUST(&f, rlra_problem_add_dense(f.problem, &p.data.array, 1, NULL));
    f.options.pass = "one";
    refused(&f, 0, RLRA_ERR_UNSUPPORTED, "pass 'one' needs the squared loss of a single term: use 'modes'");
    f.options.init = "nndsvd";
    f.options.pass = "auto";
    refused(&f, 0, RLRA_ERR_UNSUPPORTED, "needs a problem of one term");
    f.options.init = "auto";
    run_fit(&f);
    assert_string_equal(f.report.pass, "modes");
    free_fitting(&f);
    free_planted(&p);
}

static double error_at_scale(int order, int power, const char *rule)
{
    planted p = plant(1, order, order == 2 ? matrix : cube, 2, 0, 0.3);
    for (ptrdiff_t e = 0; e < (ptrdiff_t)rlra_array_count(&p.data.array); e++)
        p.data.memory[e] *= (real)ldexp(1, power);
    fitting f = make_fitting(&p.data.array, 2, "nonneg");
    f.options.update = rule;
    f.options.init = "random";
    f.options.max_sweeps = 30;
    run_fit(&f);
    assert_true(isfinite(f.report.objective) && isfinite(f.report.kkt_residual));
    free_fitting(&f);
    free_planted(&p);
    return f.report.relative_error;
}

/* The sum of squares may come near the ends that adding data allows; powers of 2^6 are exact for order 2 and 3. */
static void test_data_near_the_ends_of_the_range_are_fitted_alike(void **state)
{
    (void)state;
    static const char *const rules[] = {"hals", "fista", "active_set", "mu"};
    const int largest = sizeof(real) == 4 ? 6 * 8 : 6 * 81, smallest = sizeof(real) == 4 ? -6 * 8 : -6 * 77;
    for (int order = 2; order <= 3; order++)
        for (int r = 0; r < COUNT_OF(rules); r++) {
            const double error = error_at_scale(order, 0, rules[r]);
            const double large = error_at_scale(order, largest, rules[r]),
                         small = error_at_scale(order, smallest, rules[r]);
            const double slack =
                strcmp(rules[r], "mu") == 0 ? 1e4 * (double)REAL_EPS : 0; /* its floor is no power of two */
            CHECK(fabs(large - error) <= slack && fabs(small - error) <= slack, "order %d, %s: %g %g %g", order,
                  rules[r], small, error, large);
        }
}

static void test_workspace_stays_small_beside_the_data(void **state)
{
    (void)state;
    const int64_t large[] = {1500, 1200}, box[] = {130, 120, 110};
    for (int order = 2; order <= 3; order++) {
        planted p = plant(1, order, order == 2 ? large : box, 1, 0, 0);
        int64_t rows = 0;
        for (int m = 0; m < order; m++)
            rows += p.data.array.dims[m];
        for (int64_t rank = 1; rank <= 10; rank += 9) {
            fitting f = make_fitting(&p.data.array, rank, "nonneg");
            f.options.init = "random";
            f.options.max_sweeps = 0;
            f.options.threads = 2;
            run_fit(&f);
            const double data = (double)rlra_array_count(&p.data.array) * sizeof(real);
            const double factors = (double)(rows * rank) * sizeof(real), constant = order == 2 ? 1 << 18 : 5 << 20;
            CHECK((double)f.report.workspace_bytes <= 0.05 * data + 8 * factors + constant,
                  "order %d, rank %d: %.2f MiB beside %.2f", order, (int)rank,
                  (double)f.report.workspace_bytes / 1048576, data / 1048576);
            free_fitting(&f);
        }
        free_planted(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_problems_without_data_are_refused),
        cmocka_unit_test(test_models_of_another_shape_are_refused),
        cmocka_unit_test(test_factors_that_no_term_uses_are_refused),
        cmocka_unit_test(test_penalties_given_before_the_data_count),
        cmocka_unit_test(test_options_out_of_range_are_refused),
        cmocka_unit_test(test_rules_refuse_what_they_cannot_treat_and_name_one_that_can),
        cmocka_unit_test(test_mu_refuses_negative_data),
        cmocka_unit_test(test_starts_refuse_what_they_cannot_treat),
        cmocka_unit_test(test_one_pass_is_refused_where_it_cannot_be),
        cmocka_unit_test(test_data_near_the_ends_of_the_range_are_fitted_alike),
        cmocka_unit_test(test_workspace_stays_small_beside_the_data),
    };
    return cmocka_run_group_tests_name("fit", tests, NULL, NULL);
}
