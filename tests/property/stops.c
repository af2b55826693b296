/* property/stops.c: with `decrease` 0 a fit continues until it is stationary, or for as long as it may. */
#include "support/fitting.h"

#define SEEDS 50

static const int64_t sizes[][4] = {{12, 9}, {7, 6, 5}, {5, 4, 4, 3}};

/* One prior for each factor, again from the first if there are more factors. */
typedef struct mixture {
    const char *prior[3];
    int count;
} mixture;

static fitting pose(const planted *p, const mixture *priors, ptrdiff_t rank)
{
    fitting f = empty_fitting(p->data.array.order, p->data.array.dims, rank);
    MUST(&f, rlra_problem_add_dense(f.problem, &p->data.array, 1, NULL));
    for (int n = 0; n < p->data.array.order; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, priors->prior[n % priors->count]));
    f.options.threads = 1;
    f.options.decrease = 0;
    return f;
}

static int may_stop(const fitting *f)
{
    const rlra_report *const r = &f->report;
    return (r->stop == RLRA_STOP_KKT && r->kkt_residual <= f->options.tolerance) ||
           (r->stop == RLRA_STOP_SWEEPS && r->sweeps == f->options.max_sweeps) || r->stop == RLRA_STOP_EXACT;
}

static void check(const char *rule, const char *loss, const mixture *priors, int order, uint64_t seed)
{
    planted p = plant(seed, order, sizes[order - 2], 3, 0.3, 0.3);
    fitting f = pose(&p, priors, 2 + (ptrdiff_t)seed % 4);
    f.options.update = rule;
    f.options.loss = loss;
    f.options.seed = (int64_t)seed;
    f.options.init = seed % 2 ? "random" : "auto";
    f.options.extrapolate = seed % 3 ? "on" : "off";
    f.options.pass = seed % 5 ? "auto" : "modes";
    f.options.max_sweeps = 60;
    run_fit(&f);
    CHECK(may_stop(&f), "%s, %s, %s, order %d, seed %d: %s after %d sweeps, KKT residual %g", rule, loss,
          priors->prior[0], order, (int)seed, rlra_stop_word(f.report.stop), (int)f.report.sweeps,
          f.report.kkt_residual);
    free_fitting(&f);
    free_planted(&p);
}

static const mixture nonneg[] = {
    {{"nonneg"}, 1},
    {{"nonneg,l2=0.1"}, 1},
    {{"nonneg,l1=0.1"}, 1},
    {{"nonneg,l1=0.05,l2=0.05"}, 1},
    {{"nonneg,l2=1"}, 1},
    {{"nonneg,l2=1e-3"}, 1},
    {{"nonneg,l1=1"}, 1},
    {{"nonneg,upper=1"}, 1},
    {{"lower=0.1"}, 1},
    {{"nonneg,l2=0.1", "nonneg,l1=0.2"}, 2},
    {{"nonneg,l2=0.1", "nonneg,l1=0.1,l2=0.3", "nonneg,l1=1"}, 3},
    {{"nonneg,l1=1e-6", "nonneg,l2=10"}, 2},
    {{"nonneg,l2=0.1", "nonneg"}, 2},
};
static const mixture any[] = {
    {{"l2=0.1"}, 1},         {{"l1=0.1"}, 1}, {{"l1=0.05,l2=0.2"}, 1}, {{"l2=1e-3", "nonneg,l1=0.1"}, 2},
    {{"l2=2", "l1=0.1"}, 2},
};
static const mixture simplex[] = {{{"simplex"}, 1}, {{"simplex", "nonneg,l2=0.1"}, 2}};
static const mixture ridge[] = {{{"l2=0.1"}, 1}, {{"l2=1"}, 1}, {{"l2=1e-3"}, 1}};

/* Fifty starts for each prior, among which rules and orders take turns. */
static void check_all(const char *const *rules, int rule_count, const char *loss, const mixture *priors, int count)
{
    for (int q = 0; q < count; q++)
        for (int seed = q % test_share(); seed < SEEDS; seed += test_share())
            check(rules[(seed + q) % rule_count], loss, &priors[q], 2 + seed / rule_count % 3, (uint64_t)seed);
}

static void test_squares_stop_for_nothing_but_kkt_and_sweeps(void **state)
{
    (void)state;
    static const char *const positive[] = {"hals", "mu", "pgd", "fista", "block_pivot", "active_set", "admm"};
    static const char *const free[] = {"hals", "pgd", "fista", "block_pivot", "admm"};
    static const char *const coupled[] = {"fista", "active_set", "admm", "projected_ls"};
    static const char *const closed[] = {"ls"};
    check_all(positive, COUNT_OF(positive), "frobenius", nonneg, COUNT_OF(nonneg));
    check_all(free, COUNT_OF(free), "frobenius", any, COUNT_OF(any));
    check_all(coupled, COUNT_OF(coupled), "frobenius", simplex, COUNT_OF(simplex));
    check_all(closed, COUNT_OF(closed), "frobenius", ridge, COUNT_OF(ridge));
}

static void test_other_losses_stop_for_nothing_but_kkt_and_sweeps(void **state)
{
    (void)state;
    static const char *const rules[] = {"mu", "ccd"};
    static const char *const losses[] = {"kl", "beta"};
    for (int l = 0; l < COUNT_OF(losses); l++)
        check_all(rules, COUNT_OF(rules), losses[l], nonneg + 1, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_squares_stop_for_nothing_but_kkt_and_sweeps),
        cmocka_unit_test(test_other_losses_stop_for_nothing_but_kkt_and_sweeps),
    };
    return cmocka_run_group_tests_name("stops", tests, NULL, NULL);
}
