/* unit/api/problem.c: what a problem refuses, in which words, and that it is then unchanged. */
#include "model/problem.h"
#include "support/fitting.h"
#include "support/meter.h"

/* A problem with a 4 x 3 term, and its state before the call that must fail. */
typedef struct posed {
    meter m;
    rlra_context *context;
    rlra_problem *problem, before;
    double data[12];
    rlra_array array;
} posed;

static const int64_t dims[] = {4, 3};

static int set_up(void **state)
{
    posed *const p = calloc(1, sizeof *p);
    p->context = metered_context(&p->m);
    for (int e = 0; e < 12; e++)
        p->data[e] = e;
    p->array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, p->data);
    assert_int_equal(rlra_problem_create(p->context, &p->problem), RLRA_OK);
    assert_int_equal(rlra_problem_add_dense(p->problem, &p->array, 1, NULL), RLRA_OK);
    p->before = *p->problem;
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    posed *const p = *state;
    rlra_problem_destroy(p->problem);
    rlra_context_destroy(p->context);
    assert_int_equal(p->m.alive, 0);
    free(p);
    return 0;
}

/* The call failed so, and nothing changed. */
static void refused(const posed *p, rlra_status came, rlra_status status, const char *part)
{
    expect(p->context, came, status, part);
    CHECK(memcmp(&p->before, p->problem, sizeof p->before) == 0, "the problem was changed: %s", part);
}

static void test_bad_entries_are_counted_and_located(void **state)
{
    posed *const p = *state;
    p->data[7] = NAN;
    refused(p, rlra_problem_add_dense(p->problem, &p->array, 1, NULL), RLRA_ERR_DATA, "1 entries");
    refused(p, rlra_problem_add_dense(p->problem, &p->array, 1, NULL), RLRA_ERR_DATA, "nan, is at [2, 1]");
    p->data[3] = -INFINITY;
    p->data[11] = INFINITY;
    refused(p, rlra_problem_add_dense(p->problem, &p->array, 1, NULL), RLRA_ERR_DATA, "3 entries");
    refused(p, rlra_problem_add_dense(p->problem, &p->array, 1, NULL), RLRA_ERR_DATA, "-inf, is at [1, 0]");
}

static void test_bad_entries_of_a_view_are_located_in_its_own_order(void **state)
{
    posed *const p = *state;
    const int swap[] = {1, 0};
    const rlra_array turned = rlra_array_permuted(&p->array, swap);
    p->data[7] = NAN;
    refused(p, rlra_problem_add_dense(p->problem, &turned, 1, (const int[]){1, 0}), RLRA_ERR_DATA, "at [1, 2]");
}

static void test_bad_shapes_are_refused(void **state)
{
    posed *const p = *state;
    rlra_array a = p->array;
    a.dims[1] = 0;
    refused(p, rlra_problem_add_dense(p->problem, &a, 1, NULL), RLRA_ERR_SHAPE, "mode 1 of the data is empty");
    a.dims[1] = -3;
    refused(p, rlra_problem_add_dense(p->problem, &a, 1, NULL), RLRA_ERR_SHAPE, "mode 1");
    a = p->array;
    a.order = 1;
    refused(p, rlra_problem_add_dense(p->problem, &a, 1, NULL), RLRA_ERR_ARGUMENT, "order 2 to 8, got 1");
    const rlra_array indices = rlra_array_contiguous(RLRA_DTYPE_I64, 2, dims, p->data);
    refused(p, rlra_problem_add_dense(p->problem, &indices, 1, NULL), RLRA_ERR_ARGUMENT, "f32 or f64, got number 2");
    a.order = RLRA_MAX_ORDER + 1;
    refused(p, rlra_problem_add_dense(p->problem, &a, 1, NULL), RLRA_ERR_ARGUMENT, "got 9");
    a = p->array;
    a.data = NULL;
    refused(p, rlra_problem_add_dense(p->problem, &a, 1, NULL), RLRA_ERR_ARGUMENT, "NULL");
    a = p->array;
    a.dims[0] = 3;
    refused(p, rlra_problem_add_dense(p->problem, &a, 1, NULL), RLRA_ERR_SHAPE,
            "factor 0 has 4 rows in an earlier term, but mode 0 of the data has 3");
}

static void test_bad_weights_of_terms_are_refused(void **state)
{
    posed *const p = *state;
    const double weights[] = {0, -1, NAN, INFINITY};
    for (int w = 0; w < COUNT_OF(weights); w++)
        refused(p, rlra_problem_add_dense(p->problem, &p->array, weights[w], NULL), RLRA_ERR_ARGUMENT,
                "weight of a term must be positive");
}

static void test_bad_factor_numbers_are_refused(void **state)
{
    posed *const p = *state;
    refused(p, rlra_problem_add_dense(p->problem, &p->array, 1, (const int[]){0, -1}), RLRA_ERR_ARGUMENT,
            "got -1 for mode 1");
    refused(p, rlra_problem_add_dense(p->problem, &p->array, 1, (const int[]){16, 1}), RLRA_ERR_ARGUMENT,
            "got 16 for mode 0");
    refused(p, rlra_problem_add_dense(p->problem, &p->array, 1, (const int[]){2, 2}), RLRA_ERR_ARGUMENT,
            "modes 0 and 1 of a term share factor 2");
}

static void test_terms_of_another_precision_and_too_many_are_refused(void **state)
{
    posed *const p = *state;
    float single[12] = {1};
    const rlra_array a = rlra_array_contiguous(RLRA_DTYPE_F32, 2, dims, single);
    refused(p, rlra_problem_add_dense(p->problem, &a, 1, NULL), RLRA_ERR_UNSUPPORTED, "this is f32, the others f64");
    while (p->problem->terms < RLRA_MAX_TERMS)
        assert_int_equal(rlra_problem_add_dense(p->problem, &p->array, 1, NULL), RLRA_OK);
    p->before = *p->problem;
    refused(p, rlra_problem_add_dense(p->problem, &p->array, 1, NULL), RLRA_ERR_ARGUMENT, "at most 8 terms");
}

static void test_magnitudes_that_leave_the_range_are_refused(void **state)
{
    posed *const p = *state;
    const double out_of_range[] = {1e200, 1e160, 1e-150, 1e-300};
    for (int s = 0; s < COUNT_OF(out_of_range); s++) {
        for (int e = 0; e < 12; e++)
            p->data[e] = out_of_range[s];
        refused(p, rlra_problem_add_dense(p->problem, &p->array, 1, NULL), RLRA_ERR_DATA, "rescale the data");
    }
    float single[12];
    const rlra_array a = rlra_array_contiguous(RLRA_DTYPE_F32, 2, dims, single);
    rlra_problem *other;
    assert_int_equal(rlra_problem_create(p->context, &other), RLRA_OK);
    for (int e = 0; e < 12; e++)
        single[e] = 1e20f;
    expect(p->context, rlra_problem_add_dense(other, &a, 1, NULL), RLRA_ERR_DATA, "leaves the range of f32");
    rlra_problem_destroy(other);
}

static void test_unknown_penalties_are_refused_with_a_list_of_known_ones(void **state)
{
    posed *const p = *state;
    refused(p, rlra_problem_add_penalty(p->problem, 0, "lasso", 1), RLRA_ERR_ARGUMENT, "no penalty 'lasso'");
    for (int member = 0; rlra_member_at("penalty", member) != NULL; member++)
        refused(p, rlra_problem_add_penalty(p->problem, 0, "", 1), RLRA_ERR_ARGUMENT,
                rlra_member_at("penalty", member)->name);
}

static void test_bad_factors_and_weights_of_penalties_are_refused(void **state)
{
    posed *const p = *state;
    const double weights[] = {-1, NAN, INFINITY};
    refused(p, rlra_problem_add_penalty(p->problem, 2, "l1", 1), RLRA_ERR_ARGUMENT, "factors 0 to 1");
    refused(p, rlra_problem_add_penalty(p->problem, -1, "l1", 1), RLRA_ERR_ARGUMENT, "no factor -1");
    refused(p, rlra_problem_add_penalty(p->problem, 16, "l1", 1), RLRA_ERR_ARGUMENT, "no factor 16");
    for (int w = 0; w < COUNT_OF(weights); w++)
        refused(p, rlra_problem_add_penalty(p->problem, 0, "l1", weights[w]), RLRA_ERR_ARGUMENT, "number >= 0");
}

static void test_bounds_may_be_negative_but_must_leave_room(void **state)
{
    posed *const p = *state;
    refused(p, rlra_problem_add_penalty(p->problem, 0, "upper", NAN), RLRA_ERR_ARGUMENT, "finite number, got nan");
    refused(p, rlra_problem_add_penalty(p->problem, 0, "lower", -INFINITY), RLRA_ERR_ARGUMENT,
            "finite number, got -inf");
    refused(p, rlra_problem_add_prior(p->problem, 0, "upper"), RLRA_ERR_ARGUMENT, "write upper=1, for example");
    refused(p, rlra_problem_add_prior(p->problem, 0, "nonneg,upper=-1"), RLRA_ERR_ARGUMENT,
            "at least 0 and at most -1");
    refused(p, rlra_problem_add_prior(p->problem, 0, "upper=1,lower=1.5"), RLRA_ERR_ARGUMENT,
            "at least 1.5 and at most 1");
    refused(p, rlra_problem_add_prior(p->problem, 0, "simplex,upper=0.5"), RLRA_ERR_UNSUPPORTED, "cannot be combined");
    assert_int_equal(rlra_problem_add_prior(p->problem, 0, "lower=-2,upper=-1,l1=1,l2=1"), RLRA_OK);
    assert_int_equal(rlra_problem_add_prior(p->problem, 1, "nonneg,lower=-2,upper=0"), RLRA_OK);
}

static void test_penalties_that_do_not_combine_are_refused(void **state)
{
    posed *const p = *state;
    assert_int_equal(rlra_problem_add_prior(p->problem, 0, "simplex,nonneg"), RLRA_OK);
    assert_int_equal(rlra_problem_add_prior(p->problem, 1, "nonneg,l1=1"), RLRA_OK);
    p->before = *p->problem;
    refused(p, rlra_problem_add_penalty(p->problem, 0, "l1", 1), RLRA_ERR_UNSUPPORTED, "'simplex' and 'l1'");
    refused(p, rlra_problem_add_penalty(p->problem, 1, "simplex", 1), RLRA_ERR_UNSUPPORTED, "cannot be combined");
    refused(p, rlra_problem_add_penalty(p->problem, 1, "l1", 2), RLRA_ERR_UNSUPPORTED, "has the penalty 'l1' already");
}

static void test_bad_priors_are_refused_as_a_whole(void **state)
{
    posed *const p = *state;
    static const struct {
        const char *text, *part;
        rlra_status status;
    } cases[] = {
        {",", "a prior reads name or name=weight", RLRA_ERR_ARGUMENT},
        {"nonneg,,l1=1", "a prior reads", RLRA_ERR_ARGUMENT},
        {"l1", "'l1' needs a weight", RLRA_ERR_ARGUMENT},
        {"nonneg,l1=", "the weight of 'l1' must be a number", RLRA_ERR_ARGUMENT},
        {"l1=abc", "got 'abc'", RLRA_ERR_ARGUMENT},
        {"l1=0.1x", "got '0.1x'", RLRA_ERR_ARGUMENT},
        {"l1=-1", ">= 0", RLRA_ERR_ARGUMENT},
        {"l1=nan", ">= 0", RLRA_ERR_ARGUMENT},
        {"l1=1e999", ">= 0", RLRA_ERR_ARGUMENT},
        {"nonneg,bogus=1", "no penalty 'bogus'", RLRA_ERR_ARGUMENT},
        {"nonneg,l1=0.1,l1=2", "already", RLRA_ERR_UNSUPPORTED},
        {"nonneg,none,bogus", "no penalty 'bogus'", RLRA_ERR_ARGUMENT},
        {" nonneg", "no penalty ' nonneg'", RLRA_ERR_ARGUMENT},
    };
    for (int c = 0; c < COUNT_OF(cases); c++)
        refused(p, rlra_problem_add_prior(p->problem, 1, cases[c].text), cases[c].status, cases[c].part);
}

static void test_priors_are_stored_in_the_order_in_which_proxes_compose(void **state)
{
    posed *const p = *state;
    assert_int_equal(rlra_problem_add_prior(p->problem, 0, "nonneg,l1=0.5,none,l2=2"), RLRA_OK);
    assert_int_equal(rlra_problem_add_prior(p->problem, 1, ""), RLRA_OK);
    assert_int_equal(p->problem->priors[0].count, 3);
    assert_int_equal(p->problem->priors[1].count, 0);
    for (int at = 0; at + 1 < 3; at++)
        assert_true(p->problem->priors[0].item[at].member < p->problem->priors[0].item[at + 1].member);
    assert_true(p->problem->priors[0].item[0].weight == 2 && p->problem->priors[0].item[1].weight == 0.5);
}

#define WITH_PROBLEM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PROBLEM(test_bad_entries_are_counted_and_located),
        WITH_PROBLEM(test_bad_entries_of_a_view_are_located_in_its_own_order),
        WITH_PROBLEM(test_bad_shapes_are_refused),
        WITH_PROBLEM(test_bad_weights_of_terms_are_refused),
        WITH_PROBLEM(test_bad_factor_numbers_are_refused),
        WITH_PROBLEM(test_terms_of_another_precision_and_too_many_are_refused),
        WITH_PROBLEM(test_magnitudes_that_leave_the_range_are_refused),
        WITH_PROBLEM(test_unknown_penalties_are_refused_with_a_list_of_known_ones),
        WITH_PROBLEM(test_bad_factors_and_weights_of_penalties_are_refused),
        WITH_PROBLEM(test_bounds_may_be_negative_but_must_leave_room),
        WITH_PROBLEM(test_penalties_that_do_not_combine_are_refused),
        WITH_PROBLEM(test_bad_priors_are_refused_as_a_whole),
        WITH_PROBLEM(test_priors_are_stored_in_the_order_in_which_proxes_compose),
    };
    return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
