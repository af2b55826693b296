/* property/recovery.c: planted factors are found, exact data to the last digits, and odd data break nothing. */
#include "support/certificates.h"

static fitting long_fitting(const rlra_array *array, ptrdiff_t rank, const char *prior)
{
    fitting f = make_fitting(array, rank, prior);
    f.options.max_sweeps = 3000;
    f.options.tolerance = 0;
    f.options.decrease = 0;
    return f;
}

/* Separable enough to be unique: zeros in both factors. */
static void test_planted_factors_of_matrices_are_found(void **state)
{
    (void)state;
    const int64_t dims[] = {120, 90};
    const char *const rules[] = {"hals", "fista", "active_set"};
    for (int r = 0; r < COUNT_OF(rules); r++) {
        planted p = plant(3, 2, dims, 4, 0.6, 0);
        fitting f = long_fitting(&p.data.array, 4, "nonneg");
        f.options.update = rules[r];
        run_fit(&f);
        CHECK(match_score(&f, &p) >= 1 - 1e-4, "%s: %g after %d sweeps, error %g", rules[r], match_score(&f, &p),
              (int)f.report.sweeps, f.report.relative_error);
        free_fitting(&f);
        free_planted(&p);
    }
}

/* The exact rule kills components now and then: it gets three starts, the others one. */
static void test_planted_factors_of_tensors_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *prior;
        int starts;
    } cases[] = {
        {"hals", "nonneg", 1},       {"mu", "nonneg", 1}, {"fista", "nonneg", 1},
        {"active_set", "nonneg", 3}, {"ls", "none", 1},
    };
    const int64_t dims[] = {23, 17, 19}, four[] = {9, 8, 7, 10};
    for (int order = 3; order <= 4; order++) {
        planted p = plant(3, order, order == 3 ? dims : four, 3, 0.3, 1e-3);
        for (int c = order % test_share(); c < COUNT_OF(cases); c += test_share()) {
            double best = 0;
            fitting f = long_fitting(&p.data.array, 3, cases[c].prior);
            f.options.update = cases[c].rule;
            f.options.max_sweeps = 800;
            for (f.options.seed = 0; f.options.seed < cases[c].starts; f.options.seed++) {
                run_fit(&f);
                best = fmax(best, match_score(&f, &p));
            }
            CHECK(best >= 1 - 1e-3, "order %d, %s: %g", order, cases[c].rule, best);
            free_fitting(&f);
        }
        free_planted(&p);
    }
}

/* The relative error in extended precision, from the model alone. */
static double true_error(const planted *p, const fitting *f)
{
    long double left = 0, norm2 = 0;
    int64_t index[RLRA_MAX_ORDER] = {0};
    do {
        long double value = (long double)*entry_at(&p->data.array, index);
        norm2 += value * value;
        for (ptrdiff_t k = 0; k < p->rank; k++) {
            long double product = 1;
            for (int m = 0; m < p->data.array.order; m++)
                product *= (long double)*entry(factor_of(f, m), index[m], k);
            value -= product;
        }
        left += value * value;
    } while (next_index(&p->data.array, index));
    return (double)sqrtl(left / norm2);
}

static void test_exact_tensors_are_fitted_to_the_last_digits_and_reported_as_such(void **state)
{
    (void)state;
    const int64_t dims[] = {30, 31, 32};
    const double most = sizeof(real) == 4 ? 2e-6 : 1e-13;
    for (uint64_t seed = 1; seed <= 4; seed += (uint64_t)test_share())
        for (int way = 0; way < 4; way++) {
            planted p = plant(seed, 3, dims, 3, 0, 0);
            fitting f = long_fitting(&p.data.array, 3, way < 3 ? "nonneg" : "none");
            f.options.extrapolate = way == 1 ? "off" : "on";
            f.options.pass = way == 2 ? "modes" : "auto";
            f.options.update = way == 3 ? "ls" : "auto";
            run_fit(&f);
            const double error = true_error(&p, &f);
            CHECK(error <= most && f.report.relative_error <= most,
                  "seed %d, way %d: reported %g, true %g, %d sweeps, stop %s", (int)seed, way, f.report.relative_error,
                  error, (int)f.report.sweeps, rlra_stop_word(f.report.stop));
            CHECK(fabs(f.report.relative_error - error) <= 8 * (double)REAL_EPS, "%g and %g", f.report.relative_error,
                  error);
            free_fitting(&f);
            free_planted(&p);
        }
}

static int all_finite(const fitting *f)
{
    for (int n = 0; n < rlra_model_order(f->model); n++) {
        const factor x = factor_of(f, n);
        for (ptrdiff_t k = 0; k < x.rank; k++)
            for (ptrdiff_t i = 0; i < x.length; i++)
                if (!isfinite((double)*entry(x, i, k)))
                    return 0;
    }
    return isfinite(f->report.objective) && isfinite(f->report.kkt_residual) && isfinite(f->report.relative_error);
}

static const char *const rules[] = {"hals", "mu", "fista", "active_set"};
static const char *const starts[] = {"auto", "random", "nndsvd", "nndsvda", "nndsvdar", "model", "snpa"};

/* Every rule from every start ends well; returns the best error over all of them. */
static double try_everything(const rlra_array *array, ptrdiff_t rank, void (*prepare)(fitting *f), const char *name)
{
    double best = INFINITY;
    for (int r = 0; r < COUNT_OF(rules); r++)
        for (int s = 0; s < COUNT_OF(starts); s++) {
            const int picks = strcmp(starts[s], "snpa") == 0;
            if (picks && (array->order != 2 || rank > array->dims[1]))
                continue;
            fitting f = make_fitting(array, rank, "nonneg");
            f.options.update = rules[r];
            f.options.init = starts[s];
            f.options.max_sweeps = 60;
            if (prepare != NULL)
                prepare(&f);
            run_fit(&f);
            CHECK(all_finite(&f), "%s, %s from %s", name, rules[r], starts[s]);
            CHECK(f.report.objective <= f.report.start_objective * (1 + 64 * (double)REAL_EPS), "%s, %s from %s", name,
                  rules[r], starts[s]);
            plain_problem plain = plain_one(array, &f);
            for (int n = 0; n < plain.factors; n++)
                plain.penalties[n] = list_of("nonneg");
            const plain_report found = plain_certificate(&plain);
            check_report(&f.report, &found, name);
            best = fmin(best, f.report.relative_error);
            free_fitting(&f);
        }
    return best;
}

static const int64_t matrix[] = {19, 14}, cube[] = {9, 8, 7};

static void test_zero_rows_and_columns_are_fitted_by_zeros(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++) {
        planted p = plant(1, order, order == 2 ? matrix : cube, 3, 0.2, 0);
        int64_t index[RLRA_MAX_ORDER] = {0};
        do
            if (index[0] == 0 || index[1] == 5 || index[0] == 8)
                *entry_at(&p.data.array, index) = 0;
        while (next_index(&p.data.array, index));
        CHECK(try_everything(&p.data.array, 3, NULL, "zero rows") <= 0.05, "order %d", order);
        fitting f = make_fitting(&p.data.array, 3, "nonneg");
        run_fit(&f);
        assert_true(largest_entry(factor_rows(factor_of(&f, 0), 0, 1)) == 0);
        assert_true(largest_entry(factor_rows(factor_of(&f, 1), 5, 6)) == 0);
        free_fitting(&f);
        free_planted(&p);
    }
}

static void test_zero_data_are_fitted_by_zero(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++)
        for (int s = 0; s < COUNT_OF(starts); s++) {
            planted p = plant(1, order, order == 2 ? matrix : cube, 3, 1, 0);
            fitting f = make_fitting(&p.data.array, 3, "nonneg");
            f.options.init = starts[s];
            if (strcmp(starts[s], "snpa") == 0 && order == 3) {
                free_fitting(&f);
                free_planted(&p);
                continue;
            }
            run_fit(&f);
            CHECK(f.report.objective == 0 && all_finite(&f), "order %d from %s: %g", order, starts[s],
                  f.report.objective);
            free_fitting(&f);
            free_planted(&p);
        }
}

static void test_ranks_of_one_and_beyond_the_dims_work(void **state)
{
    (void)state;
    const int64_t small[] = {3, 4}, tiny[] = {2, 3, 2};
    for (int order = 2; order <= 3; order++) {
        planted one = plant(1, order, order == 2 ? matrix : cube, 1, 0, 0);
        planted more = plant(2, order, order == 2 ? small : tiny, 2, 0, 0);
        CHECK(try_everything(&one.data.array, 1, NULL, "rank 1") <= 1e-5, "order %d", order);
        CHECK(try_everything(&more.data.array, 9, NULL, "rank beyond the dims") <= 1e-2, "order %d", order);
        free_planted(&one);
        free_planted(&more);
    }
}

/* All components of a given start equal, or some of them zero. */
static void duplicate(fitting *f)
{
    numbers from = {1, 0};
    for (int n = 0; n < rlra_model_order(f->model); n++) {
        const factor x = factor_of(f, n);
        for (ptrdiff_t i = 0; i < x.length; i++)
            for (ptrdiff_t k = 0; k < x.rank; k++)
                *entry(x, i, k) = k == 0 ? (real)uniform(&from) : *entry(x, i, 0);
    }
}

static void blank(fitting *f)
{
    duplicate(f);
    for (ptrdiff_t i = 0; i < factor_of(f, 0).length; i++)
        *entry(factor_of(f, 0), i, 1) = 0;
    for (int n = 0; n < rlra_model_order(f->model); n++)
        for (ptrdiff_t i = 0; i < factor_of(f, n).length; i++)
            *entry(factor_of(f, n), i, 2) = 0;
}

static void test_duplicate_and_zero_components_at_the_start_break_nothing(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++) {
        planted p = plant(1, order, order == 2 ? matrix : cube, 3, 0.2, 0.2);
        try_everything(&p.data.array, 3, duplicate, "duplicate components");
        try_everything(&p.data.array, 3, blank, "zero components");
        free_planted(&p);
    }
}

/* Entries that are zero are multiplied by something: they must have been lifted first. */
static void test_mu_leaves_the_zeros_of_its_start(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++) {
        planted p = plant(1, order, order == 2 ? matrix : cube, 3, 0, 0);
        fitting f = long_fitting(&p.data.array, 3, "nonneg");
        f.options.update = "mu";
        f.options.init = "model";
        for (int n = 0; n < order; n++)
            for (ptrdiff_t k = 0; k < 3; k++)
                for (ptrdiff_t i = 0; i < factor_of(&f, n).length; i++)
                    *entry(factor_of(&f, n), i, k) = i % 3 == k ? 1 : 0;
        run_fit(&f);
        CHECK(f.report.relative_error <= 0.15, "order %d: %g", order, f.report.relative_error);
        free_fitting(&f);
        free_planted(&p);
    }
}

static void test_dims_of_one_work(void **state)
{
    (void)state;
    const int64_t shapes_of_one[][3] = {{1, 1, 1}, {1, 7, 1}, {7, 1, 1}, {1, 1, 7}, {5, 1, 6}};
    for (int shape = 0; shape < COUNT_OF(shapes_of_one); shape++)
        for (int order = 2; order <= 3; order++) {
            planted p = plant((uint64_t)shape, order, shapes_of_one[shape], 1, 0, 0);
            CHECK(try_everything(&p.data.array, 1, NULL, "dims of one") <= 1e-5, "shape %d, order %d", shape, order);
            free_planted(&p);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planted_factors_of_matrices_are_found),
        cmocka_unit_test(test_planted_factors_of_tensors_are_found),
        cmocka_unit_test(test_exact_tensors_are_fitted_to_the_last_digits_and_reported_as_such),
        cmocka_unit_test(test_zero_rows_and_columns_are_fitted_by_zeros),
        cmocka_unit_test(test_zero_data_are_fitted_by_zero),
        cmocka_unit_test(test_ranks_of_one_and_beyond_the_dims_work),
        cmocka_unit_test(test_duplicate_and_zero_components_at_the_start_break_nothing),
        cmocka_unit_test(test_mu_leaves_the_zeros_of_its_start),
        cmocka_unit_test(test_dims_of_one_work),
    };
    return cmocka_run_group_tests_name("recovery", tests, NULL, NULL);
}
