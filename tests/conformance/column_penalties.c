/* conformance/column_penalties.c: penalties that see whole columns: their prox against brute force, their scope, and the rules that
 * take them. */
#include "support/blocks.h"

#define MOST 9

/* The nondecreasing fit of v[0 .. count-1], by the formula of means: max over a <= i of min over b >= i of mean(v[a .. b]). */
static void rising_fit(const double *v, int count, double *fit)
{
    for (int i = 0; i < count; i++) {
        fit[i] = -INFINITY;
        for (int a = 0; a <= i; a++) {
            double least = INFINITY;
            for (int b = i; b < count; b++) {
                double sum = 0;
                for (int j = a; j <= b; j++)
                    sum += v[j];
                least = fmin(least, sum / (b - a + 1));
            }
            fit[i] = fmax(fit[i], least);
        }
    }
}

/* The best of all cuts into a rise and a fall; returns the squared distance. */
static double unimodal_fit(const double *v, int count, int nonneg, double *best)
{
    double least = INFINITY;
    for (int cut = 0; cut <= count; cut++) {
        double fit[MOST], turned[MOST], fall[MOST], distance = 0;
        rising_fit(v, cut, fit);
        for (int i = cut; i < count; i++)
            turned[count - 1 - i] = v[i];
        rising_fit(turned, count - cut, fall);
        for (int i = 0; i < count; i++) {
            fit[i] = i < cut ? fit[i] : fall[count - 1 - i];
            fit[i] = nonneg ? fmax(fit[i], 0) : fit[i];
            distance += (fit[i] - v[i]) * (fit[i] - v[i]);
        }
        if (distance < least) {
            least = distance;
            memcpy(best, fit, sizeof fit);
        }
    }
    return least;
}

/* The minimiser of a column, of every member; a member without one fails the test: write it down here. */
static const struct {
    const char *name;
    double (*fit)(const double *v, int count, int nonneg, double *best);
} references[] = {{"unimodal", unimodal_fit}};

static int reference_of(const char *name)
{
    for (int r = 0; r < COUNT_OF(references); r++)
        if (strcmp(references[r].name, name) == 0)
            return r;
    fail_msg("the penalty '%s' has no reference in conformance/column_penalties.c", name);
    return -1;
}

/* Every member beyond rows alone, with nonneg, with l2, and with both. */
static int make_column_lists(penalty_list *lists)
{
    const penalty_ops *const l2 = RLRA(penalty_at)(member_index("l2"));
    const penalty_ops *const nonneg = RLRA(penalty_at)(member_index("nonneg"));
    int count = 0;
    for (int p = 0; RLRA(penalty_at)(p) != NULL; p++) {
        const penalty_ops *const ops = RLRA(penalty_at)(p);
        for (int with = 0; ops->scope == PENALTY_COLUMN && with < 4; with++) {
            penalty_list *const list = &lists[count++];
            *list = (penalty_list){0};
            if (with & 2)
                list->item[list->count++] = (penalty){l2, 0.4};
            list->item[list->count++] = (penalty){ops, 1};
            if (with & 1)
                list->item[list->count++] = (penalty){nonneg, 1};
        }
    }
    assert_true(count > 0 && count <= MOST_LISTS);
    return count;
}

static void give_room(penalty_list *list, ptrdiff_t length)
{
    list->room = malloc((RLRA(penalties_room)(list, length, 1) + 1) * sizeof *list->room);
}

static const penalty_ops *member_of(const penalty_list *list)
{
    int p = 0;
    while (list->item[p].ops->scope != PENALTY_COLUMN)
        p++;
    return list->item[p].ops;
}

static void test_prox_is_that_of_brute_force(void **state)
{
    (void)state;
    numbers from = {1, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_column_lists(lists);
    for (int c = 0; c < count; c++)
        for (int repeat = 0; repeat < 400; repeat++) {
            const int length = 1 + (int)below(&from, MOST);
            const double step = 0.1 + uniform(&from), shrunk = 1 + 2 * step * RLRA(penalties_quadratic)(&lists[c]);
            const factor x = normal_factor(&from, length, 1);
            double v[MOST], best[MOST], distance = 0, largest = 1;
            for (int i = 0; i < length; i++) {
                *entry(x, i, 0) += (real)(repeat % 3);
                v[i] = (double)*entry(x, i, 0) / shrunk;
                largest = fmax(largest, fabs(v[i]));
            }
            const int r = reference_of(member_of(&lists[c])->about.name);
            const double least = references[r].fit(v, length, RLRA(penalties_nonneg)(&lists[c]), best);
            give_room(&lists[c], length);
            RLRA(penalties_prox)(&lists[c], step, x);
            free(lists[c].room);
            for (int i = 0; i < length; i++)
                distance += ((double)*entry(x, i, 0) - v[i]) * ((double)*entry(x, i, 0) - v[i]);
            CHECK(fabs(distance - least) <= 256 * (double)REAL_EPS * largest * largest * length, "%s: %.17g, not %.17g",
                  list_name(&lists[c]), distance, least);
            free(x.at);
        }
}

/* Columns do not depend on each other; and a column cut in two is another problem: whoever treats slabs of rows is found out. */
static void test_scopes_are_true(void **state)
{
    (void)state;
    numbers from = {2, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_column_lists(lists);
    const ptrdiff_t length = 101, rank = 5;
    for (int c = 0; c < count; c++) {
        int differs = 0;
        give_room(&lists[c], length);
        assert_int_equal(RLRA(penalties_scope)(&lists[c]), PENALTY_COLUMN);
        const factor v = normal_factor(&from, length, rank);
        const factor whole = copy_factor(v), columns = copy_factor(v), slabs = copy_factor(v);
        RLRA(penalties_prox)(&lists[c], 0.3, whole);
        for (ptrdiff_t k = 0; k < rank; k++)
            RLRA(penalties_prox)(&lists[c], 0.3, factor_component(columns, k));
        for (ptrdiff_t i = 0; i < length; i += UPDATE_ROWS)
            RLRA(penalties_prox)
        (&lists[c], 0.3, factor_rows(slabs, i, i + UPDATE_ROWS < length ? i + UPDATE_ROWS : length));
        differs = !same_bits(whole.at, slabs.at, rank, length, v.stride);
        CHECK(same_bits(whole.at, columns.at, rank, length, v.stride), "%s", list_name(&lists[c]));
        CHECK(differs, "%s does not see whole columns", list_name(&lists[c]));
        CHECK(gaps_are_untouched(whole.at, rank, length, v.stride), "%s", list_name(&lists[c]));
        free(lists[c].room);
        free(v.at);
        free(whole.at);
        free(columns.at);
        free(slabs.at);
    }
}

/* What is allowed stays as it is, at any scale: a second projection changes nothing but rounding. */
static void test_projections_keep_what_is_allowed(void **state)
{
    (void)state;
    numbers from = {3, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_column_lists(lists);
    for (int c = 0; c < count; c++)
        for (int repeat = 0; repeat < 60; repeat++) {
            const ptrdiff_t length = 1 + below(&from, 200);
            const factor x = normal_factor(&from, length, 3);
            give_room(&lists[c], length);
            RLRA(penalties_project)(&lists[c], x);
            for (ptrdiff_t k = 0; k < 3; k++)
                for (ptrdiff_t i = 0; i < length; i++)
                    *entry(x, i, k) *= (real)ldexp(1, repeat - 30);
            const factor before = copy_factor(x);
            RLRA(penalties_project)(&lists[c], x);
            for (ptrdiff_t k = 0; k < 3; k++)
                for (ptrdiff_t i = 0; i < length; i++)
                    CHECK(fabs((double)*entry(x, i, k) - (double)*entry(before, i, k)) <=
                              64 * (double)REAL_EPS * fabs((double)*entry(before, i, k)),
                          "%s", list_name(&lists[c]));
            free(lists[c].room);
            free(x.at);
            free(before.at);
        }
}

/* 1/2 <x G, x> - <m, x> + l2 of an allowed block; *size gets the magnitudes that are added. */
static double objective_of(const trial *t, double *size)
{
    const penalty_list smooth = {.count = 1,
                                 .item = {{RLRA(penalty_at)(member_index("l2")), RLRA(penalties_quadratic)(t->list)}}};
    trial alone = *t;
    alone.list = &smooth;
    return block_objective(&alone, size);
}

static void descend(numbers *from, const update_ops *rule, penalty_list *list, int kind)
{
    const ptrdiff_t length = 1 + below(from, 3 * UPDATE_ROWS), rank = 2 + below(from, 5);
    const penalty_list none = {0};
    trial t = make_trial(from, rule, &none, length, rank, kind);
    double before_size, after_size;
    t.list = list;
    give_room(list, length);
    RLRA(penalties_project)(list, t.x);
    for (int rounds = 1; rounds <= 32; rounds *= 4) {
        const double before = objective_of(&t, &before_size);
        apply_rule(&t, rounds, 0);
        const double after = objective_of(&t, &after_size);
        CHECK(after <= before + 64 * (double)REAL_EPS * (before_size + after_size), "%s with %s: %.17g > %.17g",
              rule->about.name, list_name(list), after, before);
        const factor allowed = copy_factor(t.x);
        RLRA(penalties_project)(list, allowed);
        for (ptrdiff_t k = 0; k < rank; k++)
            for (ptrdiff_t i = 0; i < length; i++)
                CHECK(fabs((double)*entry(allowed, i, k) - (double)*entry(t.x, i, k)) <=
                          64 * (double)REAL_EPS * fabs((double)*entry(t.x, i, k)),
                      "%s leaves what %s allows", rule->about.name, list_name(list));
        free(allowed.at);
    }
    CHECK(gaps_are_untouched(t.x.at, rank, length, t.x.stride), "%s", rule->about.name);
    free(list->room);
    free_trial(&t);
}

static void test_rules_that_take_them_descend_on_whole_factors(void **state)
{
    (void)state;
    numbers from = {4, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_column_lists(lists);
    int taken = 0;
    for (int u = 0; RLRA(update_at)(u) != NULL; u++)
        for (int c = 0; c < count; c++)
            for (int kind = 0; kind < GRAM_KINDS && takes(RLRA(update_at)(u), &lists[c]); kind++, taken++)
                for (int repeat = 0; repeat < 6; repeat++)
                    descend(&from, RLRA(update_at)(u), &lists[c], kind);
    assert_true(taken > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prox_is_that_of_brute_force),
        cmocka_unit_test(test_scopes_are_true),
        cmocka_unit_test(test_projections_keep_what_is_allowed),
        cmocka_unit_test(test_rules_that_take_them_descend_on_whole_factors),
    };
    return cmocka_run_group_tests_name("column penalties", tests, NULL, NULL);
}
