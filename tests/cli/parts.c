/* tests/cli/parts.c: the parts of the command line that compute: assignment, angles, nearest names, text. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spectra.h"
#include "text.h"
#include "waves.h"

/* A small generator of numbers in [0, 1): the same in every run. */
static double next_number(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*state >> 40) / 16777216.0;
}

static double least_by_trying(int count, const double *cost, int row, unsigned used)
{
    if (row == count)
        return 0.0;
    double least = INFINITY;
    for (int j = 0; j < count; ++j) {
        if (used & 1u << j)
            continue;
        const double rest = least_by_trying(count, cost, row + 1, used | 1u << j);
        least = fmin(least, cost[row * count + j] + rest);
    }
    return least;
}

static void test_assignment_equals_the_best_of_all(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 200; ++round) {
        const int count = 1 + round % 6;
        double cost[36];
        int assigned[6];
        unsigned used = 0;
        double sum = 0.0;
        for (int i = 0; i < count * count; ++i)
            cost[i] = round % 3 == 0 ? floor(3.0 * next_number(&seed)) : next_number(&seed) - 0.5;
        assign_least(count, cost, assigned);
        for (int i = 0; i < count; ++i) {
            sum += cost[i * count + assigned[i]];
            used |= 1u << assigned[i];
        }
        assert_int_equal(used, (1u << count) - 1);
        assert_true(fabs(sum - least_by_trying(count, cost, 0, 0)) < 1e-12);
    }
}

static void test_angle_does_not_see_scale(void **state)
{
    (void)state;
    const double a[] = {1.0, 0.0}, b[] = {3.0, 3.0}, zero[] = {0.0, 0.0}, opposite[] = {-2.0, 0.0};
    assert_true(fabs(spectral_angle(2, a, b) - acos(-1.0) / 4.0) < 1e-15);
    assert_true(spectral_angle(2, b, b) < 1e-7);
    assert_true(fabs(spectral_angle(2, a, opposite) - acos(-1.0)) < 1e-15);
    assert_true(isnan(spectral_angle(2, a, zero)));
}

static void test_distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(name_distance("tolerance", "tolerance"), 0);
    assert_int_equal(name_distance("max-sweeps", "max_sweeps"), 0);
    assert_int_equal(name_distance("nfm", "nmf"), 1);
    assert_int_equal(name_distance("tolerence", "tolerance"), 1);
    assert_int_equal(name_distance("", "abc"), 3);
    char longer[200];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(name_distance(longer, "a"), 200);
}

static void test_nearest_offers_nothing_far(void **state)
{
    (void)state;
    nearest near = nearest_start("frobnicate");
    nearest_offer(&near, "tolerance");
    nearest_offer(&near, "seed");
    assert_null(near.found);
    near = nearest_start("thread");
    nearest_offer(&near, "tolerance");
    nearest_offer(&near, "threads");
    assert_string_equal(near.found, "threads");
}

static void test_text_becomes_valid_utf8(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"plain", "plain"},
        {"\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9"},
        {"a\xff\x62", "a?b"},
        {"\xc3", "?"},
        {"\xc0\x80", "??"},
        {"\xed\xa0\x80", "???"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
        {"\xf5\x80\x80\x80", "????"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; ++i) {
        char *const valid = text_valid(pairs[i][0]);
        assert_string_equal(valid, pairs[i][1]);
        free(valid);
    }
}

static void test_words_are_whole(void **state)
{
    (void)state;
    assert_true(word_in("nmf cp unmix", "cp"));
    assert_false(word_in("nmf cp unmix", "c"));
    assert_false(word_in("nmf cp unmix", "cpx"));
    assert_false(word_in("nmf cp unmix", ""));
    assert_false(word_in("", "nmf"));
}

/* On a line between the nearest wavelengths below and above, found by trying all of them. */
static double on_line(int count, const double *waves, const double *values, double at)
{
    int low = -1, high = -1;
    for (int i = 0; i < count; ++i) {
        if (waves[i] <= at && (low < 0 || waves[i] > waves[low]))
            low = i;
        if (waves[i] >= at && (high < 0 || waves[i] < waves[high]))
            high = i;
    }
    if (low < 0 || high < 0)
        return NAN;
    if (low == high)
        return values[low];
    return values[low] + (values[high] - values[low]) * (at - waves[low]) / (waves[high] - waves[low]);
}

static void test_spectra_are_resampled_on_lines(void **state)
{
    enum { COUNT = 9, WANTED = 40 };
    double waves[COUNT] = {700, 400, 950, 455.5, 610, 1300, 820, 500, 1100};
    double values[COUNT], wanted[WANTED], came[WANTED];
    int outside = 0;
    (void)state;
    for (int i = 0; i < COUNT; ++i)
        values[i] = 1 + i * i % 7;
    for (int b = 0; b < WANTED; ++b)
        wanted[b] = b % 5 == 0 ? waves[b / 5] : 350 + 25 * b;
    resampling plan = resampling_make(COUNT, waves, WANTED, wanted);
    resampling_apply(&plan, values, came);
    for (int b = 0; b < WANTED; ++b) {
        const double right = on_line(COUNT, waves, values, wanted[b]);
        outside += isnan(right);
        assert_true(isnan(right) ? isnan(came[b]) : fabs(came[b] - right) < 1e-12);
    }
    assert_int_equal(plan.outside, outside);
    assert_true(outside > 0 && outside < WANTED);
    resampling_clear(&plan);
}

static void test_rounding_is_not_outside(void **state)
{
    const double waves[] = {400, 500}, values[] = {1, 2};
    const double wanted[] = {0.4 * 1000 * (1 - 1e-9), 500 * (1 + 1e-9), 399.9, 500.1};
    double came[4];
    (void)state;
    resampling plan = resampling_make(2, waves, 4, wanted);
    resampling_apply(&plan, values, came);
    assert_true(came[0] == 1 && came[1] == 2 && isnan(came[2]) && isnan(came[3]));
    resampling_clear(&plan);
}

static void test_units_of_wavelengths_are_understood(void **state)
{
    static const struct {
        const char *unit;
        double last, scale;
    } cases[] = {{"Nanometers", 0.5, 1}, {"nm", 900, 1},           {"Micrometers", 2.5, 1000},
                 {"um", 2.5, 1000},      {"\xc2\xb5m", 900, 1000}, {NULL, 900, 1},
                 {NULL, 2.5, 1000},      {"Unknown", 900, 1},      {"", 2.5, 1000},
                 {"Wavenumber", 9, 0},   {"Index", 3, 0}};
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; ++k)
        assert_true(waves_scale(cases[k].unit, &cases[k].last, 1) == cases[k].scale);
}

static void test_angles_are_those_of_bands_that_both_have(void **state)
{
    const double a[] = {1, NAN, 0, 5}, b[] = {1, 3, 1, NAN};
    (void)state;
    assert_true(fabs(spectral_angle(4, a, b) - acos(sqrt(0.5))) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_assignment_equals_the_best_of_all),
        cmocka_unit_test(test_angle_does_not_see_scale),
        cmocka_unit_test(test_distance_counts_edits),
        cmocka_unit_test(test_nearest_offers_nothing_far),
        cmocka_unit_test(test_text_becomes_valid_utf8),
        cmocka_unit_test(test_words_are_whole),
        cmocka_unit_test(test_spectra_are_resampled_on_lines),
        cmocka_unit_test(test_rounding_is_not_outside),
        cmocka_unit_test(test_units_of_wavelengths_are_understood),
        cmocka_unit_test(test_angles_are_those_of_bands_that_both_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
