/* unit/linalg/small.c: Cholesky, Jacobi SVD, the eigenvalue bound and small quadratics keep their promises. */
#include "support/meter.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "linalg/cholesky.h"
#include "linalg/quadratic.h"
#include "linalg/svd.h"

#define MOST 64

/* A least squares problem of every unpleasant kind, as Gram matrix and right-hand side. */
typedef struct regression {
    ptrdiff_t rows, size;
    double w[MOST * MOST], gram[MOST * MOST], rhs[MOST];
} regression;

enum { GAUSSIAN, POSITIVE, DUPLICATED, ZERO_COLUMN, BADLY_SCALED, KINDS };

static void fill_matrix(regression *p, int kind, numbers *from)
{
    for (ptrdiff_t k = 0; k < p->size; k++) {
        const double scale = kind == BADLY_SCALED ? pow(10.0, 6.0 * uniform(from) - 3.0) : 1.0;
        for (ptrdiff_t i = 0; i < p->rows; i++)
            p->w[k * p->rows + i] = scale * (kind == GAUSSIAN ? normal(from) : uniform(from));
    }
    double *const last = p->w + (p->size - 1) * p->rows;
    if (kind == DUPLICATED)
        memmove(last, p->w, (size_t)p->rows * sizeof *last);
    if (kind == ZERO_COLUMN)
        memset(last, 0, (size_t)p->rows * sizeof *last);
}

static double dot(ptrdiff_t length, const double *x, const double *y)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < length; i++)
        sum += x[i] * y[i];
    return sum;
}

static regression *make_regression(numbers *from)
{
    regression *const p = malloc(sizeof *p);
    double y[MOST];
    p->size = 1 + below(from, from->seed % 20 == 0 ? MOST : 12);
    p->rows = 1 + below(from, MOST);
    fill_matrix(p, (int)(from->seed % KINDS), from);
    for (ptrdiff_t i = 0; i < p->rows; i++)
        y[i] = 0.3 * normal(from);
    for (ptrdiff_t k = 0; k < p->size; k++) {
        const double weight = uniform(from) < 0.5 ? 0.0 : uniform(from);
        for (ptrdiff_t i = 0; i < p->rows; i++)
            y[i] += weight * p->w[k * p->rows + i];
    }
    for (ptrdiff_t k = 0; k < p->size; k++) {
        p->rhs[k] = dot(p->rows, p->w + k * p->rows, y);
        for (ptrdiff_t l = 0; l < p->size; l++)
            p->gram[k * p->size + l] = dot(p->rows, p->w + k * p->rows, p->w + l * p->rows);
    }
    return p;
}

/* Largest violation of the optimality conditions, relative to the terms of the gradient. */
static double violation(const regression *p, const double *x, int capped)
{
    double slope[MOST], most = 0, scale = DBL_MIN, sum = 0, level = 0;
    for (ptrdiff_t k = 0; k < p->size; k++) {
        double size = fabs(p->rhs[k]);
        slope[k] = p->rhs[k];
        for (ptrdiff_t l = 0; l < p->size; l++) {
            slope[k] -= p->gram[k * p->size + l] * x[l];
            size += fabs(p->gram[k * p->size + l] * x[l]);
        }
        scale = fmax(scale, size);
        sum += x[k];
        assert_true(x[k] >= 0.0);
    }
    assert_true(!capped || sum <= 1.0 + 8.0 * DBL_EPSILON * (double)p->size);
    for (ptrdiff_t k = 0; capped && sum > 1.0 - 1e-10 && k < p->size; k++)
        level += x[k] * slope[k];
    most = fmax(most, -level);
    for (ptrdiff_t k = 0; k < p->size; k++)
        most = fmax(most, x[k] > 0.0 ? fabs(slope[k] - level) : slope[k] - level);
    return most / scale;
}

static void check_quadratics(int capped, double tolerance)
{
    for (uint64_t seed = 0; seed < 2000; seed++) {
        numbers from = {seed, 0};
        double x[MOST];
        quadratic solver;
        regression *const p = make_regression(&from);
        void *const work = malloc(rlra_quadratic_bytes(p->size));
        rlra_quadratic_init(&solver, p->size, p->gram, p->size, DBL_EPSILON, work);
        for (int warm = 0; warm < 2; warm++) {
            for (ptrdiff_t k = 0; k < p->size; k++)
                x[k] = warm && uniform(&from) < 0.5 ? uniform(&from) : 0.0;
            const double value = (capped ? rlra_quadratic_solve_capped : rlra_quadratic_solve)(&solver, p->rhs, x);
            double plain = -dot(p->size, p->rhs, x);
            for (ptrdiff_t k = 0; k < p->size; k++)
                plain += 0.5 * x[k] * dot(p->size, p->gram + k * p->size, x);
            assert_true(fabs(value - plain) <= 1e-12 * (fabs(dot(p->size, p->rhs, x)) + fabs(plain)) + 1e-300);
            if (violation(p, x, capped) > tolerance)
                fail_msg("seed %d, warm %d: KKT violated by %g", (int)seed, warm, violation(p, x, capped));
        }
        free(work);
        free(p);
    }
}

static void test_nnls_meets_kkt_on_singular_duplicated_and_scaled_systems(void **state)
{
    (void)state;
    check_quadratics(0, 1e-13);
}

static void test_simplex_projection_meets_kkt(void **state)
{
    (void)state;
    check_quadratics(1, 1e-12);
}

/* More corners than dimensions: the support is affinely but not linearly independent. */
static void test_projection_on_a_triangle_away_from_zero(void **state)
{
    (void)state;
    const double w[3][2] = {{1, 2}, {2, 1}, {3, 3}}, point[2] = {2.0, 2.0};
    double gram[9], rhs[3], x[3] = {0};
    quadratic solver;
    void *const work = malloc(rlra_quadratic_bytes(3));
    for (int k = 0; k < 3; k++) {
        rhs[k] = dot(2, w[k], point);
        for (int l = 0; l < 3; l++)
            gram[k * 3 + l] = dot(2, w[k], w[l]);
    }
    rlra_quadratic_init(&solver, 3, gram, 3, DBL_EPSILON, work);
    rlra_quadratic_solve_capped(&solver, rhs, x);
    for (int i = 0; i < 2; i++)
        assert_true(fabs(x[0] * w[0][i] + x[1] * w[1][i] + x[2] * w[2][i] - point[i]) < 1e-14);
    assert_true(x[0] + x[1] + x[2] <= 1.0 + 1e-15);
    free(work);
}

/* x = (1, 2, ..) from gram x; whatever the rank, the product is met. */
static void test_cholesky_solves_consistent_singular_systems(void **state)
{
    (void)state;
    double lower[MOST * MOST], rhs[2 * MOST], x[2 * MOST], scratch[2 * MOST];
    for (uint64_t seed = 0; seed < 300; seed++) {
        numbers from = {seed, 0};
        regression *const p = make_regression(&from);
        const ptrdiff_t size = p->size;
        const double ridge = rlra_cholesky_factor(size, p->gram, DBL_EPSILON, lower);
        double scale = 0;
        for (ptrdiff_t k = 0; k < size; k++) {
            rhs[2 * k] = rhs[2 * k + 1] = 0;
            for (ptrdiff_t l = 0; l < size; l++) {
                rhs[2 * k] += p->gram[k * size + l] * (double)(l + 1);
                scale = fmax(scale, fabs(p->gram[k * size + l]) * (double)(l + 1));
            }
        }
        rlra_cholesky_solve_gram(size, p->gram, lower, ridge, 2, rhs, x, 2, scratch);
        for (ptrdiff_t k = 0; k < size; k++) {
            double left = rhs[2 * k];
            for (ptrdiff_t l = 0; l < size; l++)
                left -= p->gram[k * size + l] * x[2 * l];
            assert_true(fabs(left) <= 1e-9 * scale);
            assert_true(x[2 * k + 1] == 0.0);
        }
        free(p);
    }
}

static void test_cholesky_of_zeros_and_of_nan_ends(void **state)
{
    (void)state;
    const double zeros[4] = {0}, poison[4] = {1, NAN, NAN, 1};
    double lower[4], x[2] = {1, 1};
    assert_true(rlra_cholesky_factor(2, zeros, DBL_EPSILON, lower) > 0.0);
    assert_true(isinf(rlra_cholesky_factor(2, poison, DBL_EPSILON, lower)));
    rlra_cholesky_solve(2, lower, x);
    assert_true(x[0] == 0.0 && x[1] == 0.0);
}

static void test_svd_rebuilds_the_matrix_with_orthonormal_factors(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        numbers from = {seed, 0};
        const ptrdiff_t rows = 1 + below(&from, 20), size = 1 + below(&from, 20);
        const double scale = seed % 7 == 0 ? 1e200 : seed % 7 == 1 ? 1e-200 : 1.0;
        double a[400], kept[400], sigma[20], v[400];
        for (ptrdiff_t i = 0; i < rows * size; i++)
            a[i] = kept[i] = scale * normal(&from);
        if (seed % 3 == 0 && size > 1)
            for (ptrdiff_t i = 0; i < rows; i++)
                a[rows + i] = kept[rows + i] = a[i];
        rlra_svd_small(rows, size, a, sigma, v);
        for (ptrdiff_t k = 0; k < size; k++) {
            assert_true(sigma[k] >= 0.0 && (k == 0 || sigma[k] <= sigma[k - 1]));
            for (ptrdiff_t l = 0; l <= k; l++) {
                const double one = k == l;
                assert_true(fabs(dot(size, v + k * size, v + l * size) - one) < 1e-13);
                if (sigma[k] > 1e-10 * sigma[0])
                    assert_true(fabs(dot(rows, a + k * rows, a + l * rows) - one) < 1e-13);
            }
        }
        for (ptrdiff_t j = 0; j < size; j++)
            for (ptrdiff_t i = 0; i < rows; i++) {
                double left = kept[j * rows + i];
                for (ptrdiff_t k = 0; k < size; k++)
                    left -= a[k * rows + i] * sigma[k] * v[k * size + j];
                assert_true(fabs(left) <= 1e-13 * sigma[0]);
            }
    }
}

static void test_eigenvalue_bound_is_above_and_close(void **state)
{
    (void)state;
    double scratch[2 * 400], a[400], sigma[20], v[400], gram[400];
    for (uint64_t seed = 0; seed < 100; seed++) {
        numbers from = {seed, 0};
        const ptrdiff_t size = 1 + below(&from, 20);
        for (ptrdiff_t i = 0; i < size * size; i++)
            a[i] = normal(&from);
        for (ptrdiff_t k = 0; k < size; k++)
            for (ptrdiff_t l = 0; l < size; l++)
                gram[k * size + l] = dot(size, a + k * size, a + l * size);
        rlra_svd_small(size, size, a, sigma, v);
        const double largest = sigma[0] * sigma[0], bound = rlra_eigenvalue_bound(size, gram, scratch);
        assert_true(bound >= largest * (1.0 - 1e-15));
        assert_true(bound <= largest * pow((double)size, 1.0 / 256.0) * (1.0 + 1e-10));
    }
    memset(gram, 0, sizeof gram);
    assert_true(rlra_eigenvalue_bound(3, gram, scratch) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nnls_meets_kkt_on_singular_duplicated_and_scaled_systems),
        cmocka_unit_test(test_simplex_projection_meets_kkt),
        cmocka_unit_test(test_projection_on_a_triangle_away_from_zero),
        cmocka_unit_test(test_cholesky_solves_consistent_singular_systems),
        cmocka_unit_test(test_cholesky_of_zeros_and_of_nan_ends),
        cmocka_unit_test(test_svd_rebuilds_the_matrix_with_orthonormal_factors),
        cmocka_unit_test(test_eigenvalue_bound_is_above_and_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
