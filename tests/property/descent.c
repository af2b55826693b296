/* property/descent.c: the objective reported after each sweep never rises, and is the true one of that point. */
#include "support/fitting.h"

#define MOST_SWEEPS 120

typedef struct trace {
    rlra_context *context;
    int count;
    rlra_progress at[MOST_SWEEPS + 1];
    int interrupt_at;
} trace;

static void record(void *user, const rlra_progress *progress)
{
    trace *const t = user;
    assert_true(t->count <= MOST_SWEEPS);
    t->at[t->count++] = *progress;
    if (t->interrupt_at > 0 && progress->sweep == t->interrupt_at)
        rlra_context_interrupt(t->context);
}

static fitting traced_fitting(const rlra_array *array, ptrdiff_t rank, const char *prior, trace *t)
{
    fitting f = make_fitting(array, rank, prior);
    *t = (trace){.context = f.context};
    rlra_context_set_progress(f.context, record, t);
    f.options.max_sweeps = MOST_SWEEPS;
    f.options.tolerance = 0;
    f.options.decrease = 0;
    return f;
}

static void check_descent(const planted *p, const char *rule, const char *prior, const char *extrapolate,
                          const char *pass, int inner)
{
    trace t;
    char name[160];
    fitting f = traced_fitting(&p->data.array, p->rank, prior, &t);
    f.options.update = rule;
    f.options.extrapolate = extrapolate;
    f.options.pass = pass;
    f.options.inner_sweeps = inner;
    snprintf(name, sizeof name, "order %d, %s with %s, extrapolation %s, pass %s", p->data.array.order, rule, prior,
             extrapolate, pass);
    run_fit(&f);
    CHECK(t.count == f.report.sweeps + 1 && t.at[0].sweep == 0 && isnan(t.at[0].kkt_residual), "%s", name);
    for (int s = 1; s < t.count; s++) {
        CHECK(t.at[s].objective <= t.at[s - 1].objective, "%s: sweep %d: %.17g after %.17g", name, s, t.at[s].objective,
              t.at[s - 1].objective);
        CHECK(t.at[s].sweep == s && t.at[s].seconds >= t.at[s - 1].seconds, "%s", name);
    }
    CHECK(t.at[t.count - 1].objective < t.at[0].objective, "%s: no progress", name);
    const double slack = 256 * (double)REAL_EPS * (f.report.objective + t.at[0].objective);
    CHECK(fabs(f.report.objective - t.at[t.count - 1].objective) <= slack, "%s: reported %.17g, true %.17g", name,
          t.at[t.count - 1].objective, f.report.objective);
    CHECK(strcmp(f.report.pass, pass) == 0, "%s", name);
    free_fitting(&f);
}

static const int64_t matrix[] = {61, 47}, cube[] = {17, 13, 11};
static const char *const switches[] = {"on", "off"}, *const passes[] = {"one", "modes"};

static void test_objective_never_rises_between_sweeps(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *prior;
        int inner;
    } cases[] = {
        {"hals", "nonneg", 0},        {"hals", "nonneg", 1},
        {"mu", "nonneg", 0},          {"mu", "nonneg,l1=0.2", 1},
        {"hals", "nonneg,l1=0.5", 0}, {"hals", "l2=0.3", 0},
        {"fista", "nonneg", 5},       {"fista", "nonneg,l1=0.1,l2=0.1", 0},
        {"active_set", "nonneg", 0},  {"ls", "l2=0.1", 0},
        {"hals", "l1=0.3", 2},        {"fista", "simplex", 0},
        {"mu", "nonneg,l2=1", 0},     {"active_set", "nonneg,l1=1,l2=1", 0},
    };
    planted data[] = {plant(1, 2, matrix, 5, 0.4, 1), plant(2, 3, cube, 4, 0.4, 1)};
    for (int c = 0; c < COUNT_OF(cases); c++)
        for (int d = 0; d < 2; d++)
            for (int both = (c + d) % test_share(); both < 4; both += test_share())
                check_descent(&data[d], cases[c].rule, cases[c].prior, switches[both % 2], passes[both / 2],
                              cases[c].inner);
    for (int d = 0; d < 2; d++)
        free_planted(&data[d]);
}

/* A fit that is stopped after s sweeps returns the point whose objective was reported at sweep s. */
static void test_objective_reported_at_each_sweep_is_that_of_the_point(void **state)
{
    (void)state;
    const char *const priors[] = {"nonneg", "nonneg,l1=0.3", "l2=0.2"};
    planted p = plant(3, 3, cube, 4, 0.4, 1);
    for (int c = 0; c < COUNT_OF(priors); c++) {
        trace whole, part;
        fitting f = traced_fitting(&p.data.array, 4, priors[c], &whole);
        run_fit(&f);
        for (int stop = 0; stop <= 24 && stop < whole.count; stop += 3) {
            fitting g = traced_fitting(&p.data.array, 4, priors[c], &part);
            g.options.max_sweeps = stop;
            run_fit(&g);
            const double reported = whole.at[stop].objective, slack = 64 * (double)REAL_EPS * whole.at[0].objective;
            CHECK(g.report.stop == RLRA_STOP_SWEEPS && g.report.sweeps == stop, "%s", priors[c]);
            CHECK(fabs(g.report.objective - reported) <= slack, "%s: sweep %d: reported %.17g, true %.17g", priors[c],
                  stop, reported, g.report.objective);
            CHECK(part.at[stop].objective == reported, "%s: the way depends on its end", priors[c]);
            CHECK(stop == 0 || fabs(g.report.relative_error - whole.at[stop].relative_error) <=
                                   64 * (double)REAL_EPS * whole.at[0].objective,
                  "%s", priors[c]);
            free_fitting(&g);
        }
        free_fitting(&f);
    }
    free_planted(&p);
}

static void test_an_interrupted_fit_returns_the_sweeps_done(void **state)
{
    (void)state;
    trace t, short_trace;
    planted p = plant(4, 2, matrix, 5, 0.4, 1);
    fitting f = traced_fitting(&p.data.array, 5, "nonneg", &t);
    fitting g = traced_fitting(&p.data.array, 5, "nonneg", &short_trace);
    t.interrupt_at = 7;
    run_fit(&f);
    assert_int_equal(f.report.stop, RLRA_STOP_INTERRUPT);
    assert_int_equal(f.report.sweeps, 7);
    g.options.max_sweeps = 7;
    run_fit(&g);
    assert_true(same_models(&f, &g) && f.report.objective == g.report.objective);
    run_fit(&f);
    assert_int_equal(f.report.stop, RLRA_STOP_INTERRUPT);
    assert_int_equal(f.report.sweeps, 0);
    rlra_context_resume(f.context);
    t.count = t.interrupt_at = 0;
    run_fit(&f);
    assert_true(f.report.stop != RLRA_STOP_INTERRUPT && f.report.sweeps > 7);
    free_fitting(&f);
    free_fitting(&g);
    free_planted(&p);
}

static void test_stops_are_for_the_reported_reasons(void **state)
{
    (void)state;
    trace t;
    planted p = plant(5, 2, matrix, 5, 0.4, 1);
    fitting f = traced_fitting(&p.data.array, 5, "nonneg", &t);
    f.options.time_limit = 0;
    run_fit(&f);
    assert_int_equal(f.report.stop, RLRA_STOP_TIME);
    assert_int_equal(f.report.sweeps, 0);
    t.count = 0;
    f.options.time_limit = INFINITY;
    f.options.decrease = 0.5;
    run_fit(&f);
    assert_int_equal(f.report.stop, RLRA_STOP_DECREASE);
    t.count = 0;
    f.options.decrease = 0;
    f.options.tolerance = 1e-2;
    run_fit(&f);
    assert_int_equal(f.report.stop, RLRA_STOP_KKT);
    assert_true(f.report.kkt_residual <= 1e-2);
    assert_true(f.report.seconds >= f.report.start_seconds && f.report.start_seconds >= 0);
    free_fitting(&f);
    free_planted(&p);
}

static void test_words_of_stops_are_known(void **state)
{
    (void)state;
    assert_string_equal(rlra_stop_word(RLRA_STOP_KKT), "kkt");
    assert_string_equal(rlra_stop_word(RLRA_STOP_EXACT), "exact");
    assert_string_equal(rlra_stop_word((rlra_stop)99), "unknown");
    assert_true(strlen(rlra_stop_text(RLRA_STOP_TIME)) > 0);
    assert_string_equal(rlra_stop_text((rlra_stop)-1), "unknown stop reason");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_objective_never_rises_between_sweeps),
        cmocka_unit_test(test_objective_reported_at_each_sweep_is_that_of_the_point),
        cmocka_unit_test(test_an_interrupted_fit_returns_the_sweeps_done),
        cmocka_unit_test(test_stops_are_for_the_reported_reasons),
        cmocka_unit_test(test_words_of_stops_are_known),
    };
    return cmocka_run_group_tests_name("descent", tests, NULL, NULL);
}
