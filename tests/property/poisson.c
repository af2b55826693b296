/* property/poisson.c: a published example of regression with counts: 100 of them, 20 nonnegative coefficients of which half are
 * zero, signal level 100; multiplicative updates beat gradient steps in the Burg geometry for every seed. */
#include "support/row_blocks.h"

#define SAMPLES      100
#define COEFFICIENTS 20
#define LEVEL        100
#define SEEDS        20

/* Events of a process of rate 1 until `mean`. */
static double poisson(numbers *from, double mean)
{
    double count = -1;
    for (double time = 0; time <= mean; count++)
        time -= log(uniform(from));
    return count;
}

static row_trial draw_example(uint64_t seed, double *truth)
{
    numbers from = {seed, 0};
    row_trial t = make_row_trial(&from, 1, COEFFICIENTS, SAMPLES, RLRA(loss_find)("kl", 0));
    t.list = (penalty_list){.count = 1, .item = {{RLRA(penalty_at)(member_index("nonneg")), 1}}};
    t.block.floor = 1e-10;
    for (ptrdiff_t k = 0; k < COEFFICIENTS; k++) {
        truth[k] = LEVEL * fmax(normal(&from), 0);
        *entry(t.x, 0, k) = (real)truth[k];
    }
    for (ptrdiff_t j = 0; j < SAMPLES; j++)
        t.y[j] = (real)poisson(&from, model_entry(&t, 0, j));
    return t;
}

/* The loss after `rounds` from a constant start, and the relative error of the coefficients. */
static double run(row_trial *t, const char *rule, int rounds, const double *truth, double *error)
{
    double size, wrong = 0, all = 0;
    for (ptrdiff_t k = 0; k < COEFFICIENTS; k++)
        *entry(t->x, 0, k) = LEVEL;
    t->rule = RLRA(update_find)(rule);
    regress_rule(t, rounds, 0);
    for (ptrdiff_t k = 0; k < COEFFICIENTS; k++) {
        wrong += pow((double)*entry(t->x, 0, k) - truth[k], 2);
        all += truth[k] * truth[k];
    }
    *error = sqrt(wrong / all);
    return row_objective(t, 0, &size);
}

static void test_multiplicative_updates_beat_burg_steps_on_every_seed(void **state)
{
    (void)state;
    int nearer = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        double truth[COEFFICIENTS], error_mu, error_burg;
        row_trial t = draw_example(seed, truth);
        const double mu = run(&t, "mu", 5000, truth, &error_mu);
        const double burg = run(&t, "nolips", 5000, truth, &error_burg);
        CHECK(mu < burg, "seed %d: %.17g and %.17g", (int)seed, mu, burg);
        nearer += error_mu < error_burg;
        free_row_trial(&t);
    }
    CHECK(nearer == SEEDS, "mu is nearer to the truth for %d seeds of %d", nearer, SEEDS);
}

static void test_all_rules_of_counts_find_the_same_loss(void **state)
{
    (void)state;
    double truth[COEFFICIENTS], error;
    row_trial t = draw_example(1, truth);
    const double due = run(&t, "mu", 20000, truth, &error);
    const double slack = (1e-6 + 64 * (double)REAL_EPS) * due;
    const char *const rules[] = {"msom", "primal_dual"};
    for (int r = 0; r < COUNT_OF(rules); r++) {
        const double came = run(&t, rules[r], 5000, truth, &error);
        CHECK(came <= due + slack, "%s: %.17g, not %.17g", rules[r], came, due);
    }
    free_row_trial(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_multiplicative_updates_beat_burg_steps_on_every_seed),
        cmocka_unit_test(test_all_rules_of_counts_find_the_same_loss),
    };
    return cmocka_run_group_tests_name("poisson", tests, NULL, NULL);
}
