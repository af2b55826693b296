/* Whole pages: every section is there, inside the page, and shows what is in the data. */
#include "sample.h"

#include "core/number.h"
#include "report/asset.h"

static void test_page_has_every_section(void **state)
{
    (void)state;
    static const char *const parts[] = {"id=\"summary\"",
                                        "id=\"scene\"",
                                        "id=\"spectra\"",
                                        "id=\"abundances\"",
                                        "id=\"convergence\"",
                                        "class=\"table\"",
                                        "id=\"reproduce\"",
                                        "Best matches",
                                        "rlra unmix scene.npy -r 3 --out there",
                                        "Wavelength (nm)",
                                        "A scene",
                                        "for tests"};
    sample s;
    make_scene(&s, 6, 5, 40, 3);
    char *const text = write_page(&s);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_non_null(strstr(text, parts[i]));
    /* Charts: spectra, three of the fit. Maps: composite, residual, three components. The third mark is outside. */
    assert_int_equal(check_data(text), 4);
    assert_int_equal(count_text(text, "<figure class=\"map"), 5);
    assert_int_equal(count_text(text, "<span class=\"pin"), 2);
    check_offline(text);
    free(text);
    clear_sample(&s);
}

static void test_page_carries_vega_and_its_licence(void **state)
{
    (void)state;
    if (rlra_asset_vega_bytes == 0)
        skip();
    sample s;
    make_scene(&s, 2, 2, 3, 1);
    char *const text = write_page(&s);
    assert_non_null(strstr(text, "University of Washington Interactive Data Lab"));
    assert_non_null(strstr(text, "expressionInterpreter"));
    assert_null(strstr(text, "sourceMappingURL"));
    free(text);
    clear_sample(&s);
}

static double attribute_after(const char *text, const char *place, const char *name)
{
    const char *const from = strstr(text, place);
    assert_non_null(from);
    const char *const at = strstr(from, name);
    assert_non_null(at);
    double value;
    assert_non_null(rlra_number_read(at + strlen(name), '.', &value));
    return value;
}

static void test_page_exact_model_leaves_no_residual(void **state)
{
    (void)state;
    sample s;
    make_scene(&s, 9, 7, 31, 4);
    char *text = write_page(&s);
    assert_true(attribute_after(text, "<h3>Residual", "data-high=\"") < 64 * 2.3e-16);
    free(text);
    /* Half of every entry missed: the relative residual is one half everywhere. */
    for (int64_t e = 0; e < (int64_t)9 * 7 * 31; e++)
        s.cube[e] *= 2.0;
    text = write_page(&s);
    assert_true(fabs(attribute_after(text, "<h3>Residual", "data-high=\"") - 0.5) < 1e-8);
    free(text);
    clear_sample(&s);
}

static void test_page_tensor_shows_a_chart_for_each_mode(void **state)
{
    (void)state;
    const int64_t dims[4] = {1, 30, 5000, 4};
    const char *const modes[] = {"subject", "emission", NULL, "time"};
    sample s;
    make_scene(&s, 2, 2, 3, 1);
    rlra_model_destroy(s.model);
    assert_int_equal(rlra_model_create(s.context, RLRA_DTYPE_F64, 4, dims, 3, &s.model), RLRA_OK);
    fill_model(s.model);
    const rlra_array weights = rlra_model_weights(s.model);
    ((double *)weights.data)[0] = 12.5;
    s.page.model = s.model;
    s.page.scene = NULL;
    s.page.mode_names = modes;
    double places[4], unordered[30];
    const char *const names[] = {"p"};
    /* What neither rises nor falls is no axis. */
    const rlra_page_mode labelled[4] = {{.labels = names}, {.places = unordered}, {NULL, NULL}, {.places = places}};
    for (int i = 0; i < 4; i++)
        places[i] = 250.5 - i;
    for (int i = 0; i < 30; i++)
        unordered[i] = i % 2;
    s.page.modes = labelled;
    char *const text = write_page(&s);
    assert_int_equal(check_data(text), 4 + 3);
    assert_non_null(strstr(text, "\"xLabel\":\"time\""));
    assert_non_null(strstr(text, "\"x\":[250.5,249.5,248.5,247.5]"));
    assert_non_null(strstr(text, "\"labels\":[\"p\"]"));
    assert_non_null(strstr(text, "emission (index)"));
    assert_non_null(strstr(text, "Index along mode 2"));
    assert_non_null(strstr(text, "Weights of the components: 12.5, 1, 1."));
    assert_non_null(strstr(text, "of every 10 neighbours among 5000"));
    free(text);
    clear_sample(&s);
}

static void test_page_large_scene_is_thinned_and_reports_it(void **state)
{
    (void)state;
    sample s;
    make_scene(&s, 1100, 600, 2, 1);
    char *const text = write_page(&s);
    assert_non_null(strstr(text, "one row and column in 2 is shown"));
    assert_non_null(strstr(text, "width=\"300\" height=\"550\""));
    free(text);
    clear_sample(&s);
}

static void test_page_of_a_usual_scene_is_below_three_megabytes(void **state)
{
    (void)state;
    sample s;
    make_scene(&s, 145, 145, 200, 10);
    /* Noise does not compress: the worst case. */
    const rlra_array a = rlra_model_factor(s.model, 1);
    unsigned seed = 1;
    for (int64_t i = 0; i < 145 * 145 * 10; i++) {
        seed = seed * 1664525u + 1013904223u;
        ((double *)a.data)[i % 21025 * a.strides[0] + i / 21025 * a.strides[1]] = seed / 4294967296.0;
    }
    char *const text = write_page(&s);
    assert_true(strlen(text) < 3000000);
    free(text);
    clear_sample(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_has_every_section),
        cmocka_unit_test(test_page_carries_vega_and_its_licence),
        cmocka_unit_test(test_page_exact_model_leaves_no_residual),
        cmocka_unit_test(test_page_tensor_shows_a_chart_for_each_mode),
        cmocka_unit_test(test_page_large_scene_is_thinned_and_reports_it),
        cmocka_unit_test(test_page_of_a_usual_scene_is_below_three_megabytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
