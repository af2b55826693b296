/* unit/api/options_needs.c: what an option needs, in the table and in fact; given ones that have no effect are refused. */
#include "rlra/rlra.h"
#include "support/meter.h"

static rlra_context *context;

static int make_context(void **state)
{
    (void)state;
    return rlra_context_create(NULL, &context) == RLRA_OK ? 0 : -1;
}

static int drop_context(void **state)
{
    (void)state;
    rlra_context_destroy(context);
    return 0;
}

static void set(rlra_options *options, const char *name, const char *value)
{
    assert_int_equal(rlra_options_set(context, options, name, value), RLRA_OK);
}

/* Partners are options, and their values are ones that they take. */
static void test_every_need_can_be_met(void **state)
{
    (void)state;
    int found = 0;
    for (int i = 0; i < rlra_option_count(); i++) {
        const rlra_option *const row = rlra_option_at(i);
        char partner[32], value[32];
        if (row->needs[0] == '\0')
            continue;
        found++;
        const size_t length = strcspn(row->needs, "=");
        snprintf(partner, sizeof partner, "%.*s", (int)length, row->needs);
        assert_non_null(rlra_option_find(partner));
        for (const char *at = row->needs + length; *at != '\0'; at += strlen(value) + 1) {
            rlra_options options = rlra_options_default();
            snprintf(value, sizeof value, "%.*s", (int)strcspn(at + 1, ","), at + 1);
            set(&options, partner, value);
            assert_int_equal(rlra_options_check_given(context, &options, row->name, NULL, 0), RLRA_OK);
        }
    }
    assert_int_equal(found, 8);
}

static void test_what_was_not_given_is_not_looked_at(void **state)
{
    (void)state;
    const rlra_options options = rlra_options_default();
    assert_int_equal(rlra_options_check_given(context, &options, "", NULL, 0), RLRA_OK);
    assert_int_equal(rlra_options_check_given(context, &options, "rank tolerance seed", NULL, 0), RLRA_OK);
    assert_int_equal(rlra_options_check_given(context, &options, "bet beta_ eta", NULL, 0), RLRA_OK);
    expect(context, rlra_options_check_given(context, &options, "rank beta ", NULL, 0), RLRA_ERR_ARGUMENT,
           "`beta` has no effect with `loss=frobenius`: it needs `loss=beta`");
}

static void test_auto_is_what_it_became(void **state)
{
    (void)state;
    static const char *const mixed[] = {"hals", "admm"}, *const plain[] = {"fista", "hals"};
    rlra_options options = rlra_options_default();
    assert_int_equal(rlra_options_check_given(context, &options, "rho", NULL, 0), RLRA_OK);
    assert_int_equal(rlra_options_check_given(context, &options, "rho order", mixed, 2), RLRA_OK);
    expect(context, rlra_options_check_given(context, &options, "rho", plain, 2), RLRA_ERR_ARGUMENT,
           "`rho` has no effect with `update=auto`, which is fista here: it needs `update=admm`");
    set(&options, "update", "admm");
    assert_int_equal(rlra_options_check_given(context, &options, "rho", plain, 2), RLRA_OK);
    expect(context, rlra_options_check_given(context, &options, "order", mixed, 2), RLRA_ERR_ARGUMENT,
           "`order` has no effect with `update=admm`: it needs `update=hals`");
}

static void test_others_than_the_default_meet_a_need_without_values(void **state)
{
    (void)state;
    rlra_options options = rlra_options_default();
    expect(context, rlra_options_check_given(context, &options, "holdout_seed", NULL, 0), RLRA_ERR_ARGUMENT,
           "`holdout_seed` has no effect without `holdout`");
    set(&options, "holdout", "0.2");
    assert_int_equal(rlra_options_check_given(context, &options, "holdout_seed", NULL, 0), RLRA_OK);
    set(&options, "pass", "auto");
    set(&options, "loss", "kl");
    assert_int_equal(rlra_options_check_given(context, &options, "pass", NULL, 0), RLRA_OK);
    set(&options, "pass", "modes");
    expect(context, rlra_options_check_given(context, &options, "pass", NULL, 0), RLRA_ERR_ARGUMENT,
           "`loss=frobenius`");
}

enum { ROWS = 5, COLUMNS = 4 };

/* The objective after one sweep from a given start; NaN where the rule does not fit. */
static double after_one_sweep(const char *rule, const char *loss, const char *prior, const char *rounds)
{
    rlra_problem *problem;
    rlra_model *model;
    rlra_report report = {.objective = NAN};
    rlra_options options = rlra_options_default();
    double x[ROWS * COLUMNS];
    const int64_t dims[] = {ROWS, COLUMNS};
    for (int i = 0; i < ROWS * COLUMNS; i++)
        x[i] = 1 + i * i % 7;
    const rlra_array data = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, x);
    assert_int_equal(rlra_problem_create(context, &problem), RLRA_OK);
    assert_int_equal(rlra_problem_add_dense(problem, &data, 1, NULL), RLRA_OK);
    for (int n = 0; n < 2; n++)
        assert_int_equal(rlra_problem_add_prior(problem, n, prior), RLRA_OK);
    set(&options, "update", rule);
    set(&options, "loss", loss);
    set(&options, "init", "random");
    set(&options, "inner_sweeps", rounds);
    set(&options, "max_sweeps", "1");
    set(&options, "extrapolate", "off");
    assert_int_equal(rlra_model_create(context, RLRA_DTYPE_F64, 2, dims, 3, &model), RLRA_OK);
    const rlra_status status = rlra_fit(problem, &options, model, &report);
    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    return status == RLRA_OK ? report.objective : NAN;
}

/* Rules that the table names get further in seven rounds than in one; the others do not read the number. */
static void test_the_table_knows_which_rules_go_in_rounds(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl"};
    static const char *const priors[] = {"nonneg", "none", "nonneg,hard_sparsity=2"};
    for (int u = 0; rlra_member_at("update", u) != NULL; u++) {
        const char *const rule = rlra_member_at("update", u)->name;
        rlra_options options = rlra_options_default();
        int tried = 0, differs = 0;
        for (int c = 0; c < 6; c++) {
            const double few = after_one_sweep(rule, losses[c / 3], priors[c % 3], "1");
            const double many = after_one_sweep(rule, losses[c / 3], priors[c % 3], "7");
            tried += isfinite(few) && isfinite(many);
            differs += isfinite(few) && isfinite(many) && fabs(few - many) > 1e-9 * few;
        }
        set(&options, "update", rule);
        const int needed = rlra_options_check_given(context, &options, "inner_sweeps", NULL, 0) == RLRA_OK;
        CHECK(tried > 0, "%s could not be posed", rule);
        CHECK(needed == (differs > 0), "%s: %d of %d fits differ", rule, differs, tried);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_need_can_be_met),
        cmocka_unit_test(test_what_was_not_given_is_not_looked_at),
        cmocka_unit_test(test_auto_is_what_it_became),
        cmocka_unit_test(test_others_than_the_default_meet_a_need_without_values),
        cmocka_unit_test(test_the_table_knows_which_rules_go_in_rounds),
    };
    return cmocka_run_group_tests_name("options_needs", tests, make_context, drop_context);
}
