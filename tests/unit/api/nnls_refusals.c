/* unit/api/nnls_refusals.c: what regressions refuse, their sentences, and that X is then what it was. */
#include "support/meter.h"
#include "support/regressions.h"

/* Its square leaves the range of the precision. */
#define LARGE (sizeof(real) == 4 ? 1e30 : 1e200)

/* A run fails with this sentence, and X is what it was. */
static void refuses(regression_trial *t, const char *priors, rlra_status status, const char *sentence)
{
    for (ptrdiff_t e = 0; e < t->rank * t->columns; e++)
        t->x.memory[e] = (real)-7;
    expect(t->context, try_regression(t, priors), status, sentence);
    for (ptrdiff_t e = 0; e < t->rank * t->columns; e++)
        CHECK(t->x.memory[e] == -7, "%s: X changed", sentence);
}

static void test_a_bad_design_is_refused(void **state)
{
    (void)state;
    regression_trial t = make_regression(1, 6, 3, 4, DATA_SIGNED, 0);
    t.w.array.dims[0] = 0;
    refuses(&t, NULL, RLRA_ERR_SHAPE, "nnls: W is empty: 0 x 3");
    t.w.array.dims[0] = 6;
    t.w.array.dims[1] = 0;
    refuses(&t, NULL, RLRA_ERR_SHAPE, "nnls: W is empty: 6 x 0");
    t.w.array.dims[1] = 3;
    t.w.array.order = 1;
    refuses(&t, NULL, RLRA_ERR_SHAPE, "nnls: W must be a matrix, got an array of order 1");
    t.w.array.order = 2;
    t.w.memory[5] = (real)NAN;
    refuses(&t, NULL, RLRA_ERR_DATA, "W holds 1 entries that are NaN or infinite; the first, nan, is at [1, 2]");
    t.w.memory[5] = (real)-INFINITY;
    refuses(&t, NULL, RLRA_ERR_DATA, "the first, -inf, is at [1, 2]");
    rlra_nnls_plan *plan = (rlra_nnls_plan *)&t;
    assert_int_equal(rlra_nnls_plan_create(t.context, NULL, NULL, NULL, &plan), RLRA_ERR_ARGUMENT);
    assert_null(plan);
    assert_int_equal(rlra_nnls_plan_create(t.context, &t.w.array, NULL, NULL, NULL), RLRA_ERR_ARGUMENT);
    rlra_nnls_plan_destroy(NULL);
    free_regression(&t);
}

static void test_bad_right_hand_sides_are_refused(void **state)
{
    (void)state;
    regression_trial t = make_regression(1, 6, 3, 4, DATA_SIGNED, 0);
    t.y.array.dims[0] = 5;
    refuses(&t, NULL, RLRA_ERR_SHAPE, "nnls: W has 6 rows, but Y has 5");
    t.y.array.dims[0] = 6;
    t.y.array.dims[1] = 0;
    refuses(&t, NULL, RLRA_ERR_SHAPE, "nnls: Y has no columns");
    t.y.array.dims[1] = 4;
    t.y.array.order = 3;
    t.y.array.dims[2] = 1;
    refuses(&t, NULL, RLRA_ERR_SHAPE, "nnls: Y must be a vector or a matrix, got an array of order 3");
    t.y.array.order = 2;
    t.y.array.dtype = REAL_DTYPE == RLRA_DTYPE_F32 ? RLRA_DTYPE_F64 : RLRA_DTYPE_F32;
    refuses(&t, NULL, RLRA_ERR_UNSUPPORTED, "but Y is");
    t.y.array.dtype = REAL_DTYPE;
    t.x.array.dims[0] = 2;
    refuses(&t, NULL, RLRA_ERR_SHAPE, "nnls: X must be 3 x 4, got order 2, 2 x 4");
    t.x.array.dims[0] = 3;
    t.y.memory[4 * 2 + 3] = (real)NAN;
    refuses(&t, NULL, RLRA_ERR_DATA, "nnls: Y must hold finite numbers, but Y[2, 3] is");
    t.y.memory[4 * 2 + 3] = (real)INFINITY;
    t.options.loss = "kl";
    for (int e = 0; e < 24; e++)
        t.y.memory[e] = e == 11 ? t.y.memory[e] : (real)fabs((double)t.y.memory[e]);
    refuses(&t, NULL, RLRA_ERR_DATA, "nnls: Y must hold finite numbers, but Y[2, 3] is");
    free_regression(&t);
}

static void test_data_that_a_loss_cannot_take_are_refused(void **state)
{
    (void)state;
    regression_trial t = make_regression(1, 6, 3, 4, DATA_POSITIVE, 0);
    t.options.loss = "kl";
    t.y.memory[4 * 5 + 1] = (real)-0.5;
    refuses(&t, NULL, RLRA_ERR_DATA, "nnls: the loss 'kl' needs y >= 0, but Y[5, 1] is -0.5");
    t.y.memory[4 * 5 + 1] = 0;
    run_regression(&t, NULL);
    t.options.loss = "is";
    refuses(&t, NULL, RLRA_ERR_DATA, "nnls: the loss 'is' needs y > 0, but Y[5, 1] is 0");
    t.y.memory[4 * 5 + 1] = 1;
    t.w.memory[4] = (real)-0.25;
    refuses(&t, NULL, RLRA_ERR_DATA, "nnls: the loss 'is' needs W >= 0, but its smallest entry is -0.25");
    t.options.loss = "kl";
    for (int k = 0; k < 3; k++)
        t.w.memory[3 * 4 + k] = 0;
    t.w.memory[4] = 1;
    refuses(&t, NULL, RLRA_ERR_DATA, "nnls: row 4 of W is zero but Y[4, 0] is");
    for (int c = 0; c < 4; c++)
        t.y.memory[4 * 4 + c] = 0;
    run_regression(&t, NULL);
    t.options.loss = "frobenius";
    t.options.update = "mu";
    t.y.memory[7] = -1;
    refuses(&t, NULL, RLRA_ERR_DATA, "nnls: update 'mu' needs y >= 0, but Y[1, 3] is -1: use 'auto'");
    free_regression(&t);
}

/* An entry, or where row < 0 a whole column, that is not allowed, and what is said of it. */
typedef struct bad_entry {
    const char *loss, *update;
    ptrdiff_t row, column;
    double value;
    int empties_row; /* of W */
    const char *sentence;
} bad_entry;

static const bad_entry bad_entries[] = {
    {"kl", "auto", 5, 30, -0.5, 0, "nnls: the loss 'kl' needs y >= 0, but Y[5, 30] is -0.5"},
    {"is", "auto", 2, 130, 0, 0, "nnls: the loss 'is' needs y > 0, but Y[2, 130] is 0"},
    {"kl", "auto", 4, 0, 2, 1, "nnls: row 4 of W is zero but Y[4, 0] is 2: the divergence 'kl' is infinite"},
    {"frobenius", "mu", 0, 99, -1, 0, "nnls: update 'mu' needs y >= 0, but Y[0, 99] is -1: use 'auto'"},
    {"frobenius", "auto", 3, 140, NAN, 0, "nnls: Y must hold finite numbers, but Y[3, 140] is "},
    {"kl", "auto", 3, 140, INFINITY, 0, "nnls: Y must hold finite numbers, but Y[3, 140] is inf"},
    {"frobenius", "auto", -1, 131, LARGE, 0, "nnls: the sum of squares of column 131 of Y, "},
};

/* Put it into Y, and another one behind it: the first in the order of the columns is named. */
static void spoil(regression_trial *t, const bad_entry *bad)
{
    const int64_t first[] = {bad->row < 0 ? 3 : bad->row, bad->column}, later[] = {0, bad->column + 1};
    for (ptrdiff_t k = 0; bad->empties_row && k < t->rank; k++)
        t->w.memory[bad->row * t->rank + k] = 0;
    *entry_at(&t->y.array, first) = (real)bad->value;
    if (!bad->empties_row)
        *entry_at(&t->y.array, later) = (real)bad->value;
}

/* The same Y, with every entry stored that is not zero. */
static rlra_status try_stored(regression_trial *t)
{
    rlra_nnls_plan *plan = NULL;
    int64_t indices[2][7 * 150], count = 0;
    real values[7 * 150];
    for (int64_t j = 0; j < t->rows; j++)
        for (int64_t c = 0; c < t->columns; c++) {
            indices[0][count] = j;
            indices[1][count] = c;
            values[count] = *entry_at(&t->y.array, (const int64_t[]){j, c});
            count += values[count] != 0;
        }
    const rlra_sparse y = {.dtype = REAL_DTYPE,
                           .order = 2,
                           .dims = {t->rows, t->columns},
                           .count = count,
                           .compressed = -1,
                           .indices = {indices[0], indices[1]},
                           .values = values};
    rlra_status status = rlra_nnls_plan_create(t->context, &t->w.array, &t->options, NULL, &plan);
    if (status == RLRA_OK)
        status = rlra_nnls_plan_solve_sparse(plan, &y, &t->x.array, NULL, &t->report);
    rlra_nnls_plan_destroy(plan);
    return status;
}

static void test_the_first_bad_entry_is_named_in_every_storage(void **state)
{
    (void)state;
    const arrangement orders[] = {
        {"C", 0, 1, 0, 0}, {"Fortran", 1, 1, 0, 0}, {"apart", 1, 2, 0, 0}, {"both", 0, 3, 3, 0}};
    const int64_t dims[] = {7, 150};
    for (int b = 0; b < COUNT_OF(bad_entries); b++)
        for (int how = 0; how <= COUNT_OF(orders); how++) {
            const bad_entry *const bad = &bad_entries[b];
            const int is_stored = how == COUNT_OF(orders);
            if (is_stored && !isfinite(bad->value))
                continue;
            regression_trial t = make_regression(3, dims[0], 3, dims[1], DATA_POSITIVE, 0);
            view y = empty_view(2, dims, is_stored ? &c_order : &orders[how]);
            int64_t at[2] = {0};
            do
                *entry_at(&y.array, at) = *entry_at(&t.y.array, at);
            while (next_index(&y.array, at));
            free(t.y.memory);
            t.y = y;
            t.options.loss = bad->loss;
            t.options.update = bad->update;
            spoil(&t, bad);
            expect(t.context, is_stored ? try_stored(&t) : try_regression(&t, NULL), RLRA_ERR_DATA, bad->sentence);
            free_regression(&t);
        }
}

static void test_penalties_that_a_rule_cannot_take_are_refused(void **state)
{
    (void)state;
    regression_trial t = make_regression(1, 6, 3, 4, DATA_POSITIVE, 0);
    t.options.sparsity = 4;
    refuses(&t, NULL, RLRA_ERR_ARGUMENT, "nnls: `sparsity` asks for 4 entries of a column, but W has 3 columns only");
    t.options.sparsity = -1;
    refuses(&t, NULL, RLRA_ERR_ARGUMENT, "`sparsity` must lie in [0, 1000000000], got -1");
    t.options.sparsity = 2;
    t.options.update = "active_set";
    refuses(&t, NULL, RLRA_ERR_UNSUPPORTED,
            "update 'active_set' cannot treat the penalty 'hard_sparsity' of X: use one of:");
    t.options.sparsity = 0;
    t.options.update = "mu";
    refuses(&t, "nonneg,simplex", RLRA_ERR_UNSUPPORTED,
            "update 'mu' cannot treat the penalty 'simplex' of X: use one of:");
    t.options.update = "k_sparse";
    refuses(&t, NULL, RLRA_ERR_UNSUPPORTED,
            "update 'k_sparse' needs the penalty 'hard_sparsity' on X: add it, or use one of:");
    t.options.update = "mu";
    refuses(&t, "l1=0.1", RLRA_ERR_UNSUPPORTED, "update 'mu' needs the penalty 'nonneg' on X: add it, or use one of:");
    t.options.update = "auto";
    t.options.loss = "kl";
    refuses(&t, "l1=0.1", RLRA_ERR_UNSUPPORTED,
            "nnls: the loss 'kl' needs the penalty 'nonneg' on X: add it, or use the loss 'frobenius'");
    t.options.loss = "frobenius";
    refuses(&t, "nonneg,upper=-1", RLRA_ERR_ARGUMENT, "X: no number is at least 0 and at most -1");
    refuses(&t, "nonneg,nonneg", RLRA_ERR_UNSUPPORTED, "X has the penalty 'nonneg' already");
    refuses(&t, "simplex,upper=1", RLRA_ERR_UNSUPPORTED, "X: 'simplex' and 'upper' cannot be combined");
    refuses(&t, "factor 0", RLRA_ERR_ARGUMENT, "there is no penalty 'factor 0'");
    refuses(&t, "factor 0=x", RLRA_ERR_ARGUMENT, "the weight of 'factor 0' must be a number, got 'x'");
    refuses(&t, "nonneg,frobnicate", RLRA_ERR_ARGUMENT, "there is no penalty 'frobnicate'");
    refuses(&t, "nonneg,l1=-1", RLRA_ERR_ARGUMENT, "the weight of 'l1' must be a number >= 0, got -1");
    t.options.update = "newtonn";
    refuses(&t, NULL, RLRA_ERR_ARGUMENT, "`update` must be one of:");
    free_regression(&t);
}

static void test_a_front_that_cannot_be_is_refused(void **state)
{
    (void)state;
    regression_trial t = make_regression(6, 9, 3, 8, DATA_POSITIVE, 0);
    rlra_nnls_plan *plan = NULL;
    double losses[8 * 3];
    const int64_t dims[] = {8, 3, 3};
    view x = empty_view(3, dims, &c_order);
    MUST(&t, rlra_nnls_plan_create(t.context, &t.w.array, NULL, NULL, &plan));
    expect(t.context, rlra_nnls_plan_front(plan, &t.y.array, &x.array, NULL, NULL), RLRA_ERR_ARGUMENT, "no room");
    x.array.dims[1] = 2;
    expect(t.context, rlra_nnls_plan_front(plan, &t.y.array, &x.array, losses, NULL), RLRA_ERR_SHAPE,
           "nnls: X of every size must be 8 x 3 x 3 (columns of Y, sizes, columns of W)");
    x.array.dims[1] = 3;
    t.y.memory[9] = (real)NAN;
    expect(t.context, rlra_nnls_plan_front(plan, &t.y.array, &x.array, losses, NULL), RLRA_ERR_DATA,
           "nnls: Y must hold finite numbers, but Y[1, 1] is");
    assert_true(isnan((double)x.memory[0]));
    t.y.memory[9] = (real)LARGE;
    expect(t.context, rlra_nnls_plan_front(plan, &t.y.array, &x.array, losses, NULL), RLRA_ERR_DATA,
           "nnls: the sum of squares of column 1 of Y, ");
    t.y.memory[9] = 1;
    rlra_context_interrupt(t.context);
    MUST(&t, rlra_nnls_plan_front(plan, &t.y.array, &x.array, losses, &t.report));
    assert_true(t.report.stop == RLRA_STOP_INTERRUPT && t.report.unproved_columns == 8 && isnan(t.report.gap));
    rlra_context_resume(t.context);
    MUST(&t, rlra_nnls_plan_front(plan, &t.y.array, &x.array, losses, &t.report));
    assert_true(t.report.stop == RLRA_STOP_KKT && t.report.kkt_residual <= t.report.tolerance);
    rlra_nnls_plan_destroy(plan);
    MUST(&t, rlra_nnls_plan_create(t.context, &t.w.array, NULL, "nonneg,upper=1", &plan));
    expect(t.context, rlra_nnls_plan_front(plan, &t.y.array, &x.array, losses, NULL), RLRA_ERR_UNSUPPORTED,
           "nnls: the search for supports of every size cannot treat the penalty 'upper' of X");
    rlra_nnls_plan_destroy(plan);
    t.options.loss = "kl";
    MUST(&t, rlra_nnls_plan_create(t.context, &t.w.array, &t.options, NULL, &plan));
    expect(t.context, rlra_nnls_plan_front(plan, &t.y.array, &x.array, losses, NULL), RLRA_ERR_UNSUPPORTED,
           "nnls: the best supports of every size are known for the loss 'frobenius' only, not for 'kl'");
    rlra_nnls_plan_destroy(plan);
    free(x.memory);
    free_regression(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bad_design_is_refused),
        cmocka_unit_test(test_bad_right_hand_sides_are_refused),
        cmocka_unit_test(test_data_that_a_loss_cannot_take_are_refused),
        cmocka_unit_test(test_the_first_bad_entry_is_named_in_every_storage),
        cmocka_unit_test(test_penalties_that_a_rule_cannot_take_are_refused),
        cmocka_unit_test(test_a_front_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests_name("nnls refusals", tests, NULL, NULL);
}
