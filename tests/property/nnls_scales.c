/* property/nnls_scales.c: columns of any scale, nearly dependent, and data that they nearly generate: exact rules are right to the
 * rounding of X alone, and the reported values are those of the X written, in both precisions. */
#include "support/kernel_sets.h"
#include "support/regressions.h"

enum { ROWS = 40, RANK = 6, COLUMNS = 7 };

/* How Y lies in memory: numpy's order, MATLAB's, and a part of a larger array. */
static const arrangement arrangements[] = {
    {"rows", 0, 1, 0, 0}, {"columns", 1, 1, 0, 0}, {"strided columns", 1, 2, 0, 0}, {"strided rows", 0, 3, 0, 0}};

static regression_trial make_trial(uint64_t seed, double alike, double noise, const arrangement *how)
{
    regression_trial t = make_regression(seed, ROWS, RANK, COLUMNS, DATA_SIGNED, 0);
    numbers from = {seed + 500, 0};
    double scales[RANK], truth[RANK];
    free(t.y.memory);
    t.y = empty_view(2, (const int64_t[]){ROWS, COLUMNS}, how);
    for (ptrdiff_t k = 0; k < RANK; k++)
        scales[k] = pow(10, 5 + 4 * uniform(&from));
    for (ptrdiff_t j = 0; j < ROWS; j++) {
        real *const w = t.w.memory + j * RANK;
        const double first = (double)w[0];
        for (ptrdiff_t k = 0; k < RANK; k++)
            w[k] = (real)(scales[k] * (alike * first + (1 - alike) * (double)w[k]));
    }
    for (ptrdiff_t c = 0; c < COLUMNS; c++) {
        for (ptrdiff_t k = 0; k < RANK; k++)
            truth[k] = uniform(&from) < 0.3 ? 0 : uniform(&from) / scales[k];
        for (ptrdiff_t j = 0; j < ROWS; j++) {
            double model = 0;
            for (ptrdiff_t k = 0; k < RANK; k++)
                model += entry_w(&t, j, k) * truth[k];
            *entry_at(&t.y.array, (const int64_t[]){j, c}) = (real)(model + noise * normal(&from));
        }
    }
    return t;
}

/* Least squares on a support by orthogonalising twice, which no scale or angle of columns harms. Returns 1/2 ||y - W x||^2, or
 * INFINITY where a coefficient is negative. */
static double value_of_support(const regression_trial *t, ptrdiff_t column, unsigned support, int needs_nonneg)
{
    double q[RANK][ROWS], r[RANK][RANK] = {{0}}, b[RANK], left[ROWS], x[RANK], sum = 0;
    ptrdiff_t index[RANK], count = 0;
    for (ptrdiff_t k = 0; k < RANK; k++)
        if (support >> k & 1)
            index[count++] = k;
    for (ptrdiff_t j = 0; j < ROWS; j++)
        left[j] = entry_y(t, j, column);
    for (ptrdiff_t i = 0; i < count; i++) {
        double norm = 0;
        for (ptrdiff_t j = 0; j < ROWS; j++)
            q[i][j] = entry_w(t, j, index[i]);
        for (ptrdiff_t p = 0; p < 2 * i; p++) {
            const ptrdiff_t before = p % i;
            double dot = 0;
            for (ptrdiff_t j = 0; j < ROWS; j++)
                dot += q[before][j] * q[i][j];
            for (ptrdiff_t j = 0; j < ROWS; j++)
                q[i][j] -= dot * q[before][j];
            r[before][i] += dot;
        }
        for (ptrdiff_t j = 0; j < ROWS; j++)
            norm += q[i][j] * q[i][j];
        r[i][i] = sqrt(norm);
        b[i] = 0;
        for (ptrdiff_t j = 0; j < ROWS; j++) {
            q[i][j] /= r[i][i];
            b[i] += q[i][j] * left[j];
        }
        for (ptrdiff_t j = 0; j < ROWS; j++)
            left[j] -= b[i] * q[i][j];
    }
    for (ptrdiff_t i = count - 1; i >= 0; i--) {
        x[i] = b[i];
        for (ptrdiff_t l = i + 1; l < count; l++)
            x[i] -= r[i][l] * x[l];
        x[i] /= r[i][i];
        if (needs_nonneg && x[i] < 0)
            return INFINITY;
    }
    for (ptrdiff_t j = 0; j < ROWS; j++)
        sum += 0.5 * left[j] * left[j];
    return sum;
}

static double least_of(const regression_trial *t, ptrdiff_t column, int needs_nonneg, ptrdiff_t most)
{
    double least = INFINITY;
    for (unsigned support = 0; support < 1u << RANK; support++) {
        ptrdiff_t count = 0;
        for (ptrdiff_t k = 0; k < RANK; k++)
            count += support >> k & 1;
        if (count <= most && (needs_nonneg || count == most))
            least = fmin(least, value_of_support(t, column, support, needs_nonneg));
    }
    return least;
}

/* The objective at X, and what its rounding may add to the least objective. */
static double value_of_result(const regression_trial *t, ptrdiff_t c, double *rounding)
{
    double sum = 0, moved = 0;
    for (ptrdiff_t j = 0; j < ROWS; j++) {
        double left = entry_y(t, j, c);
        for (ptrdiff_t k = 0; k < RANK; k++)
            left -= entry_w(t, j, k) * entry_x(t, k, c);
        sum += 0.5 * left * left;
    }
    for (ptrdiff_t k = 0; k < RANK; k++) {
        double square = 0;
        for (ptrdiff_t j = 0; j < ROWS; j++)
            square += entry_w(t, j, k) * entry_w(t, j, k);
        moved += (double)REAL_EPS * fabs(entry_x(t, k, c)) * sqrt(square);
    }
    *rounding = 0.5 * moved * moved;
    return sum;
}

static const struct {
    const char *rule, *prior;
    int needs_nonneg;
    ptrdiff_t most;
} cases[] = {
    {"auto", "nonneg", 1, RANK},     {"active_set", "nonneg", 1, RANK}, {"auto", "none", 0, RANK},
    {"active_set", "none", 0, RANK}, {"ls", "none", 0, RANK},           {"k_sparse", "nonneg", 1, 3},
};

static void check_case(int which, uint64_t seed, double alike, double noise, const arrangement *how)
{
    regression_trial t = make_trial(seed, alike, noise, how);
    t.options.update = cases[which].rule;
    t.options.sparsity = cases[which].most < RANK ? cases[which].most : 0;
    run_regression(&t, cases[which].prior);
    for (ptrdiff_t c = 0; c < COLUMNS; c++) {
        double rounding;
        const double reported = t.loss[c], is = value_of_result(&t, c, &rounding);
        const double least = least_of(&t, c, cases[which].needs_nonneg, cases[which].most);
        CHECK(fabs(reported - is) <= 1e-6 * is, "%s, %s, alike %g, noise %g, %s: reported %.9g, is %.9g",
              cases[which].rule, cases[which].prior, alike, noise, how->name, reported, is);
        CHECK(is <= (1 + 1e-7) * least + 2 * rounding, "%s, %s, alike %g, noise %g, %s: %.9g, least %.9g, rounding %g",
              cases[which].rule, cases[which].prior, alike, noise, how->name, is, least, rounding);
        CHECK(is >= (1 - 1e-7) * least, "%.9g is below %.9g", is, least);
        /* A search knows nothing of the rounding of what it found. */
        const double slack = 1e-7 * least + (cases[which].most < RANK ? 2 * rounding : 0);
        CHECK(!(t.gap[c] < is - least - slack), "gap %g, is %g", t.gap[c], is - least);
    }
    free_regression(&t);
}

static void test_exact_rules_are_right_to_the_rounding_of_the_result(void **state)
{
    (void)state;
    static const double alike[] = {0, 0.9, 0.99}, noise[] = {1e-2, 1e-4};
    for (int set = 0; RLRA(kernels_at)(set) != NULL; set++) {
        setenv("RLRA_KERNELS", RLRA(kernels_at)(set)->name, 1);
        for (int which = 0; which < COUNT_OF(cases); which++)
            for (int a = 0; a < COUNT_OF(alike); a++)
                for (int n = 0; n < COUNT_OF(noise); n++)
                    for (int how = 0; how < COUNT_OF(arrangements); how++)
                        check_case(which, (uint64_t)(10 * which + a), alike[a], noise[n], &arrangements[how]);
    }
    unsetenv("RLRA_KERNELS");
}

static void test_the_front_is_right_to_the_rounding_of_the_result(void **state)
{
    (void)state;
    regression_trial t = make_trial(77, 0.9, 1e-4, &arrangements[0]);
    const int64_t dims[] = {COLUMNS, RANK, RANK};
    const view x = empty_view(3, dims, &c_order);
    double losses[COLUMNS * RANK], rounding;
    rlra_nnls_plan *plan = NULL;
    MUST(&t, rlra_nnls_plan_create(t.context, &t.w.array, &t.options, NULL, &plan));
    MUST(&t, rlra_nnls_plan_front(plan, &t.y.array, &x.array, losses, &t.report));
    for (ptrdiff_t c = 0; c < COLUMNS; c++)
        for (ptrdiff_t p = 0; p < RANK; p++) {
            for (ptrdiff_t k = 0; k < RANK; k++)
                t.x.memory[k * COLUMNS + c] = x.memory[(c * RANK + p) * RANK + k];
            const double is = value_of_result(&t, c, &rounding), reported = losses[c * RANK + p];
            const double least = least_of(&t, c, 1, p + 1);
            CHECK(fabs(reported - is) <= 1e-6 * is, "reported %.9g, is %.9g", reported, is);
            CHECK(is <= (1 + 1e-7) * least + 2 * rounding, "%td entries: %.9g, least %.9g", p + 1, is, least);
        }
    rlra_nnls_plan_destroy(plan);
    free(x.memory);
    free_regression(&t);
}

/* Other rules end at their tolerance, but they report values of the X written, too; also under other losses. */
static void test_all_rules_report_what_their_result_is(void **state)
{
    (void)state;
    static const double betas[] = {2, 1, 1.5, 0, 3};
    int reported = 0;
    for (int b = 0; b < COUNT_OF(betas); b++)
        for (int u = 0; rlra_member_at("update", u) != NULL; u++)
            for (int how = 0; how < COUNT_OF(arrangements); how++) {
                regression_trial t = make_trial(3, 0.5, 0, &arrangements[how]);
                numbers from = {8, 0};
                for (ptrdiff_t c = 0; c < COLUMNS; c++)
                    for (ptrdiff_t j = 0; j < ROWS; j++)
                        *entry_at(&t.y.array, (const int64_t[]){j, c}) =
                            (real)((0.01 + entry_y(&t, j, c)) * (1 + 1e-3 * uniform(&from)));
                t.options.update = rlra_member_at("update", u)->name;
                t.options.loss = "beta";
                t.options.beta = betas[b];
                t.options.max_sweeps = 300;
                t.options.sparsity = strstr("k_sparse omp backward", t.options.update) != NULL ? 3 : 0;
                const rlra_status status = try_regression(&t, NULL);
                for (ptrdiff_t c = 0; status == RLRA_OK && c < COLUMNS; c++) {
                    double is = 0, size = 0;
                    for (ptrdiff_t j = 0; j < ROWS; j++) {
                        double v = 0;
                        for (ptrdiff_t k = 0; k < RANK; k++)
                            v += entry_w(&t, j, k) * entry_x(&t, k, c);
                        is += v > 0 ? divergence(betas[b], entry_y(&t, j, c), v) : INFINITY;
                        size += pow(entry_y(&t, j, c), betas[b]) + pow(v, betas[b]);
                    }
                    CHECK(!isfinite(is) || fabs(t.loss[c] - is) <= 1e-7 * is + 1e-14 * size,
                          "%s, beta %g, %s: reported %.9g, is %.9g", t.options.update, betas[b], arrangements[how].name,
                          t.loss[c], is);
                    reported += isfinite(is);
                }
                free_regression(&t);
            }
    CHECK(reported > 750, "%d", reported);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_rules_are_right_to_the_rounding_of_the_result),
        cmocka_unit_test(test_the_front_is_right_to_the_rounding_of_the_result),
        cmocka_unit_test(test_all_rules_report_what_their_result_is),
    };
    return cmocka_run_group_tests_name("scales of regressions", tests, NULL, NULL);
}
