/* unit/api/array.c: views of arrays: entries, permuted and merged modes, summaries against plain loops. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rlra/array.h"

static void test_contiguous_is_row_major(void **state)
{
    double data[24];
    const rlra_array a = rlra_array_contiguous(RLRA_DTYPE_F64, 3, (const int64_t[]){2, 3, 4}, data);
    (void)state;
    for (int i = 0; i < 24; i++)
        data[i] = i;
    assert_int_equal(rlra_array_count(&a), 24);
    assert_int_equal(a.strides[0], 12);
    assert_int_equal(a.strides[1], 4);
    assert_int_equal(a.strides[2], 1);
    assert_true(rlra_array_get(&a, (const int64_t[]){1, 2, 3}) == 23);
}

static void test_permuted_finds_the_same_entries(void **state)
{
    float data[24];
    const rlra_array a = rlra_array_contiguous(RLRA_DTYPE_F32, 3, (const int64_t[]){2, 3, 4}, data);
    const rlra_array p = rlra_array_permuted(&a, (const int[]){2, 0, 1});
    (void)state;
    for (int i = 0; i < 24; i++)
        data[i] = (float)i;
    assert_int_equal(p.dims[0], 4);
    for (int64_t i = 0; i < 2; i++)
        for (int64_t j = 0; j < 3; j++)
            for (int64_t k = 0; k < 4; k++)
                assert_true(rlra_array_get(&p, (const int64_t[]){k, i, j}) ==
                            rlra_array_get(&a, (const int64_t[]){i, j, k}));
}

static void test_merged_modes_count_in_row_major_order(void **state)
{
    double data[24];
    rlra_array m;
    const rlra_array a = rlra_array_contiguous(RLRA_DTYPE_F64, 3, (const int64_t[]){2, 3, 4}, data);
    (void)state;
    for (int i = 0; i < 24; i++)
        data[i] = i;
    assert_int_equal(rlra_array_merged(&a, 0, 1, &m), RLRA_OK);
    assert_int_equal(m.order, 2);
    assert_int_equal(m.dims[0], 6);
    assert_int_equal(m.dims[1], 4);
    assert_true(rlra_array_get(&m, (const int64_t[]){5, 1}) == 21);
    assert_int_equal(rlra_array_merged(&a, 1, 2, &m), RLRA_OK);
    assert_int_equal(m.dims[1], 12);
    assert_true(rlra_array_get(&m, (const int64_t[]){1, 7}) == 19);
    assert_int_equal(rlra_array_merged(&a, 0, 2, &m), RLRA_OK);
    assert_int_equal(m.order, 1);
}

static void test_merging_modes_that_do_not_follow_is_refused(void **state)
{
    double data[24];
    rlra_array m = {.order = 7};
    const rlra_array a = rlra_array_contiguous(RLRA_DTYPE_F64, 3, (const int64_t[]){2, 3, 4}, data);
    const rlra_array p = rlra_array_permuted(&a, (const int[]){1, 0, 2});
    (void)state;
    assert_int_equal(rlra_array_merged(&p, 0, 1, &m), RLRA_ERR_UNSUPPORTED);
    assert_int_equal(rlra_array_merged(&a, 1, 3, &m), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_array_merged(&a, 2, 1, &m), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_array_merged(&a, -1, 1, &m), RLRA_ERR_ARGUMENT);
    assert_int_equal(m.order, 7);
}

static void test_merging_passes_modes_of_length_one(void **state)
{
    double data[6] = {0, 1, 2, 3, 4, 5};
    const rlra_array a = {RLRA_DTYPE_F64, 4, {2, 1, 3, 1}, {3, 99, 1, -7}, data};
    rlra_array m;
    (void)state;
    assert_int_equal(rlra_array_merged(&a, 0, 3, &m), RLRA_OK);
    assert_int_equal(m.dims[0], 6);
    assert_true(rlra_array_get(&m, (const int64_t[]){4}) == 4);
}

/* Plain loops over all entries. */
static rlra_array_summary reference(const rlra_array *a)
{
    rlra_array_summary s = {.least = NAN, .most = NAN};
    double sum = 0;
    const int64_t count = rlra_array_count(a);
    for (int64_t k = 0; k < count; k++) {
        int64_t index[RLRA_MAX_ORDER], rest = k;
        for (int mode = a->order - 1; mode >= 0; mode--) {
            index[mode] = rest % a->dims[mode];
            rest /= a->dims[mode];
        }
        const double x = rlra_array_get(a, index);
        s.count++;
        s.zeros += x == 0;
        s.negatives += x < 0;
        s.nans += isnan(x);
        s.infinities += isinf(x) != 0;
        if (!isfinite(x))
            continue;
        sum += x;
        s.least = s.least <= x ? s.least : x;
        s.most = s.most >= x ? s.most : x;
    }
    s.mean = sum / (double)(s.count - s.nans - s.infinities);
    return s;
}

static void check_summary(const rlra_array *a)
{
    const rlra_array_summary expected = reference(a);
    rlra_array_summary got;
    assert_int_equal(rlra_array_summarise(a, &got), RLRA_OK);
    assert_int_equal(got.count, expected.count);
    assert_int_equal(got.zeros, expected.zeros);
    assert_int_equal(got.negatives, expected.negatives);
    assert_int_equal(got.nans, expected.nans);
    assert_int_equal(got.infinities, expected.infinities);
    assert_true(got.least == expected.least);
    assert_true(got.most == expected.most);
    assert_true(fabs(got.mean - expected.mean) <= 1e-13 * 10);
}

static double value_at(int64_t i)
{
    static const double odd[] = {0, -0.0, NAN, INFINITY, -INFINITY};
    return i % 7 == 3 ? odd[i / 7 % 5] : (double)(i * 37 % 101) / 10 - 5;
}

static void test_summary_equals_plain_loops(void **state)
{
    static double data[150000];
    static float single[150000];
    static const int64_t shapes[][3] = {{1, 1, 1},    {1, 7, 1},    {3, 5, 7},    {2, 1, 1023},
                                        {1, 2, 1024}, {1, 3, 1025}, {11, 13, 17}, {100, 3, 499}};
    (void)state;
    for (int64_t i = 0; i < 150000; i++)
        single[i] = (float)(data[i] = value_at(i));
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        const rlra_array a = rlra_array_contiguous(RLRA_DTYPE_F64, 3, shapes[k], data);
        const rlra_array f = rlra_array_contiguous(RLRA_DTYPE_F32, 3, shapes[k], single);
        const rlra_array p = rlra_array_permuted(&a, (const int[]){2, 0, 1});
        check_summary(&a);
        check_summary(&f);
        check_summary(&p);
    }
}

static void test_summary_follows_strides(void **state)
{
    double data[200];
    (void)state;
    for (int i = 0; i < 200; i++)
        data[i] = i - 90.5;
    const rlra_array backwards = {RLRA_DTYPE_F64, 2, {5, 9}, {-20, -2}, data + 150};
    const rlra_array repeated = {RLRA_DTYPE_F64, 2, {3, 4}, {0, 1}, data};
    check_summary(&backwards);
    check_summary(&repeated);
}

static void test_summary_of_nothing_finite_has_no_range(void **state)
{
    double data[3] = {NAN, INFINITY, NAN};
    rlra_array_summary s;
    const rlra_array a = rlra_array_contiguous(RLRA_DTYPE_F64, 1, (const int64_t[]){3}, data);
    const rlra_array empty = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){0, 4}, NULL);
    (void)state;
    assert_int_equal(rlra_array_summarise(&a, &s), RLRA_OK);
    assert_true(isnan(s.least) && isnan(s.most) && isnan(s.mean));
    assert_int_equal(s.nans, 2);
    assert_int_equal(rlra_array_summarise(&empty, &s), RLRA_OK);
    assert_int_equal(s.count, 0);
    assert_true(isnan(s.mean));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contiguous_is_row_major),
        cmocka_unit_test(test_permuted_finds_the_same_entries),
        cmocka_unit_test(test_merged_modes_count_in_row_major_order),
        cmocka_unit_test(test_merging_modes_that_do_not_follow_is_refused),
        cmocka_unit_test(test_merging_passes_modes_of_length_one),
        cmocka_unit_test(test_summary_equals_plain_loops),
        cmocka_unit_test(test_summary_follows_strides),
        cmocka_unit_test(test_summary_of_nothing_finite_has_no_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
