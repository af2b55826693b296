/* unit/update/rounds.c: how many rounds iterative rules need on hard blocks: what their restarts and parameters are worth. */
#include "support/certificates.h"

#include "support/blocks.h"

enum { RANK = 8, ROWS = 6 };

/* A Gram matrix with eigenvalues from 1 down to `least`, right-hand sides of it, and a point at zero. */
static trial flat_trial(const char *rule, const penalty_list *list, double least, double scale, uint64_t seed)
{
    numbers from = {seed, 0};
    trial t = make_trial(&from, RLRA(update_find)(rule), list, ROWS, RANK, WELL_POSED);
    double q[RANK][RANK];
    memset(t.gram, 0, sizeof t.gram);
    for (int k = 0; k < RANK; k++) {
        double norm2 = 0;
        for (int j = 0; j < RANK; j++)
            q[k][j] = normal(&from);
        for (int l = 0; l < k; l++) {
            double along = 0;
            for (int j = 0; j < RANK; j++)
                along += q[k][j] * q[l][j];
            for (int j = 0; j < RANK; j++)
                q[k][j] -= along * q[l][j];
        }
        for (int j = 0; j < RANK; j++)
            norm2 += q[k][j] * q[k][j];
        for (int j = 0; j < RANK; j++)
            q[k][j] /= sqrt(norm2);
        for (int i = 0; i < RANK; i++)
            for (int j = 0; j < RANK; j++)
                t.gram[i * RANK + j] += scale * pow(least, k / (RANK - 1.0)) * q[k][i] * q[k][j];
    }
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        double x[RANK];
        for (int k = 0; k < RANK; k++)
            x[k] = normal(&from);
        for (int k = 0; k < RANK; k++) {
            double m = 0;
            for (int l = 0; l < RANK; l++)
                m += t.gram[k * RANK + l] * x[l];
            *entry(t.rhs, i, k) = (real)m;
            *entry(t.x, i, k) = 0;
        }
    }
    return t;
}

static double gap_after(const char *rule, const char *prior, double least, double scale, int rounds, uint64_t seed)
{
    const penalty_list list = list_of(prior);
    double size, before, after, best;
    trial t = flat_trial(rule, &list, least, scale, seed), exact = flat_trial("active_set", &list, least, scale, seed);
    before = block_objective(&t, &size);
    apply_rule(&t, rounds, 0);
    after = block_objective(&t, &size);
    apply_rule(&exact, 1, 0);
    best = block_objective(&exact, &size);
    free_trial(&t);
    free_trial(&exact);
    return (after - best) / (before - best);
}

/* The worst of some blocks, whatever the scale of the data: rounds, and what may be left of the way to the minimum after them, with
 * a margin of a factor of about 100. */
static const struct {
    const char *rule;
    double least;
    int rounds;
    double left;
} cases[] = {
    {"fista", 1e-2, 200, 1e-9}, {"fista", 1e-3, 400, 1e-9}, {"admm", 1e-1, 50, 1e-9},
    {"admm", 1e-3, 200, 1e-9},  {"admm", 1e-5, 400, 1e-9},
};

static void test_rules_need_no_more_rounds_than_they_should(void **state)
{
    static const double scales[] = {1, 1e-8, 1e8};
    (void)state;
    for (int c = 0; c < COUNT_OF(cases); c++) {
        double worst = 0;
        for (uint64_t seed = 0; seed < 9; seed++)
            worst = fmax(worst,
                         gap_after(cases[c].rule, "nonneg", cases[c].least, scales[seed % 3], cases[c].rounds, seed));
        CHECK(worst <= cases[c].left, "%s, eigenvalues down to %g: %g is left after %d rounds", cases[c].rule,
              cases[c].least, worst, cases[c].rounds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_need_no_more_rounds_than_they_should),
    };
    return cmocka_run_group_tests_name("rounds", tests, NULL, NULL);
}
