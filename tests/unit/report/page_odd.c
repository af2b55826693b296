/* Pages about odd things: hostile names, missing values, tiny scenes, too little memory. */
#include "sample.h"

static void test_page_hostile_names_stay_text(void **state)
{
    (void)state;
    static const char evil[] = "</script><script>alert(1)</script><!-- \"'&\\ \x01\xff";
    const char *const names[] = {evil, "", NULL};
    const char *const modes[] = {evil, evil};
    const rlra_page_row evil_rows[] = {{evil, evil}};
    const char *const evil_cells[] = {evil};
    const rlra_page_table evil_table = {evil, 1, 1, evil_cells, evil_cells};
    sample s;
    make_scene(&s, 4, 4, 12, 3);
    char *const honest = write_page(&s);
    s.scene.wavelength_unit = evil;
    s.page.title = s.page.subtitle = s.page.command = evil;
    s.page.summary = s.page.options = evil_rows;
    s.page.summary_count = s.page.option_count = 1;
    s.page.tables = &evil_table;
    s.page.component_names = names;
    s.page.mode_names = modes;
    char *const text = write_page(&s);
    assert_null(strstr(text, "alert(1)</"));
    assert_null(strstr(text, "<script>alert"));
    assert_int_equal(count_text(text, "<script"), count_text(honest, "<script"));
    assert_int_equal(count_text(text, "</script"), count_text(honest, "</script"));
    assert_int_equal(count_text(text, "<!--"), 0);
    assert_int_equal(check_data(text), 4);
    check_offline(text);
    free(text);
    free(honest);
    clear_sample(&s);
}

static void test_page_without_anything_is_a_page(void **state)
{
    (void)state;
    sample s;
    make_scene(&s, 2, 2, 3, 1);
    s.page = (rlra_page){0};
    char *const text = write_page(&s);
    assert_memory_equal(text, "<!DOCTYPE html>", 15);
    assert_null(strstr(text, "<section"));
    assert_non_null(strstr(text, "</html>"));
    free(text);
    clear_sample(&s);
}

static void test_page_leaves_out_what_is_not_given(void **state)
{
    (void)state;
    sample s;
    make_scene(&s, 3, 4, 5, 2);
    s.page.model = NULL;
    s.page.sweeps = NULL;
    s.page.tables = NULL;
    s.page.options = NULL;
    char *text = write_page(&s);
    assert_non_null(strstr(text, "<h3>Composite"));
    assert_null(strstr(text, "<h3>Residual"));
    assert_null(strstr(text, "id=\"abundances\""));
    free(text);
    s.page.model = s.model;
    s.scene.cube.data = NULL;
    s.scene.wavelengths = NULL;
    text = write_page(&s);
    assert_null(strstr(text, "id=\"scene\""));
    assert_non_null(strstr(text, "id=\"abundances\""));
    assert_non_null(strstr(text, "\"xLabel\":\"Band\""));
    free(text);
    clear_sample(&s);
}

static void test_page_survives_missing_values(void **state)
{
    (void)state;
    sample s;
    make_scene(&s, 5, 5, 8, 2);
    for (int64_t e = 0; e < 5 * 5 * 8; e += 3)
        s.cube[e] = e % 2 ? NAN : INFINITY;
    memset(s.cube, 0, 8 * sizeof *s.cube);
    const rlra_array a = rlra_model_factor(s.model, 1), f = rlra_model_factor(s.model, 0);
    for (int64_t i = 0; i < 25; i++)
        ((double *)a.data)[i * a.strides[0]] = NAN;
    ((double *)f.data)[0] = INFINITY;
    s.wavelengths[3] = NAN;
    for (int i = 0; i < 40; i++)
        s.sweeps[i].objective = i % 2 ? NAN : -1.0;
    s.sweeps[39].seconds = INFINITY;
    char *const text = write_page(&s);
    assert_int_equal(check_data(text), 3);
    free(text);
    clear_sample(&s);
}

static void test_page_small_scenes_work(void **state)
{
    (void)state;
    static const int64_t shapes[][4] = {{1, 1, 1, 1}, {1, 1, 200, 1}, {1, 64, 3, 2}, {64, 1, 2, 1}, {3, 3, 4, 30}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        sample s;
        make_scene(&s, shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3]);
        char *const text = write_page(&s);
        assert_int_equal(check_data(text), 4);
        check_offline(text);
        free(text);
        clear_sample(&s);
    }
}

static void test_page_refuses_a_scene_of_another_shape(void **state)
{
    (void)state;
    sample s;
    make_scene(&s, 3, 4, 5, 2);
    s.scene.height = 4;
    assert_int_equal(rlra_page_write(s.context, &s.page, s.path), RLRA_ERR_SHAPE);
    s.scene.height = 3;
    s.scene.pixel_factor = 7;
    assert_int_equal(rlra_page_write(s.context, &s.page, s.path), RLRA_ERR_ARGUMENT);
    assert_non_null(strstr(rlra_context_message(s.context), "factor is 7"));
    s.scene.pixel_factor = 0;
    assert_int_equal(rlra_page_write(s.context, &s.page, s.path), RLRA_ERR_SHAPE);
    s.scene.pixel_factor = 1;
    s.scene.band_factor = 1;
    assert_int_equal(rlra_page_write(s.context, &s.page, s.path), RLRA_ERR_SHAPE);
    s.scene.band_factor = 0;
    s.scene.width = 0;
    assert_int_equal(rlra_page_write(s.context, &s.page, s.path), RLRA_ERR_SHAPE);
    assert_int_equal(rlra_page_write(s.context, NULL, s.path), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_page_write(s.context, &s.page, NULL), RLRA_ERR_ARGUMENT);
    assert_int_equal(access(s.path, F_OK), -1);
    clear_sample(&s);
}

typedef struct ration {
    long allowed, taken;
} ration;

static void *take(void *user, size_t bytes)
{
    ration *const left = user;
    return left->taken++ < left->allowed ? malloc(bytes) : NULL;
}

static void give_back(void *user, void *memory)
{
    (void)user;
    free(memory);
}

static void test_page_failed_allocation_leaves_no_file(void **state)
{
    (void)state;
    ration left = {1L << 40, 0};
    const rlra_allocator allocator = {take, give_back, &left};
    rlra_context *poor = NULL;
    sample s;
    make_scene(&s, 4, 4, 6, 2);
    assert_int_equal(rlra_context_create(&allocator, &poor), RLRA_OK);
    const long before = left.taken;
    assert_int_equal(rlra_page_write(poor, &s.page, s.path), RLRA_OK);
    const long needed = left.taken - before;
    assert_true(needed > 20);
    unlink(s.path);
    for (long n = 0; n < needed; n++) {
        left = (ration){n, 0};
        assert_int_equal(rlra_page_write(poor, &s.page, s.path), RLRA_ERR_MEMORY);
        assert_non_null(strstr(rlra_context_message(poor), "memory"));
        assert_int_equal(access(s.path, F_OK), -1);
    }
    rlra_context_destroy(poor);
    clear_sample(&s);
}

static void test_page_unwritable_path_is_reported(void **state)
{
    (void)state;
    sample s;
    make_scene(&s, 2, 2, 3, 1);
    assert_int_equal(rlra_page_write(s.context, &s.page, "/tmp/no such folder/report.html"), RLRA_ERR_FILE);
    clear_sample(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_hostile_names_stay_text),
        cmocka_unit_test(test_page_without_anything_is_a_page),
        cmocka_unit_test(test_page_leaves_out_what_is_not_given),
        cmocka_unit_test(test_page_survives_missing_values),
        cmocka_unit_test(test_page_small_scenes_work),
        cmocka_unit_test(test_page_refuses_a_scene_of_another_shape),
        cmocka_unit_test(test_page_failed_allocation_leaves_no_file),
        cmocka_unit_test(test_page_unwritable_path_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
