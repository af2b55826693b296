/* property/coupled_rows.c: penalties that tie the rows of a factor to each other: fits see the whole factor wherever it matters, or
 * refuse. */
#include "penalty/penalty.h"
#include "support/fitting.h"

#define ROWS    151
#define COLUMNS 40
#define RANK    3

/* Peaks that overlap, and noise. */
static void make_data(numbers *from, rlra_array *array)
{
    const int64_t dims[] = {ROWS, COLUMNS};
    const double places[RANK] = {40, 75, 110}, widths[RANK] = {14, 22, 11};
    real *const at = malloc(ROWS * COLUMNS * sizeof *at);
    double mix[RANK][COLUMNS];
    for (int k = 0; k < RANK; k++)
        for (int j = 0; j < COLUMNS; j++)
            mix[k][j] = uniform(from);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++) {
            double sum = 0.05 * uniform(from);
            for (int k = 0; k < RANK; k++) {
                const double z = (i - places[k]) / widths[k];
                sum += mix[k][j] * exp(-0.5 * z * z);
            }
            at[i * COLUMNS + j] = (real)sum;
        }
    *array = rlra_array_contiguous(REAL_DTYPE, 2, dims, at);
}

static fitting pose(const rlra_array *array, const char *prior, const char *update, const char *pass)
{
    const int64_t lengths[] = {ROWS, COLUMNS};
    fitting f = empty_fitting(2, lengths, RANK);
    MUST(&f, rlra_problem_add_dense(f.problem, array, 1, NULL));
    MUST(&f, rlra_problem_add_prior(f.problem, 0, prior));
    MUST(&f, rlra_problem_add_prior(f.problem, 1, "nonneg"));
    MUST(&f, rlra_options_set(f.context, &f.options, "update", update));
    MUST(&f, rlra_options_set(f.context, &f.options, "pass", pass));
    f.options.max_sweeps = 60;
    return f;
}

/* A column falls only once: from its peak on. */
static int count_peaks(factor x, ptrdiff_t k)
{
    int peaks = 0, rises = 1;
    for (ptrdiff_t i = 1; i < x.length; i++) {
        const real before = *entry(x, i - 1, k), here = *entry(x, i, k);
        if (here < before && rises)
            peaks++;
        rises = here > before ? 1 : here < before ? 0 : rises;
    }
    return peaks + (rises && peaks == 0);
}

static const char *const priors[] = {"unimodal", "nonneg,unimodal", "unimodal,l2=0.01", "nonneg,unimodal,l2=0.01"};

static void test_components_have_one_peak_whatever_rule_and_pass(void **state)
{
    static const char *const updates[] = {"auto", "hals", "admm", "fista", "pgd"};
    static const char *const passes[] = {"auto", "modes"};
    rlra_array array;
    numbers from = {1, 0};
    (void)state;
    make_data(&from, &array);
    for (int u = 0; u < COUNT_OF(updates); u++)
        for (int p = 0; p < COUNT_OF(priors); p++)
            for (int s = 0; s < COUNT_OF(passes); s++) {
                fitting f = pose(&array, priors[p], updates[u], passes[s]);
                run_fit(&f);
                for (ptrdiff_t k = 0; k < RANK; k++)
                    CHECK(count_peaks(factor_of(&f, 0), k) == 1, "%s with %s: component %td has %d peaks", updates[u],
                          priors[p], k, count_peaks(factor_of(&f, 0), k));
                free_fitting(&f);
            }
    free(array.data);
}

/* sqrt( sum_k g_kk ||x_k - prox(x_k + (m - x G)_k / g_kk)||^2 ) / ||X|| of factor 0, by plain loops over whole columns. */
static double plain_residual(const fitting *f, const rlra_array *array, penalty_list *list)
{
    const factor x = factor_of(f, 0), h = factor_of(f, 1);
    const real *const y = array->data;
    double sum = 0, norm2 = 0;
    for (ptrdiff_t e = 0; e < ROWS * COLUMNS; e++)
        norm2 += (double)y[e] * (double)y[e];
    const factor step = make_factor(ROWS, 1);
    for (ptrdiff_t k = 0; k < RANK; k++) {
        double curvature = 0;
        for (ptrdiff_t j = 0; j < COLUMNS; j++)
            curvature += (double)*entry(h, j, k) * (double)*entry(h, j, k);
        for (ptrdiff_t i = 0; i < ROWS; i++) {
            double slope = 0;
            for (ptrdiff_t j = 0; j < COLUMNS; j++) {
                double left = (double)y[i * COLUMNS + j];
                for (ptrdiff_t l = 0; l < RANK; l++)
                    left -= (double)*entry(x, i, l) * (double)*entry(h, j, l);
                slope += left * (double)*entry(h, j, k);
            }
            *entry(step, i, 0) = (real)((double)*entry(x, i, k) + slope / curvature);
        }
        RLRA(penalties_prox)(list, 1 / curvature, step);
        for (ptrdiff_t i = 0; i < ROWS; i++) {
            const double moved = (double)*entry(x, i, k) - (double)*entry(step, i, 0);
            sum += curvature * moved * moved;
        }
    }
    free(step.at);
    return sqrt(sum / norm2);
}

static int find_member(const char *name)
{
    int index = 0;
    while (strcmp(RLRA(penalty_at)(index)->about.name, name) != 0)
        index++;
    return index;
}

static void test_the_certificate_sees_whole_columns(void **state)
{
    rlra_array array;
    numbers from = {2, 0};
    double room[4 * ROWS];
    penalty_list list = {
        .count = 2,
        .item = {{RLRA(penalty_at)(find_member("unimodal")), 1}, {RLRA(penalty_at)(find_member("nonneg")), 1}},
        .room = room};
    (void)state;
    make_data(&from, &array);
    fitting f = pose(&array, "nonneg,unimodal", "hals", "auto");
    f.options.max_sweeps = 3;
    f.options.tolerance = 0;
    run_fit(&f);
    const double found = plain_residual(&f, &array, &list);
    CHECK(f.report.kkt_residual >= found * (1 - 1e-3) - 64 * (double)REAL_EPS, "KKT residual %g, by plain loops %g",
          f.report.kkt_residual, found);
    f.options.max_sweeps = 5000;
    f.options.decrease = 0;
    f.options.tolerance = sizeof(real) == 4 ? 1e-4 : 1e-6;
    f.options.init = "model";
    run_fit(&f);
    const double end = plain_residual(&f, &array, &list);
    CHECK(f.report.stop == RLRA_STOP_KKT && end <= 1.01 * f.options.tolerance, "the fit ends at %g, by plain loops %g",
          f.report.kkt_residual, end);
    free_fitting(&f);
    free(array.data);
}

static void test_threads_change_nothing(void **state)
{
    rlra_array array;
    numbers from = {3, 0};
    (void)state;
    make_data(&from, &array);
    for (int p = 0; p < COUNT_OF(priors); p++) {
        fitting one = pose(&array, priors[p], "auto", "auto"), two = pose(&array, priors[p], "auto", "auto");
        one.options.threads = 1;
        two.options.threads = 3;
        run_fit(&one);
        run_fit(&two);
        assert_true(same_models(&one, &two));
        free_fitting(&one);
        free_fitting(&two);
    }
    free(array.data);
}

static void check_refusal(fitting *f, const char *both, const char *sides)
{
    assert_int_equal(rlra_fit(f->problem, &f->options, f->model, NULL), RLRA_ERR_UNSUPPORTED);
    const char *const message = rlra_context_message(f->context);
    CHECK(strstr(message, both) != NULL && strstr(message, sides) != NULL, "%s", message);
}

static void test_what_cannot_see_whole_columns_refuses(void **state)
{
    rlra_array array;
    numbers from = {4, 0};
    (void)state;
    make_data(&from, &array);
    fitting f = pose(&array, "nonneg,unimodal", "auto", "one");
    check_refusal(&f, "pass 'one'", "factor 0");
    f.options.pass = "auto";
    f.options.holdout = 0.1;
    check_refusal(&f, "'unimodal'", "held-out");
    f.options.holdout = 0;
    f.options.loss = "kl";
    check_refusal(&f, "'unimodal'", "'frobenius'");
    f.options.loss = "frobenius";
    f.options.update = "block_pivot";
    check_refusal(&f, "'unimodal'", "hals");
    static const char *const others[] = {"l1=0.1", "simplex", "upper=1", "hard_sparsity=2"};
    for (int o = 0; o < COUNT_OF(others); o++) {
        assert_int_equal(rlra_problem_add_prior(f.problem, 0, others[o]), RLRA_ERR_UNSUPPORTED);
        assert_non_null(strstr(rlra_context_message(f.context), "'unimodal'"));
    }
    rlra_nnls_plan *plan;
    assert_int_equal(rlra_nnls_plan_create(f.context, &array, NULL, "nonneg,unimodal", &plan), RLRA_ERR_UNSUPPORTED);
    assert_non_null(strstr(rlra_context_message(f.context), "'unimodal'"));
    free_fitting(&f);
    free(array.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_components_have_one_peak_whatever_rule_and_pass),
        cmocka_unit_test(test_the_certificate_sees_whole_columns),
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_what_cannot_see_whole_columns_refuses),
    };
    return cmocka_run_group_tests_name("coupled rows", tests, NULL, NULL);
}
