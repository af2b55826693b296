/* unit/report/raster.c: the range of a map leaves out the few extreme pixels, so that one hot pixel darkens nothing. */
#include "unit/report/sample.h"

#include "core/number.h"
#include "report/raster.h"

enum { SIDE = 30, PIXELS = SIDE * SIDE, BANDS = 6, RANK = 2 };

static void test_the_range_leaves_out_the_given_parts_on_either_side(void **state)
{
    static const struct {
        double low, high;
        int first, last; /* of the numbers 0 .. 1000, in any order, among others that are not finite */
    } cases[] = {
        {0, 1, 0, 1000}, {0.02, 0.98, 20, 980}, {0, 0.995, 0, 995}, {0.005, 0.995, 5, 995}, {0.5, 0.5, 500, 500}};
    double values[1003], sorted[1003];
    canvas c = {.count = 1003, .values = values, .sorted = sorted};
    (void)state;
    for (int i = 0; i <= 1000; i++)
        values[i] = (i * 37) % 1001; /* 37 and 1001 have no common divisor */
    values[1001] = NAN;
    values[1002] = -INFINITY;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        double range[2];
        rlra_canvas_range(&c, cases[k].low, cases[k].high, range);
        assert_true(range[0] == cases[k].first && range[1] == cases[k].last);
    }
}

static void test_the_range_of_one_value_and_of_none(void **state)
{
    double values[] = {NAN, 3}, sorted[2], range[2];
    canvas c = {.count = 2, .values = values, .sorted = sorted};
    (void)state;
    rlra_canvas_range(&c, 0.02, 0.98, range);
    assert_true(range[0] == 3 && range[1] == 3);
    c.count = 1;
    rlra_canvas_range(&c, 0.02, 0.98, range);
    assert_true(range[0] == 0 && range[1] == 0);
}

/* The upper end of the k-th map whose text begins with `title`. */
static double high_of(const char *text, const char *title, int k)
{
    static const char high[] = "data-high=\"";
    for (; k >= 0; k--) {
        text = strstr(text, title);
        assert_non_null(text);
        text += strlen(title);
    }
    text = strstr(text, high);
    assert_non_null(text);
    double end = NAN;
    assert_non_null(rlra_number_read(text + strlen(high), '.', &end));
    return end;
}

/* Three pixels of 900 are fewer than what a map leaves out. */
static int is_hot(int64_t pixel)
{
    return pixel % 400 == 7;
}

static void test_a_few_hot_pixels_do_not_darken_a_map(void **state)
{
    sample s;
    (void)state;
    make_scene(&s, SIDE, SIDE, BANDS, RANK);
    const rlra_array a = rlra_model_factor(s.model, 1);
    for (int64_t k = 0; k < RANK; k++)
        for (int64_t i = 0; i < PIXELS; i++)
            ((double *)a.data)[i * a.strides[0] + k * a.strides[1]] = is_hot(i) ? 1e6 : 0.5 + 0.4 * sin((double)i);
    char *const text = write_page(&s);
    for (int k = 0; k < RANK; k++) {
        const double high = high_of(text, "alt=\"Abundance map: ", k);
        assert_true(high > 0.8 && high <= 0.9);
    }
    free(text);
    clear_sample(&s);
}

/* The model is exact but there. */
static void test_a_few_bad_pixels_do_not_darken_the_residual(void **state)
{
    sample s;
    (void)state;
    make_scene(&s, SIDE, SIDE, BANDS, RANK);
    for (int64_t e = 0; e < PIXELS * BANDS; e++)
        s.cube[e] *= is_hot(e / BANDS) ? 1e6 * (double)(1 + e % BANDS) : 1;
    char *const text = write_page(&s);
    assert_true(high_of(text, "<h3>Residual</h3>", 0) < 1e-6);
    free(text);
    clear_sample(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_range_leaves_out_the_given_parts_on_either_side),
        cmocka_unit_test(test_the_range_of_one_value_and_of_none),
        cmocka_unit_test(test_a_few_hot_pixels_do_not_darken_a_map),
        cmocka_unit_test(test_a_few_bad_pixels_do_not_darken_the_residual),
    };
    return cmocka_run_group_tests_name("raster", tests, NULL, NULL);
}
