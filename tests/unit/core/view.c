/* unit/core/view.c: whether two views share memory, and how a regression refuses it. */
#include "core/view.h"

#include "rlra/rlra.h"
#include "support/support.h"

static rlra_array matrix(double *at, int64_t rows, int64_t columns, int64_t down, int64_t across)
{
    return (rlra_array){RLRA_DTYPE_F64, 2, {rows, columns}, {down, across}, at};
}

static void test_views_of_one_block(void **state)
{
    (void)state;
    static double block[1000];
    const rlra_array left = matrix(block, 20, 5, 10, 1), right = matrix(block + 5, 20, 5, 10, 1);
    const rlra_array even = matrix(block, 10, 5, 20, 2), odd = matrix(block + 1, 10, 5, 20, 2);
    const rlra_array back = matrix(block + 199, 20, 5, -10, -1), one = rlra_view_of(RLRA_DTYPE_F64, 1, block + 13);
    assert_false(rlra_view_overlap(&left, &right));
    assert_false(rlra_view_overlap(&even, &odd));
    assert_false(rlra_view_overlap(&left, &back));
    assert_true(rlra_view_overlap(&right, &back));
    assert_true(rlra_view_overlap(&left, &one));
    assert_false(rlra_view_overlap(&right, &one));
    assert_true(rlra_view_overlap(&left, &left));
}

static void test_a_regression_is_not_written_over_what_it_reads(void **state)
{
    (void)state;
    double block[60] = {1, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6, 7};
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    const rlra_array w = matrix(block, 3, 2, 2, 1), y = matrix(block + 6, 3, 2, 2, 1);
    const rlra_array over_y = matrix(block + 8, 2, 2, 2, 1), over_w = matrix(block + 2, 2, 2, 2, 1);
    const rlra_array apart = matrix(block + 20, 2, 2, 2, 1);
    assert_int_equal(rlra_nnls(context, &w, &y, NULL, NULL, &over_y, NULL), RLRA_ERR_ARGUMENT);
    assert_non_null(strstr(rlra_context_message(context), "share memory"));
    assert_int_equal(rlra_nnls(context, &w, &y, NULL, NULL, &over_w, NULL), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_nnls(context, &w, &y, NULL, NULL, &apart, NULL), RLRA_OK);
    rlra_context_destroy(context);
}

static void test_models_are_not_written_over_the_data(void **state)
{
    (void)state;
    double block[60];
    rlra_context *context;
    rlra_model *model;
    rlra_problem *problem;
    rlra_options options = rlra_options_default();
    for (int k = 0; k < 60; ++k)
        block[k] = 1 + k % 7;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    assert_int_equal(rlra_model_create(context, RLRA_DTYPE_F64, 2, (const int64_t[]){4, 3}, 1, &model), RLRA_OK);
    /* The data lie in a factor of the model. */
    rlra_array written = rlra_model_factor(model, 0);
    const rlra_array data = {RLRA_DTYPE_F64, 2, {4, 3}, {1, 0}, written.data};
    options.rank = 1;
    options.init = "random";
    assert_int_equal(rlra_problem_create(context, &problem), RLRA_OK);
    memcpy(written.data, block, 4 * sizeof *block);
    assert_int_equal(rlra_problem_add_dense(problem, &data, 1.0, NULL), RLRA_OK);
    assert_int_equal(rlra_fit(problem, &options, model, NULL), RLRA_ERR_ARGUMENT);
    assert_non_null(strstr(rlra_context_message(context), "share memory"));
    assert_memory_equal(written.data, block, 4 * sizeof *block);
    rlra_problem_destroy(problem);
    rlra_model_destroy(model);
    rlra_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views_of_one_block),
        cmocka_unit_test(test_a_regression_is_not_written_over_what_it_reads),
        cmocka_unit_test(test_models_are_not_written_over_the_data),
    };
    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
