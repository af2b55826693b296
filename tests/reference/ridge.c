/* reference/ridge.c: components that a ridge on three factors prunes do not end a fit before it is stationary. */
#include "support/fitting.h"

#include "reference/ridge.h"

/* The least objective known. */
#define LEAST 7.55696479

static const int64_t dims[] = {10, 11, 12};

typedef struct variant {
    const char *rule, *extrapolate, *pass;
    int starts, reach_least;
} variant;

/* Signed data; negative entries are zero for rules that need them so, and the least objective is another one then. */
static fitting pose(const double *values, const variant *v, int seed)
{
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 3, dims, (double *)(uintptr_t)values);
    fitting f = make_fitting(&array, 6, "nonneg,l2=0.1");
    f.options.update = v->rule;
    f.options.extrapolate = v->extrapolate;
    f.options.pass = v->pass;
    f.options.init = "random";
    f.options.seed = seed;
    f.options.threads = 1;
    f.options.decrease = 0;
    f.options.tolerance = 1e-6;
    f.options.max_sweeps = 20000;
    return f;
}

static void test_every_start_ends_stationary_and_many_reach_the_least_objective(void **state)
{
    (void)state;
    static const variant variants[] = {
        {"hals", "on", "one", 100, 20},       {"hals", "on", "modes", 50, 10}, {"hals", "off", "one", 50, 5},
        {"block_pivot", "on", "one", 50, 10}, {"fista", "on", "one", 50, 10},  {"pgd", "on", "one", 50, 5},
    };
    for (int v = 0; v < COUNT_OF(variants); v++) {
        int reached = 0;
        for (int seed = 0; seed < variants[v].starts; seed++) {
            fitting f = pose(ridge_data, &variants[v], seed);
            run_fit(&f);
            CHECK(f.report.stop == RLRA_STOP_KKT && f.report.kkt_residual <= 1e-6, "%s, %s, %s, seed %d: %s at %g",
                  variants[v].rule, variants[v].extrapolate, variants[v].pass, seed, rlra_stop_word(f.report.stop),
                  f.report.kkt_residual);
            CHECK(f.report.objective >= LEAST - 1e-8 && f.report.objective <= 7.66, "%s, seed %d: %.9g",
                  variants[v].rule, seed, f.report.objective);
            reached += f.report.objective <= LEAST + 1e-6;
            free_fitting(&f);
        }
        CHECK(reached >= variants[v].reach_least, "%s: %d of %d starts", variants[v].rule, reached, variants[v].starts);
    }
}

static void test_multiplicative_updates_end_stationary(void **state)
{
    (void)state;
    static const variant v = {"mu", "on", "one", 20, 0};
    double positive[COUNT_OF(ridge_data)];
    for (int i = 0; i < COUNT_OF(ridge_data); i++)
        positive[i] = fmax(ridge_data[i], 0);
    for (int seed = 0; seed < v.starts; seed++) {
        fitting f = pose(positive, &v, seed);
        f.options.tolerance = 1e-4;
        run_fit(&f);
        CHECK(f.report.stop == RLRA_STOP_KKT, "seed %d: %s at %g", seed, rlra_stop_word(f.report.stop),
              f.report.kkt_residual);
        free_fitting(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_start_ends_stationary_and_many_reach_the_least_objective),
        cmocka_unit_test(test_multiplicative_updates_end_stationary),
    };
    return cmocka_run_group_tests_name("ridge", tests, NULL, NULL);
}
