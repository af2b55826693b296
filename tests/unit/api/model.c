/* unit/api/model.c: models: what they refuse, how they are read and written, what normalising does. */
#include "rlra/rlra.h"
#include "support/meter.h"

typedef struct made {
    meter m;
    rlra_context *context;
    rlra_model *model;
} made;

static const int64_t dims[] = {5, 4, 9};

static void make(made *a, rlra_dtype dtype, int order, int64_t rank)
{
    a->context = metered_context(&a->m);
    assert_int_equal(rlra_model_create(a->context, dtype, order, dims, rank, &a->model), RLRA_OK);
}

static void destroy(made *a)
{
    rlra_model_destroy(a->model);
    rlra_context_destroy(a->context);
    assert_int_equal(a->m.alive, 0);
}

static void test_impossible_models_are_refused(void **state)
{
    (void)state;
    meter m;
    rlra_context *const context = metered_context(&m);
    const int64_t empty[] = {3, 0}, negative[] = {-1, 3}, huge[] = {INT64_MAX / 4, 3}, many[17] = {1};
    rlra_model *model = (rlra_model *)&m;
    expect(context, rlra_model_create(context, RLRA_DTYPE_F64, 0, dims, 2, &model), RLRA_ERR_ARGUMENT, "got 0");
    assert_null(model);
    expect(context, rlra_model_create(context, RLRA_DTYPE_I64, 2, dims, 2, &model), RLRA_ERR_ARGUMENT,
           "f32 or f64, got number 2");
    expect(context, rlra_model_create(context, RLRA_DTYPE_F64, 17, many, 2, &model), RLRA_ERR_ARGUMENT, "got 17");
    expect(context, rlra_model_create(context, RLRA_DTYPE_F64, 2, dims, 0, &model), RLRA_ERR_ARGUMENT,
           "rank must be at least 1, got 0");
    expect(context, rlra_model_create(context, RLRA_DTYPE_F64, 2, empty, 2, &model), RLRA_ERR_ARGUMENT,
           "factor 1 must have at least 1 row, got 0");
    expect(context, rlra_model_create(context, RLRA_DTYPE_F64, 2, negative, 2, &model), RLRA_ERR_ARGUMENT, "got -1");
    expect(context, rlra_model_create(context, RLRA_DTYPE_F64, 2, huge, 2, &model), RLRA_ERR_MEMORY, "too large");
    assert_null(model);
    assert_int_equal(m.alive, 1);
    rlra_model_destroy(NULL);
    rlra_context_destroy(context);
}

static void test_a_fresh_model_is_zero_with_weights_of_one(void **state)
{
    (void)state;
    for (int dtype = 0; dtype < 2; dtype++) {
        made a;
        make(&a, (rlra_dtype)dtype, 3, 2);
        const rlra_array weights = rlra_model_weights(a.model);
        assert_true(rlra_model_order(a.model) == 3 && rlra_model_rank(a.model) == 2);
        assert_int_equal(rlra_model_dtype(a.model), dtype);
        for (int n = 0; n < 3; n++) {
            const rlra_array f = rlra_model_factor(a.model, n);
            assert_true(f.order == 2 && f.dims[0] == dims[n] && f.dims[1] == 2 && f.strides[0] == 1);
            for (int64_t i = 0; i < dims[n]; i++)
                for (int64_t k = 0; k < 2; k++)
                    assert_true(rlra_array_get(&f, (const int64_t[]){i, k}) == 0);
        }
        for (int64_t k = 0; k < 2; k++)
            assert_true(rlra_array_get(&weights, &k) == 1);
        assert_int_equal(rlra_model_factor(a.model, 3).order, 0);
        assert_int_equal(rlra_model_factor(a.model, -1).order, 0);
        destroy(&a);
    }
}

static void test_factors_are_copied_from_any_layout_and_precision(void **state)
{
    (void)state;
    float single[8];
    double wide[64];
    for (int e = 0; e < 8; e++)
        single[e] = (float)e + 0.5f;
    for (int e = 0; e < 64; e++)
        wide[e] = e;
    const int64_t shape[] = {4, 2};
    const rlra_array packed = rlra_array_contiguous(RLRA_DTYPE_F32, 2, shape, single);
    const rlra_array strided = {RLRA_DTYPE_F64, 2, {4, 2}, {-3, 20}, wide + 30};
    const rlra_array *const sources[] = {&packed, &strided};
    for (int dtype = 0; dtype < 2; dtype++)
        for (int s = 0; s < 2; s++) {
            made a;
            make(&a, (rlra_dtype)dtype, 3, 2);
            assert_int_equal(rlra_model_set_factor(a.model, 1, sources[s]), RLRA_OK);
            const rlra_array f = rlra_model_factor(a.model, 1);
            for (int64_t i = 0; i < 4; i++)
                for (int64_t k = 0; k < 2; k++)
                    assert_true(rlra_array_get(&f, (const int64_t[]){i, k}) ==
                                rlra_array_get(sources[s], (const int64_t[]){i, k}));
            destroy(&a);
        }
}

static void test_unfit_factors_are_refused_and_nothing_is_copied(void **state)
{
    (void)state;
    double entries[10] = {1, 2, 3, 4, 5, 6, 7, NAN, 9, 10};
    made a;
    make(&a, RLRA_DTYPE_F64, 3, 2);
    rlra_array source = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){5, 2}, entries);
    expect(a.context, rlra_model_set_factor(a.model, 0, &source), RLRA_ERR_DATA, "factor 0: entry [3, 1] is nan");
    const rlra_array f = rlra_model_factor(a.model, 0);
    assert_true(rlra_array_get(&f, (const int64_t[]){0, 0}) == 0);
    expect(a.context, rlra_model_set_factor(a.model, 1, &source), RLRA_ERR_SHAPE,
           "factor 1 must be 4 x 2, got an array of order 2 with 5 x 2");
    expect(a.context, rlra_model_set_factor(a.model, 3, &source), RLRA_ERR_ARGUMENT, "no factor 3");
    expect(a.context, rlra_model_set_factor(a.model, -1, &source), RLRA_ERR_ARGUMENT, "no factor -1");
    source.order = 1;
    expect(a.context, rlra_model_set_factor(a.model, 0, &source), RLRA_ERR_SHAPE, "order 1");
    destroy(&a);
}

static void test_a_number_beyond_the_range_of_the_model_is_refused(void **state)
{
    (void)state;
    double entries[10] = {1, 2, 3, 1e39, 5, 6, 7, 8, 9, 10};
    const rlra_array source = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){5, 2}, entries);
    made a;
    make(&a, RLRA_DTYPE_F32, 3, 2);
    expect(a.context, rlra_model_set_factor(a.model, 0, &source), RLRA_ERR_DATA,
           "factor 0: entry [1, 1] is 1e+39, no finite number of f32");
    const rlra_array f = rlra_model_factor(a.model, 0);
    assert_true(rlra_array_get(&f, (const int64_t[]){0, 0}) == 0);
    destroy(&a);
}

static double value_at(const rlra_model *model, int64_t i, int64_t j)
{
    const rlra_array w = rlra_model_factor(model, 0), h = rlra_model_factor(model, 1), d = rlra_model_weights(model);
    double sum = 0;
    for (int64_t k = 0; k < rlra_model_rank(model); k++)
        sum += rlra_array_get(&d, &k) * rlra_array_get(&w, (const int64_t[]){i, k}) *
               rlra_array_get(&h, (const int64_t[]){j, k});
    return sum;
}

/* Sum of the squares of column k of factor n. */
static double norm2_of(const rlra_model *model, int n, int64_t k)
{
    const rlra_array f = rlra_model_factor(model, n);
    double sum = 0;
    for (int64_t i = 0; i < f.dims[0]; i++)
        sum += pow(rlra_array_get(&f, (const int64_t[]){i, k}), 2);
    return sum;
}

static void test_normalising_keeps_values_and_sorts_components_of_norm_one(void **state)
{
    (void)state;
    numbers from = {1, 0};
    for (int dtype = 0; dtype < 2; dtype++) {
        made a;
        make(&a, (rlra_dtype)dtype, 2, 4);
        const double eps = dtype == RLRA_DTYPE_F32 ? FLT_EPSILON : DBL_EPSILON;
        double entries[2][20], before[20];
        for (int n = 0; n < 2; n++) {
            for (int e = 0; e < 20; e++)
                entries[n][e] = e % 4 == 2 && n == 1 ? 0 : pow(10, e % 4) * normal(&from);
            const rlra_array source =
                rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){dims[n], 4}, entries[n]);
            assert_int_equal(rlra_model_set_factor(a.model, n, &source), RLRA_OK);
        }
        for (int e = 0; e < 20; e++)
            before[e] = value_at(a.model, e / 4, e % 4);
        assert_int_equal(rlra_model_normalise(a.model), RLRA_OK);
        for (int e = 0; e < 20; e++)
            assert_true(fabs(value_at(a.model, e / 4, e % 4) - before[e]) <= 64 * eps * 1e6);
        const rlra_array weights = rlra_model_weights(a.model);
        for (int64_t k = 0; k < 4; k++) {
            const double weight = rlra_array_get(&weights, &k),
                         next = k < 3 ? rlra_array_get(&weights, (const int64_t[]){k + 1}) : 0;
            assert_true(weight >= next && weight >= 0);
            for (int n = 0; n < 2; n++) {
                const double norm2 = norm2_of(a.model, n, k);
                assert_true(fabs(norm2 - 1) <= 16 * eps || (weight == 0 && (norm2 == 0 || n == 0)));
            }
        }
        destroy(&a);
    }
}

/* In every order of five weights of which two and three are equal but for rounding. */
static void test_components_of_equal_weight_keep_their_order(void **state)
{
    (void)state;
    for (int code = 0; code < 32; code++) {
        made a;
        int found = 0, expected[5], count = 0;
        make(&a, RLRA_DTYPE_F64, 2, 5);
        const rlra_array left = rlra_model_factor(a.model, 0), right = rlra_model_factor(a.model, 1);
        for (int heavy = 1; heavy >= 0; heavy--)
            for (int k = 0; k < 5; k++)
                if ((code >> k & 1) == heavy)
                    expected[count++] = k;
        for (int64_t k = 0; k < 5; k++) {
            const double weight = (code >> k & 1 ? 2 : 1) * (1 + 2 * (double)k * DBL_EPSILON),
                         angle = 0.1 + 0.2 * (double)k;
            ((double *)left.data)[k * left.strides[1]] = weight * cos(angle);
            ((double *)left.data)[left.strides[0] + k * left.strides[1]] = weight * sin(angle);
            ((double *)right.data)[k * right.strides[1]] = 1;
        }
        assert_int_equal(rlra_model_normalise(a.model), RLRA_OK);
        for (int64_t k = 0; k < 5; k++) {
            const double angle = acos(rlra_array_get(&left, (const int64_t[]){0, k}));
            found += fabs(angle - (0.1 + 0.2 * expected[k])) < 1e-6;
        }
        assert_int_equal(found, 5);
        destroy(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_components_of_equal_weight_keep_their_order),
        cmocka_unit_test(test_impossible_models_are_refused),
        cmocka_unit_test(test_a_fresh_model_is_zero_with_weights_of_one),
        cmocka_unit_test(test_factors_are_copied_from_any_layout_and_precision),
        cmocka_unit_test(test_unfit_factors_are_refused_and_nothing_is_copied),
        cmocka_unit_test(test_a_number_beyond_the_range_of_the_model_is_refused),
        cmocka_unit_test(test_normalising_keeps_values_and_sorts_components_of_norm_one),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
