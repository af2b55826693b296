/* property/missing.c: what must hold of fits to data with missing entries and weights: the same answers by other ways. */
#include "support/weighted.h"

static void test_weights_of_one_change_no_bit(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++) {
        planted p = plant(3, order, order == 2 ? weighted_matrix : weighted_cube, 3, 0.2, 0.3);
        view ones = empty_view(order, p.data.array.dims, &c_order);
        int64_t index[RLRA_MAX_ORDER] = {0};
        do
            *entry_at(&ones.array, index) = 1;
        while (next_index(&ones.array, index));
        fitting plain = make_fitting(&p.data.array, 3, "nonneg");
        fitting weighed = make_weighted(&p.data.array, &ones.array, 3, "nonneg");
        run_fit(&plain);
        run_fit(&weighed);
        assert_true(same_models(&plain, &weighed));
        assert_true(plain.report.objective == weighed.report.objective);
        assert_int_equal(weighed.report.observed, rlra_array_count(&p.data.array));
        free_fitting(&plain);
        free_fitting(&weighed);
        free(ones.memory);
        free_planted(&p);
    }
}

/* Through the lists, with nothing in them: the scale of the start is summed in another order. */
static void test_one_weight_for_all_gives_the_fit_without(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++) {
        planted p = plant(3, order, order == 2 ? weighted_matrix : weighted_cube, 3, 0.2, 0.3);
        view halves = empty_view(order, p.data.array.dims, &c_order);
        int64_t index[RLRA_MAX_ORDER] = {0};
        do
            *entry_at(&halves.array, index) = (real)0.5;
        while (next_index(&halves.array, index));
        fitting plain = make_fitting(&p.data.array, 3, "nonneg");
        fitting weighed = make_weighted(&p.data.array, &halves.array, 3, "nonneg");
        plain.options.init = weighed.options.init = "random";
        plain.options.max_sweeps = weighed.options.max_sweeps = 30;
        run_fit(&plain);
        run_fit(&weighed);
        for (int n = 0; n < order; n++)
            assert_true(largest_difference(factor_of(&plain, n), factor_of(&weighed, n)) <= 2e5 * (double)REAL_EPS);
        assert_true(fabs(plain.report.objective - 2 * weighed.report.objective) <=
                    1e3 * (double)REAL_EPS * plain.report.objective);
        free_fitting(&plain);
        free_fitting(&weighed);
        free(halves.memory);
        free_planted(&p);
    }
}

static void test_missing_entries_may_be_anything(void **state)
{
    (void)state;
    static const double junk[] = {INFINITY, -1e30, 0, 7};
    for (int order = 2; order <= 3; order++)
        for (int j = 0; j < COUNT_OF(junk); j++) {
            weighted w = weighted_sample(order, WEIGHTS_MASK, 0.2);
            fitting a = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
            run_fit(&a);
            int64_t index[RLRA_MAX_ORDER] = {0};
            do
                if (*entry_at(&w.weights.array, index) == 0)
                    *entry_at(&w.plant.data.array, index) = (real)junk[j];
            while (next_index(&w.plant.data.array, index));
            fitting b = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
            run_fit(&b);
            assert_true(same_models(&a, &b));
            free_fitting(&a);
            free_fitting(&b);
            free_weighted(&w);
        }
}

static void test_nan_means_what_a_mask_means(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++) {
        weighted w = weighted_sample(order, WEIGHTS_UNEVEN, 0.2);
        fitting masked = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
        fitting nan = empty_fitting(order, w.plant.data.array.dims, 3);
        MUST(&nan, rlra_problem_add_weighted(nan.problem, &w.plant.data.array, NULL, RLRA_MISSING_NAN, 1, NULL));
        for (int n = 0; n < order; n++)
            MUST(&nan, rlra_problem_add_prior(nan.problem, n, "nonneg"));
        run_fit(&masked);
        run_fit(&nan);
        assert_true(same_models(&masked, &nan));
        assert_true(masked.report.objective == nan.report.objective);
        free_fitting(&masked);
        free_fitting(&nan);
        free_weighted(&w);
    }
}

static void test_weights_by_powers_of_two_scale_the_objective_exactly(void **state)
{
    (void)state;
    static const int powers[] = {-20, -3, 1, 14};
    for (int kind = 0; kind < WEIGHT_KINDS; kind++)
        for (int p = 0; p < COUNT_OF(powers); p++) {
            weighted w = weighted_sample(2, (weight_kind)kind, 0.2);
            fitting a = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
            a.options.init = "random";
            run_fit(&a);
            int64_t index[RLRA_MAX_ORDER] = {0};
            do
                *entry_at(&w.weights.array, index) = (real)ldexp((double)*entry_at(&w.weights.array, index), powers[p]);
            while (next_index(&w.weights.array, index));
            fitting b = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
            b.options.init = "random";
            run_fit(&b);
            CHECK(same_models(&a, &b), "weights %d times 2^%d", kind, powers[p]);
            assert_true(b.report.objective == ldexp(a.report.objective, powers[p]));
            assert_true(b.report.relative_error == a.report.relative_error);
            free_fitting(&a);
            free_fitting(&b);
            free_weighted(&w);
        }
}

static void test_threads_change_no_bit(void **state)
{
    (void)state;
    const int64_t large[] = {400, 310};
    for (int kind = 0; kind < WEIGHT_KINDS; kind++)
        for (int way = kind % test_share(); way < 2; way++) {
            weighted w = plant_weighted(9, 2, large, 12, (weight_kind)kind, 0.1);
            fitting fits[3];
            for (int threads = 1; threads <= 3; threads++) {
                fitting *const f = &fits[threads - 1];
                *f = make_weighted(&w.plant.data.array, &w.weights.array, 12, "nonneg");
                f->options.threads = threads;
                f->options.max_sweeps = 8;
                f->options.pass = way ? "one" : "modes";
                run_fit(f);
                CHECK(same_models(&fits[0], f), "weights %d, %d threads", kind, threads);
                assert_true(fits[0].report.objective == f->report.objective);
                assert_true(fits[0].report.kkt_residual == f->report.kkt_residual);
            }
            for (int f = 0; f < 3; f++)
                free_fitting(&fits[f]);
            free_weighted(&w);
        }
}

static void test_objective_never_rises(void **state)
{
    (void)state;
    static const char *const rules[] = {"auto", "mu", "fista", "active_set"};
    for (int order = 2; order <= 3; order++)
        for (int kind = 0; kind < WEIGHT_KINDS; kind++)
            for (int r = kind % test_share(); r < COUNT_OF(rules); r += test_share())
                for (int off = 0; off < 2; off++) {
                    weighted w = weighted_sample(order, (weight_kind)kind, 0.4);
                    double seen[2] = {0};
                    fitting f = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg,l2=0.01");
                    f.options.update = rules[r];
                    f.options.extrapolate = off ? "off" : "on";
                    f.options.max_sweeps = 60;
                    f.options.tolerance = 0;
                    rlra_context_set_progress(f.context, note_rise, seen);
                    run_fit(&f);
                    CHECK(seen[1] <= 64 * (double)REAL_EPS, "order %d, weights %d, %s: a rise of %g", order, kind,
                          rules[r], seen[1]);
                    free_fitting(&f);
                    free_weighted(&w);
                }
}

/* Other memory, the same entries: only rounding may differ. */
static void test_memory_order_does_not_matter(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++)
        for (int way = 1; way < permutations(order); way++) {
            const arrangement how = {"", way, 2, 1, 0};
            weighted w = weighted_sample(order, WEIGHTS_NUMBERS, 0.3);
            view turned = empty_view(order, w.plant.data.array.dims, &how);
            view weights = empty_view(order, w.plant.data.array.dims, &c_order);
            int64_t index[RLRA_MAX_ORDER] = {0};
            do {
                *entry_at(&turned.array, index) = *entry_at(&w.plant.data.array, index);
                *entry_at(&weights.array, index) = *entry_at(&w.weights.array, index);
            } while (next_index(&turned.array, index));
            fitting a = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
            fitting b = make_weighted(&turned.array, &weights.array, 3, "nonneg");
            start_near_truth(&a, &w.plant);
            start_near_truth(&b, &w.plant);
            a.options.pass = b.options.pass = "modes";
            a.options.max_sweeps = b.options.max_sweeps = 4;
            run_fit(&a);
            run_fit(&b);
            for (int n = 0; n < order; n++)
                CHECK(largest_difference(factor_of(&a, n), factor_of(&b, n)) <= 2e4 * (double)REAL_EPS,
                      "order %d, arrangement %d, factor %d: %g", order, way, n,
                      largest_difference(factor_of(&a, n), factor_of(&b, n)));
            free(turned.memory);
            free(weights.memory);
            free_fitting(&a);
            free_fitting(&b);
            free_weighted(&w);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_of_one_change_no_bit),
        cmocka_unit_test(test_one_weight_for_all_gives_the_fit_without),
        cmocka_unit_test(test_missing_entries_may_be_anything),
        cmocka_unit_test(test_nan_means_what_a_mask_means),
        cmocka_unit_test(test_weights_by_powers_of_two_scale_the_objective_exactly),
        cmocka_unit_test(test_threads_change_no_bit),
        cmocka_unit_test(test_objective_never_rises),
        cmocka_unit_test(test_memory_order_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
