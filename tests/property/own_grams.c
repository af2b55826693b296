/* property/own_grams.c: rows with Gram matrices of their own keep their promises where these are singular, and where little is left
 * of the whole one. */
#include "support/weighted.h"

enum { ROWS = 24, COLUMNS = 16, RANK = 3, LAST = RANK - 1 };

static const int64_t dims[] = {ROWS, COLUMNS};

/* Rules that find the minimiser of a row without a component, or of a single one, within a sweep. */
static const char *const rules[] = {"hals", "active_set", "block_pivot"};

/* Weights `left` in `columns` columns of the second half of the rows, and 1 elsewhere. */
static view weigh(int columns, double left)
{
    const view weights = empty_view(2, dims, &c_order);
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        *entry_at(&weights.array, index) = (real)(index[0] >= ROWS / 2 && index[1] < columns ? left : 1);
    while (next_index(&weights.array, index));
    return weights;
}

static fitting pose(const planted *p, const view *weights, const char *prior)
{
    fitting f = empty_fitting(2, dims, p->rank);
    MUST(&f, rlra_problem_add_weighted(f.problem, &p->data.array, &weights->array, RLRA_MISSING_NONE, 1, NULL));
    MUST(&f, rlra_problem_add_prior(f.problem, 0, prior));
    MUST(&f, rlra_problem_add_prior(f.problem, 1, "nonneg"));
    start_near_truth(&f, p);
    f.options.max_sweeps = 1;
    return f;
}

/* The last component lives in two columns that half of the rows do not have: l1 alone decides about their entries. */
static void test_a_component_that_a_row_does_not_see_is_least_under_l1(void **state)
{
    static const struct {
        const char *prior;
        double least;
    } cases[] = {{"nonneg,l1=0.01", 0}, {"lower=0.25,l1=0.01", 0.25}, {"nonneg,upper=2,l1=0.01", 0}};
    (void)state;
    planted p = plant(11, 2, dims, RANK, 0, 0.5);
    const view weights = weigh(2, 0);
    for (ptrdiff_t j = 2; j < COLUMNS; j++)
        *entry(p.truth[1], j, LAST) = 0;
    for (int rule = 0; rule < COUNT_OF(rules); rule++)
        for (int c = 0; c < COUNT_OF(cases); c++) {
            fitting f = pose(&p, &weights, cases[c].prior);
            f.options.update = rules[rule];
            run_fit(&f);
            assert_int_equal(f.report.sweeps, 1);
            for (ptrdiff_t i = ROWS / 2; i < ROWS; i++) {
                const real came = *entry(factor_of(&f, 0), i, LAST);
                CHECK(came == (real)cases[c].least, "%s, %s: row %td has %g", rules[rule], cases[c].prior, i,
                      (double)came);
            }
            free_fitting(&f);
        }
    free(weights.memory);
    free_planted(&p);
}

/* One component, nearly all of whose size is in a column that half of the rows lack: what is left of the whole Gram matrix after
 * the subtraction are rounding errors. */
static void check_ratios(const char *rule, double left)
{
    planted p = plant(12, 2, dims, 1, 0, 0);
    const double large = sizeof(real) == 4 ? 3e3 : 1e6;
    const view weights = weigh(1, left);
    *entry(p.truth[1], 0, 0) = (real)large;
    for (ptrdiff_t i = 0; i < ROWS; i++)
        for (ptrdiff_t j = 0; j < COLUMNS; j++)
            *entry_at(&p.data.array, (const int64_t[]){i, j}) = *entry(p.truth[0], i, 0) * *entry(p.truth[1], j, 0);
    fitting f = pose(&p, &weights, "nonneg");
    for (ptrdiff_t i = 0; i < ROWS; i++)
        *entry(factor_of(&f, 0), i, 0) = 1;
    f.options.update = rule;
    run_fit(&f);
    const factor came = factor_of(&f, 0), wanted = p.truth[0];
    for (ptrdiff_t i = 1; i < ROWS; i++) {
        const double ratio = (double)*entry(came, i, 0) / (double)*entry(came, 0, 0);
        const double truth = (double)*entry(wanted, i, 0) / (double)*entry(wanted, 0, 0);
        /* A guard that bears the loss of three digits, and of three bits in single precision. */
        CHECK(fabs(ratio / truth - 1) <= (sizeof(real) == 4 ? 64 : 1e4) * (double)REAL_EPS,
              "%s, row %td: %.9g, not %.9g", rule, i, ratio, truth);
    }
    free_fitting(&f);
    free(weights.memory);
    free_planted(&p);
}

static void test_rows_that_lack_nearly_all_of_a_component_keep_their_digits(void **state)
{
    (void)state;
    for (int rule = 0; rule < COUNT_OF(rules); rule++) {
        check_ratios(rules[rule], 0);
        check_ratios(rules[rule], 1e-20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_component_that_a_row_does_not_see_is_least_under_l1),
        cmocka_unit_test(test_rows_that_lack_nearly_all_of_a_component_keep_their_digits),
    };
    return cmocka_run_group_tests_name("own_grams", tests, NULL, NULL);
}
