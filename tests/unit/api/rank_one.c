/* unit/api/rank_one.c: the best component in closed form: nothing is better, and the report is true. */
#include "support/meter.h"

#include <math.h>
#include <string.h>

#include "linalg/svd.h"
#include "rlra/closed.h"
#include "rlra/problem.h"

#define EPS  ((double)REAL_EPS)
#define MOST 2400

/* A matrix, its model and everything that came back. */
typedef struct trial {
    rlra_context *context;
    meter meter;
    real x[MOST];
    rlra_array data;
    rlra_model *model;
    rlra_report report;
} trial;

static void setup(trial *t, int64_t rows, int64_t columns)
{
    const int64_t dims[2] = {rows, columns};
    assert_true(rows * columns <= MOST);
    t->context = metered_context(&t->meter);
    t->data = rlra_array_contiguous(REAL_DTYPE, 2, dims, t->x);
    assert_int_equal(rlra_model_create(t->context, REAL_DTYPE, 2, dims, 1, &t->model), RLRA_OK);
}

static void finish(trial *t)
{
    rlra_model_destroy(t->model);
    rlra_context_destroy(t->context);
    assert_int_equal(t->meter.alive, 0);
}

static void fill_uniform(trial *t, uint64_t seed, double density)
{
    numbers from = {seed, 0};
    for (int64_t e = 0; e < rlra_array_count(&t->data); e++)
        t->x[e] = (real)(uniform(&from) < density ? uniform(&from) : 0);
}

static double x_at(const trial *t, int64_t i, int64_t j)
{
    const int64_t index[2] = {i, j};
    return rlra_array_get(&t->data, index);
}

static double part(const trial *t, int n, int64_t i)
{
    const rlra_array f = rlra_model_factor(t->model, n);
    const int64_t index[2] = {i, 0};
    return rlra_array_get(&f, index);
}

/* The loss of the model by plain loops. */
static double loss_of(const trial *t, int kl)
{
    double sum = 0;
    for (int64_t i = 0; i < t->data.dims[0]; i++)
        for (int64_t j = 0; j < t->data.dims[1]; j++) {
            const double y = x_at(t, i, j), v = part(t, 0, i) * part(t, 1, j);
            sum += !kl ? 0.5 * (y - v) * (y - v) : y > 0 ? y * log(y / v) - y + v : v;
        }
    return sum;
}

static void solve(trial *t, const char *loss)
{
    assert_int_equal(rlra_rank_one(t->context, &t->data, loss, 1, t->model, &t->report), RLRA_OK);
    const rlra_array weight = rlra_model_weights(t->model);
    assert_true(rlra_array_get(&weight, (const int64_t[]){0}) == 1);
    for (int n = 0; n < 2; n++)
        for (int64_t i = 0; i < t->data.dims[n]; i++)
            assert_true(part(t, n, i) >= 0);
}

/* Sum of squares less the largest singular value squared, from all singular values. */
static double best_square(const trial *t, double *norm2)
{
    static double a[MOST], sigma[MOST], v[MOST * 8];
    const ptrdiff_t rows = t->data.dims[0], columns = t->data.dims[1];
    double rest = 0;
    for (ptrdiff_t j = 0; j < columns; j++)
        for (ptrdiff_t i = 0; i < rows; i++)
            a[j * rows + i] = x_at(t, i, j);
    rlra_svd_small(rows, columns, a, sigma, v);
    *norm2 = sigma[0] * sigma[0];
    for (ptrdiff_t k = 1; k < columns; k++)
        rest += sigma[k] * sigma[k];
    *norm2 += rest;
    return rest;
}

static const int64_t shapes[][2] = {{1, 1},   {1, 40},   {40, 1},   {2, 2},  {7, 13},
                                    {60, 40}, {20, 100}, {100, 20}, {3, 101}};

static void test_no_matrix_of_rank_one_is_closer(void **state)
{
    (void)state;
    for (int s = 0; s < COUNT_OF(shapes); s++)
        for (int d = 0; d < 3; d++) {
            trial t;
            double norm2;
            setup(&t, shapes[s][0], shapes[s][1]);
            fill_uniform(&t, (uint64_t)(10 * s + d), d == 0 ? 1 : d == 1 ? 0.3 : 0.05);
            t.x[0] = (real)0.5;
            solve(&t, NULL);
            const double best = 0.5 * best_square(&t, &norm2), tolerance = 64 * EPS * norm2;
            CHECK(fabs(loss_of(&t, 0) - best) <= tolerance, "shape %d, density %d: %g, best %g", s, d, loss_of(&t, 0),
                  best);
            assert_true(fabs(t.report.loss - loss_of(&t, 0)) <= tolerance);
            assert_true(t.report.objective == t.report.loss);
            assert_true(fabs(t.report.relative_error - sqrt(2 * t.report.loss / norm2)) <= 8 * sqrt(EPS));
            CHECK(t.report.kkt_residual <= 64 * EPS, "shape %d, density %d: KKT %g", s, d, t.report.kkt_residual);
            assert_int_equal(t.report.stop, RLRA_STOP_KKT);
            finish(&t);
        }
}

/* The sums of squares differ by the square of what the vectors are off: the vectors themselves are compared. */
static void test_singular_vectors_are_found_to_rounding(void **state)
{
    (void)state;
    trial t;
    double left[20], right[30], u2 = 0, v2 = 0;
    setup(&t, 20, 30);
    /* sigma_1 u v^T + sigma_2 a b^T with a, b orthogonal to u, v: the singular values are known, and close. */
    for (int i = 0; i < 20; i++)
        left[i] = 1 + 0.5 * (i / 2 % 3);
    for (int j = 0; j < 30; j++)
        right[j] = 1 + 0.25 * (j / 2 % 4);
    for (int i = 0; i < 20; i++)
        u2 += left[i] * left[i];
    for (int j = 0; j < 30; j++)
        v2 += right[j] * right[j];
    for (int i = 0; i < 20; i++)
        for (int j = 0; j < 30; j++) {
            const double a = left[i] * (i % 2 == 0 ? 1 : -1), b = right[j] * (j % 2 == 0 ? 1 : -1);
            t.x[i * 30 + j] = (real)((left[i] * right[j] + 0.875 * a * b) / sqrt(u2 * v2));
        }
    solve(&t, "frobenius");
    for (int i = 0; i < 20; i++)
        CHECK(fabs(part(&t, 0, i) - left[i] / sqrt(u2)) <= 64 * EPS, "row %d is off by %g", i,
              part(&t, 0, i) - left[i] / sqrt(u2));
    for (int j = 0; j < 30; j++)
        CHECK(fabs(part(&t, 1, j) - right[j] / sqrt(v2)) <= 64 * EPS, "column %d", j);
    finish(&t);
}

static void test_multiple_singular_values_give_one_of_the_best(void **state)
{
    (void)state;
    trial t;
    double norm2;
    setup(&t, 12, 12);
    memset(t.x, 0, sizeof t.x);
    for (int i = 0; i < 12; i++)
        t.x[i * 12 + i] = 3;
    solve(&t, NULL);
    assert_true(fabs(loss_of(&t, 0) - 0.5 * best_square(&t, &norm2)) <= 64 * EPS * norm2);
    finish(&t);
}

static void test_zero_data_give_zeros(void **state)
{
    (void)state;
    for (int kl = 0; kl < 2; kl++) {
        trial t;
        setup(&t, 5, 4);
        memset(t.x, 0, sizeof t.x);
        solve(&t, kl ? "kl" : "frobenius");
        assert_true(part(&t, 0, 3) == 0 && part(&t, 1, 2) == 0);
        assert_true(t.report.loss == 0 && t.report.relative_error == 0 && t.report.kkt_residual == 0);
        finish(&t);
    }
}

/* A minimum over both factors: moving any entry up or down by a little never helps. */
static void test_kl_component_cannot_be_improved(void **state)
{
    (void)state;
    for (int s = 0; s < COUNT_OF(shapes); s++) {
        trial t;
        setup(&t, shapes[s][0], shapes[s][1]);
        fill_uniform(&t, (uint64_t)s, 0.4);
        t.x[0] = 2;
        solve(&t, "kl");
        const double least = loss_of(&t, 1);
        assert_true(fabs(t.report.loss - least) <=
                    64 * EPS * (1 + least) * sqrt((double)(shapes[s][0] * shapes[s][1])));
        CHECK(t.report.kkt_residual <= 64 * EPS, "shape %d: KKT %g", s, t.report.kkt_residual);
        for (int n = 0; n < 2; n++) {
            const rlra_array f = rlra_model_factor(t.model, n);
            for (int64_t i = 0; i < f.dims[0]; i++)
                for (int up = 0; up < 2; up++) {
                    real *const at = (real *)f.data + i;
                    const real kept = *at;
                    *at = (real)((double)kept * (up ? 1.01 : 0.99));
                    assert_true(kept == 0 || loss_of(&t, 1) > least);
                    *at = kept;
                }
        }
        finish(&t);
    }
}

static void test_kl_marginals_are_those_of_the_data(void **state)
{
    (void)state;
    trial t;
    setup(&t, 30, 50);
    fill_uniform(&t, 9, 0.2);
    for (int j = 0; j < 50; j++)
        t.x[4 * 50 + j] = 0;
    solve(&t, "kl");
    double sum = 0, total = 0;
    for (int64_t i = 0; i < 30; i++) {
        double row = 0, model = 0;
        for (int64_t j = 0; j < 50; j++) {
            row += x_at(&t, i, j);
            model += part(&t, 0, i) * part(&t, 1, j);
        }
        assert_true(fabs(row - model) <= 16 * EPS * row);
        sum += model;
        total += row;
    }
    assert_true(fabs(sum - total) <= 16 * EPS * total);
    assert_true(part(&t, 0, 4) == 0);
    finish(&t);
}

static void test_layout_and_threads_do_not_matter(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl"};
    for (int l = 0; l < 2; l++) {
        static real w[40], h[60];
        trial t, turned;
        setup(&t, 40, 60);
        fill_uniform(&t, 3, 0.7);
        solve(&t, losses[l]);
        for (int i = 0; i < 40; i++)
            w[i] = (real)part(&t, 0, i);
        for (int j = 0; j < 60; j++)
            h[j] = (real)part(&t, 1, j);
        assert_int_equal(rlra_rank_one(t.context, &t.data, losses[l], 3, t.model, NULL), RLRA_OK);
        assert_memory_equal(w, rlra_model_factor(t.model, 0).data, sizeof w);
        assert_memory_equal(h, rlra_model_factor(t.model, 1).data, sizeof h);
        setup(&turned, 60, 40);
        turned.data = rlra_array_permuted(&t.data, (const int[]){1, 0});
        solve(&turned, losses[l]);
        for (int i = 0; i < 40; i++)
            assert_true(fabs(part(&turned, 1, i) - (double)w[i]) <= 64 * EPS * (1 + (double)w[i]));
        finish(&turned);
        finish(&t);
    }
}

/* What came out of range, and a part of the sentence that reports it; the model is untouched. */
static void refused(trial *t, const char *loss, rlra_status status, const char *words)
{
    const rlra_array w = rlra_model_factor(t->model, 0);
    ((real *)w.data)[0] = -5;
    expect(t->context, rlra_rank_one(t->context, &t->data, loss, 1, t->model, &t->report), status, words);
    assert_true(part(t, 0, 0) == -5);
    finish(t);
}

static void test_bad_calls_are_refused(void **state)
{
    (void)state;
    trial t;
    setup(&t, 6, 5);
    fill_uniform(&t, 1, 1);
    t.x[3 * 5 + 2] = (real)-0.25;
    refused(&t, NULL, RLRA_ERR_DATA, "the entry at [3, 2] is -0.25");
    setup(&t, 6, 5);
    t.x[7] = (real)NAN;
    refused(&t, "kl", RLRA_ERR_DATA, "[1, 2]");
    setup(&t, 6, 5);
    fill_uniform(&t, 1, 1);
    refused(&t, "is", RLRA_ERR_ARGUMENT, "got 'is'");
    setup(&t, 6, 5);
    t.data.order = 3;
    refused(&t, NULL, RLRA_ERR_SHAPE, "order 3");
    setup(&t, 6, 5);
    fill_uniform(&t, 1, 1);
    t.data.dims[1] = 4;
    refused(&t, NULL, RLRA_ERR_SHAPE, "must be 6 x 4, got 6 x 5");
    setup(&t, 6, 5);
    t.data.dims[1] = 0;
    refused(&t, NULL, RLRA_ERR_SHAPE, "empty");
}

static void test_failing_allocations_leave_the_model_alone(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl"};
    for (int l = 0; l < 2; l++) {
        rlra_status status = RLRA_ERR_MEMORY;
        for (long refuse = 0; status != RLRA_OK; refuse++) {
            trial t;
            setup(&t, 30, 20);
            fill_uniform(&t, 2, 1);
            const long before = t.meter.alive;
            ((real *)rlra_model_factor(t.model, 0).data)[0] = -5;
            t.meter.refuse = t.meter.made + refuse;
            status = rlra_rank_one(t.context, &t.data, losses[l], 1, t.model, &t.report);
            assert_true(status == RLRA_OK || (status == RLRA_ERR_MEMORY && part(&t, 0, 0) == -5));
            assert_int_equal(t.meter.alive, before);
            assert_true(refuse < 20);
            finish(&t);
        }
    }
}

static rlra_status fit_one(trial *t, const char *init, const char *prior)
{
    rlra_problem *problem = NULL;
    rlra_options options = rlra_options_default();
    options.init = init;
    assert_int_equal(rlra_problem_create(t->context, &problem), RLRA_OK);
    assert_int_equal(rlra_problem_add_dense(problem, &t->data, 1, NULL), RLRA_OK);
    for (int n = 0; n < 2 && prior[0] != '\0'; n++)
        assert_int_equal(rlra_problem_add_prior(problem, n, prior), RLRA_OK);
    const rlra_status status = rlra_fit(problem, &options, t->model, &t->report);
    rlra_problem_destroy(problem);
    return status;
}

static void test_fit_of_one_component_starts_at_its_end(void **state)
{
    (void)state;
    static const char *const priors[] = {"", "nonneg"};
    for (int p = 0; p < 2; p++) {
        trial t;
        double norm2;
        setup(&t, 45, 50);
        fill_uniform(&t, 5, 0.3);
        assert_int_equal(fit_one(&t, "auto", priors[p]), RLRA_OK);
        assert_string_equal(t.report.init, "rank_one");
        assert_true(t.report.sweeps <= 1);
        assert_int_equal(t.report.stop, RLRA_STOP_KKT);
        assert_true(fabs(t.report.loss - 0.5 * best_square(&t, &norm2)) <= 64 * EPS * norm2);
        assert_int_equal(fit_one(&t, "auto", "nonneg,l1=0.1"), RLRA_OK);
        assert_string_equal(t.report.init, "nndsvdar");
        t.x[3] = -1;
        assert_int_equal(fit_one(&t, "auto", priors[p]), RLRA_OK);
        assert_string_equal(t.report.init, p == 0 ? "nndsvdar" : "random");
        expect(t.context, fit_one(&t, "rank_one", priors[p]), RLRA_ERR_UNSUPPORTED, "without negative entries");
        finish(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_matrix_of_rank_one_is_closer),
        cmocka_unit_test(test_singular_vectors_are_found_to_rounding),
        cmocka_unit_test(test_multiple_singular_values_give_one_of_the_best),
        cmocka_unit_test(test_zero_data_give_zeros),
        cmocka_unit_test(test_kl_component_cannot_be_improved),
        cmocka_unit_test(test_kl_marginals_are_those_of_the_data),
        cmocka_unit_test(test_layout_and_threads_do_not_matter),
        cmocka_unit_test(test_bad_calls_are_refused),
        cmocka_unit_test(test_failing_allocations_leave_the_model_alone),
        cmocka_unit_test(test_fit_of_one_component_starts_at_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
