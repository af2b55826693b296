/* conformance/regressions.c: every rule with every loss and every list of penalties it takes: descent, minimisers, tolerance. */
#include "block/kkt.h"
#include "support/row_blocks.h"

enum { PLAIN, SPARSE, DUPLICATED, ZERO_COMPONENT, ZERO_ROW, KINDS };

static const double betas[] = {1, 0, 1.25, 1.75, 0.5, -0.5, 2.5, 3};

/* A row of zeros in the design has an infinite loss where y > 0. */
static void draw_data(numbers *from, row_trial *t, int kind)
{
    const int may_be_zero = t->loss.beta > 0;
    for (ptrdiff_t j = 0; j < t->design.length; j++) {
        for (ptrdiff_t i = 0; i < t->x.length; i++) {
            real *const y = t->y + i * t->part.y_stride + j;
            *y = (real)(3 * uniform(from) * uniform(from));
            if (may_be_zero && uniform(from) < (kind == SPARSE ? 0.8 : 0.2))
                *y = 0;
            if (kind == ZERO_ROW && j == 1 && may_be_zero)
                *y = 0;
        }
        for (ptrdiff_t k = 0; k < t->x.rank; k++) {
            real *const a = entry(t->design, j, k);
            if (kind == SPARSE && k > 0 && uniform(from) < 0.5)
                *a = 0;
            if (kind == ZERO_ROW && j == 1 && t->loss.kind == LOSS_KL)
                *a = 0;
            if (kind == DUPLICATED && k == t->x.rank - 1)
                *a = *entry(t->design, j, 0);
            if (kind == ZERO_COMPONENT && k == t->x.rank / 2 && k > 0)
                *a = 0;
        }
    }
    for (ptrdiff_t k = 0; k < t->x.rank; k++) {
        t->sums[k] = 0;
        for (ptrdiff_t j = 0; j < t->design.length; j++)
            t->sums[k] += (double)*entry(t->design, j, k);
    }
}

static row_trial make(numbers *from, const update_ops *rule, double beta, const penalty_list *list, ptrdiff_t rows,
                      int kind)
{
    row_trial t = make_row_trial(from, rows, 1 + below(from, 6), 4 + below(from, 30), RLRA(loss_find)("beta", beta));
    t.rule = rule;
    t.list = *list;
    draw_data(from, &t, kind);
    for (ptrdiff_t i = 0; i < rows; i++) {
        double row[64];
        draw_row(from, list, row, t.x.rank);
        row[0] += row[0] == 0 ? fmin(0.5, RLRA(penalties_most)(list)) : 0;
        for (ptrdiff_t k = 0; k < t.x.rank; k++)
            *entry(t.x, i, k) = (real)fmax(row[k], t.block.floor);
    }
    return t;
}

typedef void (*regression_test)(numbers *from, const update_ops *rule, double beta, const penalty_list *list);

static int takes_all(const update_ops *rule, double beta, const penalty_list *list)
{
    const posed_loss loss = RLRA(loss_find)("beta", beta);
    return rule->regress != NULL && (rule->losses & loss.kind) != 0 && RLRA(penalties_nonneg)(list) &&
           (RLRA(penalties_kinds)(list) & ~rule->takes) == 0;
}

static void try_all(uint64_t seed, regression_test try)
{
    numbers from = {seed, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_lists(&from, lists);
    for (int u = 0; RLRA(update_at)(u) != NULL; u++) {
        int taken = 0;
        for (int b = 0; b < COUNT_OF(betas); b++)
            for (int c = 0; c < count; c++)
                if (takes_all(RLRA(update_at)(u), betas[b], &lists[c])) {
                    if (taken++ % test_share() == 0)
                        try(&from, RLRA(update_at)(u), betas[b], &lists[c]);
                }
        CHECK(taken > 0 || RLRA(update_at)(u)->regress == NULL, "%s takes nothing", RLRA(update_at)(u)->about.name);
    }
}

static void check_allowed(const row_trial *t)
{
    double row[64];
    for (ptrdiff_t i = 0; i < t->x.length; i++) {
        for (ptrdiff_t k = 0; k < t->x.rank; k++)
            row[k] = (double)*entry(t->x, i, k);
        CHECK(isfinite(list_value(&t->list, row, t->x.rank, 0)), "%s, beta %g, leaves what %s allows",
              t->rule->about.name, t->loss.beta, list_name(&t->list));
    }
    CHECK(gaps_are_untouched(t->x.at, t->x.rank, t->x.length, t->x.stride), "%s", t->rule->about.name);
}

static void descend(numbers *from, const update_ops *rule, double beta, const penalty_list *list, int kind)
{
    const int rounds[] = {1, 2, 3, 10, 30};
    const ptrdiff_t rows = 1 + below(from, 9);
    row_trial t = make(from, rule, beta, list, rows, kind);
    for (int r = 0; r < COUNT_OF(rounds); r++) {
        double before[UPDATE_ROWS], size[UPDATE_ROWS], after_size;
        for (ptrdiff_t i = 0; i < rows; i++)
            before[i] = row_objective(&t, i, &size[i]);
        regress_rule(&t, rounds[r], 0);
        check_allowed(&t);
        for (ptrdiff_t i = 0; i < rows; i++) {
            const double after = row_objective(&t, i, &after_size);
            const double slack = 32 * (double)REAL_EPS * (size[i] + after_size);
            CHECK(isfinite(after), "%s, beta %g, %s, kind %d", rule->about.name, beta, list_name(list), kind);
            CHECK(!rule->keeps_objective || after <= before[i] + slack,
                  "%s, beta %g, %s, kind %d, %d rounds: %.17g > %.17g", rule->about.name, beta, list_name(list), kind,
                  rounds[r], after, before[i]);
        }
    }
    free_row_trial(&t);
}

static void try_descent(numbers *from, const update_ops *rule, double beta, const penalty_list *list)
{
    for (int repeat = 0; repeat < 4; repeat++)
        for (int kind = 0; kind < KINDS; kind++)
            descend(from, rule, beta, list, kind);
}

static void test_rules_never_raise_the_objective_of_any_loss(void **state)
{
    (void)state;
    try_all(1, try_descent);
}

/* Rules whose steps shrink with the entries come near zeros slowly: what is asked is the objective. */
static void try_minimum(numbers *from, const update_ops *rule, double beta, const penalty_list *list)
{
    if (!(beta >= 1 && beta <= 2))
        return;
    row_trial t = make(from, rule, beta, list, 3, PLAIN);
    regress_rule(&t, strcmp(rule->about.name, "nolips") == 0 ? 20000 : 3000, 0);
    for (ptrdiff_t i = 0; i < t.x.length; i++) {
        double best[64], size;
        const double least = least_objective(&t, i, best), came = row_objective(&t, i, &size);
        CHECK(came >= least - 64 * DBL_EPSILON * size, "the plain loops end above %.17g, at %.17g", came, least);
        CHECK(came <= least + 1e-3 * fabs(least) + 64 * (double)REAL_EPS * size, "%s, beta %g, %s: %.17g, not %.17g",
              rule->about.name, beta, list_name(list), came, least);
        for (ptrdiff_t k = 0; k < t.x.rank; k++)
            *entry(t.x, i, k) = (real)best[k];
    }
    regress_rule(&t, 5, 0);
    for (ptrdiff_t i = 0; i < t.x.length; i++) {
        double best[64], size;
        const double least = least_objective(&t, i, best), came = row_objective(&t, i, &size);
        CHECK(came <= least + 64 * (double)REAL_EPS * size, "%s leaves a minimiser, beta %g, %s: %.17g, not %.17g",
              rule->about.name, beta, list_name(list), came, least);
    }
    free_row_trial(&t);
}

static void test_many_rounds_come_near_the_minimum_and_stay_there(void **state)
{
    (void)state;
    try_all(2, try_minimum);
}

/* A row ends when its KKT residual meets the tolerance, and does not change with the rows beside it. */
static void try_tolerance(numbers *from, const update_ops *rule, double beta, const penalty_list *list)
{
    const double tolerance = 1e-2;
    row_trial t = make(from, rule, beta, list, 7, PLAIN);
    const factor start = copy_factor(t.x);
    regress_rule(&t, 200000, tolerance);
    const factor up = make_factor(7, t.x.rank), down = make_factor(7, t.x.rank);
    void *const scratch = aligned_scratch(RLRA(rows_bytes)(t.x.length, t.x.rank));
    RLRA(rows_slopes)(trial_block(&t), t.x, up, down, NULL, scratch);
    for (ptrdiff_t i = 0; i < 7; i++) {
        double x[64], high[64], low[64];
        for (ptrdiff_t k = 0; k < t.x.rank; k++) {
            x[k] = (double)*entry(t.x, i, k);
            high[k] = (double)*entry(up, i, k);
            low[k] = (double)*entry(down, i, k);
        }
        const double kkt = RLRA(kkt_of_row)(list, t.x.rank, x, high, low);
        CHECK(kkt <= 1.1 * tolerance, "%s, beta %g, %s: row %td has %g", rule->about.name, beta, list_name(list), i,
              kkt);
    }
    row_trial alone = t;
    alone.x = copy_factor(start);
    alone.scratch = NULL;
    const factor whole = alone.x;
    alone.x = factor_rows(whole, 4, 5);
    alone.y = t.y + 4 * t.part.y_stride;
    regress_rule(&alone, 200000, tolerance);
    for (ptrdiff_t k = 0; k < t.x.rank; k++)
        CHECK(*entry(whole, 4, k) == *entry(t.x, 4, k), "%s, beta %g, %s: a row depends on others", rule->about.name,
              beta, list_name(list));
    free(alone.scratch);
    free(whole.at);
    free(start.at);
    free(up.at);
    free(down.at);
    free(scratch);
    free_row_trial(&t);
}

static void test_rows_end_at_the_tolerance_each_on_its_own(void **state)
{
    (void)state;
    try_all(3, try_tolerance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_never_raise_the_objective_of_any_loss),
        cmocka_unit_test(test_many_rounds_come_near_the_minimum_and_stay_there),
        cmocka_unit_test(test_rows_end_at_the_tolerance_each_on_its_own),
    };
    return cmocka_run_group_tests_name("regressions", tests, NULL, NULL);
}
