/* unit/core/order.c: numbers in falling order, in which those that differ by rounding keep the order of their places. */
#include "core/order.h"

#include <math.h>

#include "rlra/rlra.h"
#include "support/support.h"

enum { MOST = 200 };

static const rlra_dtype dtypes[] = {RLRA_DTYPE_F64, RLRA_DTYPE_F32};

static void sort(rlra_dtype dtype, int64_t count, const double *values, int64_t *order)
{
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    assert_int_equal(rlra_order_falling(context, dtype, count, values, order), RLRA_OK);
    assert_int_equal(rlra_order_first(dtype, count, values), count > 0 && !isnan(values[order[0]]) ? order[0] : -1);
    rlra_context_destroy(context);
}

/* Whole numbers, each somewhat off: the order is that of the whole numbers, then of the places. */
static void test_what_rounding_changes_changes_no_order(void **state)
{
    (void)state;
    for (int t = 0; t < COUNT_OF(dtypes); t++)
        for (int seed = 0; seed < 50; seed++) {
            double values[MOST];
            int64_t order[MOST];
            uint64_t at = (uint64_t)seed * 977 + 1;
            const double off = 0.2 * rlra_tie(dtypes[t]);
            for (int i = 0; i < MOST; i++) {
                at = at * 6364136223846793005u + 1442695040888963407u;
                values[i] = ((double)(at >> 61) - 3) * (1 + off * ((double)(at >> 40 & 0xffff) / 32768.0 - 1));
            }
            sort(dtypes[t], MOST, values, order);
            for (int i = 1; i < MOST; i++) {
                const double before = rint(values[order[i - 1]]), here = rint(values[order[i]]);
                assert_true(before > here || (before == here && order[i - 1] < order[i]));
            }
        }
}

static void test_what_differs_by_more_is_in_order(void **state)
{
    (void)state;
    for (int t = 0; t < COUNT_OF(dtypes); t++) {
        const double more = 1 + 3 * rlra_tie(dtypes[t]);
        const double values[] = {1, more, -more, -1, 0, 1e-300, -1e-300, INFINITY, -INFINITY, NAN, 1, INFINITY};
        static const int64_t expected[] = {7, 11, 1, 0, 10, 5, 4, 6, 3, 2, 8, 9};
        int64_t order[12];
        sort(dtypes[t], 12, values, order);
        assert_memory_equal(order, expected, sizeof expected);
    }
}

/* Each ties with the next, the first not with the last: the order is one all the same, and places decide near the largest only. */
static void test_a_chain_of_ties_does_not_reach_further_than_one_tie(void **state)
{
    (void)state;
    double values[MOST];
    int64_t order[MOST];
    for (int i = 0; i < MOST; i++)
        values[i] = 1 + 0.3 * i * rlra_tie(RLRA_DTYPE_F64);
    sort(RLRA_DTYPE_F64, MOST, values, order);
    for (int i = 0; i < MOST; i++)
        for (int j = i + 1; j < MOST; j++)
            assert_true(values[order[i]] > values[order[j]] * (1 - 1.1 * rlra_tie(RLRA_DTYPE_F64)));
}

static void test_the_second_number_decides_between_ties_of_the_first(void **state)
{
    (void)state;
    const double tie = rlra_tie(RLRA_DTYPE_F64);
    order_item items[] = {{{1, 2}, 0}, {{1 + tie / 8, 1}, 1}, {{1 - tie / 8, 2 + tie}, 2}, {{5, 0}, 3}, {{1, 3}, 4}};
    static const int64_t expected[] = {3, 4, 0, 2, 1};
    rlra_order_items(items, 5, tie);
    for (int i = 0; i < 5; i++)
        assert_int_equal(items[i].place, expected[i]);
}

static void test_nothing_and_no_numbers(void **state)
{
    (void)state;
    const double none[] = {NAN, NAN};
    int64_t order[2];
    sort(RLRA_DTYPE_F64, 0, none, order);
    sort(RLRA_DTYPE_F64, 2, none, order);
    assert_true(order[0] == 0 && order[1] == 1);
    assert_int_equal(rlra_order_falling(NULL, RLRA_DTYPE_F64, 2, NULL, order), RLRA_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_rounding_changes_changes_no_order),
        cmocka_unit_test(test_what_differs_by_more_is_in_order),
        cmocka_unit_test(test_a_chain_of_ties_does_not_reach_further_than_one_tie),
        cmocka_unit_test(test_the_second_number_decides_between_ties_of_the_first),
        cmocka_unit_test(test_nothing_and_no_numbers),
    };
    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
