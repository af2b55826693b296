/* unit/update/never_worse.c: rules that take any penalty by its prox leave no block worse than they found it. Where that is not
 * convex their accelerated rounds may well end higher than they began, and what they keep for that is needed. */
#include "support/blocks.h"

/* The number of entries that are not zero: its prox keeps those that are worth it. */
static double value(factor x)
{
    double count = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            count += x.at[k * x.stride + i] != 0;
    return count;
}

static double prox(double weight, double step, factor x, double *room)
{
    (void)room;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++) {
            const double v = (double)x.at[k * x.stride + i];
            if (0.5 * v * v <= step * weight)
                x.at[k * x.stride + i] = 0;
        }
    return step;
}

static const penalty_ops counting = {.kind = PENALTY_OTHER_ENTRY, .value = value, .prox = prox};

/* The objective by plain loops, and the magnitudes that it is made of. */
static double objective_of(const trial *t, double *size)
{
    double sum = 0;
    *size = 0;
    for (ptrdiff_t i = 0; i < t->x.length; i++)
        for (ptrdiff_t k = 0; k < t->x.rank; k++) {
            const double x = (double)*entry(t->x, i, k), m = (double)*entry(t->rhs, i, k);
            const double counted = x != 0 ? t->list->item[0].weight : 0;
            double product = 0;
            for (ptrdiff_t l = 0; l < t->x.rank; l++)
                product += t->gram[k * t->x.rank + l] * (double)*entry(t->x, i, l);
            sum += 0.5 * x * product - m * x + counted;
            *size += fabs(0.5 * x * product) + fabs(m * x) + counted;
        }
    return sum;
}

/* Returns how often the block was left lower than it was. */
static int check(const update_ops *rule, uint64_t seed)
{
    numbers from = {seed, 0};
    const penalty_list none = {0};
    const ptrdiff_t rank = 2 + below(&from, 5), rows = 1 + below(&from, 3);
    trial t = make_trial(&from, rule, &none, rows, rank, PLAIN);
    const penalty_list list = {1, {{&counting, pow(10, -2 + 3 * uniform(&from))}}, NULL};
    double size;
    t.list = &list;
    const double before = objective_of(&t, &size);
    apply_rule(&t, 1 + (int)below(&from, 12), 0);
    const double after = objective_of(&t, &size);
    CHECK(after <= before + 16 * (double)REAL_EPS * size, "%s, seed %d: %g after %g", rule->about.name, (int)seed,
          after, before);
    free_trial(&t);
    return after < before;
}

static void test_no_block_is_left_worse_than_it_was(void **state)
{
    (void)state;
    int rules = 0;
    for (int u = 0; RLRA(update_at)(u) != NULL; u++) {
        const update_ops *const rule = RLRA(update_at)(u);
        int lower = 0;
        if (rule->apply == NULL || !rule->keeps_objective || (rule->takes & PENALTY_OTHER_ENTRY) == 0 ||
            rule->needs_sparsity)
            continue;
        for (uint64_t seed = 0; seed < 400; seed++)
            lower += check(rule, seed);
        CHECK(lower > 200, "%s lowered %d blocks of 400", rule->about.name, lower);
        rules++;
    }
    assert_true(rules >= 3);
}

/* Points on a line that are allowed. Each is where the next step with momentum just leads to: ever further, past the minimum and
 * to the other side of it, above the start. A penalty that is convex allows no such thing. */
enum { POINTS = 11 };
static double points[POINTS + 1];

#define FLAT   0.02
#define LOWEST 50.0

static void lay_points(void)
{
    double x = 0, ahead = 0, time = 1;
    for (int p = 1; p <= POINTS; p++) {
        const double next_time = 0.5 * (1 + sqrt(1 + 4 * time * time));
        points[p] = x + 1.9 * (ahead - FLAT * (ahead - LOWEST) - x);
        ahead = points[p] + (time - 1) / next_time * (points[p] - x);
        x = points[p];
        time = next_time;
    }
}

static double no_value(factor x)
{
    (void)x;
    return 0;
}

static double prox_on_points(double weight, double step, factor x, double *room)
{
    (void)weight;
    (void)room;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++) {
            real *const at = x.at + k * x.stride + i;
            int nearest = 0;
            for (int p = 1; p <= POINTS; p++)
                if (fabs((double)*at - points[p]) < fabs((double)*at - points[nearest]))
                    nearest = p;
            *at = (real)points[nearest];
        }
    return step;
}

static const penalty_ops on_points = {.kind = PENALTY_OTHER_ENTRY, .value = no_value, .prox = prox_on_points};

static void test_momentum_that_goes_too_far_is_taken_back(void **state)
{
    (void)state;
    const penalty_list list = {1, {{&on_points, 0}}, NULL}, none = {0};
    numbers from = {1, 0};
    lay_points();
    assert_true(points[POINTS] > 2 * LOWEST);
    for (int rounds = 1; rounds <= POINTS; rounds++) {
        trial t = make_trial(&from, RLRA(update_find)("fista"), &none, 1, 2, PLAIN);
        t.list = &list;
        memcpy(t.gram, (const double[]){1, 0, 0, FLAT}, 4 * sizeof(double));
        *entry(t.rhs, 0, 0) = *entry(t.x, 0, 0) = *entry(t.x, 0, 1) = 0;
        *entry(t.rhs, 0, 1) = (real)(FLAT * LOWEST);
        apply_rule(&t, rounds, 0);
        const double came = (double)*entry(t.x, 0, 1);
        CHECK(came >= 0 && came <= 2 * LOWEST, "%d rounds: at %g, as high as the start at 0 and %g", rounds, came,
              2 * LOWEST);
        free_trial(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_momentum_that_goes_too_far_is_taken_back),
        cmocka_unit_test(test_no_block_is_left_worse_than_it_was),
    };
    return cmocka_run_group_tests_name("never worse", tests, NULL, NULL);
}
