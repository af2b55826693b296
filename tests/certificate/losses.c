/* certificate/losses.c: the objective reported after each sweep under the loss kl is that of the factors after it, summed by
 * plain loops: dense data by rows and by columns, sparse data, a tensor; and what the KKT residual makes of a single wrong zero. */
#include "support/fitting.h"

#include "rlra/sparse.h"

#define SWEEPS 14

/* Data of one kind, and how they are fitted. */
typedef struct way {
    const char *name, *rule, *prior, *extrapolate;
    double l1, l2; /* in the prior */
    int order, by_columns, is_sparse;
    double zeros; /* part of the entries */
} way;

static const way ways[] = {
    {"rows", "mu", "nonneg", "off", 0, 0, 2, 0, 0, 0},
    {"rows ahead", "mu", "nonneg", "on", 0, 0, 2, 0, 0, 0},
    {"columns", "mu", "nonneg", "on", 0, 0, 2, 1, 0, 0},
    {"rows with an l1 norm", "mu", "nonneg,l1=0.1", "on", 0.1, 0, 2, 0, 0, 0},
    {"rows with a bound", "mu", "nonneg,upper=2", "on", 0, 0, 2, 0, 0, 0},
    {"rows with many zeros", "mu", "nonneg", "on", 0, 0, 2, 0, 0, 0.7},
    {"rows by another rule", "ccd", "nonneg", "on", 0, 0, 2, 0, 0, 0},
    {"a tensor", "mu", "nonneg", "on", 0, 0, 3, 0, 0, 0},
    {"sparse", "mu", "nonneg", "on", 0, 0, 2, 0, 1, 0.8},
    {"sparse with squares", "mu", "nonneg,l2=0.05", "on", 0, 0.05, 2, 0, 1, 0.8},
    {"sparse by another rule", "ccd", "nonneg", "off", 0, 0, 2, 0, 1, 0.8},
};

static const int64_t matrix[] = {61, 53}, cube[] = {13, 11, 12};

/* Counts, and those that are not zero by their coordinates. */
typedef struct trial {
    const way *how;
    view data;
    int64_t places[2][61 * 53], count;
    real values[61 * 53];
    double reported[SWEEPS + 1];
} trial;

static void note(void *user, const rlra_progress *progress)
{
    ((trial *)user)->reported[progress->sweep] = progress->objective;
}

static void make_trial(const way *how, trial *t)
{
    numbers from = {5, 0};
    const arrangement packed = {"", how->by_columns ? permutations(how->order) - 1 : 0, 1, 0, 0};
    int64_t index[RLRA_MAX_ORDER] = {0};
    *t = (trial){.how = how, .data = empty_view(how->order, how->order == 2 ? matrix : cube, &packed)};
    do {
        const double y = uniform(&from) < how->zeros ? 0 : floor(1 + 20 * uniform(&from) * uniform(&from));
        *entry_at(&t->data.array, index) = (real)y;
        if (y == 0 || how->order != 2)
            continue;
        t->places[0][t->count] = index[0];
        t->places[1][t->count] = index[1];
        t->values[t->count++] = (real)y;
    } while (next_index(&t->data.array, index));
}

static fitting fit_of(trial *t, int sweeps)
{
    const rlra_array *const array = &t->data.array;
    fitting f = empty_fitting(array->order, array->dims, 4);
    const rlra_sparse sparse = {.dtype = REAL_DTYPE,
                                .order = 2,
                                .dims = {array->dims[0], array->dims[1]},
                                .count = t->count,
                                .compressed = -1,
                                .indices = {t->places[0], t->places[1]},
                                .values = t->values};
    MUST(&f, t->how->is_sparse ? rlra_problem_add_sparse(f.problem, &sparse, 1, NULL)
                               : rlra_problem_add_dense(f.problem, array, 1, NULL));
    for (int n = 0; n < array->order; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, t->how->prior));
    rlra_context_set_progress(f.context, note, t);
    f.options.loss = "kl";
    f.options.init = "random";
    f.options.update = t->how->rule;
    f.options.extrapolate = t->how->extrapolate;
    f.options.max_sweeps = sweeps;
    f.options.tolerance = f.options.decrease = 0;
    run_fit(&f);
    return f;
}

/* sum y log(y/v) - y + v + l1 sum x + l2 sum x^2; *size gets the magnitudes that are added. */
static double plain_objective(const trial *t, const fitting *f, double *size)
{
    const rlra_array *const array = &t->data.array;
    factor factors[RLRA_MAX_ORDER];
    int64_t index[RLRA_MAX_ORDER] = {0};
    double sum = 0;
    *size = 0;
    for (int n = 0; n < array->order; n++) {
        factors[n] = factor_of(f, n);
        for (ptrdiff_t k = 0; k < factors[n].rank; k++)
            for (ptrdiff_t i = 0; i < factors[n].length; i++) {
                const double x = (double)*entry(factors[n], i, k);
                sum += t->how->l1 * x + t->how->l2 * x * x;
            }
    }
    *size = sum;
    do {
        const double y = (double)*entry_at(array, index), v = model_at(array->order, factors, index, NULL);
        sum += y > 0 ? y * log(y / v) - y + v : v;
        *size += y > 0 ? y * fabs(log(y / v)) + y + v : v;
    } while (next_index(array, index));
    return sum;
}

static void test_objective_reported_after_each_sweep_is_that_of_its_factors(void **state)
{
    (void)state;
    trial *const t = malloc(sizeof *t);
    for (int w = 0; w < COUNT_OF(ways); w++) {
        double reported[SWEEPS + 1];
        make_trial(&ways[w], t);
        fitting whole = fit_of(t, SWEEPS);
        memcpy(reported, t->reported, sizeof reported);
        CHECK(reported[SWEEPS] < reported[1] && reported[1] < reported[0], "%s: %g, %g, %g", ways[w].name, reported[0],
              reported[1], reported[SWEEPS]);
        free_fitting(&whole);
        for (int sweeps = 0; sweeps <= SWEEPS; sweeps++) {
            double size;
            fitting f = fit_of(t, sweeps);
            const double found = plain_objective(t, &f, &size), tolerance = sum_tolerance(t->data.array.dims[0], size);
            CHECK(fabs(reported[sweeps] - found) <= tolerance, "%s, sweep %d: %.17g, not %.17g", ways[w].name, sweeps,
                  reported[sweeps], found);
            CHECK(fabs(f.report.objective - found) <= tolerance, "%s, after sweep %d: %.17g, not %.17g", ways[w].name,
                  sweeps, f.report.objective, found);
            free_fitting(&f);
        }
        free(t->data.memory);
    }
    free(t);
}

/* The residual of n counts under a model that is right but for one entry, which is zero and should not be. */
static double residual_of_one_zero(int n)
{
    const int64_t dims[] = {n, 4};
    real *const values = malloc((size_t)(4 * n) * sizeof *values);
    fitting f = empty_fitting(2, dims, 2);
    const factor w = factor_of(&f, 0), h = factor_of(&f, 1);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < 4; j++)
            values[4 * i + j] = 1;
    for (int j = 0; j < 4; j++) {
        *entry(h, j, 0) = j < 2 ? 1 : (real)0.5;
        *entry(h, j, 1) = j < 2 ? 0 : (real)0.5;
    }
    for (int i = 0; i < n; i++) {
        *entry(w, i, 0) = 1;
        *entry(w, i, 1) = i == 0 ? 0 : 1;
    }
    const rlra_array array = rlra_array_contiguous(REAL_DTYPE, 2, dims, values);
    MUST(&f, rlra_problem_add_dense(f.problem, &array, 1, NULL));
    for (int m = 0; m < 2; m++)
        MUST(&f, rlra_problem_add_prior(f.problem, m, "nonneg"));
    f.options.loss = "kl";
    f.options.init = "model";
    f.options.max_sweeps = 0;
    f.options.tolerance = 0;
    run_fit(&f);
    free_fitting(&f);
    free(values);
    return f.report.kkt_residual;
}

static void test_one_wrong_zero_counts_for_its_row_alone(void **state)
{
    (void)state;
    const double few = residual_of_one_zero(10), many = residual_of_one_zero(1000);
    CHECK(few > 0.01 && few < 0.3, "%g", few);
    CHECK(many > 0 && many < few / 50, "%g and %g", few, many);
}

/* All entries end at a bound that no binary number is: there they rest, and nothing is left to do. */
static void test_entries_at_a_bound_rest_there(void **state)
{
    (void)state;
    static const struct {
        const char *prior;
        double data;
    } bounds[] = {{"lower=0.3", 0.01}, {"nonneg,lower=0.7", 0.1}, {"nonneg,upper=0.3", 9}, {"nonneg,upper=0.7", 99}};
    static const char *const losses[] = {"kl", "is", "beta"};
    const int64_t dims[] = {6, 5};
    real values[30];
    for (int b = 0; b < COUNT_OF(bounds); b++)
        for (int l = 0; l < COUNT_OF(losses); l++) {
            fitting f = empty_fitting(2, dims, 2);
            for (int e = 0; e < 30; e++)
                values[e] = (real)(bounds[b].data * (1 + 0.1 * (e % 7)));
            const rlra_array array = rlra_array_contiguous(REAL_DTYPE, 2, dims, values);
            MUST(&f, rlra_problem_add_dense(f.problem, &array, 1, NULL));
            for (int m = 0; m < 2; m++)
                MUST(&f, rlra_problem_add_prior(f.problem, m, bounds[b].prior));
            f.options.loss = losses[l];
            f.options.update = "mu";
            f.options.tolerance = f.options.decrease = 0;
            f.options.max_sweeps = 100;
            run_fit(&f);
            CHECK(f.report.kkt_residual == 0, "%s, %s: %g", losses[l], bounds[b].prior, f.report.kkt_residual);
            free_fitting(&f);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries_at_a_bound_rest_there),
        cmocka_unit_test(test_one_wrong_zero_counts_for_its_row_alone),
        cmocka_unit_test(test_objective_reported_after_each_sweep_is_that_of_its_factors),
    };
    return cmocka_run_group_tests_name("losses", tests, NULL, NULL);
}
