/* unit/api/mask.c: which masks may be the other way round, whatever the strides of the arrays. */
#include "rlra/rlra.h"
#include "support/meter.h"

enum { ROWS = 6, COLUMNS = 5, ALL = ROWS * COLUMNS };

/* The first `hidden` entries are hidden; `data` by rows, the mask by columns. */
typedef struct setting {
    real x[ALL], m[ALL];
    rlra_array data, mask;
} setting;

static void make(setting *s, int hidden)
{
    const int64_t dims[] = {ROWS, COLUMNS};
    for (int at = 0; at < ALL; at++) {
        s->x[at] = (real)(1 + at % 4);
        s->m[at % COLUMNS * ROWS + at / COLUMNS] = at >= hidden;
    }
    s->data = rlra_array_contiguous(REAL_DTYPE, 2, dims, s->x);
    s->mask = rlra_array_contiguous(REAL_DTYPE, 2, dims, s->m);
    s->mask.strides[0] = 1;
    s->mask.strides[1] = ROWS;
}

static rlra_status check(const setting *s, rlra_missing missing)
{
    return rlra_mask_check(NULL, &s->data, &s->mask, missing);
}

static void test_more_hidden_than_kept_is_asked_about(void **state)
{
    (void)state;
    setting s;
    for (int hidden = 0; hidden <= ALL; hidden++) {
        make(&s, hidden);
        assert_int_equal(check(&s, RLRA_MISSING_NONE), 2 * hidden > ALL ? RLRA_ERR_ARGUMENT : RLRA_OK);
    }
}

static void test_what_stands_for_none_is_not(void **state)
{
    (void)state;
    static const double fillers[] = {0, -999, NAN, INFINITY};
    setting s;
    for (int f = 0; f < COUNT_OF(fillers); f++) {
        make(&s, 20);
        for (int at = 0; at < 20; at++)
            s.x[at] = (real)fillers[f];
        assert_int_equal(check(&s, RLRA_MISSING_NONE), RLRA_OK);
        s.x[7] = 3; /* one number is forgotten: of zeros that is enough to ask, beside NaN it is not */
        assert_int_equal(check(&s, RLRA_MISSING_NONE), isfinite(fillers[f]) ? RLRA_ERR_ARGUMENT : RLRA_OK);
    }
}

static void test_kept_nan_is_asked_about_unless_it_is_declared_missing(void **state)
{
    (void)state;
    setting s;
    make(&s, 10);
    s.x[ALL - 1] = NAN;
    assert_int_equal(check(&s, RLRA_MISSING_NONE), RLRA_ERR_ARGUMENT);
    assert_int_equal(check(&s, RLRA_MISSING_NAN), RLRA_OK);
}

static void test_the_question_gives_the_numbers_and_both_answers(void **state)
{
    (void)state;
    meter m;
    setting s;
    rlra_context *const context = metered_context(&m);
    make(&s, 28);
    expect(context, rlra_mask_check(context, &s.data, &s.mask, RLRA_MISSING_NONE), RLRA_ERR_ARGUMENT,
           "keeps 2 of 30 entries, and what it hides are numbers from 1 to 4");
    expect(context, rlra_mask_check(context, &s.data, &s.mask, RLRA_MISSING_NONE), RLRA_ERR_ARGUMENT,
           "say `mask_means=missing`, else `mask_means=observed`");
    s.mask.dims[1]--;
    expect(context, rlra_mask_check(context, &s.data, &s.mask, RLRA_MISSING_NONE), RLRA_ERR_SHAPE, "shape of the data");
    expect(context, rlra_mask_check(context, &s.data, NULL, RLRA_MISSING_NONE), RLRA_ERR_ARGUMENT, "NULL");
    rlra_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_more_hidden_than_kept_is_asked_about),
        cmocka_unit_test(test_what_stands_for_none_is_not),
        cmocka_unit_test(test_kept_nan_is_asked_about_unless_it_is_declared_missing),
        cmocka_unit_test(test_the_question_gives_the_numbers_and_both_answers),
    };
    return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
