/* property/k_sparse.c: fits of which a factor has few entries in each row: planted ones are found, objectives only fall, and the
 * certificate is that of other code. */
#include "support/fitting.h"

#define RANK    6
#define ROWS    40
#define COLUMNS 150

typedef struct sparse_data {
    double w[ROWS * RANK], h[COLUMNS * RANK];
    real *x;
    rlra_array array;
} sparse_data;

/* X = W H^T + noise, rows of H with `entries` of RANK entries, which sum to one if they are shares. */
static sparse_data draw_data(uint64_t seed, int entries, int shares, double noise)
{
    numbers from = {seed, 0};
    sparse_data d = {.x = nan_reals(ROWS * COLUMNS)};
    for (ptrdiff_t e = 0; e < ROWS * RANK; e++)
        d.w[e] = uniform(&from) < 0.3 ? 0 : uniform(&from);
    for (ptrdiff_t j = 0; j < COLUMNS; j++) {
        double sum = 0;
        for (int count = 0; count < entries;) {
            double *const at = &d.h[j * RANK + below(&from, RANK)];
            count += *at == 0;
            *at = *at == 0 ? 0.2 + uniform(&from) : *at;
        }
        for (ptrdiff_t k = 0; k < RANK; k++)
            sum += d.h[j * RANK + k];
        for (ptrdiff_t k = 0; k < RANK; k++)
            d.h[j * RANK + k] /= shares ? sum : 1;
    }
    for (ptrdiff_t i = 0; i < ROWS; i++)
        for (ptrdiff_t j = 0; j < COLUMNS; j++) {
            double sum = noise * normal(&from);
            for (ptrdiff_t k = 0; k < RANK; k++)
                sum += d.w[i * RANK + k] * d.h[j * RANK + k];
            d.x[i * COLUMNS + j] = (real)sum;
        }
    d.array =
        (rlra_array){.dtype = REAL_DTYPE, .order = 2, .dims = {ROWS, COLUMNS}, .strides = {COLUMNS, 1}, .data = d.x};
    return d;
}

static fitting make_sparse_fitting(const rlra_array *array, const char *prior)
{
    fitting f = empty_fitting(2, array->dims, RANK);
    MUST(&f, rlra_problem_add_dense(f.problem, array, 1, NULL));
    MUST(&f, rlra_problem_add_prior(f.problem, 0, "nonneg"));
    MUST(&f, rlra_problem_add_prior(f.problem, 1, prior));
    return f;
}

static void check_entries(const fitting *f, ptrdiff_t most)
{
    const factor h = factor_of(f, 1);
    for (ptrdiff_t i = 0; i < h.length; i++) {
        ptrdiff_t count = 0;
        for (ptrdiff_t k = 0; k < h.rank; k++) {
            assert_true(*entry(h, i, k) >= 0);
            count += *entry(h, i, k) > 0;
        }
        CHECK(count <= most, "row %td has %td entries", i, count);
    }
}

/* A start near the planted factors: the fit must come back to them. */
static void set_start(const fitting *f, const sparse_data *d, double away)
{
    numbers from = {99, 0};
    const factor w = factor_of(f, 0), h = factor_of(f, 1);
    for (ptrdiff_t k = 0; k < RANK; k++) {
        for (ptrdiff_t i = 0; i < ROWS; i++)
            *entry(w, i, k) = (real)(d->w[i * RANK + k] + away * uniform(&from));
        for (ptrdiff_t j = 0; j < COLUMNS; j++)
            *entry(h, j, k) = (real)(d->h[j * RANK + k] + away * uniform(&from));
    }
}

static void test_planted_sparse_factors_come_back_from_nearby(void **state)
{
    (void)state;
    for (int entries = 1; entries <= 4; entries++)
        for (int shares = 0; shares < 2; shares++) {
            char prior[64];
            sparse_data d = draw_data((uint64_t)entries, entries, shares, 0);
            snprintf(prior, sizeof prior, "%s,hard_sparsity=%d", shares ? "simplex" : "nonneg", entries);
            fitting f = make_sparse_fitting(&d.array, prior);
            f.options.init = "model";
            f.options.tolerance = 0;
            f.options.decrease = 0;
            f.options.max_sweeps = 1000;
            set_start(&f, &d, 0.2);
            run_fit(&f);
            check_entries(&f, entries);
            CHECK(f.report.relative_error <= (sizeof(real) == 4 ? 1e-4 : 1e-6), "%s: error %g after %d sweeps", prior,
                  f.report.relative_error, (int)f.report.sweeps);
            free_fitting(&f);
            free(d.x);
        }
}

/* Exact minimisers of the blocks in turn: each sweep more must lower the objective, as the report recomputes it. The driver takes
 * a sweep that raises it back, which shows as no decrease. */
static void test_every_sweep_lowers_the_objective(void **state)
{
    (void)state;
    const char *const priors[] = {"nonneg,hard_sparsity=2", "nonneg,l1=0.01,l2=0.01,hard_sparsity=3",
                                  "simplex,hard_sparsity=2", "hard_sparsity=3"};
    sparse_data d = draw_data(7, 3, 0, 0.05);
    for (int p = 0; p < COUNT_OF(priors); p++) {
        double last = INFINITY;
        for (int64_t sweeps = 1; sweeps <= 10; sweeps++) {
            fitting f = make_sparse_fitting(&d.array, priors[p]);
            f.options.extrapolate = "off";
            f.options.max_sweeps = sweeps;
            f.options.tolerance = 0;
            f.options.decrease = 0;
            run_fit(&f);
            CHECK(f.report.objective < last, "%s, sweep %d: %.17g, not below %.17g", priors[p], (int)sweeps,
                  f.report.objective, last);
            last = f.report.objective;
            free_fitting(&f);
        }
    }
    free(d.x);
}

/* At the end of a long fit the residual is small although the proximal step of the whole row would move it. */
static void test_fits_with_few_entries_reach_a_small_kkt_residual(void **state)
{
    (void)state;
    const char *const priors[] = {"nonneg,hard_sparsity=2", "simplex,hard_sparsity=2", "hard_sparsity=2"};
    sparse_data d = draw_data(5, 3, 0, 0.02);
    for (int p = 0; p < COUNT_OF(priors); p++) {
        fitting f = make_sparse_fitting(&d.array, priors[p]);
        f.options.tolerance = 1e-4;
        f.options.decrease = 0;
        f.options.max_sweeps = 3000;
        run_fit(&f);
        CHECK(f.report.stop == RLRA_STOP_KKT && f.report.kkt_residual <= 1e-4, "%s: %g, %s after %d sweeps", priors[p],
              f.report.kkt_residual, rlra_stop_word(f.report.stop), (int)f.report.sweeps);
        free_fitting(&f);
    }
    free(d.x);
}

/* A support that is not the best of its kind is stationary; one that lacks an entry, or a row with too many, is not. */
static void test_the_residual_sees_missing_and_excess_entries(void **state)
{
    (void)state;
    sparse_data d = draw_data(3, 2, 0, 0);
    fitting f = make_sparse_fitting(&d.array, "nonneg,hard_sparsity=2");
    set_start(&f, &d, 0);
    MUST(&f, rlra_certify(f.problem, f.model, &f.report));
    assert_true(f.report.kkt_residual <= 64 * (double)REAL_EPS);
    const factor h = factor_of(&f, 1);
    ptrdiff_t inside = 0, outside = 0;
    while (*entry(h, 0, inside) == 0)
        inside++;
    while (*entry(h, 0, outside) != 0)
        outside++;
    const real kept = *entry(h, 0, inside);
    *entry(h, 0, inside) = 0;
    MUST(&f, rlra_certify(f.problem, f.model, &f.report));
    assert_true(f.report.kkt_residual > 1e-4);
    *entry(h, 0, inside) = kept;
    *entry(h, 0, outside) = kept / 2;
    MUST(&f, rlra_certify(f.problem, f.model, &f.report));
    assert_true(f.report.kkt_residual > 1e-4);
    free_fitting(&f);
    free(d.x);
}

static void test_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    sparse_data d = draw_data(9, 3, 0, 0.05);
    real first[COLUMNS * RANK];
    for (int threads = 1; threads <= 3; threads++) {
        fitting f = make_sparse_fitting(&d.array, "nonneg,hard_sparsity=3");
        f.options.threads = threads;
        f.options.max_sweeps = 20;
        run_fit(&f);
        const factor h = factor_of(&f, 1);
        for (ptrdiff_t k = 0; k < RANK; k++)
            for (ptrdiff_t i = 0; i < COLUMNS; i++) {
                if (threads == 1)
                    first[k * COLUMNS + i] = *entry(h, i, k);
                assert_true(first[k * COLUMNS + i] == *entry(h, i, k));
            }
        free_fitting(&f);
    }
    free(d.x);
}

static void test_numbers_of_entries_that_are_none_are_refused(void **state)
{
    (void)state;
    const char *const priors[] = {"hard_sparsity",     "hard_sparsity=0",   "hard_sparsity=-1",
                                  "hard_sparsity=1.5", "hard_sparsity=inf", "hard_sparsity=nan"};
    sparse_data d = draw_data(1, 1, 0, 0);
    fitting f = make_sparse_fitting(&d.array, "nonneg");
    for (int p = 0; p < COUNT_OF(priors); p++) {
        assert_int_equal(rlra_problem_add_prior(f.problem, 1, priors[p]), RLRA_ERR_ARGUMENT);
        assert_non_null(strstr(rlra_context_message(f.context), "of entries"));
    }
    MUST(&f, rlra_problem_add_prior(f.problem, 1, "hard_sparsity=100"));
    free_fitting(&f);
    free(d.x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planted_sparse_factors_come_back_from_nearby),
        cmocka_unit_test(test_every_sweep_lowers_the_objective),
        cmocka_unit_test(test_fits_with_few_entries_reach_a_small_kkt_residual),
        cmocka_unit_test(test_the_residual_sees_missing_and_excess_entries),
        cmocka_unit_test(test_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(test_numbers_of_entries_that_are_none_are_refused),
    };
    return cmocka_run_group_tests_name("k_sparse", tests, NULL, NULL);
}
