/* Colour scales run from dark to light without a step back, and values find their colour. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "report/palette.h"

/* Relative luminance of an sRGB colour (IEC 61966-2-1). */
static double luminance(const unsigned char *colour)
{
    static const double parts[3] = {0.2126, 0.7152, 0.0722};
    double sum = 0.0;
    for (int c = 0; c < 3; c++) {
        const double v = colour[c] / 255.0;
        sum += parts[c] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static void test_palette_grows_lighter(void **state)
{
    (void)state;
    static const palette_name names[] = {PALETTE_VIRIDIS, PALETTE_INFERNO};
    for (int n = 0; n < 2; n++) {
        unsigned char colours[3 * PALETTE_COLOURS];
        rlra_palette_fill(names[n], colours);
        for (int i = 5; i < PALETTE_COLOURS; i++)
            assert_true(luminance(colours + 3 * i) > luminance(colours + 3 * (i - 4)));
    }
}

static void test_palette_has_its_ends(void **state)
{
    (void)state;
    unsigned char colours[3 * PALETTE_COLOURS];
    rlra_palette_fill(PALETTE_VIRIDIS, colours);
    const unsigned char first[3] = {0x44, 0x01, 0x54}, last[3] = {0xfd, 0xe7, 0x25};
    assert_memory_equal(colours + 3, first, 3);
    assert_memory_equal(colours + 3 * 255, last, 3);
}

/* Pages read values back from the colours, so that only neighbours may have the same. */
static void test_palette_colours_show_their_place(void **state)
{
    (void)state;
    static const palette_name names[] = {PALETTE_VIRIDIS, PALETTE_INFERNO};
    for (int n = 0; n < 2; n++) {
        unsigned char colours[3 * PALETTE_COLOURS];
        rlra_palette_fill(names[n], colours);
        for (int i = 1; i < PALETTE_COLOURS; i++)
            for (int j = i + 2; j < PALETTE_COLOURS; j++)
                assert_memory_not_equal(colours + 3 * i, colours + 3 * j, 3);
    }
}

static void test_palette_index_clips_and_marks_missing(void **state)
{
    (void)state;
    assert_int_equal(rlra_palette_index(0.0, 0.0, 2.0), 1);
    assert_int_equal(rlra_palette_index(2.0, 0.0, 2.0), 255);
    assert_int_equal(rlra_palette_index(1.0, 0.0, 2.0), 128);
    assert_int_equal(rlra_palette_index(-7.0, 0.0, 2.0), 1);
    assert_int_equal(rlra_palette_index(1e300, 0.0, 2.0), 255);
    assert_int_equal(rlra_palette_index(NAN, 0.0, 2.0), 0);
    assert_int_equal(rlra_palette_index(INFINITY, 0.0, 2.0), 0);
    assert_int_equal(rlra_palette_index(3.0, 3.0, 3.0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_palette_grows_lighter),
        cmocka_unit_test(test_palette_has_its_ends),
        cmocka_unit_test(test_palette_colours_show_their_place),
        cmocka_unit_test(test_palette_index_clips_and_marks_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
