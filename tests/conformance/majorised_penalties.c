/* conformance/majorised_penalties.c: penalties known by a quadratic bound: the bound holds and touches, and fits descend. */
#include "penalty/penalty.h"
#include "support/fitting.h"

#define MOST 8

/* log det(X^T X + 0.1 I) by elimination. */
static double log_volume(factor x)
{
    double matrix[MOST * MOST], sum = 0;
    const ptrdiff_t rank = x.rank;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l < rank; l++) {
            matrix[k * rank + l] = k == l ? 0.1 : 0;
            for (ptrdiff_t i = 0; i < x.length; i++)
                matrix[k * rank + l] += (double)*entry(x, i, k) * (double)*entry(x, i, l);
        }
    for (ptrdiff_t p = 0; p < rank; p++) {
        sum += log(matrix[p * rank + p]);
        for (ptrdiff_t r = p + 1; r < rank; r++)
            for (ptrdiff_t c = rank - 1; c >= p; c--)
                matrix[r * rank + c] -= matrix[r * rank + p] / matrix[p * rank + p] * matrix[p * rank + c];
    }
    return sum;
}

/* The value of every member; a member without one fails the test: write it down here. */
static const struct {
    const char *name;
    double (*value)(factor x);
} references[] = {{"volume", log_volume}};

static double reference(const char *name, factor x)
{
    for (int r = 0; r < COUNT_OF(references); r++)
        if (strcmp(references[r].name, name) == 0)
            return references[r].value(x);
    fail_msg("the penalty '%s' has no reference in conformance/majorised_penalties.c", name);
    return NAN;
}

/* tr(u Q u^T) / 2 */
static double quadratic(const double *gram, factor u)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < u.rank; k++)
        for (ptrdiff_t l = 0; l < u.rank; l++)
            for (ptrdiff_t i = 0; i < u.length; i++)
                sum += 0.5 * gram[k * u.rank + l] * (double)*entry(u, i, k) * (double)*entry(u, i, l);
    return sum;
}

static void check_bound(numbers *from, const penalty_ops *ops)
{
    const ptrdiff_t length = 1 + below(from, 30), rank = 1 + below(from, MOST);
    const double weight = 0.1 + uniform(from), scale = pow(10, 4 * uniform(from) - 2);
    double gram[MOST * MOST] = {0};
    double *const room = malloc((ops->room(length, rank) + 1) * sizeof *room);
    const factor x = normal_factor(from, length, rank);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < length; i++)
            *entry(x, i, k) *= (real)scale;
    const double value = ops->majorise(weight, x, gram, room), expected = weight * reference(ops->about.name, x);
    const double slack = 1e-9 * (1 + fabs(expected) + quadratic(gram, x)) + 256 * (double)REAL_EPS * fabs(expected);
    CHECK(fabs(value - expected) <= slack, "%s: %.17g, not %.17g", ops->about.name, value, expected);
    assert_true(ops->majorise(weight, x, NULL, room) == value);
    for (int trial = 0; trial < 40; trial++) {
        const factor u = normal_factor(from, length, rank);
        const double step = pow(10, -4 * uniform(from));
        for (ptrdiff_t k = 0; k < rank; k++)
            for (ptrdiff_t i = 0; i < length; i++)
                *entry(u, i, k) = (real)((double)*entry(x, i, k) + step * scale * (double)*entry(u, i, k));
        const double there = weight * reference(ops->about.name, u);
        const double bound = value + quadratic(gram, u) - quadratic(gram, x);
        CHECK(there <= bound + slack, "%s: %.17g above its bound %.17g", ops->about.name, there, bound);
        free(u.at);
    }
    free(room);
    free(x.at);
}

static void test_bounds_hold_and_touch(void **state)
{
    (void)state;
    numbers from = {1, 0};
    int found = 0;
    for (int p = 0; RLRA(penalty_at)(p) != NULL; p++)
        for (int repeat = 0; RLRA(penalty_at)(p)->majorise != NULL && repeat < 300; repeat++, found++)
            check_bound(&from, RLRA(penalty_at)(p));
    assert_true(found > 0);
}

/* What the objective was after each sweep. */
typedef struct seen {
    double last;
    int rises;
} seen;

static void watch(void *user, const rlra_progress *p)
{
    seen *const s = user;
    s->rises += p->sweep > 0 && p->objective > s->last + 64 * (double)REAL_EPS * fabs(s->last);
    s->last = p->objective;
}

static fitting pose(const rlra_array *array, const char *update)
{
    fitting f = empty_fitting(2, array->dims, 4);
    MUST(&f, rlra_problem_add_dense(f.problem, array, 1, NULL));
    MUST(&f, rlra_problem_add_prior(f.problem, 0, "nonneg,volume=0.3"));
    MUST(&f, rlra_problem_add_prior(f.problem, 1, "nonneg,l2=0.01"));
    MUST(&f, rlra_options_set(f.context, &f.options, "update", update));
    return f;
}

/* The largest slope against the constraint of factor 0 over the size of the curvatures: loss and penalty by plain loops. */
static double stationarity(const fitting *f, const rlra_array *array)
{
    const factor w = factor_of(f, 0), h = factor_of(f, 1);
    const double step = 1e-4;
    double worst = 0, norm2 = 0;
    for (ptrdiff_t i = 0; i < w.length; i++)
        for (ptrdiff_t j = 0; j < h.length; j++)
            norm2 += pow(rlra_array_get(array, (const int64_t[]){i, j}), 2);
    for (ptrdiff_t k = 0; k < w.rank; k++)
        for (ptrdiff_t i = 0; i < w.length; i++) {
            double slope = 0, curvature = 0;
            for (ptrdiff_t j = 0; j < h.length; j++) {
                double left = -rlra_array_get(array, (const int64_t[]){i, j});
                for (ptrdiff_t l = 0; l < w.rank; l++)
                    left += (double)*entry(w, i, l) * (double)*entry(h, j, l);
                slope += left * (double)*entry(h, j, k);
                curvature += (double)*entry(h, j, k) * (double)*entry(h, j, k);
            }
            const real kept = *entry(w, i, k);
            *entry(w, i, k) = (real)((double)kept + step);
            const double above = reference("volume", w), up = (double)*entry(w, i, k);
            *entry(w, i, k) = (real)((double)kept - step);
            const double under = reference("volume", w), down = (double)*entry(w, i, k);
            *entry(w, i, k) = kept;
            slope += 0.3 * (above - under) / (up - down);
            const double moved = fmin((double)kept, slope / curvature);
            worst = fmax(worst, curvature * moved * moved);
        }
    return sqrt(worst / norm2);
}

static void test_fits_descend_to_a_stationary_point(void **state)
{
    static const char *const updates[] = {"hals", "fista", "pgd", "admm", "block_pivot", "active_set"};
    const int64_t dims[] = {60, 45};
    numbers from = {2, 0};
    (void)state;
    const factor data = uniform_factor(&from, 45, 60);
    rlra_array array = rlra_array_contiguous(REAL_DTYPE, 2, dims, data.at);
    array.strides[0] = data.stride;
    for (int u = 0; u < COUNT_OF(updates); u++) {
        seen s = {0};
        fitting f = pose(&array, updates[u]);
        f.options.extrapolate = "off";
        f.options.max_sweeps = 40;
        rlra_context_set_progress(f.context, watch, &s);
        run_fit(&f);
        CHECK(s.rises == 0, "%s: the objective rose in %d sweeps", updates[u], s.rises);
        const double first = f.report.objective;
        f.options.extrapolate = "on";
        f.options.init = "model";
        f.options.max_sweeps = 4000;
        f.options.tolerance = sizeof(real) == 4 ? 1e-4 : 1e-6;
        f.options.decrease = 0;
        run_fit(&f);
        assert_true(f.report.objective <= first);
        const double found = stationarity(&f, &array);
        CHECK(f.report.stop == RLRA_STOP_KKT && found <= (sizeof(real) == 4 ? 1e-3 : 2e-6),
              "%s: the fit ends at %g, by plain loops %g", updates[u], f.report.kkt_residual, found);
        free_fitting(&f);
    }
    free(data.at);
}

static void test_what_sees_rows_alone_refuses(void **state)
{
    const int64_t dims[] = {60, 45};
    numbers from = {3, 0};
    (void)state;
    const factor data = uniform_factor(&from, 45, 60);
    rlra_array array = rlra_array_contiguous(REAL_DTYPE, 2, dims, data.at);
    array.strides[0] = data.stride;
    fitting f = pose(&array, "auto");
    f.options.holdout = 0.1;
    assert_int_equal(rlra_fit(f.problem, &f.options, f.model, NULL), RLRA_ERR_UNSUPPORTED);
    assert_non_null(strstr(rlra_context_message(f.context), "'volume'"));
    f.options.holdout = 0;
    f.options.loss = "kl";
    assert_int_equal(rlra_fit(f.problem, &f.options, f.model, NULL), RLRA_ERR_UNSUPPORTED);
    assert_non_null(strstr(rlra_context_message(f.context), "'volume'"));
    f.options.loss = "frobenius";
    f.options.update = "mu";
    assert_int_equal(rlra_fit(f.problem, &f.options, f.model, NULL), RLRA_ERR_UNSUPPORTED);
    assert_non_null(strstr(rlra_context_message(f.context), "'volume'"));
    free_fitting(&f);
    free(data.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds_hold_and_touch),
        cmocka_unit_test(test_fits_descend_to_a_stationary_point),
        cmocka_unit_test(test_what_sees_rows_alone_refuses),
    };
    return cmocka_run_group_tests_name("majorised penalties", tests, NULL, NULL);
}
