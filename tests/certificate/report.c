/* certificate/report.c: the report of a fit is recomputed from the data by plain loops. */
#include "support/certificates.h"

/* A fit with these priors on its factors, and what plain loops find of its model. */
static void check_fit(const planted *p, const char *const *priors, const char *rule, const char *pass, int sweeps)
{
    char name[160];
    fitting f = make_fitting(&p->data.array, p->rank, "none");
    snprintf(name, sizeof name, "order %d, %s, %s, prior %s, %d sweeps", p->data.array.order, rule, pass, priors[0],
             sweeps);
    for (int n = 0; n < p->data.array.order; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, priors[n]));
    f.options.update = rule;
    f.options.pass = pass;
    f.options.max_sweeps = sweeps;
    run_fit(&f);
    plain_problem plain = plain_one(&p->data.array, &f);
    for (int n = 0; n < plain.factors; n++)
        plain.penalties[n] = list_of(priors[n]);
    const plain_report found = plain_certificate(&plain);
    check_report(&f.report, &found, name);
    rlra_report again = {0};
    MUST(&f, rlra_certify(f.problem, f.model, &again));
    check_report(&again, &found, name);
    assert_true(f.report.objective <= f.report.start_objective * (1 + 64 * (double)REAL_EPS));
    assert_true(strcmp(pass, "auto") == 0 || strcmp(f.report.pass, pass) == 0);
    free_fitting(&f);
}

static const int64_t matrix[] = {37, 29}, cube[] = {13, 11, 12}, four[] = {5, 7, 4, 6};

static void test_report_of_every_rule_is_true(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *prior;
    } cases[] = {
        {"auto", "nonneg"}, {"hals", "nonneg"}, {"mu", "nonneg"}, {"active_set", "nonneg"}, {"fista", "nonneg"},
        {"ls", "none"},     {"hals", "none"},   {"ls", "l2=0.1"}, {"hals", "l1=0.1"},       {"fista", "l1=0.1"},
    };
    planted data[] = {plant(1, 2, matrix, 4, 0.3, 0.5), plant(2, 3, cube, 3, 0.3, 0.5), plant(3, 4, four, 3, 0.2, 0.5)};
    for (int c = 0; c < COUNT_OF(cases); c++)
        for (int d = 0; d < COUNT_OF(data); d++)
            for (int sweeps = 0; sweeps <= 60; sweeps = sweeps * 4 + 1) {
                const char *const priors[] = {cases[c].prior, cases[c].prior, cases[c].prior, cases[c].prior};
                check_fit(&data[d], priors, cases[c].rule, sweeps % 2 ? "one" : "modes", sweeps);
            }
    for (int d = 0; d < COUNT_OF(data); d++)
        free_planted(&data[d]);
}

static void test_report_with_penalties_on_the_factors_is_true(void **state)
{
    (void)state;
    static const char *const mixes[][4] = {
        {"nonneg,l1=0.1", "nonneg,l1=0.2", "nonneg,l1=0.3", "nonneg,l1=0.1"},
        {"nonneg,l2=0.1", "nonneg,l2=0.2", "nonneg,l2=0.3", "l2=0.1"},
        {"nonneg,l1=0.1,l2=0.3", "l2=0.5", "nonneg,l1=1", "nonneg,l2=1"},
        {"nonneg", "nonneg,simplex", "nonneg,l1=0.1", "nonneg"},
        {"l1=0.2,l2=0.01", "simplex", "none", "nonneg"},
    };
    planted data[] = {plant(1, 2, matrix, 4, 0.3, 0.5), plant(2, 3, cube, 3, 0.3, 0.5), plant(3, 4, four, 3, 0.2, 0.5)};
    for (int mix = 0; mix < COUNT_OF(mixes); mix++)
        for (int d = 0; d < COUNT_OF(data); d++)
            for (int sweeps = 0; sweeps <= 60; sweeps = sweeps * 4 + 1)
                check_fit(&data[d], mixes[mix], "auto", "auto", sweeps);
    for (int d = 0; d < COUNT_OF(data); d++)
        free_planted(&data[d]);
}

static void test_certificate_of_coupled_terms_is_true(void **state)
{
    (void)state;
    planted a = plant(1, 2, matrix, 4, 0.3, 0.5);
    const int64_t other[] = {37, 8, 6}, lengths[] = {37, 29, 8, 6};
    planted b = plant(2, 3, other, 4, 0.3, 0.5);
    const int of_a[] = {0, 1}, of_b[] = {0, 2, 3};
    for (int sweeps = 0; sweeps < 40; sweeps = 2 * sweeps + 1) {
        fitting f = empty_fitting(4, lengths, 4);
        plain_problem plain = {
            .terms = 2, .factors = 4, .term = {{a.data.array, 0.5, {0, 1}}, {b.data.array, 3, {0, 2, 3}}}};
        MUST(&f, rlra_problem_add_dense(f.problem, &a.data.array, 0.5, of_a));
        MUST(&f, rlra_problem_add_dense(f.problem, &b.data.array, 3, of_b));
        for (int n = 0; n < 4; n++) {
            const char *const prior = n == 2 ? "nonneg,l1=0.3,l2=0.1" : "nonneg";
            MUST(&f, rlra_problem_add_prior(f.problem, n, prior));
            plain.penalties[n] = list_of(prior);
            plain.x[n] = factor_of(&f, n);
        }
        f.options.max_sweeps = sweeps;
        run_fit(&f);
        const plain_report found = plain_certificate(&plain);
        check_report(&f.report, &found, "coupled");
        free_fitting(&f);
    }
    free_planted(&a);
    free_planted(&b);
}

/* Integers, so that every sum is exact: H^T H = 4 I, W^T W = 16 I, and data off the model just as the penalties want. */
static view stationary_data(int rank, double linear, double quadratic, double slack)
{
    const int64_t dims[] = {4 * rank + 2, 4 * rank};
    const view v = empty_view(2, dims, &c_order);
    int64_t index[RLRA_MAX_ORDER] = {0};
    do {
        const int same = index[0] / 4 == index[1] / 4;
        *entry_at(&v.array, index) = (real)(same ? 2 + (linear + 4 * quadratic) / 4 : -slack * (double)(index[0] % 3));
    } while (next_index(&v.array, index));
    return v;
}

static void set_stationary(const fitting *f, int rank)
{
    for (int n = 0; n < 2; n++)
        for (ptrdiff_t k = 0; k < rank; k++)
            for (ptrdiff_t i = 0; i < factor_of(f, n).length; i++)
                *entry(factor_of(f, n), i, k) = (real)(i / 4 == k ? (n == 0 ? 2 : 1) : 0);
}

static void test_kkt_residual_is_zero_exactly_at_stationary_points(void **state)
{
    (void)state;
    const int rank = 3;
    static const struct {
        double linear, quadratic;
        const char *left, *right;
    } cases[] = {
        {0, 0, "nonneg", "nonneg"},
        {0.5, 0, "nonneg,l1=0.5", "nonneg,l1=1"},
        {0, 2, "nonneg,l2=2", "nonneg,l2=8"},
        {0.5, 2, "nonneg,l1=0.5,l2=2", "nonneg,l1=1,l2=8"},
    };
    for (int c = 0; c < COUNT_OF(cases); c++) {
        const view v = stationary_data(rank, cases[c].linear, cases[c].quadratic, 0.25);
        fitting f = make_fitting(&v.array, rank, "none");
        MUST(&f, rlra_problem_add_prior(f.problem, 0, cases[c].left));
        MUST(&f, rlra_problem_add_prior(f.problem, 1, cases[c].right));
        set_stationary(&f, rank);
        MUST(&f, rlra_certify(f.problem, f.model, &f.report));
        CHECK(f.report.kkt_residual == 0, "case %d: %g", c, f.report.kkt_residual);
        for (int n = 0; n < 2; n++)
            for (ptrdiff_t i = 0; i < factor_of(&f, n).length; i += 3) {
                real *const at = entry(factor_of(&f, n), i, 1);
                *at += (real)0.5;
                MUST(&f, rlra_certify(f.problem, f.model, &f.report));
                CHECK(f.report.kkt_residual > 1e-3, "case %d: factor %d, entry %td", c, n, i);
                *at -= (real)0.5;
            }
        free_fitting(&f);
        free(v.memory);
    }
}

static void test_kkt_residual_does_not_change_with_units(void **state)
{
    (void)state;
    planted p = plant(1, 3, cube, 3, 0.3, 0.5);
    fitting f = make_fitting(&p.data.array, 3, "nonneg");
    rlra_report before, after;
    for (int n = 0; n < 3; n++)
        set_factor(&f, n, p.truth[n]);
    MUST(&f, rlra_certify(f.problem, f.model, &before));
    assert_true(before.kkt_residual > 1e-3);
    for (ptrdiff_t i = 0; i < cube[0]; i++)
        *entry(factor_of(&f, 0), i, 1) *= (real)1e3;
    for (ptrdiff_t i = 0; i < cube[2]; i++)
        *entry(factor_of(&f, 2), i, 1) /= (real)1e3;
    MUST(&f, rlra_certify(f.problem, f.model, &after));
    assert_true(fabs(after.kkt_residual / before.kkt_residual - 1) <= 64 * (double)REAL_EPS);
    for (int power = -30; power <= 30; power += 15) {
        view scaled = empty_view(3, cube, &c_order);
        for (ptrdiff_t e = 0; e < (ptrdiff_t)rlra_array_count(&scaled.array); e++)
            scaled.memory[e] = p.data.memory[e] * (real)ldexp(1, power);
        fitting g = make_fitting(&scaled.array, 3, "nonneg");
        for (int n = 0; n < 3; n++)
            set_factor(&g, n, p.truth[n]);
        for (ptrdiff_t k = 0; k < 3; k++)
            for (ptrdiff_t i = 0; i < cube[1]; i++)
                *entry(factor_of(&g, 1), i, k) *= (real)ldexp(1, power);
        MUST(&g, rlra_certify(g.problem, g.model, &after));
        CHECK(after.kkt_residual == before.kkt_residual, "2^%d: %.17g, not %.17g", power, after.kkt_residual,
              before.kkt_residual);
        CHECK(after.relative_error == before.relative_error, "2^%d", power);
        free_fitting(&g);
        free(scaled.memory);
    }
    free_fitting(&f);
    free_planted(&p);
}

static void test_certificate_reads_the_weights_of_the_model(void **state)
{
    (void)state;
    planted p = plant(4, 2, matrix, 4, 0.3, 0.5);
    fitting f = make_fitting(&p.data.array, 4, "nonneg");
    f.options.max_sweeps = 5;
    run_fit(&f);
    MUST(&f, rlra_model_normalise(f.model));
    rlra_report normalised;
    MUST(&f, rlra_certify(f.problem, f.model, &normalised));
    assert_true(fabs(normalised.loss / f.report.loss - 1) <= 64 * (double)REAL_EPS);
    assert_true(fabs(normalised.kkt_residual - f.report.kkt_residual) <= 64 * (double)REAL_EPS);
    free_fitting(&f);
    free_planted(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_of_every_rule_is_true),
        cmocka_unit_test(test_report_with_penalties_on_the_factors_is_true),
        cmocka_unit_test(test_certificate_of_coupled_terms_is_true),
        cmocka_unit_test(test_kkt_residual_is_zero_exactly_at_stationary_points),
        cmocka_unit_test(test_kkt_residual_does_not_change_with_units),
        cmocka_unit_test(test_certificate_reads_the_weights_of_the_model),
    };
    return cmocka_run_group_tests_name("certificates", tests, NULL, NULL);
}
