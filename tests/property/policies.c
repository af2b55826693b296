/* property/policies.c: how many sweeps fixed problems take. Speed alone hangs on rounds, restarts and goals, and no result shows a
 * fault in them: counts do, with a margin. */
#include "solve/certify.h"
#include "support/weighted.h"

#define STARTS 6

typedef struct problem {
    const char *name, *prior, *loss, *update;
    int order, masked;
    double tolerance;
    int64_t usual; /* sweeps of all starts together */
} problem;

static const int64_t matrix[] = {90, 70}, cube[] = {24, 20, 22};

static const problem problems[] = {
    {"a matrix", "nonneg", "frobenius", "auto", 2, 0, 1e-4, 451},
    {"a tensor", "nonneg", "frobenius", "auto", 3, 0, 1e-5, 295},
    {"rows that sum to one", "simplex", "frobenius", "fista", 2, 0, 1e-4, 84},
    {"l1 by admm", "nonneg,l1=0.1", "frobenius", "admm", 2, 0, 1e-4, 334},
    {"missing entries", "nonneg", "frobenius", "auto", 2, 1, 1e-4, 492},
    {"kl", "nonneg", "kl", "auto", 2, 0, 1e-3, 488},
};

/* In the place of fit_certify(): how often a fit has its point certified. */
static int certificates;

rlra_status __real_rlra_f64_fit_certify(fit *f, rlra_report *report);
rlra_status __wrap_rlra_f64_fit_certify(fit *f, rlra_report *report);

rlra_status __wrap_rlra_f64_fit_certify(fit *f, rlra_report *report)
{
    certificates++;
    return __real_rlra_f64_fit_certify(f, report);
}

static int64_t sweeps_of(const problem *p)
{
    int64_t sum = 0;
    weighted w =
        plant_weighted(7, p->order, p->order == 2 ? matrix : cube, 5, p->masked ? WEIGHTS_MASK : WEIGHTS_EQUAL, 0.1);
    for (int start = 0; start < STARTS; start++) {
        fitting f = p->masked ? make_weighted(&w.plant.data.array, &w.weights.array, 5, p->prior)
                              : make_fitting(&w.plant.data.array, 5, p->prior);
        f.options.seed = start;
        f.options.init = "random";
        f.options.loss = p->loss;
        f.options.update = p->update;
        f.options.tolerance = p->tolerance;
        f.options.decrease = 0;
        f.options.max_sweeps = 5000;
        run_fit(&f);
        CHECK(f.report.stop == RLRA_STOP_KKT, "%s, start %d: %s", p->name, start, rlra_stop_word(f.report.stop));
        sum += f.report.sweeps;
        free_fitting(&f);
    }
    free_weighted(&w);
    return sum;
}

static void test_fixed_problems_take_no_more_sweeps_than_they_should(void **state)
{
    (void)state;
    for (int p = 0; p < COUNT_OF(problems); p++) {
        const int64_t sweeps = sweeps_of(&problems[p]);
        CHECK(4 * sweeps <= 5 * problems[p].usual, "%s: %d sweeps, where %d were usual", problems[p].name, (int)sweeps,
              (int)problems[p].usual);
    }
}

/* A certificate costs about as much as a sweep. Under kl sweeps leave residuals that it does not confirm: it must not be asked for
 * after each of them. */
static void test_few_certificates_are_made_on_the_way(void **state)
{
    (void)state;
    for (int seed = 0; seed < 20; seed++)
        for (int t = 0; t < 2; t++) {
            planted p = plant((uint64_t)seed, 2 + seed % 2, seed % 2 ? cube : matrix, 3, 0.3, 0.5);
            fitting f = make_fitting(&p.data.array, 3, "nonneg");
            f.options.init = "random";
            f.options.loss = "kl";
            f.options.tolerance = t ? 1e-5 : 1e-4;
            f.options.decrease = 0;
            f.options.max_sweeps = 600;
            certificates = 0;
            run_fit(&f);
            assert_true(certificates > 0);
            CHECK(certificates <= 4, "seed %d, tolerance %g: %d certificates in %d sweeps", seed, f.options.tolerance,
                  certificates, (int)f.report.sweeps);
            free_fitting(&f);
            free_planted(&p);
        }
}

/* A product with the data costs a row 2 x length x rank operations, and a round 2 x rank x rank. */
static void test_a_block_gets_the_rounds_that_its_product_is_worth(void **state)
{
    static const struct {
        int order;
        int64_t dims[3], rank, least, most; /* rounds of factor 0 */
    } shapes[] = {
        {2, {30, 20, 0}, 20, 2, 4},
        {2, {50, 100, 0}, 20, 8, 16},
        {2, {40, 90, 0}, 9, 16, 30},
        {2, {60, 400, 0}, 10, 30, 60},
        {3,
         {
             30,
             8,
             10,
         },
         16,
         8,
         16},
        {3, {20, 60, 50}, 5, 30, 60},
    };
    (void)state;
    for (int s = 0; s < COUNT_OF(shapes); s++) {
        const view v = empty_view(shapes[s].order, shapes[s].dims, &c_order);
        memset(v.memory, 0, (size_t)rlra_array_count(&v.array) * sizeof(real));
        fitting f = make_fitting(&v.array, shapes[s].rank, "nonneg");
        rlra_plan plan;
        MUST(&f, rlra_fit_plan(f.problem, &f.options, shapes[s].rank, &plan));
        CHECK(plan.factor[0].most_rounds >= shapes[s].least && plan.factor[0].most_rounds <= shapes[s].most,
              "shape %d: %d rounds", s, (int)plan.factor[0].most_rounds);
        free_fitting(&f);
        free(v.memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_problems_take_no_more_sweeps_than_they_should),
        cmocka_unit_test(test_few_certificates_are_made_on_the_way),
        cmocka_unit_test(test_a_block_gets_the_rounds_that_its_product_is_worth),
    };
    return cmocka_run_group_tests_name("policies", tests, NULL, NULL);
}
