/* unit/linalg/ratios.c: the kernels for ratios of data to a model against plain loops. */
#include "support/support.h"

#include "support/kernel_sets.h"

static const ptrdiff_t lengths[] = {0, 1, 2, 3, 5, 7, 13, 31, 64, 65, 256, 257, 511, 513, 1000};

static void check_sums(const char *name, ptrdiff_t length, const real *a, const real *inverse, const real *weight,
                       const double *sums)
{
    double expected[4] = {0};
    for (ptrdiff_t j = 0; j < length; j++) {
        const double e = (double)a[j] * (double)inverse[j], w = (double)weight[j];
        expected[0] += e;
        expected[1] += e * w;
        expected[2] += e * e * w;
        expected[3] = fmax(expected[3], e);
    }
    for (int s = 0; s < 4; s++)
        CHECK(fabs(sums[s] - expected[s]) <= sum_tolerance(length, expected[s]), "%s, length %td, sum %d: %g, not %g",
              name, length, s, sums[s], expected[s]);
}

static void try_shift(const kernels *set, numbers *from, ptrdiff_t length, int keep_ratio)
{
    const real step = (real)(uniform(from) - 0.5), least = (real)0.125;
    real *const a = uniform_rows(from, 1, length, length), *const next = uniform_rows(from, 1, length, length);
    real *const y = uniform_rows(from, 1, length, length), *const model = uniform_rows(from, 1, length, length);
    real *const before = copy_reals(model, length), *const inverse = nan_reals(length),
                *const ratio = nan_reals(length);
    double sums[4] = {NAN, NAN, NAN, NAN};
    for (ptrdiff_t j = 0; j < length; j++)
        y[j] = uniform(from) < 0.3 ? 0 : y[j];
    set->ratio_shift(length, step, a, least, y, model, inverse, keep_ratio ? ratio : NULL, next, sums);
    for (ptrdiff_t j = 0; j < length; j++) {
        const double moved = fmax((double)before[j] + (double)step * (double)a[j], (double)least);
        const double tolerance = 4 * (double)REAL_EPS;
        CHECK(fabs((double)model[j] - moved) <= tolerance, "%s, length %td", set->name, length);
        CHECK(y[j] > 0 ? fabs((double)inverse[j] * (double)model[j] - 1) <= tolerance : inverse[j] == 0,
              "%s, length %td: the inverse", set->name, length);
        if (keep_ratio)
            CHECK(fabs((double)ratio[j] - (double)(y[j] * inverse[j])) <= tolerance * (double)ratio[j],
                  "%s, length %td", set->name, length);
        else
            assert_true(isnan((double)ratio[j]));
    }
    check_sums(set->name, length, next, inverse, keep_ratio ? ratio : y, sums);
    set->ratio_sums(length, a, inverse, y, sums);
    check_sums(set->name, length, a, inverse, y, sums);
    free(a);
    free(next);
    free(y);
    free(model);
    free(before);
    free(inverse);
    free(ratio);
}

static void test_shift_and_sums_equal_plain_loops(void **state)
{
    (void)state;
    numbers from = {1, 0};
    for (int s = 0; set_at(s) != NULL; s++)
        for (int l = 0; l < COUNT_OF(lengths); l++)
            for (int keep = 0; keep < 2; keep++)
                try_shift(set_at(s), &from, lengths[l], keep);
}

static void test_the_largest_speed_of_negative_numbers_is_zero(void **state)
{
    (void)state;
    const real a[5] = {-1, -2, -3, -4, -5}, ones[5] = {1, 1, 1, 1, 1};
    for (int s = 0; set_at(s) != NULL; s++) {
        double sums[4];
        set_at(s)->ratio_sums(5, a, ones, ones, sums);
        assert_true(sums[0] == -15 && sums[1] == -15 && sums[2] == 55 && sums[3] == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shift_and_sums_equal_plain_loops),
        cmocka_unit_test(test_the_largest_speed_of_negative_numbers_is_zero),
    };
    return cmocka_run_group_tests_name("ratios", tests, NULL, NULL);
}
