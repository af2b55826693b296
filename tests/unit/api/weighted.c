/* unit/api/weighted.c: what is refused of weights, masks and missing entries, and with which words. */
#include "support/weighted.h"
#include "support/meter.h"

static const int64_t matrix[] = {9, 7}, cube[] = {5, 4, 6};

/* Two arrays that go together. */
typedef struct setting {
    weighted w;
    fitting f;
} setting;

static setting make_setting(int order)
{
    const int64_t *const dims = order == 2 ? matrix : cube;
    return (setting){plant_weighted(1, order, dims, 2, WEIGHTS_MASK, 0.2), empty_fitting(order, dims, 2)};
}

static void free_setting(setting *s)
{
    free_fitting(&s->f);
    free_weighted(&s->w);
}

static rlra_status add(setting *s, const rlra_array *weights, rlra_missing missing)
{
    return rlra_problem_add_weighted(s->f.problem, &s->w.plant.data.array, weights, missing, 1, NULL);
}

static void test_weights_of_another_shape_are_refused(void **state)
{
    (void)state;
    setting s = make_setting(2);
    rlra_array other = s.w.weights.array;
    other.dims[1]--;
    expect(s.f.context, add(&s, &other, RLRA_MISSING_NONE), RLRA_ERR_SHAPE,
           "mode 1 of the weights has length 6, that of the data 7");
    other = s.w.weights.array;
    other.order = 1;
    expect(s.f.context, add(&s, &other, RLRA_MISSING_NONE), RLRA_ERR_SHAPE, "the weights have order 1, the data 2");
    free_setting(&s);
}

static void test_weights_of_another_precision_are_refused(void **state)
{
    (void)state;
    setting s = make_setting(2);
    rlra_array other = s.w.weights.array;
    other.dtype = REAL_DTYPE == RLRA_DTYPE_F32 ? RLRA_DTYPE_F64 : RLRA_DTYPE_F32;
    expect(s.f.context, add(&s, &other, RLRA_MISSING_NONE), RLRA_ERR_UNSUPPORTED, "give both in one precision");
    other.data = NULL;
    expect(s.f.context, add(&s, &other, RLRA_MISSING_NONE), RLRA_ERR_ARGUMENT, "the data of the weights is NULL");
    free_setting(&s);
}

static void test_weights_that_are_no_weights_are_refused(void **state)
{
    (void)state;
    static const double bad[] = {-1, NAN, INFINITY};
    for (int b = 0; b < COUNT_OF(bad); b++) {
        setting s = make_setting(3);
        *entry_at(&s.w.weights.array, (const int64_t[]){2, 1, 3}) = (real)bad[b];
        expect(s.f.context, add(&s, &s.w.weights.array, RLRA_MISSING_NONE), RLRA_ERR_DATA, "is at [2, 1, 3]");
        free_setting(&s);
    }
}

static void test_weights_beyond_the_range_are_refused(void **state)
{
    (void)state;
    setting s = make_setting(2);
    *entry_at(&s.w.weights.array, (const int64_t[]){1, 1}) = (real)(sizeof(real) == 4 ? 1e20 : 1e200);
    *entry_at(&s.w.plant.data.array, (const int64_t[]){1, 1}) = 1;
    expect(s.f.context, add(&s, &s.w.weights.array, RLRA_MISSING_NONE), RLRA_ERR_DATA, "rescale the weights");
    free_setting(&s);
}

static void test_data_without_any_entry_are_refused(void **state)
{
    (void)state;
    setting s = make_setting(2);
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        *entry_at(&s.w.weights.array, index) = 0;
    while (next_index(&s.w.weights.array, index));
    expect(s.f.context, add(&s, &s.w.weights.array, RLRA_MISSING_NONE), RLRA_ERR_DATA,
           "no entry of the data is observed");
    cover(&s.w);
    expect(s.f.context, add(&s, NULL, RLRA_MISSING_NAN), RLRA_ERR_DATA, "no entry of the data is observed");
    const int64_t none[] = {0};
    const rlra_sparse empty = rlra_sparse_coo(REAL_DTYPE, 2, matrix, 0, (const int64_t *const[]){none, none}, none);
    expect(s.f.context, rlra_problem_add_observed(s.f.problem, &empty, 1, NULL), RLRA_ERR_DATA, "none is stored");
    free_setting(&s);
}

static void test_nan_is_refused_unless_it_is_declared_missing(void **state)
{
    (void)state;
    setting s = make_setting(2);
    expect(s.f.context, rlra_problem_add_dense(s.f.problem, &s.w.plant.data.array, 1, NULL), RLRA_ERR_DATA,
           "`missing=nan`");
    expect(s.f.context, add(&s, NULL, RLRA_MISSING_NONE), RLRA_ERR_DATA, "NaN or infinite");
    MUST(&s.f, add(&s, NULL, RLRA_MISSING_NAN));
    free_setting(&s);
}

static void test_infinite_entries_are_refused_where_they_count(void **state)
{
    (void)state;
    setting s = make_setting(2);
    *entry_at(&s.w.plant.data.array, (const int64_t[]){4, 3}) = INFINITY;
    *entry_at(&s.w.weights.array, (const int64_t[]){4, 3}) = 1;
    expect(s.f.context, add(&s, &s.w.weights.array, RLRA_MISSING_NAN), RLRA_ERR_DATA, "the first, inf, is at [4, 3]");
    free_setting(&s);
}

static void test_several_terms_are_refused(void **state)
{
    (void)state;
    setting s = make_setting(2);
    MUST(&s.f, add(&s, &s.w.weights.array, RLRA_MISSING_NONE));
    MUST(&s.f, add(&s, &s.w.weights.array, RLRA_MISSING_NONE));
    expect(s.f.context, rlra_fit(s.f.problem, &s.f.options, s.f.model, &s.f.report), RLRA_ERR_UNSUPPORTED,
           "problems of one term so far, got 2");
    free_setting(&s);
}

static void test_hold_out_of_sparse_data_with_zeros_is_refused(void **state)
{
    (void)state;
    setting s = make_setting(2);
    const int64_t places[] = {0, 3, 5};
    const real values[] = {1, 2, 3};
    const rlra_sparse some =
        rlra_sparse_coo(REAL_DTYPE, 2, matrix, 3, (const int64_t *const[]){places, places}, values);
    MUST(&s.f, rlra_problem_add_sparse(s.f.problem, &some, 1, NULL));
    s.f.options.holdout = 0.5;
    expect(s.f.context, rlra_fit(s.f.problem, &s.f.options, s.f.model, &s.f.report), RLRA_ERR_UNSUPPORTED,
           "say that what is not stored is missing");
    free_setting(&s);
}

static void test_starts_that_need_all_entries_are_refused(void **state)
{
    (void)state;
    static const char *const starts[] = {"nndsvd", "snpa", "rank_one"};
    for (int b = 0; b < COUNT_OF(starts); b++) {
        setting s = make_setting(2);
        const int64_t places[] = {0, 3, 5};
        const real values[] = {1, 2, 3};
        const rlra_sparse some =
            rlra_sparse_coo(REAL_DTYPE, 2, matrix, 3, (const int64_t *const[]){places, places}, values);
        MUST(&s.f, rlra_problem_add_observed(s.f.problem, &some, 1, NULL));
        s.f.options.init = starts[b];
        expect(s.f.context, rlra_fit(s.f.problem, &s.f.options, s.f.model, &s.f.report), RLRA_ERR_UNSUPPORTED,
               "use 'random'");
        free_setting(&s);
    }
}

/* Fails allocation 0, 1, .. of a fit until it succeeds. */
static void fail_in_turn(fitting *f, meter *m)
{
    const long alive = m->alive;
    rlra_status status = RLRA_ERR_MEMORY;
    for (long at = 0; status != RLRA_OK; at++) {
        m->refuse = m->made + at;
        status = rlra_fit(f->problem, &f->options, f->model, &f->report);
        CHECK(m->alive == alive, "allocation %ld fails: %ld leaked", at, m->alive - alive);
        if (status != RLRA_OK)
            expect(f->context, status, RLRA_ERR_MEMORY, "out of memory");
    }
    m->refuse = -1;
}

static void test_every_allocation_of_a_fit_may_fail(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++)
        for (int kind = 0; kind < WEIGHT_KINDS; kind++) {
            meter m;
            const int64_t *const dims = order == 2 ? matrix : cube;
            weighted w = plant_weighted(1, order, dims, 2, (weight_kind)kind, 0.2);
            fitting f = {.context = metered_context(&m), .options = rlra_options_default()};
            MUST(&f, rlra_problem_create(f.context, &f.problem));
            MUST(&f, rlra_model_create(f.context, REAL_DTYPE, order, dims, 2, &f.model));
            MUST(&f, rlra_problem_add_weighted(f.problem, &w.plant.data.array, &w.weights.array, RLRA_MISSING_NAN, 1,
                                               NULL));
            f.options.max_sweeps = 3;
            f.options.holdout = 0.1;
            fail_in_turn(&f, &m);
            free_fitting(&f);
            assert_int_equal(m.alive, 0);
            free_weighted(&w);
        }
}

static void test_every_allocation_of_a_fit_to_stored_entries_may_fail(void **state)
{
    (void)state;
    meter m;
    const int64_t places[] = {0, 3, 5, 6}, others[] = {1, 2, 2, 4};
    const real values[] = {1, 2, 0, 3};
    const rlra_sparse some =
        rlra_sparse_coo(REAL_DTYPE, 2, matrix, 4, (const int64_t *const[]){places, others}, values);
    fitting f = {.context = metered_context(&m), .options = rlra_options_default()};
    MUST(&f, rlra_problem_create(f.context, &f.problem));
    MUST(&f, rlra_model_create(f.context, REAL_DTYPE, 2, matrix, 2, &f.model));
    MUST(&f, rlra_problem_add_observed(f.problem, &some, 1, NULL));
    f.options.holdout = 0.3;
    fail_in_turn(&f, &m);
    assert_int_equal(f.report.observed + f.report.held_out, 4);
    free_fitting(&f);
    assert_int_equal(m.alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_of_another_shape_are_refused),
        cmocka_unit_test(test_weights_of_another_precision_are_refused),
        cmocka_unit_test(test_weights_that_are_no_weights_are_refused),
        cmocka_unit_test(test_weights_beyond_the_range_are_refused),
        cmocka_unit_test(test_data_without_any_entry_are_refused),
        cmocka_unit_test(test_nan_is_refused_unless_it_is_declared_missing),
        cmocka_unit_test(test_infinite_entries_are_refused_where_they_count),
        cmocka_unit_test(test_several_terms_are_refused),
        cmocka_unit_test(test_hold_out_of_sparse_data_with_zeros_is_refused),
        cmocka_unit_test(test_starts_that_need_all_entries_are_refused),
        cmocka_unit_test(test_every_allocation_of_a_fit_may_fail),
        cmocka_unit_test(test_every_allocation_of_a_fit_to_stored_entries_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
