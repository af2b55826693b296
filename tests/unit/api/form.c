/* unit/api/form.c: forms and maps of problems: what is refused leaves the problem as it was, and what is taken back is gone. */
#include <stdio.h>

#include "rlra/rlra.h"
#include "support/meter.h"
#include "support/support.h"

static const int64_t shape[] = {5, 4, 3};
static double entries[60], matrix[15];

typedef struct posed {
    rlra_context *context;
    rlra_problem *problem;
    rlra_array data, map; /* 5 x 4 x 3; 5 x 3 */
} posed;

static void must(const posed *p, rlra_status status)
{
    if (status != RLRA_OK)
        fail_msg("%s", rlra_context_message(p->context));
}

static posed open_posed(const int *factors)
{
    posed p = {.data = rlra_array_contiguous(RLRA_DTYPE_F64, 3, shape, entries),
               .map = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){5, 3}, matrix)};
    for (int e = 0; e < 60; e++)
        entries[e] = 1 + e * 7 % 11;
    for (int e = 0; e < 15; e++)
        matrix[e] = 1 + e * 5 % 7;
    assert_int_equal(rlra_context_create(NULL, &p.context), RLRA_OK);
    must(&p, rlra_problem_create(p.context, &p.problem));
    must(&p, rlra_problem_add_dense(p.problem, &p.data, 1, factors));
    return p;
}

static void close_posed(posed *p)
{
    rlra_problem_destroy(p->problem);
    rlra_context_destroy(p->context);
}

/* The shapes of the factors that the problem asks for, as "5x2 4x2 ..". */
static void expect_shapes(const posed *p, const int64_t *ranks, const char *shapes)
{
    char text[256] = "";
    rlra_model *model;
    must(p, rlra_model_create_for(p->problem, ranks, &model));
    for (int n = 0; n < rlra_model_order(model); n++) {
        const rlra_array f = rlra_model_factor(model, n);
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%dx%d", n == 0 ? "" : " ", (int)f.dims[0], (int)f.dims[1]);
    }
    assert_string_equal(text, shapes);
    rlra_model_destroy(model);
}

static const int64_t ranks[] = {2, 3, 2, 2, 2, 2};

static void test_a_form_is_chosen_once(void **state)
{
    (void)state;
    posed p = open_posed(NULL);
    must(&p, rlra_problem_set_form(p.problem, 0, "kruskal", -1));
    must(&p, rlra_problem_set_form(p.problem, 0, "tucker", 3));
    expect_shapes(&p, ranks, "5x2 4x3 3x2 2x6");
    must(&p, rlra_problem_set_form(p.problem, 0, "tucker", 3));
    expect(p.context, rlra_problem_set_form(p.problem, 0, "tucker", 4), RLRA_ERR_UNSUPPORTED,
           "of the form 'tucker' already, with the core 3");
    expect(p.context, rlra_problem_set_form(p.problem, 0, "kruskal", 0), RLRA_ERR_UNSUPPORTED, "'tucker' already");
    expect_shapes(&p, ranks, "5x2 4x3 3x2 2x6");
    close_posed(&p);
}

static void test_a_core_is_the_factor_of_no_mode(void **state)
{
    static const int to_core[] = {0, 1, 3}, apart[] = {4, 5, 6};
    (void)state;
    posed p = open_posed(NULL);
    expect(p.context, rlra_problem_set_form(p.problem, 0, "tucker", 1), RLRA_ERR_UNSUPPORTED, "such as 3");
    expect(p.context, rlra_problem_set_form(p.problem, 0, "tucker", 99), RLRA_ERR_ARGUMENT, "got 99 for the core");
    expect(p.context, rlra_problem_set_form(p.problem, 0, "tucker", -1), RLRA_ERR_ARGUMENT, "got -1 for the core");
    expect_shapes(&p, (const int64_t[]){2, 2, 2}, "5x2 4x2 3x2");
    must(&p, rlra_problem_set_form(p.problem, 0, "tucker", 3));
    expect(p.context, rlra_problem_add_dense(p.problem, &p.data, 1, to_core), RLRA_ERR_UNSUPPORTED,
           "factor 3 is the core of an earlier term");
    expect_shapes(&p, ranks, "5x2 4x3 3x2 2x6");
    must(&p, rlra_problem_add_dense(p.problem, &p.data, 1, apart));
    expect(p.context, rlra_problem_set_form(p.problem, 1, "tucker", 3), RLRA_ERR_UNSUPPORTED, "such as 7");
    close_posed(&p);
}

/* The number of a core may lie below those of the modes, and any number that is free is named. */
static void test_a_core_has_any_number(void **state)
{
    static const int high[] = {15, 2, 3};
    static const int64_t all[16] = {9, 9, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2};
    (void)state;
    posed p = open_posed((const int[]){1, 2, 3});
    must(&p, rlra_problem_set_form(p.problem, 0, "tucker", 0));
    expect_shapes(&p, (const int64_t[]){0, 2, 3, 2}, "2x6 5x2 4x3 3x2");
    close_posed(&p);
    p = open_posed(high);
    expect(p.context, rlra_problem_set_form(p.problem, 0, "tucker", 15), RLRA_ERR_UNSUPPORTED, "such as 0");
    must(&p, rlra_problem_set_form(p.problem, 0, "tucker", 0));
    rlra_model *model = NULL;
    expect(p.context, rlra_model_create_for(p.problem, all, &model), RLRA_ERR_ARGUMENT, "uses factor 1");
    assert_null(model);
    close_posed(&p);
}

static void test_cores_beyond_any_size_are_refused(void **state)
{
    static const int64_t large[] = {INT64_C(1) << 40, INT64_C(1) << 40, INT64_C(1) << 40, 1};
    (void)state;
    posed p = open_posed(NULL);
    rlra_model *model = NULL;
    rlra_plan plan;
    must(&p, rlra_problem_set_form(p.problem, 0, "tucker", 3));
    expect(p.context, rlra_model_create_for(p.problem, large, &model), RLRA_ERR_MEMORY, "the core of term 0");
    assert_null(model);
    expect(p.context, rlra_fit_plan(p.problem, NULL, INT64_C(1) << 32, &plan), RLRA_ERR_MEMORY, "the core of term 0");
    expect(p.context, rlra_fit_plan(p.problem, NULL, 40000, &plan), RLRA_ERR_MEMORY, "");
    close_posed(&p);
}

static void test_a_map_can_be_taken_back(void **state)
{
    static const int64_t same[] = {2, 2, 2};
    (void)state;
    posed p = open_posed(NULL);
    must(&p, rlra_problem_set_map(p.problem, 0, 0, &p.map));
    expect_shapes(&p, same, "3x2 4x2 3x2");
    rlra_array wrong = p.map;
    wrong.dims[0] = 4;
    expect(p.context, rlra_problem_set_map(p.problem, 0, 0, &wrong), RLRA_ERR_SHAPE, "5 rows");
    wrong = p.map;
    wrong.dims[1] = 0;
    expect(p.context, rlra_problem_set_map(p.problem, 0, 0, &wrong), RLRA_ERR_SHAPE, "");
    wrong = p.map;
    wrong.dtype = RLRA_DTYPE_F32;
    expect(p.context, rlra_problem_set_map(p.problem, 0, 0, &wrong), RLRA_ERR_UNSUPPORTED, "f32");
    wrong = p.map;
    wrong.data = NULL;
    expect(p.context, rlra_problem_set_map(p.problem, 0, 0, &wrong), RLRA_ERR_ARGUMENT, "no data");
    expect_shapes(&p, same, "3x2 4x2 3x2");
    must(&p, rlra_problem_set_map(p.problem, 0, 0, NULL));
    expect_shapes(&p, same, "5x2 4x2 3x2");
    must(&p, rlra_problem_set_map(p.problem, 0, 0, NULL));
    close_posed(&p);
}

static void test_terms_with_unlike_maps_are_named(void **state)
{
    static const int64_t same[] = {2, 2, 2, 2, 2};
    static const int shared[] = {0, 3, 4};
    (void)state;
    posed p = open_posed(NULL);
    rlra_model *model = NULL;
    must(&p, rlra_problem_set_map(p.problem, 0, 0, &p.map));
    must(&p, rlra_problem_add_dense(p.problem, &p.data, 1, shared));
    expect(p.context, rlra_model_create_for(p.problem, same, &model), RLRA_ERR_SHAPE, "factor 0 has 5 rows in term 1");
    must(&p, rlra_problem_set_map(p.problem, 1, 0, &p.map));
    expect_shapes(&p, same, "3x2 4x2 3x2 4x2 3x2");
    must(&p, rlra_problem_set_map(p.problem, 0, 0, NULL));
    expect(p.context, rlra_model_create_for(p.problem, same, &model), RLRA_ERR_SHAPE, "factor 0 has");
    must(&p, rlra_problem_set_map(p.problem, 1, 0, NULL));
    expect_shapes(&p, same, "5x2 4x2 3x2 4x2 3x2");
    close_posed(&p);
}

/* Maps are borrowed as data are: the factors of a fit must not be views of them. */
static void test_a_map_is_no_factor_of_the_model(void **state)
{
    static const int64_t lengths[] = {5, 4, 3}, same[] = {5, 5, 5};
    (void)state;
    posed p = open_posed(NULL);
    rlra_model *model, *square;
    must(&p, rlra_model_create(p.context, RLRA_DTYPE_F64, 3, lengths, 5, &square));
    must(&p, rlra_model_set_factor(square, 0, &(rlra_array){RLRA_DTYPE_F64, 2, {5, 5}, {5, 1}, entries}));
    const rlra_array own = rlra_model_factor(square, 0);
    must(&p, rlra_problem_set_map(p.problem, 0, 0, &own));
    must(&p, rlra_model_create_for(p.problem, same, &model));
    expect(p.context, rlra_fit(p.problem, NULL, square, NULL), RLRA_ERR_ARGUMENT, "the map of mode 0");
    rlra_options options = rlra_options_default();
    options.max_sweeps = 2;
    must(&p, rlra_fit(p.problem, &options, model, NULL));
    rlra_model_destroy(model);
    rlra_model_destroy(square);
    close_posed(&p);
}

/* One pass updates rows of its first factor in slabs, which a map ties to each other. */
static void test_no_pass_goes_along_a_map(void **state)
{
    (void)state;
    posed p = open_posed(NULL);
    rlra_options options = rlra_options_default();
    rlra_model *model;
    options.pass = "one";
    for (int m = 0; m < 3; m++) {
        const rlra_array map = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){shape[m], 2}, matrix);
        must(&p, rlra_problem_set_map(p.problem, 0, m, &map));
    }
    must(&p, rlra_model_create_for(p.problem, (const int64_t[]){1, 1, 1}, &model));
    expect(p.context, rlra_fit(p.problem, &options, model, NULL), RLRA_ERR_UNSUPPORTED, "no map along the mode");
    rlra_model_destroy(model);
    close_posed(&p);
}

static void refuse_starts(const posed *p, const char *part)
{
    static const int64_t ones[] = {1, 1, 1};
    static const char *const names[] = {"nndsvd", "nndsvda", "nndsvdar", "rank_one", "snpa"};
    rlra_model *model;
    must(p, rlra_model_create_for(p->problem, ones, &model));
    for (int k = 0; k < COUNT_OF(names); k++) {
        char begin[32];
        rlra_options options = rlra_options_default();
        snprintf(begin, sizeof begin, "init '%s' ", names[k]);
        must(p, rlra_options_set(p->context, &options, "init", names[k]));
        expect(p->context, rlra_fit(p->problem, &options, model, NULL), RLRA_ERR_UNSUPPORTED, begin);
        expect(p->context, RLRA_ERR_UNSUPPORTED, RLRA_ERR_UNSUPPORTED, part);
    }
    rlra_model_destroy(model);
}

static void test_starts_that_take_factors_for_the_model_declare_it(void **state)
{
    (void)state;
    posed p = open_posed(NULL);
    must(&p, rlra_problem_set_map(p.problem, 0, 0, &p.map));
    refuse_starts(&p, "a mode that is tied to its factor by a matrix: use 'random'");
    must(&p, rlra_problem_set_form(p.problem, 0, "tucker", 3));
    refuse_starts(&p, "no start of models of the form 'tucker': use 'random'");
    close_posed(&p);
}

/* Spectra of a scene are those of components. */
static void test_no_scene_is_shown_of_a_model_without_components(void **state)
{
    (void)state;
    posed p = open_posed(NULL);
    rlra_model *model;
    must(&p, rlra_problem_set_form(p.problem, 0, "tucker", 3));
    must(&p, rlra_model_create_for(p.problem, ranks, &model));
    const rlra_page_scene scene = {.height = 4, .width = 1, .pixel_factor = 1, .band_factor = 0};
    const rlra_page page = {.title = "scene", .command = "", .model = model, .scene = &scene};
    expect(p.context, rlra_page_write(p.context, &page, "api_form.html"), RLRA_ERR_UNSUPPORTED, "no components");
    rlra_model_destroy(model);
    close_posed(&p);
}

/* A sweep contracts the data for the factor of each mode, and for the core. */
static void test_the_plan_counts_the_contraction_for_the_core(void **state)
{
    (void)state;
    posed p = open_posed(NULL);
    rlra_plan plan;
    must(&p, rlra_problem_set_form(p.problem, 0, "tucker", 3));
    must(&p, rlra_fit_plan(p.problem, NULL, 2, &plan));
    assert_int_equal(plan.passes, 4);
    assert_true(plan.read_bytes == 4 * sizeof entries);
    assert_true(plan.product_flops == 2 * 4 * 60 * 4);
    close_posed(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_form_is_chosen_once),
        cmocka_unit_test(test_a_core_is_the_factor_of_no_mode),
        cmocka_unit_test(test_a_core_has_any_number),
        cmocka_unit_test(test_cores_beyond_any_size_are_refused),
        cmocka_unit_test(test_a_map_can_be_taken_back),
        cmocka_unit_test(test_terms_with_unlike_maps_are_named),
        cmocka_unit_test(test_a_map_is_no_factor_of_the_model),
        cmocka_unit_test(test_no_pass_goes_along_a_map),
        cmocka_unit_test(test_starts_that_take_factors_for_the_model_declare_it),
        cmocka_unit_test(test_no_scene_is_shown_of_a_model_without_components),
        cmocka_unit_test(test_the_plan_counts_the_contraction_for_the_core),
    };
    return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
