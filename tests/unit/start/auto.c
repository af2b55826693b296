/* unit/start/auto.c: which start `auto` becomes, from which data, and what the columns of a sample are. */
#include <math.h>
#include <string.h>

#include "support/fitting.h"
#include "support/meter.h"

#define ROWS    120
#define COLUMNS 900
#define RANK    4

/* Mixtures of uniform spectra: every tenth column is nearly pure, `overlap` is how much all spectra share. */
static view make_mixtures(double overlap, double noise, int permutation)
{
    numbers from = {7, 0};
    const int64_t dims[] = {ROWS, COLUMNS};
    view v = empty_view(2, dims, &(arrangement){.step = 1, .permutation = permutation});
    const factor w = uniform_factor(&from, ROWS, RANK);
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        const double shared = uniform(&from);
        for (ptrdiff_t k = 0; k < RANK; k++)
            *entry(w, i, k) = (real)(overlap * shared + (1 - overlap) * (double)*entry(w, i, k));
    }
    for (ptrdiff_t j = 0; j < COLUMNS; j++) {
        double h[RANK], sum = 0;
        for (ptrdiff_t k = 0; k < RANK; k++)
            sum += h[k] = j % 10 == 0 ? (j / 10) % RANK == k : uniform(&from);
        for (ptrdiff_t i = 0; i < ROWS; i++) {
            double value = noise * fabs(normal(&from));
            for (ptrdiff_t k = 0; k < RANK; k++)
                value += (double)*entry(w, i, k) * h[k] / sum;
            *entry_at(&v.array, (int64_t[]){i, j}) = (real)value;
        }
    }
    free(w.at);
    return v;
}

static void clear_most(view *v, double part)
{
    numbers from = {8, 0};
    for (int64_t i = 0; i < ROWS; i++)
        for (int64_t j = 0; j < COLUMNS; j++)
            if (uniform(&from) < part)
                *entry_at(&v->array, (int64_t[]){i, j}) = 0;
}

/* The start of a fit, which the plan foretells. */
static void expect_start(const view *v, const char *loss, const char *prior, const char *init, const char *wanted)
{
    rlra_plan plan;
    fitting f = make_fitting(&v->array, RANK, prior);
    f.options.loss = loss;
    f.options.init = init;
    f.options.max_sweeps = 2;
    MUST(&f, rlra_fit_plan(f.problem, &f.options, RANK, &plan));
    run_fit(&f);
    CHECK(strcmp(f.report.init, wanted) == 0, "%s, %s: %s, not %s", loss, prior, f.report.init, wanted);
    CHECK(strcmp(plan.init, wanted) == 0, "%s, %s: planned %s, not %s", loss, prior, plan.init, wanted);
    free_fitting(&f);
}

static void test_auto_follows_the_data(void **state)
{
    (void)state;
    view pure = make_mixtures(0, 0.01, 0), noise = make_mixtures(0, 2, 0), close = make_mixtures(0.999, 1e-6, 0);
    expect_start(&pure, "frobenius", "nonneg", "auto", "snpa_sample");
    expect_start(&pure, "frobenius", "nonneg", "snpa_sample", "snpa_sample");
    expect_start(&noise, "frobenius", "nonneg", "auto", "random"); /* the columns leave too much */
    expect_start(&close, "frobenius", "nonneg", "auto", "random"); /* they are nearly dependent */
    expect_start(&noise, "frobenius", "nonneg", "snpa_sample", "random");
    expect_start(&pure, "kl", "nonneg", "auto", "random");
    expect_start(&pure, "is", "nonneg", "auto", "random");
    expect_start(&pure, "frobenius", "nonneg,l1=0.01", "auto", "nndsvdar"); /* not measured: as it was */
    clear_most(&pure, 0.65);
    expect_start(&pure, "kl", "nonneg", "auto", "random");
    clear_most(&pure, 0.75);
    expect_start(&pure, "frobenius", "nonneg", "auto", "nndsvdar");
    expect_start(&pure, "kl", "nonneg", "auto", "nndsvda");
    free(pure.memory);
    free(noise.memory);
    free(close.memory);
}

/* The cosine between component k and the column of the data that is most like it. */
static double nearest(const view *v, factor w, ptrdiff_t k)
{
    double best = 0;
    for (int64_t j = 0; j < COLUMNS; j++) {
        double product = 0, own = 0, other = 0;
        for (int64_t i = 0; i < ROWS; i++) {
            const double x = (double)*entry_at(&v->array, (int64_t[]){i, j}), y = (double)*entry(w, i, k);
            product += x * y;
            own += x * x;
            other += y * y;
        }
        best = fmax(best, product / sqrt(own * other));
    }
    return best;
}

/* Largest violation of the conditions of H = argmin ||X - W H^T||, H >= 0, relative to the data. */
static double violation(const view *v, factor w, factor h)
{
    double worst = 0, size = 0;
    for (int64_t j = 0; j < COLUMNS; j++)
        for (ptrdiff_t k = 0; k < RANK; k++) {
            double slope = 0, scale = 0;
            for (int64_t i = 0; i < ROWS; i++) {
                double left = (double)*entry_at(&v->array, (int64_t[]){i, j});
                for (ptrdiff_t l = 0; l < RANK; l++)
                    left -= (double)*entry(w, i, l) * (double)*entry(h, j, l);
                slope += left * (double)*entry(w, i, k);
                scale += (double)*entry_at(&v->array, (int64_t[]){i, j}) * (double)*entry(w, i, k);
            }
            size = fmax(size, fabs(scale));
            worst = fmax(worst, *entry(h, j, k) > 0 ? fabs(slope) : slope);
        }
    return worst / size;
}

static void check_start(const view *v)
{
    fitting one = make_fitting(&v->array, RANK, "nonneg"), two = make_fitting(&v->array, RANK, "nonneg");
    one.options.max_sweeps = two.options.max_sweeps = 0;
    one.options.threads = 1;
    two.options.threads = 2;
    run_fit(&one);
    run_fit(&two);
    assert_string_equal(one.report.init, "snpa_sample");
    assert_true(same_models(&one, &two));
    for (ptrdiff_t k = 0; k < RANK; k++)
        CHECK(nearest(v, factor_of(&one, 0), k) > 1 - 64 * (double)REAL_EPS, "component %td is no column", k);
    const rlra_array weights = rlra_model_weights(one.model);
    const factor w = factor_of(&one, 0);
    for (ptrdiff_t k = 0; k < RANK; k++)
        for (ptrdiff_t i = 0; i < ROWS; i++)
            *entry(w, i, k) *= ((const real *)weights.data)[k];
    /* Sums of ROWS products, and the condition of the columns, which is below 100. */
    const double off = violation(v, w, factor_of(&one, 1));
    CHECK(off < 100 * ROWS * (double)REAL_EPS, "%g", off);
    free_fitting(&one);
    free_fitting(&two);
}

static void test_the_start_is_columns_of_the_data_and_their_coefficients(void **state)
{
    (void)state;
    for (int permutation = 0; permutation < 2; permutation++) {
        view v = make_mixtures(0, 0.01, permutation);
        check_start(&v);
        free(v.memory);
    }
}

static void test_the_seed_chooses_the_sample(void **state)
{
    (void)state;
    view v = make_mixtures(0, 0.05, 0);
    fitting a = make_fitting(&v.array, RANK, "nonneg"), b = make_fitting(&v.array, RANK, "nonneg");
    a.options.max_sweeps = b.options.max_sweeps = 0;
    b.options.seed = 1;
    run_fit(&a);
    run_fit(&b);
    assert_string_equal(a.report.init, "snpa_sample");
    assert_string_equal(b.report.init, "snpa_sample");
    assert_false(same_models(&a, &b));
    free_fitting(&a);
    free_fitting(&b);
    free(v.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_auto_follows_the_data),
        cmocka_unit_test(test_the_start_is_columns_of_the_data_and_their_coefficients),
        cmocka_unit_test(test_the_seed_chooses_the_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
