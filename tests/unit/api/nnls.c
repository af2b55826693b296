/* unit/api/nnls.c: the interface of regressions: plans, starts, limits, and what does not change a result. */
#include "support/meter.h"
#include "support/regressions.h"

/* X as it came, before another run. */
static real *kept(const regression_trial *t)
{
    return copy_reals(t->x.memory, t->rank * t->columns);
}

static int same_x(const regression_trial *t, const real *x)
{
    return memcmp(t->x.memory, x, (size_t)(t->rank * t->columns) * sizeof *x) == 0;
}

static void test_defaults_are_those_of_a_fit_but_two(void **state)
{
    (void)state;
    rlra_options own = rlra_nnls_options_default();
    const rlra_options of_fit = rlra_options_default();
    assert_true(own.tolerance == 1e-8 && own.max_sweeps == 10000);
    own.tolerance = of_fit.tolerance;
    own.max_sweeps = of_fit.max_sweeps;
    for (int i = 0; i < rlra_option_count(); i++) {
        char a[64], b[64];
        const char *const name = rlra_option_at(i)->name;
        assert_int_equal(rlra_options_get(NULL, &own, name, a, sizeof a), RLRA_OK);
        assert_int_equal(rlra_options_get(NULL, &of_fit, name, b, sizeof b), RLRA_OK);
        assert_string_equal(a, b);
    }
}

static void test_odd_systems_are_solved(void **state)
{
    (void)state;
    regression_trial t = make_regression(1, 7, 4, 5, DATA_SIGNED, 0);
    for (int j = 0; j < 7; j++)
        t.w.memory[4 * j + 2] = 0; /* a column of W is zero */
    for (int j = 0; j < 7; j++)
        t.y.memory[5 * j + 3] = (real)-1 - (real)j; /* all of a column is negative */
    for (int j = 0; j < 7; j++)
        t.y.memory[5 * j + 1] = 0;
    run_regression(&t, NULL);
    for (int c = 0; c < 5; c++) {
        CHECK(t.x.memory[5 * 2 + c] == 0, "column %d: x of the zero column is %g", c, (double)t.x.memory[5 * 2 + c]);
        for (int k = 0; k < 4 && (c == 3 || c == 1); k++)
            CHECK(t.x.memory[5 * k + c] == 0, "column %d: %g", c, (double)t.x.memory[5 * k + c]);
    }
    assert_int_equal(t.report.stop, RLRA_STOP_KKT);
    assert_true(t.report.kkt_residual <= 64 * (double)REAL_EPS);
    memset(t.y.memory, 0, 35 * sizeof(real));
    run_regression(&t, NULL);
    assert_true(t.report.loss == 0 && t.report.relative_error == 0 && t.report.stop == RLRA_STOP_KKT);
    memset(t.w.memory, 0, 28 * sizeof(real));
    t.y.memory[0] = 1;
    run_regression(&t, NULL);
    assert_true(t.report.loss == 0.5 && t.report.stop == RLRA_STOP_KKT && t.report.gap == 0);
    free_regression(&t);
}

static void test_a_plan_gives_the_bits_of_one_call(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl"};
    for (int l = 0; l < 2; l++) {
        regression_trial a = make_regression(3, 30, 6, 40, DATA_COUNTS, 0),
                         b = make_regression(4, 30, 6, 40, DATA_COUNTS, 0);
        rlra_nnls_plan *plan = NULL;
        a.options.loss = b.options.loss = losses[l];
        a.options.max_sweeps = b.options.max_sweeps = 300;
        rlra_nnls_report report;
        MUST(&a, rlra_nnls(a.context, &a.w.array, &a.y.array, &a.options, NULL, &a.x.array, &report));
        MUST(&a, rlra_nnls(a.context, &a.w.array, &b.y.array, &a.options, NULL, &b.x.array, NULL));
        real *const first = kept(&a), *const second = kept(&b);
        MUST(&a, rlra_nnls_plan_create(a.context, &a.w.array, &a.options, NULL, &plan));
        for (int again = 0; again < 2; again++) {
            MUST(&a, rlra_nnls_plan_solve(plan, &b.y.array, &b.x.array, NULL, &b.report));
            MUST(&a, rlra_nnls_plan_solve(plan, &a.y.array, &a.x.array, NULL, &a.report));
            CHECK(same_x(&a, first) && same_x(&b, second), "%s, round %d", losses[l], again);
            assert_true(a.report.objective == report.objective && a.report.kkt_residual == report.kkt_residual);
        }
        rlra_nnls_plan_destroy(plan);
        free(first);
        free(second);
        free_regression(&a);
        free_regression(&b);
    }
}

/* Rules of the registry with losses and penalties that each takes. */
static const struct {
    const char *rule, *loss, *prior;
} ways[] = {
    {"auto", "frobenius", "nonneg"},
    {"hals", "frobenius", "nonneg,l1=0.1"},
    {"fista", "frobenius", "simplex"},
    {"mu", "frobenius", "nonneg"},
    {"mu", "kl", "nonneg"},
    {"mu", "beta", "nonneg,l2=0.1"},
    {"active_set", "frobenius", "nonneg"},
    {"k_sparse", "frobenius", "nonneg,hard_sparsity=2"},
};

static void take(regression_trial *t, int way)
{
    t->options.update = ways[way].rule;
    t->options.loss = ways[way].loss;
    t->options.max_sweeps = 50;
    t->options.order = way == 1 ? "shuffled" : "cyclic";
}

static void test_threads_and_layout_do_not_change_the_bits(void **state)
{
    (void)state;
    for (int way = 0; way < COUNT_OF(ways); way++) {
        regression_trial t = make_regression(5, 64, 7, 700, DATA_COUNTS, 0);
        take(&t, way);
        t.options.threads = 1;
        run_regression(&t, ways[way].prior);
        real *const x = kept(&t);
        const double kkt = t.report.kkt_residual, objective = t.report.objective;
        for (int threads = 2; threads <= 4; threads++) {
            t.options.threads = threads;
            run_regression(&t, ways[way].prior);
            CHECK(same_x(&t, x), "%s, %s: %d threads", ways[way].rule, ways[way].loss, threads);
            assert_true(t.report.kkt_residual == kkt && t.report.objective == objective);
        }
        free(x);
        free_regression(&t);
    }
}

/* W, Y and X in other layouts; columns that lie otherwise are summed otherwise, so bits are the same for equal layouts only. */
static void test_layouts_do_not_change_the_result(void **state)
{
    (void)state;
    static const arrangement layouts[] = {{"Fortran order", 1, 1, 0, 0},
                                          {"gaps", 0, 3, 0, 0},
                                          {"mirrored", 0, 1, 3, 0},
                                          {"mirrored with gaps", 1, 2, 2, 0}};
    for (int way = 0; way < COUNT_OF(ways); way++)
        for (int l = 0; l < COUNT_OF(layouts); l++) {
            regression_trial t = make_regression(5, 21, 4, 33, DATA_COUNTS, 0),
                             other = make_regression(5, 21, 4, 33, DATA_COUNTS, 0);
            view *const views[] = {&other.w, &other.y, &other.x};
            take(&t, way);
            take(&other, way);
            for (int v = 0; v < 3; v++) {
                const view made = empty_view(2, views[v]->array.dims, &layouts[l]);
                int64_t index[RLRA_MAX_ORDER] = {0};
                do
                    *entry_at(&made.array, index) = *entry_at(&views[v]->array, index);
                while (next_index(&made.array, index));
                free(views[v]->memory);
                *views[v] = made;
            }
            run_regression(&t, ways[way].prior);
            run_regression(&other, ways[way].prior);
            for (ptrdiff_t c = 0; c < t.columns; c++)
                for (ptrdiff_t k = 0; k < t.rank; k++)
                    CHECK(fabs(entry_x(&t, k, c) - entry_x(&other, k, c)) <=
                              4096 * (double)REAL_EPS * (1 + entry_x(&t, k, c)),
                          "%s, %s, %s: [%td, %td] %g %g", ways[way].rule, ways[way].loss, layouts[l].name, k, c,
                          entry_x(&t, k, c), entry_x(&other, k, c));
            free_regression(&t);
            free_regression(&other);
        }
}

static void test_a_vector_is_one_column(void **state)
{
    (void)state;
    regression_trial t = make_regression(6, 9, 3, 1, DATA_SIGNED, 0);
    run_regression(&t, NULL);
    real *const x = kept(&t);
    t.y.array.order = t.x.array.order = 1;
    memset(t.x.memory, 0xff, 3 * sizeof(real));
    run_regression(&t, NULL);
    assert_true(same_x(&t, x));
    t.x.array.dims[0] = 2;
    expect(t.context, try_regression(&t, NULL), RLRA_ERR_SHAPE, "nnls: X must be 3 numbers, got order 1, 2 x 1");
    free(x);
    free_regression(&t);
}

static void test_a_given_start_is_kept_where_no_round_is_done(void **state)
{
    (void)state;
    regression_trial t = make_regression(6, 9, 3, 8, DATA_SIGNED, 0);
    t.options.init = "model";
    t.options.update = "hals";
    t.options.max_sweeps = 0;
    for (ptrdiff_t e = 0; e < 24; e++)
        t.x.memory[e] = (real)(e % 5) - 1;
    run_regression(&t, NULL);
    for (ptrdiff_t e = 0; e < 24; e++)
        assert_true(t.x.memory[e] == (e % 5 == 0 ? 0 : (real)(e % 5) - 1));
    assert_int_equal(t.report.stop, RLRA_STOP_SWEEPS);
    t.options.max_sweeps = 10000;
    run_regression(&t, NULL);
    assert_int_equal(t.report.stop, RLRA_STOP_KKT);
    const int64_t rounds = t.report.rounds;
    run_regression(&t, NULL);
    CHECK(t.report.rounds <= 8 && t.report.rounds <= rounds, "%d rounds from the solution", (int)t.report.rounds);
    t.x.memory[0] = (real)NAN;
    expect(t.context, try_regression(&t, NULL), RLRA_ERR_DATA,
           "the start X holds 1 entries that are NaN or infinite; the first, nan, is at [0, 0]");
    free_regression(&t);
}

static void test_time_and_interruption_end_a_run_with_a_true_report(void **state)
{
    (void)state;
    regression_trial t = make_regression(6, 9, 3, 200, DATA_SIGNED, 0);
    const penalty_list list = list_of("nonneg");
    for (int interrupted = 0; interrupted < 2; interrupted++) {
        t.options.time_limit = interrupted ? INFINITY : 0;
        if (interrupted)
            rlra_context_interrupt(t.context);
        run_regression(&t, NULL);
        assert_int_equal(t.report.stop, interrupted ? RLRA_STOP_INTERRUPT : RLRA_STOP_TIME);
        assert_true(t.report.open_columns > 0);
        const plain_column found = plain_certificate_of(&t, &list, 2, t.report.worst_column);
        assert_true(fabs(t.report.kkt_residual - found.kkt) <= found.kkt_slack);
    }
    rlra_context_resume(t.context);
    run_regression(&t, NULL);
    assert_int_equal(t.report.stop, RLRA_STOP_KKT);
    free_regression(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_are_those_of_a_fit_but_two),
        cmocka_unit_test(test_odd_systems_are_solved),
        cmocka_unit_test(test_a_plan_gives_the_bits_of_one_call),
        cmocka_unit_test(test_threads_and_layout_do_not_change_the_bits),
        cmocka_unit_test(test_layouts_do_not_change_the_result),
        cmocka_unit_test(test_a_vector_is_one_column),
        cmocka_unit_test(test_a_given_start_is_kept_where_no_round_is_done),
        cmocka_unit_test(test_time_and_interruption_end_a_run_with_a_true_report),
    };
    return cmocka_run_group_tests_name("nnls interface", tests, NULL, NULL);
}
