/* property/nnls.c: regressions against brute force over supports, and what scale, order and storage of the data must not change. */
#include "support/meter.h"
#include "support/regressions.h"
#include "support/sparse.h"

/* Solves a (count x count, destroyed) z = b by elimination with pivots; 0 if it is singular to working precision. */
static int solve_plain(ptrdiff_t count, double *a, double *b)
{
    for (ptrdiff_t p = 0; p < count; p++) {
        ptrdiff_t best = p;
        for (ptrdiff_t i = p + 1; i < count; i++)
            best = fabs(a[i * count + p]) > fabs(a[best * count + p]) ? i : best;
        if (!(fabs(a[best * count + p]) > 1e-12))
            return 0;
        for (ptrdiff_t j = 0; j < count; j++) {
            const double kept = a[p * count + j];
            a[p * count + j] = a[best * count + j];
            a[best * count + j] = kept;
        }
        const double kept = b[p];
        b[p] = b[best];
        b[best] = kept;
        for (ptrdiff_t i = p + 1; i < count; i++) {
            const double part = a[i * count + p] / a[p * count + p];
            for (ptrdiff_t j = p; j < count; j++)
                a[i * count + j] -= part * a[p * count + j];
            b[i] -= part * b[p];
        }
    }
    for (ptrdiff_t p = count - 1; p >= 0; p--) {
        for (ptrdiff_t j = p + 1; j < count; j++)
            b[p] -= a[p * count + j] * b[j];
        b[p] /= a[p * count + p];
    }
    return 1;
}

/* 1/2 ||y - W x||^2 for the least squares of a support, INFINITY if an entry is negative. */
static double value_of_support(const regression_trial *t, ptrdiff_t column, unsigned support)
{
    double a[64], b[8], x[8] = {0}, value = 0;
    ptrdiff_t index[8], count = 0;
    for (ptrdiff_t k = 0; k < t->rank; k++)
        if (support >> k & 1)
            index[count++] = k;
    for (ptrdiff_t i = 0; i < count; i++) {
        b[i] = 0;
        for (ptrdiff_t j = 0; j < t->rows; j++)
            b[i] += entry_w(t, j, index[i]) * entry_y(t, j, column);
        for (ptrdiff_t l = 0; l < count; l++) {
            a[i * count + l] = 0;
            for (ptrdiff_t j = 0; j < t->rows; j++)
                a[i * count + l] += entry_w(t, j, index[i]) * entry_w(t, j, index[l]);
        }
    }
    if (!solve_plain(count, a, b))
        return INFINITY;
    for (ptrdiff_t i = 0; i < count; i++) {
        x[index[i]] = b[i];
        value = b[i] < 0 ? INFINITY : value;
    }
    for (ptrdiff_t j = 0; j < t->rows; j++) {
        double left = entry_y(t, j, column);
        for (ptrdiff_t k = 0; k < t->rank; k++)
            left -= entry_w(t, j, k) * x[k];
        value += 0.5 * left * left;
    }
    return value;
}

/* least[p]: the least of all supports with at most p unknowns. */
static void brute_force(const regression_trial *t, ptrdiff_t column, double *least)
{
    for (ptrdiff_t p = 0; p <= t->rank; p++)
        least[p] = INFINITY;
    for (unsigned support = 0; support < 1u << t->rank; support++) {
        ptrdiff_t count = 0;
        for (ptrdiff_t k = 0; k < t->rank; k++)
            count += support >> k & 1;
        const double value = value_of_support(t, column, support);
        for (ptrdiff_t p = count; p <= t->rank; p++)
            least[p] = fmin(least[p], value);
    }
}

static int is_exact(const rlra_member *rule)
{
    return strstr(rule->properties, "exact") != NULL;
}

/* Losses are summed over squares of residuals: their rounding grows with ||y||^2. */
static double loss_tolerance(const regression_trial *t, ptrdiff_t column)
{
    double norm2 = 0;
    for (ptrdiff_t j = 0; j < t->rows; j++)
        norm2 += entry_y(t, j, column) * entry_y(t, j, column);
    return sum_tolerance(t->rows * t->rank, norm2);
}

static void test_exact_rules_reach_the_best_of_all_supports(void **state)
{
    (void)state;
    int rules = 0;
    for (int u = 0; rlra_member_at("update", u) != NULL; u++) {
        const rlra_member *const rule = rlra_member_at("update", u);
        for (int seed = 0; is_exact(rule) && seed < 40; seed++) {
            regression_trial t = make_regression((uint64_t)seed, 3 + seed % 9, 1 + seed % 7, 12, DATA_SIGNED, seed % 2);
            const int64_t most = strcmp(rule->name, "k_sparse") == 0 ? 1 + seed % t.rank : 0;
            double least[9];
            t.options.update = rule->name;
            t.options.sparsity = most;
            const rlra_status status = try_regression(&t, NULL);
            if (status == RLRA_ERR_UNSUPPORTED) {
                free_regression(&t);
                break;
            }
            CHECK(status == RLRA_OK, "%s: %s", rule->name, rlra_context_message(t.context));
            for (ptrdiff_t c = 0; c < t.columns; c++) {
                brute_force(&t, c, least);
                const double best = least[most > 0 ? most : t.rank];
                CHECK(t.loss[c] <= best + loss_tolerance(&t, c), "%s, seed %d, column %td: %.17g, brute force %.17g",
                      rule->name, seed, c, t.loss[c], best);
                CHECK(t.loss[c] >= best - loss_tolerance(&t, c), "%s, seed %d, column %td: %.17g below %.17g",
                      rule->name, seed, c, t.loss[c], best);
            }
            rules += seed == 0;
            free_regression(&t);
        }
    }
    CHECK(rules >= 2, "%d exact rules", rules);
}

static ptrdiff_t entries_of(const real *x, ptrdiff_t count)
{
    ptrdiff_t entries = 0;
    for (ptrdiff_t k = 0; k < count; k++)
        entries += x[k] != 0;
    return entries;
}

static void test_the_front_has_the_best_supports_of_every_size(void **state)
{
    (void)state;
    for (int seed = 0; seed < 40; seed++) {
        regression_trial t =
            make_regression((uint64_t)seed + 100, 4 + seed % 9, 1 + seed % 7, 20, DATA_SIGNED, seed % 2);
        const ptrdiff_t sizes = seed % 3 == 0 ? t.rank : 1 + t.rank / 2;
        const int64_t dims[] = {t.columns, sizes, t.rank};
        const view x = empty_view(3, dims, &c_order);
        double *const losses = malloc((size_t)(t.columns * sizes) * sizeof *losses), least[9];
        rlra_nnls_plan *plan = NULL;
        t.options.sparsity = sizes == t.rank ? 0 : sizes;
        MUST(&t, rlra_nnls_plan_create(t.context, &t.w.array, &t.options, NULL, &plan));
        MUST(&t, rlra_nnls_plan_front(plan, &t.y.array, &x.array, losses, &t.report));
        assert_true(t.report.unproved_columns == 0 && t.report.gap == 0 && t.report.open_columns == 0);
        for (ptrdiff_t c = 0; c < t.columns; c++) {
            brute_force(&t, c, least);
            for (ptrdiff_t p = 0; p < sizes; p++) {
                const real *const point = x.memory + (c * sizes + p) * t.rank;
                CHECK(fabs(losses[c * sizes + p] - least[p + 1]) <= loss_tolerance(&t, c),
                      "seed %d, column %td, size %td: %.17g, brute force %.17g", seed, c, p + 1, losses[c * sizes + p],
                      least[p + 1]);
                assert_true(entries_of(point, t.rank) <= p + 1);
                for (ptrdiff_t k = 0; k < t.rank; k++)
                    assert_true(point[k] >= 0);
            }
        }
        rlra_nnls_plan_destroy(plan);
        free(losses);
        free(x.memory);
        free_regression(&t);
    }
}

/* The least objective that any rule with many rounds finds. */
static double reference_objective(uint64_t seed, data_kind kind, const char *loss, const char *prior,
                                  double *of_columns)
{
    regression_trial t = make_regression(seed, 25, 6, 30, kind, 0);
    t.options.loss = loss;
    t.options.tolerance = 0;
    t.options.max_sweeps = 3000;
    run_regression(&t, prior);
    const penalty_list list = list_of(prior);
    const double beta = strcmp(loss, "kl") == 0 ? 1 : 2;
    for (ptrdiff_t c = 0; c < t.columns; c++)
        of_columns[c] = t.loss[c] + plain_certificate_of(&t, &list, beta, c).penalty;
    const double objective = t.report.objective;
    free_regression(&t);
    return objective;
}

static void test_gaps_bound_the_distance_from_the_minimum(void **state)
{
    (void)state;
    static const char *const priors[] = {"nonneg", "nonneg,l1=0.2", "nonneg,l2=0.1", "nonneg,simplex",
                                         "nonneg,upper=0.5"};
    static const char *const losses[] = {"frobenius", "kl"};
    int reported = 0;
    for (int l = 0; l < 2; l++)
        for (int p = 0; p < COUNT_OF(priors); p++)
            for (int u = 0; rlra_member_at("update", u) != NULL; u++)
                for (int rounds = 1; rounds <= 64; rounds *= 8) {
                    double best[30];
                    const data_kind kind = l == 0 ? DATA_SIGNED : DATA_COUNTS;
                    regression_trial t = make_regression(9, 25, 6, 30, kind, 0);
                    const penalty_list list = list_of(priors[p]);
                    t.options.loss = losses[l];
                    t.options.update = rlra_member_at("update", u)->name;
                    t.options.max_sweeps = rounds;
                    if (try_regression(&t, priors[p]) != RLRA_OK) {
                        free_regression(&t);
                        continue;
                    }
                    reference_objective(9, kind, losses[l], priors[p], best);
                    for (ptrdiff_t c = 0; c < t.columns; c++) {
                        const double far =
                            t.loss[c] + plain_certificate_of(&t, &list, l == 0 ? 2 : 1, c).penalty - best[c];
                        reported += isfinite(t.gap[c]);
                        CHECK(!(t.gap[c] < 0) && !(far > t.gap[c] + loss_tolerance(&t, c)),
                              "%s, %s, %s, %d rounds, column %td: %g from the least, gap %g", t.options.update,
                              losses[l], priors[p], rounds, c, far, t.gap[c]);
                    }
                    free_regression(&t);
                }
    CHECK(reported > 1000, "%d gaps are known", reported);
}

static void scale(view v, int power)
{
    for (int64_t e = 0; e < rlra_array_count(&v.array); e++)
        v.memory[e] = (real)ldexp((double)v.memory[e], power);
}

static void test_powers_of_two_scale_exactly(void **state)
{
    (void)state;
    for (int u = 0; rlra_member_at("update", u) != NULL; u++) {
        const rlra_member *const rule = rlra_member_at("update", u);
        for (int power = -20; is_exact(rule) && power <= 20; power += 10) {
            regression_trial a = make_regression(2, 20, 5, 50, DATA_SIGNED, 0),
                             b = make_regression(2, 20, 5, 50, DATA_SIGNED, 0);
            a.options.update = b.options.update = rule->name;
            a.options.sparsity = b.options.sparsity = strcmp(rule->name, "k_sparse") == 0 ? 2 : 0;
            scale(b.w, power);
            scale(b.y, -power / 2);
            if (try_regression(&a, NULL) == RLRA_OK) {
                run_regression(&b, NULL);
                scale(b.x, power + power / 2);
                CHECK(memcmp(a.x.memory, b.x.memory, 250 * sizeof(real)) == 0, "%s, 2^%d", rule->name, power);
            }
            free_regression(&a);
            free_regression(&b);
        }
    }
}

/* Y with contiguous columns. */
static void turn(regression_trial *t)
{
    static const arrangement by_columns = {"Fortran order", 1, 1, 0, 0};
    const view y = empty_view(2, t->y.array.dims, &by_columns);
    for (ptrdiff_t j = 0; j < t->rows; j++)
        for (ptrdiff_t c = 0; c < t->columns; c++)
            y.memory[c * t->rows + j] = t->y.memory[j * t->columns + c];
    free(t->y.memory);
    t->y = y;
}

/* Rules that continue until all current columns are solved see their neighbours; exact ones do not. Nor do sums depend on where a
 * column lies, if columns are contiguous; of contiguous rows many are summed side by side. */
static void test_columns_do_not_see_each_other_under_exact_rules(void **state)
{
    (void)state;
    static const int cuts[] = {0, 1, 50, 101, 201};
    for (int u = 0; rlra_member_at("update", u) != NULL; u++) {
        const rlra_member *const rule = rlra_member_at("update", u);
        regression_trial t = make_regression(3, 24, 6, 201, DATA_SIGNED, 0);
        turn(&t);
        t.options.update = rule->name;
        t.options.sparsity = strcmp(rule->name, "k_sparse") == 0 ? 2 : 0;
        const int taken = is_exact(rule) && try_regression(&t, NULL) == RLRA_OK;
        real *const whole = copy_reals(t.x.memory, t.rank * t.columns);
        const rlra_array y = t.y.array, x = t.x.array;
        for (int part = 0; taken && part + 1 < COUNT_OF(cuts); part++) {
            t.y.array.data = t.y.memory + cuts[part] * t.rows;
            t.x.array.data = t.x.memory + cuts[part];
            t.y.array.dims[1] = t.x.array.dims[1] = cuts[part + 1] - cuts[part];
            run_regression(&t, NULL);
        }
        t.y.array = y;
        t.x.array = x;
        for (ptrdiff_t e = 0; taken && e < t.rank * t.columns; e++)
            CHECK(t.x.memory[e] == whole[e], "%s: [%td, %td] is %.17g alone, %.17g together", rule->name, e / t.columns,
                  e % t.columns, (double)t.x.memory[e], (double)whole[e]);
        free(whole);
        free_regression(&t);
    }
}

static void test_sparse_data_give_what_dense_data_give(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl", "beta"};
    const int64_t dims[] = {40, 23};
    for (int l = 0; l < COUNT_OF(losses); l++)
        for (int storage = 0; storage < STORAGES; storage++) {
            regression_trial t = make_regression(4, 40, 5, 23, DATA_COUNTS, 0);
            sparse_matrix y = make_sparse(dims, 0.15, storage, 5);
            for (int64_t e = 0; e < y.view.count; e++)
                y.values[e] = (real)fabs((double)y.values[e]);
            double *const dense = sparse_to_dense(&y);
            for (ptrdiff_t e = 0; e < 40 * 23; e++)
                t.y.memory[e] = (real)dense[e];
            t.options.loss = losses[l];
            t.options.tolerance = 1e-5;
            run_regression(&t, NULL);
            const rlra_nnls_report of_dense = t.report;
            rlra_nnls_plan *plan = NULL;
            MUST(&t, rlra_nnls_plan_create(t.context, &t.w.array, &t.options, NULL, &plan));
            MUST(&t, rlra_nnls_plan_solve_sparse(plan, &y.view, &t.x.array, NULL, &t.report));
            CHECK(fabs(t.report.objective - of_dense.objective) <= 1e-4 * of_dense.objective, "%s, storage %d: %g %g",
                  losses[l], storage, t.report.objective, of_dense.objective);
            if (y.view.compressed != 0) {
                y.view.dims[0]++;
                expect(t.context, rlra_nnls_plan_solve_sparse(plan, &y.view, &t.x.array, NULL, NULL), RLRA_ERR_SHAPE,
                       "nnls: W has 40 rows, but Y is 41 x 23");
            }
            rlra_nnls_plan_destroy(plan);
            free(dense);
            free_sparse(&y);
            free_regression(&t);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_rules_reach_the_best_of_all_supports),
        cmocka_unit_test(test_the_front_has_the_best_supports_of_every_size),
        cmocka_unit_test(test_gaps_bound_the_distance_from_the_minimum),
        cmocka_unit_test(test_powers_of_two_scale_exactly),
        cmocka_unit_test(test_columns_do_not_see_each_other_under_exact_rules),
        cmocka_unit_test(test_sparse_data_give_what_dense_data_give),
    };
    return cmocka_run_group_tests_name("nnls properties", tests, NULL, NULL);
}
