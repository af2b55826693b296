/* unit/solve/policy.c: what the policy decides from a state, without fits: both sides of each threshold. */
#include "solve/policy.h"

#include <math.h>

#include "support/meter.h"

static const policy_facts by_condition = {.kind = POLICY_CONDITION, .work = 1};
static const policy_facts by_turns = {.kind = POLICY_TURNS, .work = 4};
static const policy_facts masked = {.kind = POLICY_TURNS_BY_CONDITION, .work = 3};

/* Feed so many sweeps with one condition and a falling objective; returns the way of the next. */
static int feed(const policy_facts *facts, policy_state *s, int64_t *sweeps, int count, double *objective, double ratio,
                double condition)
{
    int way = (int)s->way;
    for (int i = 0; i < count; i++) {
        *objective *= ratio;
        ++*sweeps;
        way = rlra_policy_next(facts, s, *sweeps, *objective,
                               rlra_policy_asks_condition(facts, *sweeps) ? condition : NAN);
    }
    return way;
}

static void test_condition_decides_on_both_sides_of_its_thresholds(void **state)
{
    (void)state;
    static const struct {
        double condition;
        int way, from_other;
    } cases[] = {{1, 0, 0},     {19.9, 0, 0},     {20.1, 0, 1}, {99.9, 0, 1},
                 {100.1, 1, 1}, {INFINITY, 1, 1}, {NAN, 0, 1},  {0, 0, 0}};
    for (int c = 0; c < COUNT_OF(cases); c++) {
        double objective = 1;
        int64_t sweeps = 0;
        policy_state s = rlra_policy_begin(objective);
        CHECK(feed(&by_condition, &s, &sweeps, 4, &objective, 0.9, 1e9) == 0, "nothing is known before sweep 5");
        CHECK(feed(&by_condition, &s, &sweeps, 1, &objective, 0.9, cases[c].condition) == cases[c].way, "condition %g",
              cases[c].condition);
        objective = 1;
        sweeps = 0;
        s = rlra_policy_begin(objective);
        assert_int_equal(feed(&by_condition, &s, &sweeps, 5, &objective, 0.9, 1e9), 1);
        assert_true(s.changes == 1 && s.change[0].sweep == 5 && s.change[0].way == 1 && s.change[0].number == 1e9);
        CHECK(feed(&by_condition, &s, &sweeps, 5, &objective, 0.9, cases[c].condition) == cases[c].from_other,
              "back at condition %g", cases[c].condition);
    }
}

static void test_a_condition_that_swings_stops_being_followed(void **state)
{
    (void)state;
    double objective = 1;
    int64_t sweeps = 0;
    policy_state s = rlra_policy_begin(objective);
    for (int i = 0; i < 20; i++)
        feed(&by_condition, &s, &sweeps, 5, &objective, 0.99, i % 2 ? 1 : 1e3);
    assert_true(s.changes == 4);
}

/* Gains by rule: chunks of 8 sweeps of the first, of 2 of the second, which is the better from `turn` on. */
static int64_t sweeps_of_second(double first, double second, int count)
{
    double objective = 1e6;
    int64_t sweeps = 0, others = 0;
    policy_state s = rlra_policy_begin(objective);
    for (int i = 0; i < count; i++) {
        others += s.way;
        feed(&by_turns, &s, &sweeps, 1, &objective, s.way == 1 ? second : first, NAN);
    }
    return others;
}

static void test_turns_go_to_the_rule_that_gains_more_for_its_work(void **state)
{
    (void)state;
    /* A sweep of the second costs four: it must gain as much as four of the first. */
    const double better = pow(0.99, 4.5), worse = pow(0.99, 3.5);
    CHECK(sweeps_of_second(0.99, worse, 400) < 40, "%d", (int)sweeps_of_second(0.99, worse, 400));
    CHECK(sweeps_of_second(0.99, better, 400) > 200, "%d", (int)sweeps_of_second(0.99, better, 400));
}

static void test_turns_of_masked_data_begin_with_their_condition(void **state)
{
    (void)state;
    double objective = 1;
    int64_t sweeps = 0;
    policy_state s = rlra_policy_begin(objective);
    assert_int_equal(feed(&masked, &s, &sweeps, 60, &objective, 0.99, 99), 0);
    assert_true(s.changes == 0 && !s.turns);
    feed(&masked, &s, &sweeps, 60, &objective, 0.99, 101);
    assert_true(s.turns && s.changes > 0);
}

static void test_without_another_rule_nothing_changes(void **state)
{
    (void)state;
    const policy_facts none = {.kind = POLICY_NONE, .work = 1};
    double objective = 1;
    int64_t sweeps = 0;
    policy_state s = rlra_policy_begin(objective);
    assert_true(!rlra_policy_asks_condition(&none, 5));
    assert_int_equal(feed(&none, &s, &sweeps, 50, &objective, 0.9, 1e9), 0);
    assert_true(s.changes == 0);
}

/* Objectives that fall to a limit at a constant rate: right to a factor of three; as 1 / sweeps: of five. */
static void test_remaining_decrease_is_that_of_known_sequences(void **state)
{
    (void)state;
    const policy_facts none = {.kind = POLICY_NONE, .work = 1};
    for (int kind = 0; kind < 3; kind++) {
        policy_state s = rlra_policy_begin(2);
        for (int64_t k = 1; k <= 200; k++) {
            const double left = kind == 0   ? pow(0.8, (double)k)
                                : kind == 1 ? pow(0.99, (double)k)
                                            : 1 / (1 + (double)k);
            rlra_policy_next(&none, &s, k, 1 + left, NAN);
            const double estimate = rlra_policy_remaining(&s);
            if (k < 6)
                CHECK(isnan(estimate), "after %d sweeps", (int)k);
            else if (left > 1e-12 && (kind < 2 || k >= 12))
                CHECK(estimate > left / (kind < 2 ? 3 : 5) && estimate < 3 * left, "kind %d, sweep %d: %g, not %g",
                      kind, (int)k, estimate, left);
        }
    }
    policy_state s = rlra_policy_begin(1);
    for (int64_t k = 1; k <= 20; k++)
        rlra_policy_next(&none, &s, k, 1, NAN);
    assert_true(rlra_policy_remaining(&s) == 0);
    for (int64_t k = 1; k <= 20; k++)
        rlra_policy_next(&none, &s, k, 1 - 1e-3 * (double)(k * k), NAN);
    assert_true(isinf(rlra_policy_remaining(&s)));
}

/* Attempts take the rules that move small entries, where there are two kinds; a new point has no rate and begins a chunk. */
static void test_an_escape_has_its_rules_and_begins_anew(void **state)
{
    (void)state;
    double objective = 1;
    int64_t sweeps = 0;
    policy_state s = rlra_policy_begin(objective);
    CHECK(rlra_policy_escape(&by_condition, &s) == 0 && rlra_policy_escape(&masked, &s) == 0, "other rules");
    CHECK(rlra_policy_escape(&by_turns, &s) == 1, "the same rules");
    feed(&by_condition, &s, &sweeps, 30, &objective, 0.9, 1e9);
    CHECK(rlra_policy_escape(&by_condition, &s) == 1, "the rules of before");
    CHECK(!isnan(rlra_policy_remaining(&s)), "the rate is not known");
    const int64_t changes = s.changes;
    rlra_policy_settle(&s, 0.5 * objective);
    CHECK(isnan(rlra_policy_remaining(&s)), "the rate is that of the point before");
    CHECK(s.way == 1 && s.good == 1 && s.phase == 0 && s.spent == 0 && s.begin == 0.5 * objective &&
              s.changes == changes,
          "the rules do not stay");
}

static void test_states_from_files_are_checked(void **state)
{
    (void)state;
    double objective = 1e6;
    int64_t sweeps = 0;
    policy_state good = rlra_policy_begin(objective);
    for (int i = 0; i < 100; i++) {
        feed(&by_turns, &good, &sweeps, 1, &objective, 0.99, NAN);
        assert_true(rlra_policy_is_sound(&good, 2, sweeps));
    }
    assert_true(good.changes > 2);
    int64_t *const fields[] = {&good.way,   &good.good,    &good.phase,         &good.turns,        &good.chunks,
                               &good.noted, &good.changes, &good.change[0].way, &good.change[1].way};
    static const int64_t wrong[] = {-1, 101, INT64_MAX, INT64_MIN};
    for (int n = 0; n < COUNT_OF(fields); n++)
        for (int w = 0; w < COUNT_OF(wrong); w++) {
            const int64_t before = *fields[n];
            if (fields[n] == &good.noted && wrong[w] == 101)
                continue; /* as many as sweeps and the start */
            *fields[n] = wrong[w];
            CHECK(!rlra_policy_is_sound(&good, 2, sweeps), "field %d as %lld", n, (long long)wrong[w]);
            *fields[n] = before;
        }
    assert_true(!rlra_policy_is_sound(&good, 1, sweeps)); /* a fit without another set of rules */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_condition_decides_on_both_sides_of_its_thresholds),
        cmocka_unit_test(test_a_condition_that_swings_stops_being_followed),
        cmocka_unit_test(test_turns_go_to_the_rule_that_gains_more_for_its_work),
        cmocka_unit_test(test_turns_of_masked_data_begin_with_their_condition),
        cmocka_unit_test(test_without_another_rule_nothing_changes),
        cmocka_unit_test(test_states_from_files_are_checked),
        cmocka_unit_test(test_remaining_decrease_is_that_of_known_sequences),
        cmocka_unit_test(test_an_escape_has_its_rules_and_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
