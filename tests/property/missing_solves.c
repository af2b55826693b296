/* property/missing_solves.c: fits with missing entries against solves by force; what is held out, stored or without entries. */
#include "data/observed/observed.h"
#include "support/weighted.h"

/* The minimiser of a row >= 0 for its own Gram weighted_matrix, by many rounds over the components. */
static void solve_row(ptrdiff_t rank, const double *gram, const double *rhs, double *x)
{
    for (int round = 0; round < 50; round++)
        for (ptrdiff_t k = 0; k < rank; k++) {
            double left = rhs[k];
            for (ptrdiff_t l = 0; l < rank; l++)
                left -= gram[k * rank + l] * x[l];
            if (gram[k * rank + k] > 0)
                x[k] = fmax(0, x[k] + left / gram[k * rank + k]);
        }
}

/* Alternating weighted least squares over every entry, again and again: no lists, no Gram weighted_matrix that is shared. */
static void solve_by_force(const weighted *w, factor *factors, int sweeps)
{
    double rhs[64], gram[64 * 64], x[64];
    for (int sweep = 0; sweep < sweeps; sweep++)
        for (int n = 0; n < w->plant.data.array.order; n++)
            for (ptrdiff_t i = 0; i < factors[n].length; i++) {
                weighted_block(&w->plant.data.array, &w->weights.array, factors, n, i, rhs, gram);
                for (ptrdiff_t k = 0; k < factors[n].rank; k++)
                    x[k] = (double)*entry(factors[n], i, k);
                solve_row(factors[n].rank, gram, rhs, x);
                for (ptrdiff_t k = 0; k < factors[n].rank; k++)
                    *entry(factors[n], i, k) = (real)x[k];
            }
}

/* ||x - v|| / ||x|| over entries of weight 0. */
static double hidden_error(const weighted *w, const view *truth, const factor *factors)
{
    double left = 0, whole = 0;
    int64_t index[RLRA_MAX_ORDER] = {0};
    do {
        if (*entry_at(&w->weights.array, index) != 0)
            continue;
        const double x = (double)*entry_at(&truth->array, index);
        left += pow(x - model_at(truth->array.order, factors, index, NULL), 2);
        whole += x * x;
    } while (next_index(&truth->array, index));
    return sqrt(left / whole);
}

static void test_brute_force_weighted_solve_finds_the_same(void **state)
{
    (void)state;
    static const weight_kind kinds[] = {WEIGHTS_MASK, WEIGHTS_NUMBERS};
    const int64_t small[] = {16, 14}, small_cube[] = {7, 6, 8};
    for (int order = 2; order <= 3; order++)
        for (int k = 0; k < COUNT_OF(kinds); k++) {
            const int64_t *const dims = order == 2 ? small : small_cube;
            weighted w = plant_weighted(21, order, dims, 2, kinds[k], 0.25);
            planted whole = plant(21, order, dims, 2, 0.3, 0.5);
            fitting f = make_weighted(&w.plant.data.array, &w.weights.array, 2, "nonneg");
            factor forced[RLRA_MAX_ORDER], found[RLRA_MAX_ORDER];
            start_near_truth(&f, &w.plant);
            f.options.tolerance = 32 * (double)REAL_EPS;
            f.options.decrease = 0;
            f.options.max_sweeps = 4000;
            for (int n = 0; n < order; n++)
                forced[n] = copy_factor(w.plant.truth[n]);
            run_fit(&f);
            solve_by_force(&w, forced, 1000);
            factors_of(&f, found);
            const double mine = hidden_error(&w, &whole.data, found), theirs = hidden_error(&w, &whole.data, forced);
            /* Both creep at the end: what is left of the way counts more than rounding. */
            CHECK(fabs(mine - theirs) <= 1e-7 + 1e4 * (double)REAL_EPS, "order %d: held-out error %.9g, by force %.9g",
                  order, mine, theirs);
            for (int n = 0; n < order; n++)
                free(forced[n].at);
            free_fitting(&f);
            free_weighted(&w);
            free_planted(&whole);
        }
}

/* What is held out is a share of the entries, determined by seed and position alone; it is scored as plain loops score it, and the
 * fit is that of the others. */
static void test_hold_out_is_a_mask(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++)
        for (int seed = 0; seed < 3; seed++) {
            weighted w = weighted_sample(order, WEIGHTS_MASK, 0);
            const planted whole = plant((uint64_t)order + 4, order, w.plant.data.array.dims, 3, 0.3, 0.5);
            fitting held = make_fitting(&w.plant.data.array, 3, "nonneg");
            held.options.holdout = 0.15;
            held.options.holdout_seed = seed;
            run_fit(&held);
            int64_t index[RLRA_MAX_ORDER] = {0}, count = 0;
            uint64_t position = 0;
            do {
                const int gone = RLRA(observed_random)((uint64_t)seed, position++) < 0.15;
                *entry_at(&w.weights.array, index) = (real)!gone;
                count += gone;
            } while (next_index(&w.weights.array, index));
            cover(&w);
            fitting masked = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
            run_fit(&masked);
            factor found[RLRA_MAX_ORDER];
            factors_of(&held, found);
            assert_true(same_models(&held, &masked));
            assert_int_equal(held.report.held_out, count);
            assert_int_equal(held.report.observed + count, rlra_array_count(&w.weights.array));
            assert_true(fabs((double)count / (double)rlra_array_count(&w.weights.array) - 0.15) < 0.05);
            const double error = hidden_error(&w, &whole.data, found);
            assert_true(fabs(held.report.held_out_error - error) <= 1e-10 * error);
            free_fitting(&held);
            free_fitting(&masked);
            free_weighted(&w);
            free_planted((planted *)(uintptr_t)&whole);
        }
}

/* The stored entries of a sparse weighted_matrix are what a mask lets through. */
static void test_stored_entries_alone_are_a_mask(void **state)
{
    (void)state;
    for (int held = 0; held < 2; held++) {
        weighted w = weighted_sample(2, WEIGHTS_UNEVEN, 0.6);
        int64_t i[41 * 33], j[41 * 33], count = 0, index[RLRA_MAX_ORDER] = {0};
        real values[41 * 33];
        *entry_at(&w.plant.data.array, (const int64_t[]){1, 1}) = 0; /* is known to be zero */
        *entry_at(&w.weights.array, (const int64_t[]){1, 1}) = 1;
        do
            if (*entry_at(&w.weights.array, index) != 0) {
                i[count] = index[0];
                j[count] = index[1];
                values[count++] = *entry_at(&w.plant.data.array, index);
            }
        while (next_index(&w.weights.array, index));
        const rlra_sparse stored =
            rlra_sparse_coo(REAL_DTYPE, 2, weighted_matrix, count, (const int64_t *const[]){i, j}, values);
        fitting dense = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
        fitting scattered = empty_fitting(2, weighted_matrix, 3);
        MUST(&scattered, rlra_problem_add_observed(scattered.problem, &stored, 1, NULL));
        for (int n = 0; n < 2; n++)
            MUST(&scattered, rlra_problem_add_prior(scattered.problem, n, "nonneg"));
        fitting *const both[] = {&dense, &scattered};
        for (int b = 0; b < 2; b++) {
            start_near_truth(both[b], &w.plant);
            both[b]->options.holdout = held ? 0.1 : 0;
            both[b]->options.inner_sweeps = 3;
            both[b]->options.pass = "modes";
            both[b]->options.max_sweeps = 4;
            run_fit(both[b]);
        }
        for (int n = 0; n < 2; n++)
            assert_true(largest_difference(factor_of(&dense, n), factor_of(&scattered, n)) <= 2e4 * (double)REAL_EPS);
        assert_true(fabs(dense.report.objective - scattered.report.objective) <=
                    1e4 * (double)REAL_EPS * dense.report.objective);
        assert_true(fabs(dense.report.held_out_error - scattered.report.held_out_error) <= 1e5 * (double)REAL_EPS);
        assert_int_equal(dense.report.observed, scattered.report.observed);
        assert_int_equal(dense.report.held_out, scattered.report.held_out);
        assert_int_equal(dense.report.unobserved, scattered.report.unobserved);
        free_fitting(&dense);
        free_fitting(&scattered);
        free_weighted(&w);
    }
}

static void test_rows_without_entries_are_reported_and_as_small_as_they_may_be(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *prior;
        double entry;
    } cases[] = {{"auto", "nonneg", 0},
                 {"hals", "none", 0},
                 {"ls", "none", 0},
                 {"mu", "nonneg,l1=1", 0},
                 {"fista", "nonneg,simplex", 1.0 / 3},
                 {"hals", "lower=0.5", 0.5},
                 {"auto", "nonneg,l2=1", 0}};
    for (int c = 0; c < COUNT_OF(cases); c++) {
        weighted w = weighted_sample(2, WEIGHTS_UNEVEN, 0.1);
        fitting f = make_weighted(&w.plant.data.array, &w.weights.array, 3, cases[c].prior);
        f.options.update = cases[c].rule;
        run_fit(&f);
        assert_int_equal(f.report.unobserved, 1);
        assert_int_equal(f.report.unobserved_factor, 0);
        assert_int_equal(f.report.unobserved_row, 2);
        for (ptrdiff_t k = 0; k < 3; k++)
            CHECK(fabs((double)*entry(factor_of(&f, 0), 2, k) - cases[c].entry) <= 8 * (double)REAL_EPS, "%s, %s: %g",
                  cases[c].rule, cases[c].prior, (double)*entry(factor_of(&f, 0), 2, k));
        free_fitting(&f);
        free_weighted(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brute_force_weighted_solve_finds_the_same),
        cmocka_unit_test(test_hold_out_is_a_mask),
        cmocka_unit_test(test_stored_entries_alone_are_a_mask),
        cmocka_unit_test(test_rows_without_entries_are_reported_and_as_small_as_they_may_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
