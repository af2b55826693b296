/* unit/separable/api.c: rlra_separable() checks its arguments, fills models and leaves them alone on errors. */
#include "support/meter.h"

#include <math.h>
#include <string.h>

#include "rlra/model.h"
#include "rlra/separable.h"

#include "unit/separable/planted.h"

/* One call with everything that can be varied. */
typedef struct call {
    rlra_context *context;
    meter meter;
    rlra_array data;
    rlra_separable_options options;
    int64_t columns[N];
    rlra_model *model;
    rlra_separable_report report;
} call;

static planted scene;

static void setup(call *c)
{
    memset(c, 0, sizeof *c);
    c->context = metered_context(&c->meter);
    plant(&scene, 1, 0.0);
    c->data = matrix(scene.x, M, N);
    c->options = rlra_separable_options_default();
    c->options.rank = R;
    c->columns[0] = -7;
}

static void make_model(call *c, rlra_dtype dtype, int64_t rows, int64_t columns, int64_t rank)
{
    const int64_t dims[2] = {rows, columns};
    assert_int_equal(rlra_model_create(c->context, dtype, 2, dims, rank, &c->model), RLRA_OK);
}

static rlra_status run(call *c)
{
    return rlra_separable(c->context, &c->data, &c->options, c->columns, c->model, &c->report);
}

static void finish(call *c)
{
    rlra_model_destroy(c->model);
    rlra_context_destroy(c->context);
    assert_int_equal(c->meter.alive, 0);
}

static double array_entry(const rlra_array *array, int64_t i, int64_t j)
{
    const int64_t index[2] = {i, j};
    return rlra_array_get(array, index);
}

static void test_model_holds_the_columns_and_their_coefficients(void **state)
{
    (void)state;
    for (int method = 0; method < 2; method++) {
        call c;
        setup(&c);
        c.options.method = (rlra_separable_method)method;
        make_model(&c, RLRA_DTYPE_F64, M, N, R);
        assert_int_equal(run(&c), RLRA_OK);
        assert_int_equal(c.report.found, R);
        assert_int_equal(c.report.method, method);
        assert_true(c.report.relative_error <= 1e-14 && c.report.seconds >= 0.0);
        const rlra_array w = rlra_model_factor(c.model, 0), h = rlra_model_factor(c.model, 1);
        for (int64_t j = 0; j < N; j++)
            for (int64_t i = 0; i < M; i++) {
                double value = 0;
                for (int64_t k = 0; k < R; k++) {
                    assert_true(array_entry(&h, j, k) >= 0.0);
                    value += array_entry(&w, i, k) * array_entry(&h, j, k);
                }
                assert_true(fabs(value - array_entry(&c.data, i, j)) <= 1e-13);
            }
        for (int64_t k = 0; k < R; k++)
            assert_true(array_entry(&w, 3, k) == array_entry(&c.data, 3, c.columns[k]));
        finish(&c);
    }
}

static void test_components_beyond_those_found_are_zero(void **state)
{
    (void)state;
    call c;
    setup(&c);
    c.options.rank = R + 4;
    make_model(&c, RLRA_DTYPE_F64, M, N, R + 4);
    rlra_array w = rlra_model_factor(c.model, 0);
    ((double *)w.data)[(R + 1) * w.strides[1]] = 5.0;
    assert_int_equal(run(&c), RLRA_OK);
    assert_int_equal(c.report.found, R);
    const rlra_array h = rlra_model_factor(c.model, 1);
    for (int64_t k = R; k < R + 4; k++)
        assert_true(array_entry(&w, 0, k) == 0.0 && array_entry(&h, 0, k) == 0.0);
    finish(&c);
}

static void test_model_and_report_may_be_left_out(void **state)
{
    (void)state;
    call c;
    setup(&c);
    assert_int_equal(rlra_separable(c.context, &c.data, &c.options, c.columns, NULL, NULL), RLRA_OK);
    assert_true(c.columns[0] >= 0);
    finish(&c);
}

/* What came out of range, and a part of the sentence that reports it. */
static void refused(call *c, rlra_status status, const char *words)
{
    assert_int_equal(run(c), status);
    if (strstr(rlra_context_message(c->context), words) == NULL)
        fail_msg("the message lacks '%s': %s", words, rlra_context_message(c->context));
    assert_int_equal(c->columns[0], -7);
    finish(c);
}

static void test_bad_ranks_and_options_are_refused(void **state)
{
    (void)state;
    call c;
    setup(&c);
    c.options.rank = 0;
    refused(&c, RLRA_ERR_ARGUMENT, "at least 1, got 0");
    setup(&c);
    c.options.rank = N + 1;
    refused(&c, RLRA_ERR_ARGUMENT, "201 of 200");
    setup(&c);
    c.options.method = RLRA_SEPARABLE_SPA;
    c.options.rank = M + 1;
    refused(&c, RLRA_ERR_ARGUMENT, "31");
    setup(&c);
    c.options.tolerance = NAN;
    refused(&c, RLRA_ERR_ARGUMENT, "tolerance");
    setup(&c);
    c.options.threads = -1;
    refused(&c, RLRA_ERR_ARGUMENT, "threads");
    setup(&c);
    c.options.method = (rlra_separable_method)5;
    refused(&c, RLRA_ERR_ARGUMENT, "method 5");
}

static void test_bad_shapes_are_refused(void **state)
{
    (void)state;
    call c;
    setup(&c);
    c.data.order = 3;
    refused(&c, RLRA_ERR_SHAPE, "order 3");
    setup(&c);
    c.data.dims[1] = 0;
    refused(&c, RLRA_ERR_SHAPE, "empty");
    setup(&c);
    make_model(&c, RLRA_DTYPE_F64, M, N, R + 1);
    refused(&c, RLRA_ERR_SHAPE, "rank 8, got");
    setup(&c);
    make_model(&c, RLRA_DTYPE_F64, N, M, R);
    refused(&c, RLRA_ERR_SHAPE, "30 x 200");
    setup(&c);
    make_model(&c, RLRA_DTYPE_F32, M, N, R);
    refused(&c, RLRA_ERR_SHAPE, "f32");
    setup(&c);
    scene.x[5 * N + 2] = NAN;
    refused(&c, RLRA_ERR_DATA, "(5, 2)");
}

static void test_failing_allocations_leave_columns_and_model_alone(void **state)
{
    (void)state;
    rlra_status status = RLRA_ERR_MEMORY;
    for (long refuse = 0; status != RLRA_OK; refuse++) {
        call c;
        setup(&c);
        plant(&scene, 4, 0.3);
        make_model(&c, RLRA_DTYPE_F64, M, N, R);
        const rlra_array w = rlra_model_factor(c.model, 0);
        const long before = c.meter.alive;
        ((double *)w.data)[0] = -1.0;
        c.meter.refuse = c.meter.made + refuse;
        status = run(&c);
        assert_true(status == RLRA_OK ||
                    (status == RLRA_ERR_MEMORY && c.columns[0] == -7 && array_entry(&w, 0, 0) == -1.0));
        assert_int_equal(c.meter.alive, before);
        assert_true(refuse < 100);
        finish(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model_holds_the_columns_and_their_coefficients),
        cmocka_unit_test(test_components_beyond_those_found_are_zero),
        cmocka_unit_test(test_model_and_report_may_be_left_out),
        cmocka_unit_test(test_bad_ranks_and_options_are_refused),
        cmocka_unit_test(test_bad_shapes_are_refused),
        cmocka_unit_test(test_failing_allocations_leave_columns_and_model_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
