/* unit/api/scene.c: which bands and pixels of a scene hold data. */
#include "rlra/unmix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

static rlra_context *context;

enum { BANDS = 5, PIXELS = 7 };

/* The rule once more, by plain loops: bands that no pixel has first, then pixels that lack a band that is left. */
static void expect_parts(const double *scene, const unsigned char *asked_bands, const unsigned char *asked_pixels,
                         unsigned char *bands, unsigned char *pixels)
{
    for (int b = 0; b < BANDS; b++) {
        int have = 0;
        for (int p = 0; p < PIXELS; p++)
            have += asked_pixels[p] && scene[b * PIXELS + p] == scene[b * PIXELS + p];
        bands[b] = asked_bands[b] && have > 0;
    }
    for (int p = 0; p < PIXELS; p++) {
        pixels[p] = asked_pixels[p];
        for (int b = 0; b < BANDS; b++)
            pixels[p] = pixels[p] && (!bands[b] || scene[b * PIXELS + p] == scene[b * PIXELS + p]);
    }
}

/* Holes at the places of a number's bits, marked by NaN or by 0.1f; in both precisions and orders of memory. */
static void try_holes(unsigned holes, int single, int by_pixels, int by_value)
{
    const double ignored = 0.1;
    double scene[BANDS * PIXELS], plain[BANDS * PIXELS];
    float singles[BANDS * PIXELS];
    unsigned char bands[] = {1, 1, 0, 1, 1}, pixels[] = {1, 1, 1, 0, 1, 1, 1};
    unsigned char right_bands[BANDS], right_pixels[PIXELS], asked_bands[BANDS], asked_pixels[PIXELS];
    rlra_unmix_survey found;
    for (int e = 0; e < BANDS * PIXELS; e++) {
        const int at = by_pixels ? e % PIXELS * BANDS + e / PIXELS : e;
        const int hole = (holes >> e % 31 & 1) && e / PIXELS != 4;
        plain[e] = hole ? NAN : 1.0 + e;
        scene[at] = hole ? (by_value ? ignored : NAN) : 1.0 + e;
        singles[at] = (float)scene[at];
    }
    memcpy(asked_bands, bands, BANDS);
    memcpy(asked_pixels, pixels, PIXELS);
    expect_parts(plain, asked_bands, asked_pixels, right_bands, right_pixels);
    const rlra_array array = {single ? RLRA_DTYPE_F32 : RLRA_DTYPE_F64,
                              2,
                              {BANDS, PIXELS},
                              {by_pixels ? 1 : PIXELS, by_pixels ? BANDS : 1},
                              single ? (void *)singles : (void *)scene};
    const rlra_status status = rlra_unmix_find(context, &array, by_value ? &ignored : NULL, bands, pixels, &found);
    assert_memory_equal(bands, right_bands, BANDS);
    assert_memory_equal(pixels, right_pixels, PIXELS);
    int used = 0;
    for (int p = 0; p < PIXELS; p++)
        used += right_pixels[p];
    assert_int_equal(found.pixels, used);
    assert_int_equal(found.missing_pixels, PIXELS - 1 - used);
    assert_int_equal(status, used > 0 ? RLRA_OK : RLRA_ERR_DATA);
}

static void test_what_holds_no_data_is_found(void **state)
{
    (void)state;
    unsigned holes = 1;
    for (int trial = 0; trial < 300; trial++) {
        holes = holes * 1664525U + 1013904223U;
        const unsigned sparse = holes & holes >> 9 & holes << 7;
        try_holes(trial % 3 == 0 ? holes : sparse, trial & 1, trial >> 1 & 1, trial >> 2 & 1);
    }
}

/* -0.1 and -3.4e38 of a file in single precision are other numbers once they are read in double. */
static void test_ignored_values_match_in_either_precision(void **state)
{
    (void)state;
    static const double reported[] = {-9999, -0.1, -3.4028235e38, 0, 1e-3};
    for (int k = 0; k < 10; k++) {
        const double value = reported[k / 2], stored = k % 2 == 0 ? value : (double)(float)value;
        double scene[] = {1, stored, 3, stored};
        float single[] = {1, (float)stored, 3, (float)stored};
        for (int is_single = 0; is_single < 2; is_single++) {
            unsigned char bands[] = {1, 1}, pixels[] = {1, 1};
            rlra_unmix_survey found;
            const rlra_array array = rlra_array_contiguous(is_single ? RLRA_DTYPE_F32 : RLRA_DTYPE_F64, 2,
                                                           (const int64_t[]){2, 2}, is_single ? (void *)single : scene);
            assert_int_equal(rlra_unmix_find(context, &array, &value, bands, pixels, &found), RLRA_OK);
            assert_true(found.ignored_entries == 2 && found.pixels == 1 && !pixels[1]);
            const double other = 7 + value / 2;
            memset(pixels, 1, 2);
            assert_int_equal(rlra_unmix_find(context, &array, &other, bands, pixels, &found), RLRA_OK);
            assert_true(found.ignored_entries == 0 && found.pixels == 2);
        }
    }
}

static void test_scenes_without_use_are_refused(void **state)
{
    (void)state;
    double scene[] = {1, INFINITY, 3, NAN};
    unsigned char bands[] = {1, 1}, pixels[] = {1, 1};
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){2, 2}, scene);
    assert_int_equal(rlra_unmix_find(context, &array, NULL, bands, pixels, NULL), RLRA_OK); /* not in what is used */
    scene[3] = 4;
    memset(pixels, 1, 2);
    assert_int_equal(rlra_unmix_find(context, &array, NULL, bands, pixels, NULL), RLRA_ERR_DATA);
    assert_non_null(strstr(rlra_context_message(context), "infinite in band 0 of pixel 1"));
    assert_non_null(strstr(rlra_context_message(context), "an ignored value of infinity"));
    scene[0] = scene[1] = scene[2] = NAN;
    memset(bands, 1, 2);
    memset(pixels, 0, 2);
    assert_int_equal(rlra_unmix_find(context, &array, NULL, bands, pixels, NULL), RLRA_ERR_DATA);
    assert_int_equal(rlra_unmix_find(context, NULL, NULL, bands, pixels, NULL), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_unmix_find(context, &array, NULL, NULL, pixels, NULL), RLRA_ERR_ARGUMENT);
    const rlra_array cube = rlra_array_contiguous(RLRA_DTYPE_F64, 3, (const int64_t[]){1, 2, 2}, scene);
    assert_int_equal(rlra_unmix_find(context, &cube, NULL, bands, pixels, NULL), RLRA_ERR_SHAPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_holds_no_data_is_found),
        cmocka_unit_test(test_ignored_values_match_in_either_precision),
        cmocka_unit_test(test_scenes_without_use_are_refused),
    };
    if (rlra_context_create(NULL, &context) != RLRA_OK)
        return 1;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rlra_context_destroy(context);
    return failed;
}
