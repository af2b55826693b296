/* certificate/nnls.c: the report of a regression is recomputed from W, Y and X by plain loops. */
#include "support/regressions.h"

static const struct {
    const char *name;
    double beta;
    data_kind data;
} losses[] = {
    {"frobenius", 2, DATA_SIGNED}, {"kl", 1, DATA_COUNTS},       {"is", 0, DATA_POSITIVE},
    {"beta", 1.5, DATA_COUNTS},    {"beta", 0.5, DATA_POSITIVE}, {"beta", 3, DATA_COUNTS},
};

static const char *const priors[] = {
    "nonneg",
    "nonneg,l1=0.1,l2=0.2",
    "nonneg,upper=0.4",
    "nonneg,simplex",
    "none",
    "l2=0.3",
    "lower=-0.1,upper=0.3",
    "l1=0.2",
    "nonneg,hard_sparsity=2",
    "nonneg,simplex,hard_sparsity=2",
    "nonneg,lower=0.05,l1=0.1",
};

/* A number as reported and as found, with what rounding may do. NaN agrees with nothing. */
static void agree(const char *what, const char *name, double reported, double found, double slack)
{
    CHECK(fabs(reported - found) <= slack, "%s: %s is reported as %.17g, is %.17g, may differ by %g", name, what,
          reported, found, slack);
}

static void check_columns(const regression_trial *t, const penalty_list *list, double beta, const char *name)
{
    double loss = 0, extra = 0, slack = 0, norm2 = 0, total = 0, worst = 0;
    int64_t open = 0, at = 0;
    for (ptrdiff_t c = 0; c < t->columns; c++) {
        const plain_column found = plain_certificate_of(t, list, beta, c);
        agree("the loss of a column", name, t->loss[c], found.loss, found.loss_slack);
        agree("the KKT residual of a column", name, t->kkt[c], found.kkt, found.kkt_slack);
        loss += t->loss[c];
        extra += found.penalty;
        slack += 16 * (double)REAL_EPS * found.penalty;
        norm2 += found.norm2;
        total += found.total;
        open += !(t->kkt[c] <= fmax(t->options.tolerance, 64 * (double)REAL_EPS));
        at = t->kkt[c] > worst ? c : at;
        worst = fmax(worst, t->kkt[c]);
    }
    const double sums = 64 * DBL_EPSILON;
    agree("loss", name, t->report.loss, loss, sums * loss);
    agree("penalty", name, t->report.penalty, extra, slack + sums * extra);
    agree("objective", name, t->report.objective, t->report.loss + t->report.penalty, 0);
    agree("KKT residual", name, t->report.kkt_residual, worst, 0);
    if (beta == 2)
        agree("relative error", name, t->report.relative_error, sqrt(2 * loss / norm2), 1e-6 * sqrt(2 * loss / norm2));
    if (beta == 1)
        agree("relative loss", name, t->report.relative_loss, loss / total, 1e-6 * loss / total);
    CHECK(t->report.open_columns == open, "%s: %d open columns, are %d", name, (int)t->report.open_columns, (int)open);
    CHECK(worst == 0 || t->report.worst_column == at, "%s: column %d is not the worst", name,
          (int)t->report.worst_column);
    CHECK((t->report.stop == RLRA_STOP_KKT) == (open == 0), "%s: stop is %s", name, rlra_stop_word(t->report.stop));
    assert_int_equal(t->report.columns, t->columns);
}

/* Returns whether the rule takes the penalties and the loss. */
static int check_case(const char *rule, int loss, const char *prior, const ptrdiff_t *shape, int sweeps)
{
    char name[160];
    snprintf(name, sizeof name, "%s, %s %g, %s, %td x %td x %td, %d rounds", rule, losses[loss].name, losses[loss].beta,
             prior, shape[0], shape[1], shape[2], sweeps);
    regression_trial t = make_regression(7, shape[0], shape[1], shape[2], losses[loss].data, 0);
    t.options.update = rule;
    t.options.loss = losses[loss].name;
    t.options.beta = losses[loss].beta;
    t.options.max_sweeps = sweeps;
    const rlra_status status = try_regression(&t, prior);
    const int taken = status == RLRA_OK;
    if (taken) {
        const penalty_list list = list_of(prior);
        check_columns(&t, &list, losses[loss].beta, name);
        assert_true(strcmp(rule, "auto") == 0 || strcmp(t.report.update, rule) == 0);
    } else {
        const int refused = status == RLRA_ERR_UNSUPPORTED || (status == RLRA_ERR_DATA && losses[loss].beta == 2);
        CHECK(refused, "%s: %s", name, rlra_context_message(t.context));
    }
    free_regression(&t);
    return taken;
}

static void test_report_of_every_rule_loss_and_penalty_is_true(void **state)
{
    (void)state;
    static const ptrdiff_t shapes[][3] = {{23, 5, 61}, {130, 7, 3}, {6, 9, 5}};
    for (int u = -1; u < 0 || rlra_member_at("update", u) != NULL; u++) {
        const char *const rule = u < 0 ? "auto" : rlra_member_at("update", u)->name;
        int taken = 0;
        for (int loss = 0; loss < COUNT_OF(losses); loss++)
            for (int p = 0; p < COUNT_OF(priors); p++)
                for (int shape = p % test_share(); shape < COUNT_OF(shapes); shape += test_share())
                    for (int sweeps = 0; sweeps <= 100; sweeps = 10 * sweeps + 1)
                        taken += check_case(rule, loss, priors[p], shapes[shape], sweeps);
        CHECK(taken > 0 || test_share() > 1, "%s takes none of the cases", rule);
    }
}

/* A point is made optimal by hand: G = 4 I, and the slopes are as the penalties want. */
static void test_residual_is_zero_exactly_at_the_minimiser(void **state)
{
    (void)state;
    regression_trial t = make_regression(1, 8, 2, 3, DATA_SIGNED, 0);
    for (ptrdiff_t j = 0; j < 8; j++)
        for (ptrdiff_t k = 0; k < 2; k++)
            t.w.memory[2 * j + k] = (real)(j / 4 == k);
    for (ptrdiff_t j = 0; j < 8; j++)
        for (ptrdiff_t c = 0; c < 3; c++)
            t.y.memory[3 * j + c] = (real)(j < 4 ? 1 + (double)c : -1);
    for (ptrdiff_t c = 0; c < 3; c++) {
        t.x.memory[c] = (real)(0.5 + (double)c);
        t.x.memory[3 + c] = 0;
    }
    t.options.init = "model";
    t.options.update = "hals";
    t.options.max_sweeps = 0;
    run_regression(&t, "nonneg,l1=2");
    for (ptrdiff_t c = 0; c < 3; c++)
        CHECK(t.kkt[c] == 0 && t.gap[c] == 0, "column %td: %g, gap %g", c, t.kkt[c], t.gap[c]);
    t.x.memory[1] += (real)0.25;
    run_regression(&t, "nonneg,l1=2");
    CHECK(t.kkt[0] == 0 && t.kkt[1] > 1e-3 && t.kkt[2] == 0, "%g %g %g", t.kkt[0], t.kkt[1], t.kkt[2]);
    assert_int_equal(t.report.worst_column, 1);
    agree("gap", "a step from the minimiser", t.gap[1], 0.5 * 4 * 0.0625, 1e-6);
    free_regression(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_of_every_rule_loss_and_penalty_is_true),
        cmocka_unit_test(test_residual_is_zero_exactly_at_the_minimiser),
    };
    return cmocka_run_group_tests_name("nnls certificates", tests, NULL, NULL);
}
