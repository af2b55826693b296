/* conformance/updates.c: every rule of the registry with every penalty it takes: descent, fixed points, exact minimisers. */
#include "support/blocks.h"

/* Calls `try` for every rule with every list of penalties it takes. */
typedef void (*rule_test)(numbers *from, const update_ops *rule, const penalty_list *list);

static void try_all(uint64_t seed, rule_test try)
{
    numbers from = {seed, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_lists(&from, lists);
    for (int u = 0; RLRA(update_at)(u) != NULL; u++) {
        int taken = RLRA(update_at)(u)->apply == NULL;
        for (int c = 0; c < count; c++)
            if (takes(RLRA(update_at)(u), &lists[c])) {
                if (taken++ % test_share() == 0)
                    try(&from, RLRA(update_at)(u), &lists[c]);
            }
        CHECK(taken > 0 || RLRA(update_at)(u)->apply == NULL, "the rule '%s' takes nothing",
              RLRA(update_at)(u)->about.name);
    }
}

static void check_allowed(const trial *t)
{
    double row[MOST_RANK];
    for (ptrdiff_t i = 0; i < t->x.length; i++) {
        for (ptrdiff_t k = 0; k < t->x.rank; k++)
            row[k] = (double)*entry(t->x, i, k);
        const double value = list_value(t->list, row, t->x.rank, (double)(4 + t->x.rank) * (double)REAL_EPS);
        CHECK(isfinite(value), "%s leaves what %s allows", t->rule->about.name, list_name(t->list));
    }
    CHECK(gaps_are_untouched(t->x.at, t->x.rank, t->x.length, t->x.stride), "%s", t->rule->about.name);
}

/* Any step of msom, parameter of admm and order of components must do. */
static void vary_settings(numbers *from, trial *t)
{
    t->settings.gamma = 0.01 + 1.989 * uniform(from);
    t->settings.rho = below(from, 2) == 0 ? 0 : pow(10, 6 * uniform(from) - 3);
    t->settings.shuffled = (int)below(from, 2);
    t->settings.seed = (uint64_t)below(from, 1000);
}

static void descend(numbers *from, const update_ops *rule, const penalty_list *list, int kind)
{
    const int rounds[] = {1, 2, 5, 30};
    const ptrdiff_t rank = 2 + below(from, MOST_RANK - 1), length = 1 + below(from, UPDATE_ROWS);
    trial t = make_trial(from, rule, list, length, rank, kind);
    vary_settings(from, &t);
    double size, before_size, before = block_objective(&t, &before_size);
    for (int r = 0; r < COUNT_OF(rounds); r++) {
        apply_rule(&t, rounds[r], r % 2 == 0 ? 0.1 : 0);
        const double after = block_objective(&t, &size), slack = 16 * (double)REAL_EPS * (before_size + size);
        CHECK(isfinite(after), "%s with %s, Gram of kind %d", rule->about.name, list_name(list), kind);
        CHECK(!rule->keeps_objective || after <= before + slack,
              "%s with %s, Gram of kind %d, %d rounds: %.17g > %.17g", rule->about.name, list_name(list), kind,
              rounds[r], after, before);
        before = after;
        before_size = size;
        check_allowed(&t);
    }
    free_trial(&t);
}

static void try_descent(numbers *from, const update_ops *rule, const penalty_list *list)
{
    for (int repeat = 0; repeat < 10; repeat++)
        for (int kind = 0; kind < GRAM_KINDS; kind++)
            descend(from, rule, list, kind);
}

static void test_rules_never_raise_the_objective_and_survive_singular_grams(void **state)
{
    (void)state;
    try_all(1, try_descent);
}

/* A slope for entry x whose other slopes add up to `m`: such that x stays, up to the floor of rules that multiply. */
static double stationary(numbers *from, const trial *t, double x, double m)
{
    const double linear = RLRA(penalties_linear)(t->list);
    const double least = (double)(real)RLRA(penalties_least)(t->list);
    const double most = (double)(real)RLRA(penalties_most)(t->list);
    if (t->rule->needs_nonneg && x <= fmax(t->floor, least))
        return (m + linear) * uniform(from);
    if (x != 0)
        m += x > 0 ? linear : -linear;
    else
        m += RLRA(penalties_nonneg)(t->list) ? linear : linear * (2 * uniform(from) - 1);
    if (x == least)
        m -= uniform(from);
    return x == most ? m + uniform(from) : m;
}

/* Right-hand sides for which the rows of t->x are optimal: the gradient plus a subgradient of the penalties is zero. */
static void make_stationary(numbers *from, trial *t)
{
    const ptrdiff_t rank = t->x.rank;
    const double quadratic = RLRA(penalties_quadratic)(t->list);
    for (ptrdiff_t i = 0; i < t->x.length; i++) {
        const double level = (RLRA(penalties_kinds)(t->list) & PENALTY_SIMPLEX) != 0 ? normal(from) : 0;
        for (ptrdiff_t k = 0; k < rank; k++) {
            const double x = (double)*entry(t->x, i, k);
            double m = level + 2 * quadratic * x;
            for (ptrdiff_t l = 0; l < rank; l++)
                m += (double)*entry(t->x, i, l) * t->gram[l * rank + k];
            *entry(t->rhs, i, k) = (real)stationary(from, t, x, m);
        }
    }
}

/* Zeros where the penalties make them, and entries at the bounds: they must stay too. */
static void thin_out(numbers *from, trial *t)
{
    const double least = RLRA(penalties_least)(t->list), most = RLRA(penalties_most)(t->list);
    const double zero = t->rule->needs_nonneg ? t->floor : 0;
    const int may_be_zero = least <= 0 && (least == 0 || RLRA(penalties_linear)(t->list) > 0);
    if (RLRA(penalties_scope)(t->list) > PENALTY_ENTRY)
        return;
    for (ptrdiff_t i = 0; i < t->x.length; i++)
        for (ptrdiff_t k = 0; k < t->x.rank; k++) {
            const double draw = uniform(from);
            if (draw < 0.25 && may_be_zero)
                *entry(t->x, i, k) = (real)zero;
            else if (draw < 0.5 && isfinite(least))
                *entry(t->x, i, k) = (real)fmax(least, zero);
            else if (draw < 0.7 && isfinite(most))
                *entry(t->x, i, k) = (real)most;
        }
}

static double trace(const trial *t)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < t->x.rank; k++)
        sum += t->gram[k * t->x.rank + k];
    return sum;
}

/* Entries that would be zero stay at the floor of rules that multiply. */
static void check_rows(const trial *t, ptrdiff_t i, const double *expected, double tolerance)
{
    const double least = t->rule->needs_nonneg ? 2 * t->floor : 0;
    double largest = 1;
    for (ptrdiff_t k = 0; k < t->x.rank; k++)
        largest = fmax(largest, fabs(expected[k]));
    for (ptrdiff_t k = 0; k < t->x.rank; k++)
        CHECK(fabs((double)*entry(t->x, i, k) - expected[k]) <= tolerance * largest + least,
              "%s with %s: %.17g, not %.17g", t->rule->about.name, list_name(t->list), (double)*entry(t->x, i, k),
              expected[k]);
}

/* Rules that descend end at the minimiser where there is one valley only. */
static int converges(const update_ops *rule, const penalty_list *list)
{
    return rule->keeps_objective && (RLRA(penalties_kinds)(list) & PENALTY_SPARSITY) == 0;
}

static void try_fixed_point(numbers *from, const update_ops *rule, const penalty_list *list)
{
    if (!converges(rule, list))
        return;
    for (int repeat = 0; repeat < 20; repeat++) {
        trial t = make_trial(from, rule, list, 1 + below(from, UPDATE_ROWS), 1 + below(from, MOST_RANK), WELL_POSED);
        vary_settings(from, &t);
        thin_out(from, &t);
        make_stationary(from, &t);
        const factor before = copy_factor(t.x);
        apply_rule(&t, 7, 0);
        for (ptrdiff_t i = 0; i < t.x.length; i++) {
            double row[MOST_RANK];
            for (ptrdiff_t k = 0; k < t.x.rank; k++)
                row[k] = (double)*entry(before, i, k);
            check_rows(&t, i, row, 8 * trace(&t) * (double)REAL_EPS);
        }
        free(before.at);
        free_trial(&t);
    }
}

static void test_rules_keep_stationary_points(void **state)
{
    (void)state;
    try_all(2, try_fixed_point);
}

/* Entries of rules that multiply go to a zero of little slope in ever smaller steps: their objective must be the least one. */
static void check_least(const trial *t, ptrdiff_t i, const double *best)
{
    double row[MOST_RANK], size, least_size;
    for (ptrdiff_t k = 0; k < t->x.rank; k++)
        row[k] = (double)*entry(t->x, i, k);
    const double value = row_objective(t, i, row, &size), least = row_objective(t, i, best, &least_size);
    const double at_floor = 2 * t->floor * (trace(t) + least_size);
    CHECK(value <= least + at_floor + 16 * (double)REAL_EPS * (size + least_size), "%s with %s: %.17g, not %.17g",
          t->rule->about.name, list_name(t->list), value, least);
}

static void try_exact(numbers *from, const update_ops *rule, const penalty_list *list)
{
    if (!converges(rule, list))
        return;
    for (int repeat = 0; repeat < 8; repeat++) {
        trial t = make_trial(from, rule, list, 12, 1 + below(from, 4), WELL_POSED);
        for (ptrdiff_t k = 0; k < t.x.rank; k++)
            *entry(t.rhs, 0, k) = 0;
        t.settings.shuffled = repeat % 2;
        apply_rule(&t, rule->needs_nonneg ? 20000 : 2000, 0);
        for (ptrdiff_t i = 0; i < t.x.length; i++) {
            double best[MOST_RANK];
            brute_force(&t, i, best);
            if (rule->needs_nonneg)
                check_least(&t, i, best);
            else
                check_rows(&t, i, best, 16 * trace(&t) * (double)REAL_EPS);
        }
        free_trial(&t);
    }
}

static void test_many_rounds_reach_the_minimiser_of_all_supports(void **state)
{
    (void)state;
    try_all(3, try_exact);
}

/* A rule that is exact in one round must not need a second one. */
static void try_one_round(numbers *from, const update_ops *rule, const penalty_list *list)
{
    if (!rule->exact)
        return;
    trial t = make_trial(from, rule, list, UPDATE_ROWS, 4, WELL_POSED);
    apply_rule(&t, 1, 0);
    for (ptrdiff_t i = 0; i < t.x.length; i++) {
        double best[MOST_RANK];
        brute_force(&t, i, best);
        check_rows(&t, i, best, 16 * trace(&t) * (double)REAL_EPS);
    }
    free_trial(&t);
}

static void test_exact_rules_are_exact_in_one_round(void **state)
{
    (void)state;
    try_all(4, try_one_round);
}

/* Where least squares without constraints obeys them, projecting changes nothing. */
static void test_projected_ls_is_exact_where_least_squares_is_allowed(void **state)
{
    (void)state;
    numbers from = {6, 0};
    const update_ops *const rule = RLRA(update_find)("projected_ls");
    const penalty_list nonneg = {.count = 1, .item = {{RLRA(penalty_at)(member_index("nonneg")), 1}}};
    for (int repeat = 0; repeat < 20; repeat++) {
        trial t = make_trial(&from, rule, &nonneg, UPDATE_ROWS, 5, WELL_POSED);
        const factor x = copy_factor(t.x);
        for (ptrdiff_t i = 0; i < x.length; i++)
            for (ptrdiff_t k = 0; k < x.rank; k++) {
                double m = 0;
                for (ptrdiff_t l = 0; l < x.rank; l++)
                    m += (double)*entry(x, i, l) * t.gram[l * x.rank + k];
                *entry(t.rhs, i, k) = (real)m;
                *entry(t.x, i, k) = (real)NAN;
            }
        apply_rule(&t, 1, 0);
        for (ptrdiff_t i = 0; i < x.length; i++) {
            double row[MOST_RANK];
            for (ptrdiff_t k = 0; k < x.rank; k++)
                row[k] = (double)*entry(x, i, k);
            check_rows(&t, i, row, 16 * trace(&t) * (double)REAL_EPS);
        }
        free(x.at);
        free_trial(&t);
    }
}

/* The order is that of the round and the seed, not of the block: rows may be cut anywhere, and rounds done in two goes. */
static void test_shuffled_orders_depend_on_seed_and_round_only(void **state)
{
    (void)state;
    numbers from = {7, 0};
    const ptrdiff_t cut = 16; /* whole vectors: the ends of rows are summed in another way */
    const update_ops *const rule = RLRA(update_find)("hals");
    const penalty_list nonneg = {.count = 1, .item = {{RLRA(penalty_at)(member_index("nonneg")), 1}}};
    trial whole = make_trial(&from, rule, &nonneg, UPDATE_ROWS, 9, PLAIN);
    whole.settings.shuffled = 1;
    whole.settings.seed = 5;
    trial parts = whole, cyclic = whole, other = whole;
    parts.x = copy_factor(whole.x);
    cyclic.x = copy_factor(whole.x);
    other.x = copy_factor(whole.x);
    cyclic.settings.shuffled = 0;
    other.settings.seed = 6;
    apply_rule(&whole, 5, 0);
    apply_rule(&cyclic, 5, 0);
    apply_rule(&other, 5, 0);
    for (int half = 0; half < 2; half++) {
        trial part = parts;
        part.x = factor_rows(parts.x, half * cut, half == 0 ? cut : UPDATE_ROWS);
        part.rhs = factor_rows(parts.rhs, half * cut, half == 0 ? cut : UPDATE_ROWS);
        apply_rule(&part, 2, 0);
        part.rounds_before = 2;
        apply_rule(&part, 3, 0);
    }
    assert_true(same_bits(whole.x.at, parts.x.at, 9, UPDATE_ROWS, whole.x.stride));
    assert_false(same_bits(whole.x.at, cyclic.x.at, 9, UPDATE_ROWS, whole.x.stride));
    assert_false(same_bits(whole.x.at, other.x.at, 9, UPDATE_ROWS, whole.x.stride));
    free(parts.x.at);
    free(cyclic.x.at);
    free(other.x.at);
    free_trial(&whole);
}

static void test_mu_stays_at_or_above_its_floor_and_rises_from_it(void **state)
{
    (void)state;
    numbers from = {5, 0};
    const update_ops *const mu = RLRA(update_find)("mu");
    const penalty_list nonneg = {.count = 1, .item = {{RLRA(penalty_at)(member_index("nonneg")), 1}}};
    trial t = make_trial(&from, mu, &nonneg, 5, 3, WELL_POSED);
    for (ptrdiff_t i = 0; i < 5; i++)
        for (ptrdiff_t k = 0; k < 3; k++) {
            *entry(t.x, i, k) = (real)t.floor;
            *entry(t.rhs, i, k) = i == 0 ? 0 : (real)(1 + uniform(&from));
        }
    apply_rule(&t, 1, 0);
    for (ptrdiff_t k = 0; k < 3; k++) {
        assert_true(*entry(t.x, 0, k) == (real)t.floor);
        for (ptrdiff_t i = 1; i < 5; i++)
            assert_true((double)*entry(t.x, i, k) > 1e3 * t.floor);
    }
    free_trial(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_never_raise_the_objective_and_survive_singular_grams),
        cmocka_unit_test(test_rules_keep_stationary_points),
        cmocka_unit_test(test_many_rounds_reach_the_minimiser_of_all_supports),
        cmocka_unit_test(test_exact_rules_are_exact_in_one_round),
        cmocka_unit_test(test_projected_ls_is_exact_where_least_squares_is_allowed),
        cmocka_unit_test(test_shuffled_orders_depend_on_seed_and_round_only),
        cmocka_unit_test(test_mu_stays_at_or_above_its_floor_and_rises_from_it),
    };
    return cmocka_run_group_tests_name("updates", tests, NULL, NULL);
}
