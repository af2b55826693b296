/* certificate/missing.c: what is reported of fits to data with missing entries and weights is what plain loops over the observed
 * entries find. */
#include "support/weighted.h"

static const int64_t matrix[] = {37, 29}, cube[] = {9, 8, 11}, four[] = {5, 7, 4, 6};

static weighted sample(int d, weight_kind kind, double missing)
{
    static const struct {
        int order;
        const int64_t *dims;
        ptrdiff_t rank;
    } shapes[] = {{2, matrix, 4}, {3, cube, 3}, {4, four, 3}};
    return plant_weighted((uint64_t)d + 1, shapes[d].order, shapes[d].dims, shapes[d].rank, kind, missing);
}

typedef struct trial {
    const char *rule, *prior, *pass, *init;
    int sweeps;
} trial;

static void check(const weighted *w, const trial *t, const char *name)
{
    const rlra_array *const array = &w->plant.data.array;
    fitting f = make_weighted(array, &w->weights.array, w->plant.rank, t->prior);
    f.options.update = t->rule;
    f.options.pass = t->pass;
    f.options.init = t->init;
    f.options.max_sweeps = t->sweeps;
    run_fit(&f);
    const penalty_list list = list_of(t->prior);
    const plain_report found = weighted_certificate(&f, array, &w->weights.array, &list);
    check_report(&f.report, &found, name);
    rlra_report again = {0};
    MUST(&f, rlra_certify(f.problem, f.model, &again));
    check_report(&again, &found, name);
    CHECK(f.report.objective <= f.report.start_objective * (1 + 64 * (double)REAL_EPS), "%s", name);
    free_fitting(&f);
}

static void test_report_of_every_rule_is_true(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *prior;
    } cases[] = {
        {"auto", "nonneg"},       {"hals", "nonneg"},         {"mu", "nonneg"},
        {"active_set", "nonneg"}, {"fista", "nonneg"},        {"ls", "none"},
        {"hals", "none"},         {"ls", "l2=0.1"},           {"hals", "l1=0.1"},
        {"fista", "l1=0.1"},      {"admm", "nonneg"},         {"auto", "nonneg,l1=0.1,l2=0.3"},
        {"pgd", "nonneg"},        {"auto", "nonneg,simplex"},
    };
    for (int c = 0; c < COUNT_OF(cases); c++)
        for (int d = 0; d < 3; d++)
            for (int kind = (c + d) % test_share(); kind < WEIGHT_KINDS; kind += test_share())
                for (int sweeps = 0; sweeps <= 25; sweeps = sweeps * 4 + 1) {
                    weighted w = sample(d, (weight_kind)kind, sweeps % 2 ? 0.1 : 0.7);
                    const trial t = {cases[c].rule, cases[c].prior, sweeps % 2 ? "auto" : "modes", "auto", sweeps};
                    char name[160];
                    snprintf(name, sizeof name, "order %d, weights %d, %s, %s, %d sweeps", w.plant.data.array.order,
                             kind, t.rule, t.prior, sweeps);
                    check(&w, &t, name);
                    free_weighted(&w);
                }
}

static void test_report_of_every_start_is_true(void **state)
{
    (void)state;
    static const char *const starts[] = {"random", "nndsvd", "nndsvda", "nndsvdar", "snpa"};
    for (int s = 0; s < COUNT_OF(starts); s++)
        for (int kind = 0; kind < WEIGHT_KINDS; kind++)
            for (int sweeps = 0; sweeps <= 5; sweeps += 5) {
                weighted w = sample(0, (weight_kind)kind, 0.3);
                const trial t = {"auto", "nonneg", "auto", starts[s], sweeps};
                check(&w, &t, starts[s]);
                free_weighted(&w);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_of_every_rule_is_true),
        cmocka_unit_test(test_report_of_every_start_is_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
