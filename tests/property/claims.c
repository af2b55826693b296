/* property/claims.c: what a fit reports of a sweep holds for the point after it, and the reported reason to stop is true. */
#include "support/certificates.h"
#include "support/weighted.h"

#define SWEEPS 400

typedef struct trace {
    double objective[SWEEPS + 1];
} trace;

static void note(void *user, const rlra_progress *progress)
{
    ((trace *)user)->objective[progress->sweep] = progress->objective;
}

/* The number of the sweep after which three in a row had lowered the objective by less than `part`; -1 if none is. A sweep that
 * is rejected is none of them. */
static int64_t third_short(const trace *t, int64_t sweeps, double part)
{
    int in_a_row = 0;
    for (int64_t s = 1; s <= sweeps; s++) {
        const double before = t->objective[s - 1], decrease = before - t->objective[s];
        if (decrease > 0)
            in_a_row = decrease < part * before ? in_a_row + 1 : 0;
        if (in_a_row == 3)
            return s;
    }
    return -1;
}

static void test_a_fit_ends_after_the_third_short_sweep_in_a_row(void **state)
{
    static const int64_t dims[] = {33, 24};
    static const char *const losses[] = {"frobenius", "kl"};
    static const double parts[] = {1e-2, 1e-3, 1e-4};
    (void)state;
    int ended = 0;
    for (int loss = 0; loss < COUNT_OF(losses); loss++)
        for (int masked = 0; masked < 2; masked++)
            for (int part = 0; part < COUNT_OF(parts); part++)
                for (int extrapolate = 0; extrapolate < 2; extrapolate++) {
                    trace t;
                    weighted w =
                        plant_weighted((uint64_t)part + 1, 2, dims, 4, masked ? WEIGHTS_MASK : WEIGHTS_EQUAL, 0.1);
                    fitting f = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
                    f.options.init = "random";
                    f.options.loss = losses[loss];
                    f.options.decrease = parts[part];
                    f.options.tolerance = 0;
                    f.options.max_sweeps = SWEEPS;
                    f.options.extrapolate = extrapolate ? "on" : "off";
                    rlra_context_set_progress(f.context, note, &t);
                    run_fit(&f);
                    const int64_t third = third_short(&t, f.report.sweeps, parts[part]);
                    CHECK(f.report.stop != RLRA_STOP_DECREASE || third == f.report.sweeps,
                          "%s, masked %d, %g, extrapolation %d: %d sweeps, the third short one was number %d",
                          losses[loss], masked, parts[part], extrapolate, (int)f.report.sweeps, (int)third);
                    ended += f.report.stop == RLRA_STOP_DECREASE;
                    free_fitting(&f);
                    free_weighted(&w);
                }
    CHECK(ended >= 20, "%d fits ended so", ended);
}

/* Data of rank three: the loss falls to where its cached form, which is a difference of large numbers, has no digits left. */
static void check_trace(const char *update, int order, int masked)
{
    static const int64_t matrix[] = {23, 17}, cube[] = {9, 8, 7};
    trace t;
    weighted w = plant_weighted(5, order, order == 2 ? matrix : cube, 2, masked ? WEIGHTS_MASK : WEIGHTS_EQUAL, 0.1);
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        if (*entry_at(&w.weights.array, index) > 0)
            *entry_at(&w.plant.data.array, index) = (real)model_at(order, w.plant.truth, index, NULL);
    while (next_index(&w.plant.data.array, index));
    int small = 0;
    for (int sweeps = 10; sweeps <= SWEEPS; sweeps += sweeps < 60 ? 5 : 85) {
        fitting f = make_weighted(&w.plant.data.array, &w.weights.array, 2, "nonneg");
        f.options.init = "random";
        f.options.update = update;
        f.options.max_sweeps = sweeps;
        f.options.tolerance = f.options.decrease = 0;
        rlra_context_set_progress(f.context, note, &t);
        run_fit(&f);
        const double reported = t.objective[f.report.sweeps], is = f.report.objective;
        const double part = 0.5 * f.report.relative_error * f.report.relative_error; /* of the squared norm */
        small += part < (sizeof(real) == 4 ? 1e-6 : 1e-12);
        /* Residuals in single precision are differences of rounded numbers. */
        const double rounding = part > 0 ? 64 * (double)REAL_EPS * (double)REAL_EPS * is / part : 0;
        CHECK(fabs(reported - is) <= (sizeof(real) == 4 ? 0.05 : 1e-3) * is + rounding,
              "%s, order %d, masked %d, %d sweeps: %g reported for a point with %g", update, order, masked, sweeps,
              reported, is);
        free_fitting(&f);
        if (f.report.stop == RLRA_STOP_EXACT)
            break;
    }
    CHECK(small >= 2, "%s, order %d, masked %d: %d fits came close", update, order, masked, small);
    free_weighted(&w);
}

static void test_the_reported_objective_is_that_of_the_point_also_near_an_exact_fit(void **state)
{
    (void)state;
    static const char *const updates[] = {"hals", "active_set"};
    for (int u = 0; u < COUNT_OF(updates); u++)
        for (int order = 2; order <= 3; order++)
            for (int masked = 0; masked < 2; masked++)
                check_trace(updates[u], order, masked);
}

/* Data near rank two: the loss is large enough for its cached form, whose rounding errors hide what late sweeps gain. */
static void test_a_fit_continues_below_the_rounding_of_the_cached_loss(void **state)
{
    static const int64_t dims[] = {40, 30};
    (void)state;
    for (int seed = 0; seed < 6; seed++) {
        planted p = plant((uint64_t)seed, 2, dims, 2, 0.2, sizeof(real) == 4 ? 0.08 : 1e-4);
        fitting f = make_fitting(&p.data.array, 2, "nonneg");
        f.options.init = "random";
        f.options.extrapolate = "off";
        f.options.inner_sweeps = 1;
        f.options.max_sweeps = 10000;
        f.options.tolerance = 0;
        f.options.decrease = DBL_MIN;
        run_fit(&f);
        /* Where gains are no more seen, slopes are of size sqrt(eps) times the error that is left; of the norm of the data, by the
         * cached loss. */
        const double settled = (sizeof(real) == 4 ? 1.5 : 300) * f.report.relative_error * sqrt((double)REAL_EPS);
        CHECK(f.report.stop == RLRA_STOP_DECREASE && f.report.kkt_residual <= settled,
              "seed %d: %s after %d sweeps, %g", seed, rlra_stop_word(f.report.stop), (int)f.report.sweeps,
              f.report.kkt_residual);
        free_fitting(&f);
        free_planted(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fit_ends_after_the_third_short_sweep_in_a_row),
        cmocka_unit_test(test_a_fit_continues_below_the_rounding_of_the_cached_loss),
        cmocka_unit_test(test_the_reported_objective_is_that_of_the_point_also_near_an_exact_fit),
    };
    return cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
