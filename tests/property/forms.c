/* property/forms.c: fits of forms and maps are minimisers of the objective that they report, by plain loops over the full array. */
#include "support/forms.h"

/* The KKT residual is relative to the norm of the data and measured in their units: slopes are larger by roots of curvatures. */
#define LARGEST_ROOT 100

static void check_minimum(trial *t)
{
    double left[MOST], norm2 = 0;
    factor x[RLRA_MAX_ORDER + 1];
    const int is_nonneg = strstr(t->prior, "nonneg") != NULL;
    for (int n = 0; n < t->factors; n++)
        x[n] = factor_of(&t->f, n);
    const double objective = residual(t, x, left);
    for (int64_t e = 0; e < rlra_array_count(&t->data); e++)
        norm2 += 2.5 * pow((double)((const real *)t->data.data)[e], 2);
    const double most = LARGEST_ROOT * t->f.options.tolerance * sqrt(norm2);
    CHECK(t->f.report.stop == RLRA_STOP_KKT, "%s: %s", t->name, rlra_stop_word(t->f.report.stop));
    CHECK(fabs(objective - t->f.report.objective) <= 1e3 * (double)REAL_EPS * (objective + norm2), "%s: %.9g, not %.9g",
          t->name, t->f.report.objective, objective);
    for (int n = 0; n < t->factors; n++)
        for (ptrdiff_t k = 0; k < x[n].rank; k++)
            for (ptrdiff_t i = 0; i < x[n].length; i++) {
                const double value = (double)*entry(x[n], i, k), g = slope(t, x, n, i, k, left);
                CHECK(!is_nonneg || value >= 0, "%s: factor %d [%td, %td] is %g", t->name, n, i, k, value);
                CHECK(!is_nonneg || value > 0 ? fabs(g) <= most : g >= -most,
                      "%s: factor %d [%td, %td] = %g: slope %g, at most %g", t->name, n, i, k, value, g, most);
            }
}

static void check_trial(int order, int has_core, unsigned mapped, const char *prior)
{
    trial t;
    char name[80];
    snprintf(name, sizeof name, "order %d, core %d, maps %u, %s", order, has_core, mapped, prior);
    open_trial(&t, name, order, has_core, mapped, prior, (uint64_t)order);
    if (strstr(prior, "l1") != NULL)
        t.f.options.tolerance *= 100; /* nothing balances scales between a core and its factors */
    run_fit(&t.f);
    check_minimum(&t);
    close_trial(&t);
}

static void test_fits_end_at_stationary_points(void **state)
{
    (void)state;
    for (int has_core = 0; has_core <= 1; has_core++) {
        for (int order = 2; order <= 3; order++) {
            for (unsigned mapped = (unsigned)(order % test_share()); mapped < 1u << order;
                 mapped += (unsigned)test_share())
                check_trial(order, has_core, mapped, "nonneg");
            check_trial(order, has_core, 0, "none");
            check_trial(order, has_core, 1, "nonneg,l1=0.02");
        }
        check_trial(4, has_core, 0, "nonneg");
        check_trial(4, has_core, 5, "nonneg");
    }
}

/* Slopes of what is not zero vanish beside the size of their parts, which is that of the data. */
static void check_kl(trial *t)
{
    double left[MOST], sum = 0, slack = 0;
    factor x[RLRA_MAX_ORDER + 1];
    for (int n = 0; n < t->factors; n++)
        x[n] = factor_of(&t->f, n);
    const double objective = residual(t, x, left);
    for (int64_t e = 0; e < rlra_array_count(&t->data); e++)
        sum += 2.5 * (double)((const real *)t->data.data)[e];
    CHECK(fabs(objective - t->f.report.objective) <= 1e3 * (double)REAL_EPS * (objective + sum), "%s: %.9g, not %.9g",
          t->name, t->f.report.objective, objective);
    for (int n = 0; n < t->factors; n++)
        for (ptrdiff_t k = 0; k < x[n].rank; k++)
            for (ptrdiff_t i = 0; i < x[n].length; i++)
                slack += (double)*entry(x[n], i, k) * fabs(slope(t, x, n, i, k, left));
    CHECK(t->f.report.stop == RLRA_STOP_KKT && slack <= 4 * t->factors * t->f.options.tolerance * sum,
          "%s: %s, residual %g, slack %g of %g", t->name, rlra_stop_word(t->f.report.stop), t->f.report.kkt_residual,
          slack, sum);
}

static void test_kl_descends_to_stationary_points(void **state)
{
    (void)state;
    for (int has_core = 0; has_core <= 1; has_core++)
        for (int order = 2; order <= 3; order++)
            for (unsigned mapped = !has_core; mapped < 1u << order; mapped += 2) {
                trial t;
                char name[80];
                snprintf(name, sizeof name, "kl, order %d, core %d, maps %u", order, has_core, mapped);
                open_trial(&t, name, order, has_core, mapped, "nonneg", 20);
                t.is_kl = 1;
                t.f.options.loss = "kl";
                t.f.options.tolerance = 2e-3;
                run_fit(&t.f);
                check_kl(&t);
                double before = INFINITY;
                t.f.options.extrapolate = "off";
                t.f.options.tolerance = 0;
                for (t.f.options.max_sweeps = 1; t.f.options.max_sweeps < 12; t.f.options.max_sweeps++) {
                    run_fit(&t.f);
                    CHECK(t.f.report.objective <= before * (1 + 1e2 * (double)REAL_EPS), "%s: %.12g after %.12g", name,
                          t.f.report.objective, before);
                    before = t.f.report.objective;
                }
                close_trial(&t);
            }
}

/* Without constraints the rows of an invertible map are as good as any. */
static void test_an_invertible_map_changes_no_minimum(void **state)
{
    trial plain, mapped;
    (void)state;
    open_trial(&plain, "plain", 2, 0, 0, "none", 3);
    open_trial(&mapped, "mapped", 2, 0, 0, "none", 3);
    numbers from = {5, 0};
    mapped.map[0] = uniform_array(&from, 2, (const int64_t[]){7, 7});
    for (int i = 0; i < 7; i++)
        ((real *)mapped.map[0].data)[8 * i] += 2;
    MUST(&mapped.f, rlra_problem_set_map(mapped.f.problem, 0, 0, &mapped.map[0]));
    run_fit(&plain.f);
    run_fit(&mapped.f);
    CHECK(fabs(plain.f.report.objective - mapped.f.report.objective) <= 1e-4 * plain.f.report.objective, "%g and %g",
          plain.f.report.objective, mapped.f.report.objective);
    close_trial(&plain);
    close_trial(&mapped);
}

/* The unit of a map is no matter: 2^k D with F / 2^k and the penalty of F times 2^k is the same fit, also where F is so small that
 * its entries would be below the rounding of the data. */
static void test_the_unit_of_a_map_changes_no_minimum(void **state)
{
    static const double weight = 0.02;
    const double unit = ldexp(1, sizeof(real) == 4 ? 30 : 60);
    (void)state;
    trial plain, scaled;
    open_trial(&plain, "plain", 2, 0, 1, "nonneg", 12);
    open_trial(&scaled, "scaled", 2, 0, 1, "nonneg", 12);
    for (int64_t e = 0; e < rlra_array_count(&scaled.map[0]); e++)
        ((real *)scaled.map[0].data)[e] *= (real)unit;
    for (int n = 0; n < 2; n++) {
        MUST(&plain.f, rlra_problem_add_penalty(plain.f.problem, n, "l1", weight));
        MUST(&scaled.f, rlra_problem_add_penalty(scaled.f.problem, n, "l1", n == 0 ? weight * unit : weight));
    }
    for (int k = 0; k < 2; k++) { /* one component, which has one minimum */
        fitting *const f = k == 0 ? &plain.f : &scaled.f;
        rlra_model_destroy(f->model);
        MUST(f, rlra_model_create_for(f->problem, (const int64_t[]){1, 1}, &f->model));
    }
    run_fit(&plain.f);
    run_fit(&scaled.f);
    CHECK(fabs(plain.f.report.objective - scaled.f.report.objective) <= 1e-3 * plain.f.report.objective, "%g and %g",
          plain.f.report.objective, scaled.f.report.objective);
    close_trial(&plain);
    close_trial(&scaled);
}

/* Data that a model of the form fits without error: the fit comes near. */
static void test_planted_cores_are_found(void **state)
{
    trial t;
    factor x[RLRA_MAX_ORDER + 1];
    double model[MOST];
    numbers from = {9, 0};
    (void)state;
    open_trial(&t, "planted", 3, 1, 0, "nonneg", 4);
    for (int n = 0; n < 4; n++) {
        x[n] = factor_of(&t.f, n);
        for (ptrdiff_t k = 0; k < x[n].rank; k++)
            for (ptrdiff_t i = 0; i < x[n].length; i++)
                *entry(x[n], i, k) = (real)uniform(&from);
    }
    fill_model(&t, x, model);
    rlra_problem_destroy(t.f.problem);
    for (int64_t e = 0; e < rlra_array_count(&t.data); e++)
        ((real *)t.data.data)[e] = (real)model[e];
    MUST(&t.f, rlra_problem_create(t.f.context, &t.f.problem));
    MUST(&t.f, rlra_problem_add_dense(t.f.problem, &t.data, 1, NULL));
    MUST(&t.f, rlra_problem_set_form(t.f.problem, 0, "tucker", 3));
    for (int n = 0; n < 4; n++)
        MUST(&t.f, rlra_problem_add_prior(t.f.problem, n, "nonneg"));
    t.f.options.max_sweeps = 2000;
    run_fit(&t.f);
    CHECK(t.f.report.relative_error < 1e-3, "relative error %g", t.f.report.relative_error);
    close_trial(&t);
}

/* Operators see as many columns as there are combinations of the other modes, which differ from mode to mode. */
static void test_any_mode_may_have_the_largest_rank(void **state)
{
    (void)state;
    for (int way = 0; way < 9; way++) {
        trial t;
        double left[MOST];
        factor x[RLRA_MAX_ORDER + 1];
        open_trial(&t, "ranks", 2 + way / 3, 1, way % 2 == 0 ? 2 : 0, "nonneg", 40);
        for (int m = 0; m < t.order; m++)
            t.ranks[m] = m == way % 3 ? 5 : 1 + m % 2;
        rlra_problem_destroy(t.f.problem);
        MUST(&t.f, rlra_problem_create(t.f.context, &t.f.problem));
        MUST(&t.f, rlra_problem_add_dense(t.f.problem, &t.data, 2.5, NULL));
        pose_trial(&t, NULL);
        t.f.options.max_sweeps = 10;
        run_fit(&t.f);
        for (int n = 0; n < t.factors; n++)
            x[n] = factor_of(&t.f, n);
        const double objective = residual(&t, x, left);
        CHECK(fabs(objective - t.f.report.objective) <= 1e3 * (double)REAL_EPS * objective, "way %d: %.9g, not %.9g",
              way, t.f.report.objective, objective);
        CHECK(t.f.report.objective <= t.f.report.start_objective, "way %d: %g from %g", way, t.f.report.objective,
              t.f.report.start_objective);
        close_trial(&t);
    }
}

/* Two arrays whose first mode is one dictionary times one factor. */
static void test_terms_share_a_mapped_factor(void **state)
{
    (void)state;
    trial t;
    open_trial(&t, "two terms", 2, 0, 1, "nonneg", 7);
    numbers from = {8, 0};
    const rlra_array more = uniform_array(&from, 2, (const int64_t[]){7, 4});
    rlra_array both = uniform_array(&from, 2, (const int64_t[]){7, 10});
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 10; j++)
            ((real *)both.data)[10 * i + j] =
                j < 6 ? ((const real *)t.data.data)[6 * i + j] : ((const real *)more.data)[4 * i + j - 6];
    fitting apart = {.options = t.f.options}, whole = {.options = t.f.options};
    const int64_t ranks[] = {3, 3, 3};
    assert_int_equal(rlra_context_create(NULL, &apart.context), RLRA_OK);
    MUST(&apart, rlra_problem_create(apart.context, &apart.problem));
    MUST(&apart, rlra_problem_add_dense(apart.problem, &t.data, 1, NULL));
    MUST(&apart, rlra_problem_add_dense(apart.problem, &more, 1, (const int[]){0, 2}));
    MUST(&apart, rlra_problem_set_map(apart.problem, 0, 0, &t.map[0]));
    assert_int_equal(rlra_model_create_for(apart.problem, ranks, &apart.model), RLRA_ERR_SHAPE);
    MUST(&apart, rlra_problem_set_map(apart.problem, 1, 0, &t.map[0]));
    assert_int_equal(rlra_context_create(NULL, &whole.context), RLRA_OK);
    MUST(&whole, rlra_problem_create(whole.context, &whole.problem));
    MUST(&whole, rlra_problem_add_dense(whole.problem, &both, 1, NULL));
    MUST(&whole, rlra_problem_set_map(whole.problem, 0, 0, &t.map[0]));
    for (int n = 0; n < 3; n++)
        MUST(&apart, rlra_problem_add_prior(apart.problem, n, "nonneg"));
    for (int n = 0; n < 2; n++)
        MUST(&whole, rlra_problem_add_prior(whole.problem, n, "nonneg"));
    MUST(&apart, rlra_model_create_for(apart.problem, ranks, &apart.model));
    MUST(&whole, rlra_model_create_for(whole.problem, ranks, &whole.model));
    run_fit(&whole);
    const factor from_rows = factor_of(&whole, 0), from_columns = factor_of(&whole, 1);
    factor_copy(from_rows, factor_of(&apart, 0));
    factor_copy(factor_rows(from_columns, 0, 6), factor_of(&apart, 1));
    factor_copy(factor_rows(from_columns, 6, 10), factor_of(&apart, 2));
    MUST(&apart, rlra_certify(apart.problem, apart.model, &apart.report));
    CHECK(fabs(apart.report.objective - whole.report.objective) <= 1e3 * (double)REAL_EPS * whole.report.objective,
          "%.9g and %.9g", apart.report.objective, whole.report.objective);
    CHECK(apart.report.kkt_residual <= 2 * whole.report.kkt_residual + 1e3 * (double)REAL_EPS, "%g and %g",
          apart.report.kkt_residual, whole.report.kkt_residual);
    free_fitting(&apart);
    free_fitting(&whole);
    free(more.data);
    free(both.data);
    close_trial(&t);
}

#define REFUSED(f, call, text)                                                                                         \
    do {                                                                                                               \
        CHECK((call) != RLRA_OK, "%s", text);                                                                          \
        CHECK(strstr(rlra_context_message((f)->context), text) != NULL, "%s", rlra_context_message((f)->context));     \
    } while (0)

static void test_what_does_not_go_together_is_refused(void **state)
{
    (void)state;
    trial t;
    rlra_model *model;
    open_trial(&t, "refused", 3, 1, 1, "nonneg", 10);
    fitting *const f = &t.f;
    numbers from = {11, 0};
    rlra_array map = uniform_array(&from, 2, (const int64_t[]){7, 4});
    map.dims[0] = 6;
    REFUSED(f, rlra_problem_set_map(f->problem, 0, 0, &map), "must be a matrix of 7 rows");
    map.dims[0] = 7;
    ((real *)map.data)[5] = (real)NAN;
    REFUSED(f, rlra_problem_set_map(f->problem, 0, 0, &map), "holds nan at [1, 1]");
    for (int i = 0; i < 7; i++)
        ((real *)map.data)[4 * i + 1] = 0;
    REFUSED(f, rlra_problem_set_map(f->problem, 0, 0, &map), "column 1 of the map of mode 0 is zero");
    REFUSED(f, rlra_problem_set_map(f->problem, 0, 3, &map), "there is no mode 3");
    REFUSED(f, rlra_problem_set_map(f->problem, 1, 0, &map), "there is no term 1");
    REFUSED(f, rlra_problem_set_form(f->problem, 0, "parafac", 3), "known are: kruskal, tucker");
    REFUSED(f, rlra_problem_set_form(f->problem, 1, "tucker", 3), "there is no term 1");
    REFUSED(f, rlra_problem_set_form(f->problem, 0, "tucker", 2), "of the form 'tucker' already");
    REFUSED(f, rlra_model_create_for(f->problem, (const int64_t[]){2, 0, 2, 0}, &model), "at least 1, got 0");
    f->options.loss = "is";
    REFUSED(f, rlra_fit(f->problem, &f->options, f->model, &f->report), "models of the form 'tucker'");
    f->options.loss = "kl";
    ((real *)t.map[0].data)[8] = -1;
    REFUSED(f, rlra_fit(f->problem, &f->options, f->model, &f->report), "that of mode 0 holds -1 at [1, 2]");
    f->options.update = "newton";
    ((real *)t.map[0].data)[8] = 1;
    REFUSED(f, rlra_fit(f->problem, &f->options, f->model, &f->report), "use one of: mu");
    f->options.update = "auto";
    f->options.loss = "frobenius";
    f->options.update = "hals";
    REFUSED(f, rlra_fit(f->problem, &f->options, f->model, &f->report), "known by its products");
    f->options.update = "auto";
    f->options.init = "nndsvd";
    REFUSED(f, rlra_fit(f->problem, &f->options, f->model, &f->report), "init 'nndsvd'");
    f->options.init = "auto";
    f->options.holdout = 0.1;
    REFUSED(f, rlra_fit(f->problem, &f->options, f->model, &f->report), "models of the form 'tucker'");
    f->options.holdout = 0;
    f->options.pass = "one";
    REFUSED(f, rlra_fit(f->problem, &f->options, f->model, &f->report),
            "a single term whose model is a sum of rank-one arrays: use");
    REFUSED(f, rlra_model_normalise(f->model), "ranks of their own");
    free(map.data);
    close_trial(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits_end_at_stationary_points),
        cmocka_unit_test(test_kl_descends_to_stationary_points),
        cmocka_unit_test(test_an_invertible_map_changes_no_minimum),
        cmocka_unit_test(test_the_unit_of_a_map_changes_no_minimum),
        cmocka_unit_test(test_planted_cores_are_found),
        cmocka_unit_test(test_any_mode_may_have_the_largest_rank),
        cmocka_unit_test(test_terms_share_a_mapped_factor),
        cmocka_unit_test(test_what_does_not_go_together_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
