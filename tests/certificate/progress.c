/* certificate/progress.c: the KKT residual reported while a fit runs is the largest that its blocks had before their update. */
#include "support/certificates.h"

static void keep_residual(void *user, const rlra_progress *progress)
{
    *(double *)user = progress->kkt_residual;
}

static fitting fit_of(const planted *p, const char *prior, const char *pass, int sweeps, double *reported)
{
    fitting f = make_fitting(&p->data.array, p->rank, prior);
    rlra_context_set_progress(f.context, keep_residual, reported);
    f.options.extrapolate = "off";
    f.options.pass = pass;
    f.options.max_sweeps = sweeps;
    f.options.tolerance = 0;
    run_fit(&f);
    return f;
}

/* Factor n saw the earlier ones updated and the later ones as they were. */
static double residual_of_blocks(const planted *p, const char *prior, const fitting *before, const fitting *after)
{
    plain_problem plain = plain_one(&p->data.array, before);
    plain_report sums = {0};
    double worst = 0;
    for (int n = 0; n < plain.factors; n++)
        plain.penalties[n] = list_of(prior);
    plain_loss(&plain, &plain.term[0], &sums);
    for (int n = 0; n < plain.factors; n++) {
        worst = fmax(worst, plain_kkt(&plain, n));
        plain.x[n] = factor_of(after, n);
    }
    return sqrt(worst / sums.norm2);
}

static void check_progress(const planted *p, const char *prior, const char *pass)
{
    for (int sweeps = 0; sweeps < 12; sweeps += 3) {
        double ignored, reported;
        fitting before = fit_of(p, prior, pass, sweeps, &ignored);
        fitting after = fit_of(p, prior, pass, sweeps + 1, &reported);
        const double found = residual_of_blocks(p, prior, &before, &after);
        const int kept = !same_models(&before, &after); /* else the sweep was no better, and its factors are gone */
        CHECK(kept || sweeps > 3, "%s, %s: no progress in sweep %d", prior, pass, sweeps);
        CHECK(!kept || fabs(reported - found) <= 256 * (double)REAL_EPS * (1 + found), "%s, %s, sweep %d: %g, not %g",
              prior, pass, sweeps, reported, found);
        free_fitting(&before);
        free_fitting(&after);
    }
}

static void test_residual_reported_after_a_sweep_is_that_of_its_blocks(void **state)
{
    (void)state;
    static const char *const priors[] = {"nonneg", "none", "simplex", "l1=0"}, *const passes[] = {"one", "modes"};
    const int64_t matrix[] = {130, 101}, cube[] = {53, 9, 50};
    planted data[] = {plant(1, 2, matrix, 4, 0.3, 0.5), plant(2, 3, cube, 3, 0.3, 0.5)};
    for (int d = 0; d < 2; d++) {
        for (int c = 0; c < COUNT_OF(priors); c++)
            for (int pass = 0; pass < 2; pass++)
                check_progress(&data[d], priors[c], passes[pass]);
        free_planted(&data[d]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_residual_reported_after_a_sweep_is_that_of_its_blocks),
    };
    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
