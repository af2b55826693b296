/* Thinned series keep their peaks; what is drawn is drawn in place, and data that cannot be drawn breaks nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/chart.h"

static void test_chart_short_series_are_copied(void **state)
{
    (void)state;
    double values[CHART_MOST_PLACES], kept[CHART_MOST_PLACES];
    for (int i = 0; i < CHART_MOST_PLACES; i++)
        values[i] = sin(i);
    assert_int_equal(rlra_chart_thin(values, CHART_MOST_PLACES, kept), CHART_MOST_PLACES);
    assert_memory_equal(values, kept, sizeof values);
    assert_int_equal(rlra_chart_place(CHART_MOST_PLACES, 17), 17);
}

static void test_chart_thinning_keeps_peaks_and_places(void **state)
{
    (void)state;
    static const int counts[] = {CHART_MOST_PLACES + 1, 2 * CHART_MOST_PLACES, 100003};
    for (int c = 0; c < 3; c++) {
        const int count = counts[c];
        double *const values = calloc((size_t)count, sizeof *values), kept[CHART_MOST_PLACES];
        values[count / 3] = 9.0;
        values[count - 1] = -4.0;
        values[7] = NAN;
        const int64_t number = rlra_chart_thin(values, count, kept);
        double least = 0.0, most = 0.0;
        assert_in_range(number, 2, CHART_MOST_PLACES);
        for (int64_t i = 0; i < number; i++) {
            least = fmin(least, kept[i]);
            most = fmax(most, kept[i]);
            assert_false(isnan(kept[i]));
            assert_in_range(rlra_chart_place(count, i), i == 0 ? 0 : rlra_chart_place(count, i - 1), count - 1);
        }
        assert_true(least == -4.0 && most == 9.0);
        free(values);
    }
}

static char *write_chart(const chart *c)
{
    rlra_context *context = NULL;
    html page;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    rlra_html_init(&page, context);
    rlra_chart_write(&page, c);
    rlra_html_bytes(&page, "", 1);
    assert_int_equal(rlra_html_status(&page), RLRA_OK);
    char *const text = malloc(page.used);
    memcpy(text, page.bytes, page.used);
    rlra_html_clear(&page);
    rlra_context_destroy(context);
    return text;
}

static void test_chart_places_points(void **state)
{
    (void)state;
    const double x[] = {0.0, 10.0}, y[] = {0.0, 5.0};
    const chart c = {.title = "t", .x_label = "x", .y_label = "y", .count = 2, .series = 1, .x = x, .y = y};
    char *const text = write_chart(&c);
    /* The corners of the drawing: lower left and upper right. */
    assert_non_null(strstr(text, "d=\"M64 256h0L64 256 748 10\""));
    assert_non_null(strstr(text, "\"x\":[0,10],\"y\":[[0,5]]"));
    free(text);
}

static void test_chart_labels_places_by_their_names(void **state)
{
    (void)state;
    double x[CHART_MOST_LABELS + 1], y[CHART_MOST_LABELS + 1];
    const char *labels[CHART_MOST_LABELS + 1];
    for (int i = 0; i <= CHART_MOST_LABELS; i++) {
        x[i] = y[i] = i;
        labels[i] = i == 0 ? "a < \"b\"" : "s";
    }
    chart c = {.title = "t", .x_label = "x", .y_label = "y", .count = 2, .series = 1, .x = x, .y = y, .labels = labels};
    char *text = write_chart(&c);
    assert_non_null(strstr(text, ">a &lt; &quot;b&quot;</text>"));
    assert_non_null(strstr(text, "\"labels\":[\""));
    free(text);
    /* Too many for the axis. */
    c.count = CHART_MOST_LABELS + 1;
    text = write_chart(&c);
    assert_null(strstr(text, ">a &lt; &quot;b&quot;</text>"));
    assert_non_null(strstr(text, "\"labels\":[\""));
    free(text);
}

static void test_chart_survives_what_cannot_be_drawn(void **state)
{
    (void)state;
    static const double rows[][3] = {
        {NAN, NAN, NAN},        {INFINITY, 1.0, -INFINITY}, {0.0, 0.0, 0.0},           {-1.0, -2.0, -3.0},
        {1e308, -1e308, 1e308}, {5e-324, 1e-310, 0.0},      {1.0, 1.0 + 2.3e-16, 1.0}, {7.0, 7.0, 7.0}};
    static const double x[] = {1.0, 2.0, 3.0};
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        for (int count = 1; count <= 3; count += 2) {
            const chart c = {.title = "</script>",
                             .x_label = "x",
                             .y_label = "y",
                             .logarithmic = i % 2 == 1,
                             .count = count,
                             .series = 1,
                             .x = x,
                             .y = rows[i / 2]};
            char *const text = write_chart(&c);
            assert_null(strstr(text, "nan"));
            assert_null(strstr(text, "inf"));
            free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chart_short_series_are_copied),
        cmocka_unit_test(test_chart_thinning_keeps_peaks_and_places),
        cmocka_unit_test(test_chart_places_points),
        cmocka_unit_test(test_chart_labels_places_by_their_names),
        cmocka_unit_test(test_chart_survives_what_cannot_be_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
