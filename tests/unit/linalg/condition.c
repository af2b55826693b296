/* unit/linalg/condition.c: the condition of Gram matrices against their singular values, whatever the scales of the columns. */
#include "linalg/condition.h"

#include <float.h>
#include <math.h>

#include "linalg/svd.h"
#include "support/meter.h"

#define MOST 24
#define ROWS 40

/* Columns with a common part, so that conditions go from 1 to 1e8, of lengths from 1e-3 to 1e3. */
static void fill(numbers *from, ptrdiff_t size, double *w, double *gram, double *unit)
{
    const double common = pow(10, 3 * uniform(from)) - 1;
    double shared[ROWS];
    for (ptrdiff_t i = 0; i < ROWS; i++)
        shared[i] = normal(from);
    for (ptrdiff_t k = 0; k < size; k++) {
        double square = 0;
        for (ptrdiff_t i = 0; i < ROWS; i++) {
            unit[k * ROWS + i] = common * shared[i] + normal(from);
            square += unit[k * ROWS + i] * unit[k * ROWS + i];
        }
        const double length = pow(10, 6 * uniform(from) - 3);
        for (ptrdiff_t i = 0; i < ROWS; i++) {
            unit[k * ROWS + i] /= sqrt(square);
            w[k * ROWS + i] = length * unit[k * ROWS + i];
        }
    }
    for (ptrdiff_t k = 0; k < size; k++)
        for (ptrdiff_t l = 0; l < size; l++) {
            gram[k * size + l] = 0;
            for (ptrdiff_t i = 0; i < ROWS; i++)
                gram[k * size + l] += w[k * ROWS + i] * w[l * ROWS + i];
        }
}

static void test_condition_is_that_of_the_singular_values(void **state)
{
    (void)state;
    static double w[MOST * ROWS], unit[MOST * ROWS], gram[MOST * MOST], sigma[MOST], v[MOST * MOST],
        work[MOST * (MOST + 3)];
    for (uint64_t seed = 0; seed < 400; seed++) {
        numbers from = {seed, 0};
        const ptrdiff_t size = 1 + below(&from, MOST);
        fill(&from, size, w, gram, unit);
        assert_true(rlra_condition_doubles(size) <= COUNT_OF(work));
        const double condition = rlra_condition(size, gram, work);
        rlra_svd_small(ROWS, size, unit, sigma, v);
        const double expected = pow(sigma[0] / sigma[size - 1], 2);
        CHECK(fabs(condition - expected) <= (1e-3 + 1e-13 * expected) * expected, "seed %d, size %td: %g, not %g",
              (int)seed, size, condition, expected);
    }
}

static void test_dependent_columns_have_no_condition(void **state)
{
    (void)state;
    double work[3 * 6];
    const double twins[] = {1, 1, 0, 1, 1, 0, 0, 0, 2}, zero[] = {1, 0, 0, 0}, orthogonal[] = {4, 0, 0, 1e-6};
    const double nan[] = {1, NAN, NAN, 1}, infinite[] = {INFINITY, 0, 0, 1};
    assert_true(isinf(rlra_condition(3, twins, work)));
    assert_true(isinf(rlra_condition(2, zero, work)));
    assert_true(isnan(rlra_condition(2, nan, work)));
    assert_true(isnan(rlra_condition(2, infinite, work)));
    assert_true(fabs(rlra_condition(2, orthogonal, work) - 1) < 1e-3);
    assert_true(fabs(rlra_condition(1, orthogonal, work) - 1) < 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_condition_is_that_of_the_singular_values),
        cmocka_unit_test(test_dependent_columns_have_no_condition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
