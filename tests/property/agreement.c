/* property/agreement.c: ways to the same answer agree: passes, threads, kernels, layouts, units, transposed and split data. */
#include "linalg/kernels.h"
#include "support/fitting.h"

static const int64_t matrix[] = {61, 47}, cube[] = {17, 13, 11};

static void set_start(fitting *f, const planted *p, uint64_t seed)
{
    numbers from = {seed, 0};
    f->options.init = "model";
    for (int n = 0; n < p->data.array.order; n++) {
        const factor start = uniform_factor(&from, p->data.array.dims[n], p->rank);
        set_factor(f, n, start);
        free(start.at);
    }
}

/* Factors that went the same way differ by rounding errors, which sweeps enlarge. */
static void check_close(const fitting *f, const fitting *g, double tolerance, const char *name)
{
    for (int n = 0; n < rlra_model_order(f->model); n++) {
        const double apart = largest_difference(factor_of(f, n), factor_of(g, n)),
                     size = largest_entry(factor_of(f, n));
        CHECK(apart <= tolerance * size, "%s, factor %d: %g of %g", name, n, apart, size);
    }
    CHECK(fabs(f->report.objective - g->report.objective) <= tolerance * f->report.objective, "%s: %.17g and %.17g",
          name, f->report.objective, g->report.objective);
}

static const double enlarged = 1e5 * (double)REAL_EPS;

static void test_one_pass_and_one_per_mode_agree(void **state)
{
    (void)state;
    static const char *const priors[] = {"nonneg", "nonneg,l1=0.2,l2=0.1", "l2=0.1", "simplex"};
    planted data[] = {plant(1, 2, matrix, 4, 0.4, 1), plant(2, 3, cube, 3, 0.4, 1)};
    for (int d = 0; d < 2; d++)
        for (int c = 0; c < COUNT_OF(priors); c++) {
            fitting f = make_fitting(&data[d].data.array, data[d].rank, priors[c]);
            fitting g = make_fitting(&data[d].data.array, data[d].rank, priors[c]);
            set_start(&f, &data[d], 1);
            set_start(&g, &data[d], 1);
            f.options.max_sweeps = g.options.max_sweeps = 5;
            f.options.pass = "one";
            g.options.pass = "modes";
            run_fit(&f);
            run_fit(&g);
            assert_string_equal(f.report.pass, "one");
            assert_string_equal(g.report.pass, "modes");
            check_close(&f, &g, enlarged, priors[c]);
            free_fitting(&f);
            free_fitting(&g);
        }
    for (int d = 0; d < 2; d++)
        free_planted(&data[d]);
}

static void test_threads_change_no_bit(void **state)
{
    (void)state;
    const int64_t large[] = {2900, 350}, box[] = {120, 110, 90};
    static const char *const rules[] = {"hals", "mu", "fista"}, *const passes[] = {"one", "modes"};
    planted data[] = {plant(1, 2, large, 2, 0.4, 1), plant(2, 3, box, 2, 0.4, 1)};
    for (int d = 0; d < 2; d++)
        for (int way = 0; way < 4; way++) {
            fitting one = make_fitting(&data[d].data.array, 2, "nonneg");
            for (int threads = 1; threads <= 3; threads++) {
                fitting more = threads == 1 ? one : make_fitting(&data[d].data.array, 2, "nonneg");
                more.options.threads = threads;
                more.options.max_sweeps = 3;
                more.options.update = rules[way % 3];
                more.options.pass = passes[way / 2];
                run_fit(&more);
                assert_int_equal(more.report.threads, threads);
                if (threads == 1) {
                    one = more;
                    continue;
                }
                CHECK(same_models(&one, &more), "order %d, %s, %d threads", data[d].data.array.order, rules[way % 3],
                      threads);
                assert_true(one.report.objective == more.report.objective);
                assert_true(one.report.kkt_residual == more.report.kkt_residual);
                free_fitting(&more);
            }
            free_fitting(&one);
        }
    for (int d = 0; d < 2; d++)
        free_planted(&data[d]);
}

static void test_seeds_repeat_a_fit_and_change_it(void **state)
{
    (void)state;
    planted p = plant(1, 3, cube, 3, 0.4, 1);
    fitting fits[3];
    for (int s = 0; s < 3; s++) {
        fits[s] = make_fitting(&p.data.array, 3, "nonneg");
        fits[s].options.init = "random";
        fits[s].options.seed = s == 2 ? 8 : 7;
        fits[s].options.max_sweeps = 4;
        run_fit(&fits[s]);
    }
    assert_true(same_models(&fits[0], &fits[1]));
    assert_false(same_models(&fits[0], &fits[2]));
    for (int s = 0; s < 3; s++)
        free_fitting(&fits[s]);
    free_planted(&p);
}

static void test_kernel_sets_agree(void **state)
{
    (void)state;
    planted p = plant(1, 3, cube, 3, 0.4, 1);
    fitting first;
    for (int s = 0; RLRA(kernels_at)(s) != NULL; s++) {
        setenv("RLRA_KERNELS", RLRA(kernels_at)(s)->name, 1);
        fitting f = make_fitting(&p.data.array, 3, "nonneg,l1=0.1");
        set_start(&f, &p, 1);
        f.options.max_sweeps = 5;
        run_fit(&f);
        unsetenv("RLRA_KERNELS");
        if (s == 0) {
            first = f;
            continue;
        }
        check_close(&first, &f, enlarged, RLRA(kernels_at)(s)->name);
        free_fitting(&f);
    }
    free_fitting(&first);
    free_planted(&p);
}

/* Where the modes are given in another order, the same memory is read in the same way. */
static void test_transposed_views_swap_the_factors_bit_by_bit(void **state)
{
    (void)state;
    const int swap[] = {1, 0}, turn[] = {2, 0, 1};
    planted data[] = {plant(1, 2, matrix, 4, 0.4, 1), plant(2, 3, cube, 3, 0.4, 1)};
    for (int d = 0; d < 2; d++) {
        const int *const modes = d == 0 ? swap : turn;
        const rlra_array turned = rlra_array_permuted(&data[d].data.array, modes);
        fitting f = make_fitting(&data[d].data.array, data[d].rank, "nonneg");
        fitting g = make_fitting(&turned, data[d].rank, "nonneg");
        set_start(&f, &data[d], 1);
        g.options.init = "model";
        for (int n = 0; n < turned.order; n++)
            set_factor(&g, n, factor_of(&f, modes[n]));
        f.options.max_sweeps = g.options.max_sweeps = 20;
        run_fit(&f);
        run_fit(&g);
        for (int n = 0; n < turned.order; n++)
            CHECK(same_factors(&f, modes[n], &g, n), "order %d, factor %d", turned.order, n);
        free_fitting(&f);
        free_fitting(&g);
    }
    for (int d = 0; d < 2; d++)
        free_planted(&data[d]);
}

static void test_layouts_of_the_same_numbers_agree(void **state)
{
    (void)state;
    planted p = plant(1, 3, cube, 3, 0.4, 1);
    fitting f = make_fitting(&p.data.array, 3, "nonneg");
    set_start(&f, &p, 1);
    f.options.max_sweeps = 3;
    f.options.pass = "modes";
    run_fit(&f);
    for (int permutation = 0; permutation < 6; permutation++)
        for (int step = 1; step <= 2; step++) {
            const view v = empty_view(3, cube, &(arrangement){"", permutation, step, (unsigned)permutation, 0});
            int64_t index[RLRA_MAX_ORDER] = {0};
            do
                *entry_at(&v.array, index) = *entry_at(&p.data.array, index);
            while (next_index(&v.array, index));
            fitting g = make_fitting(&v.array, 3, "nonneg");
            set_start(&g, &p, 1);
            g.options.max_sweeps = 3;
            g.options.pass = "modes";
            run_fit(&g);
            check_close(&f, &g, enlarged, "layout");
            free_fitting(&g);
            free(v.memory);
        }
    free_fitting(&f);
    free_planted(&p);
}

/* y = 2^k x, but for a part of the largest entry. */
static void check_scaled(const fitting *f, const fitting *g, int k, double tolerance, const char *name)
{
    for (int n = 0; n < rlra_model_order(f->model); n++) {
        const factor x = factor_of(f, n), y = factor_of(g, n);
        for (ptrdiff_t e = 0; e < x.stride * x.rank; e++)
            CHECK(fabs((double)y.at[e] - ldexp((double)x.at[e], k)) <= tolerance * ldexp(largest_entry(x), k),
                  "%s, 2^%d, factor %d", name, k, n);
    }
    const double slack = tolerance * (f->report.relative_error + f->report.kkt_residual);
    assert_true(fabs(g->report.relative_error - f->report.relative_error) <= slack);
    assert_true(fabs(g->report.kkt_residual - f->report.kkt_residual) <= slack);
}

static view scaled_view(const view *v, int power)
{
    const view scaled = empty_view(v->array.order, v->array.dims, &c_order);
    for (ptrdiff_t e = 0; e < (ptrdiff_t)rlra_array_count(&v->array); e++)
        scaled.memory[e] = v->memory[e] * (real)ldexp(1, power);
    return scaled;
}

static void test_data_scaled_by_powers_of_two_give_exactly_scaled_factors(void **state)
{
    (void)state;
    static const char *const starts[] = {"random", "nndsvd", "nndsvdar"}, *const rules[] = {"hals", "fista",
                                                                                            "active_set"};
    planted data[] = {plant(1, 2, matrix, 4, 0.4, 1), plant(2, 3, cube, 3, 0.4, 1)};
    for (int d = 0; d < 2; d++)
        for (int way = 0; way < 27; way++) {
            const int order = data[d].data.array.order, k = way / 9 * 4 - 4;
            view v = scaled_view(&data[d].data, order * k);
            fitting f = make_fitting(&data[d].data.array, data[d].rank, "nonneg");
            fitting g = make_fitting(&v.array, data[d].rank, "nonneg");
            f.options.update = g.options.update = rules[way % 3];
            f.options.init = g.options.init = starts[way / 3 % 3];
            f.options.max_sweeps = g.options.max_sweeps = 8;
            run_fit(&f);
            run_fit(&g);
            const int exact = order == 2 || way / 3 % 3 == 0; /* tensors' singular vectors are scaled by a cube root */
            check_scaled(&f, &g, k, exact ? 0 : enlarged, starts[way / 3 % 3]);
            free_fitting(&f);
            free_fitting(&g);
            free(v.memory);
        }
    for (int d = 0; d < 2; d++)
        free_planted(&data[d]);
}

/* Data times 2^(N k), factors times 2^k: the weight of a penalty of degree p must follow as 2^((2 N - p) k). */
static void test_penalties_follow_the_scale_of_the_data(void **state)
{
    (void)state;
    planted data[] = {plant(1, 2, matrix, 4, 0.4, 1), plant(2, 3, cube, 3, 0.4, 1)};
    for (int d = 0; d < 2; d++)
        for (int k = -4; k <= 4; k += 8) {
            const int order = data[d].data.array.order;
            view v = scaled_view(&data[d].data, order * k);
            fitting f = make_fitting(&data[d].data.array, data[d].rank, "nonneg,l1=0.125,l2=0.25");
            fitting g = make_fitting(&v.array, data[d].rank, "nonneg");
            for (int n = 0; n < order; n++) {
                MUST(&g, rlra_problem_add_penalty(g.problem, n, "l1", ldexp(0.125, (2 * order - 1) * k)));
                MUST(&g, rlra_problem_add_penalty(g.problem, n, "l2", ldexp(0.25, (2 * order - 2) * k)));
            }
            f.options.max_sweeps = g.options.max_sweeps = 5;
            run_fit(&f);
            run_fit(&g);
            check_scaled(&f, &g, k, enlarged, "penalties");
            free_fitting(&f);
            free_fitting(&g);
            free(v.memory);
        }
    for (int d = 0; d < 2; d++)
        free_planted(&data[d]);
}

/* The factors of a start times the numbers that are best for each of them: terms that share one are each scaled as they need. */
static void prescale(fitting *f)
{
    f->options.init = "model";
    f->options.max_sweeps = 0;
    run_fit(f);
}

static void copy_entries(factor from, factor to)
{
    for (ptrdiff_t k = 0; k < to.rank; k++)
        for (ptrdiff_t i = 0; i < to.length; i++)
            *entry(to, i, k) = *entry(from, i, k);
}

static void test_two_terms_that_share_a_factor_equal_the_stacked_one(void **state)
{
    (void)state;
    const int64_t lengths[] = {61, 20, 27};
    const int of_left[] = {0, 1}, of_right[] = {0, 2};
    planted p = plant(1, 2, matrix, 4, 0.4, 1);
    rlra_array left = p.data.array, right = p.data.array;
    left.dims[1] = 20;
    right.dims[1] = 27;
    right.data = (real *)right.data + 20;
    fitting f = make_fitting(&p.data.array, 4, "nonneg"), g = empty_fitting(3, lengths, 4);
    set_start(&f, &p, 1);
    MUST(&g, rlra_problem_add_dense(g.problem, &left, 1, of_left));
    MUST(&g, rlra_problem_add_dense(g.problem, &right, 1, of_right));
    for (int n = 0; n < 3; n++)
        MUST(&g, rlra_problem_add_prior(g.problem, n, "nonneg"));
    const factor h = factor_of(&f, 1);
    set_factor(&g, 0, factor_of(&f, 0));
    set_factor(&g, 1, factor_rows(h, 0, 20));
    set_factor(&g, 2, factor_rows(h, 20, 47));
    prescale(&g);
    set_factor(&f, 0, factor_of(&g, 0));
    copy_entries(factor_of(&g, 1), factor_rows(h, 0, 20));
    copy_entries(factor_of(&g, 2), factor_rows(h, 20, 47));
    f.options.max_sweeps = g.options.max_sweeps = 6;
    f.options.inner_sweeps = g.options.inner_sweeps =
        1; /* blocks of rows, cut elsewhere, decide about further rounds */
    f.options.pass = "modes";
    run_fit(&f);
    run_fit(&g);
    assert_string_equal(g.report.pass, "modes");
    assert_true(fabs(f.report.objective / g.report.objective - 1) <= enlarged);
    assert_true(fabs(f.report.relative_error / g.report.relative_error - 1) <= enlarged);
    assert_true(largest_difference(factor_of(&f, 0), factor_of(&g, 0)) <= enlarged * largest_entry(factor_of(&f, 0)));
    assert_true(largest_difference(factor_rows(h, 0, 20), factor_of(&g, 1)) <= enlarged * largest_entry(h));
    assert_true(largest_difference(factor_rows(h, 20, 47), factor_of(&g, 2)) <= enlarged * largest_entry(h));
    free_fitting(&f);
    free_fitting(&g);
    free_planted(&p);
}

static void test_a_weight_of_four_equals_data_and_factor_twice_as_large(void **state)
{
    (void)state;
    planted p = plant(1, 2, matrix, 4, 0.4, 1);
    fitting f = make_fitting(&p.data.array, 4, "nonneg"), g = empty_fitting(2, matrix, 4);
    MUST(&g, rlra_problem_add_dense(g.problem, &p.data.array, 4, NULL));
    for (int n = 0; n < 2; n++)
        MUST(&g, rlra_problem_add_prior(g.problem, n, "nonneg"));
    for (int pass = 0; pass < 2; pass++) {
        set_start(&f, &p, 1);
        set_start(&g, &p, 1);
        f.options.max_sweeps = g.options.max_sweeps = 6;
        f.options.pass = g.options.pass = pass == 0 ? "one" : "modes";
        run_fit(&f);
        run_fit(&g);
        assert_true(g.report.objective == 4 * f.report.objective && same_models(&f, &g));
        assert_true(g.report.kkt_residual == f.report.kkt_residual);
        assert_true(g.report.relative_error == f.report.relative_error);
    }
    free_fitting(&f);
    free_fitting(&g);
    free_planted(&p);
}

static void test_a_third_mode_of_length_one_changes_nothing(void **state)
{
    (void)state;
    const int64_t flat[] = {61, 47, 1};
    planted p = plant(1, 2, matrix, 3, 0.3, 0);
    const rlra_array thick = rlra_array_contiguous(REAL_DTYPE, 3, flat, p.data.memory);
    fitting f = make_fitting(&p.data.array, 3, "nonneg"), g = make_fitting(&thick, 3, "nonneg");
    f.options.max_sweeps = g.options.max_sweeps = 2000;
    f.options.tolerance = g.options.tolerance = 1e-5;
    f.options.decrease = g.options.decrease = 0;
    set_start(&f, &p, 1);
    g.options.init = "model";
    set_factor(&g, 0, factor_of(&f, 0));
    set_factor(&g, 1, factor_of(&f, 1));
    for (ptrdiff_t k = 0; k < 3; k++)
        *entry(factor_of(&g, 2), 0, k) = 1;
    run_fit(&f);
    run_fit(&g);
    assert_true(f.report.relative_error <= 1e-2 && g.report.relative_error <= 1e-2);
    free_fitting(&f);
    free_fitting(&g);
    free_planted(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_pass_and_one_per_mode_agree),
        cmocka_unit_test(test_threads_change_no_bit),
        cmocka_unit_test(test_seeds_repeat_a_fit_and_change_it),
        cmocka_unit_test(test_kernel_sets_agree),
        cmocka_unit_test(test_transposed_views_swap_the_factors_bit_by_bit),
        cmocka_unit_test(test_layouts_of_the_same_numbers_agree),
        cmocka_unit_test(test_data_scaled_by_powers_of_two_give_exactly_scaled_factors),
        cmocka_unit_test(test_penalties_follow_the_scale_of_the_data),
        cmocka_unit_test(test_two_terms_that_share_a_factor_equal_the_stacked_one),
        cmocka_unit_test(test_a_weight_of_four_equals_data_and_factor_twice_as_large),
        cmocka_unit_test(test_a_third_mode_of_length_one_changes_nothing),
    };
    return cmocka_run_group_tests_name("agreement", tests, NULL, NULL);
}
