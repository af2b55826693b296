/* unit/block/gap.c: the duality gap of rows is never below the truth and closes at the minimum; the best scale of rows. */
#include "block/gap.h"
#include "support/row_blocks.h"

static const double betas[] = {1, 1.25, 1.5, 1.75, 2};

static void draw_data(numbers *from, row_trial *t)
{
    for (ptrdiff_t i = 0; i < t->x.length; i++)
        for (ptrdiff_t j = 0; j < t->design.length; j++) {
            real *const y = t->y + i * t->part.y_stride + j;
            *y = uniform(from) < 0.3 ? 0 : (real)(4 * uniform(from) * uniform(from));
        }
}

static void gaps_of(row_trial *t, double *gaps)
{
    double x[64], up[64], down[64];
    const block *const posed = trial_block(t);
    for (ptrdiff_t i = 0; i < t->x.length; i++) {
        for (ptrdiff_t k = 0; k < t->x.rank; k++)
            x[k] = (double)*entry(t->x, i, k);
        RLRA(row_exact)(posed, i, x, up, down);
        gaps[i] = RLRA(row_gap)(posed, i, x, up, down);
    }
}

static int asks_for_more_than_nonneg(const penalty_list *list)
{
    return !RLRA(penalties_nonneg)(list) || RLRA(penalties_scope)(list) > PENALTY_ENTRY;
}

/* Column 1 becomes column 0. */
static void repeat_column(row_trial *t)
{
    for (ptrdiff_t j = 0; j < t->design.length; j++)
        *entry(t->design, j, 1) = *entry(t->design, j, 0);
    t->sums[1] = t->sums[0];
}

static void check_gaps(numbers *from, double beta, const penalty_list *list, int repeats)
{
    row_trial t = make_row_trial(from, 5, 1 + below(from, 5), 8 + below(from, 20), RLRA(loss_find)("beta", beta));
    double gaps[5], best[64], size;
    t.list = *list;
    if (repeats && t.x.rank > 1)
        repeat_column(&t);
    draw_data(from, &t);
    for (ptrdiff_t i = 0; i < 5; i++) {
        double row[64];
        draw_row(from, list, row, t.x.rank);
        row[0] = fmin(row[0] + 0.3, RLRA(penalties_most)(list));
        for (ptrdiff_t k = 0; k < t.x.rank; k++)
            *entry(t.x, i, k) = (real)row[k];
    }
    gaps_of(&t, gaps);
    for (ptrdiff_t i = 0; i < 5; i++) {
        const double now = row_objective(&t, i, &size), least = least_objective(&t, i, best);
        const double slack = 1e-10 * size; /* the least one is approached only */
        CHECK(gaps[i] >= now - least - slack, "beta %g, %s: gap %g < %g", beta, list_name(list), gaps[i], now - least);
        assert_true(isfinite(gaps[i]) && gaps[i] >= 0);
        for (ptrdiff_t k = 0; k < t.x.rank; k++)
            *entry(t.x, i, k) = (real)best[k];
    }
    gaps_of(&t, gaps);
    for (ptrdiff_t i = 0; i < 5; i++) {
        const double now = row_objective(&t, i, &size);
        CHECK(gaps[i] <= 1e-5 * (fabs(now) + 1) + 1024 * (double)REAL_EPS * size, "beta %g, %s: %g at the minimum",
              beta, list_name(list), gaps[i]);
    }
    free_row_trial(&t);
}

static void test_gaps_are_above_the_truth_and_close(void **state)
{
    (void)state;
    numbers from = {1, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_lists(&from, lists);
    for (int b = 0; b < COUNT_OF(betas); b++)
        for (int c = 0; c < count; c++)
            for (int repeat = c % test_share(); repeat < 3 && !asks_for_more_than_nonneg(&lists[c]); repeat++)
                check_gaps(&from, betas[b], &lists[c], repeat == 1);
}

static void test_losses_without_duality_have_no_gap(void **state)
{
    (void)state;
    numbers from = {2, 0};
    const double others[] = {0, 0.5, 3};
    for (int b = 0; b < COUNT_OF(others); b++) {
        double gaps[2];
        row_trial t = make_row_trial(&from, 2, 3, 9, RLRA(loss_find)("beta", others[b]));
        gaps_of(&t, gaps);
        assert_true(isnan(gaps[0]) && isnan(gaps[1]));
        free_row_trial(&t);
    }
}

static void test_rows_without_counts_end_at_zero_with_no_gap(void **state)
{
    (void)state;
    numbers from = {3, 0};
    double gaps[2];
    row_trial t = make_row_trial(&from, 2, 3, 9, RLRA(loss_find)("kl", 0));
    for (ptrdiff_t j = 0; j < 9; j++)
        t.y[j] = 0;
    for (ptrdiff_t k = 0; k < 3; k++)
        *entry(t.x, 0, k) = 0;
    gaps_of(&t, gaps);
    assert_true(gaps[0] == 0 && gaps[1] > 0);
    free_row_trial(&t);
}

/* No other multiple is better, and kl has the total of the data. */
static void test_scales_are_the_best(void **state)
{
    (void)state;
    numbers from = {4, 0};
    const double all[] = {2, 1, 0, 0.5, 1.5, 3};
    for (int b = 0; b < COUNT_OF(all); b++) {
        row_trial t = make_row_trial(&from, 4, 3, 30, RLRA(loss_find)("beta", all[b]));
        t.scratch = aligned_scratch(RLRA(rows_bytes)(UPDATE_ROWS, 3));
        for (ptrdiff_t k = 0; k < 3; k++)
            *entry(t.x, 3, k) = 0;
        RLRA(rows_scale)(trial_block(&t), t.x, t.scratch);
        for (ptrdiff_t i = 0; i < 3; i++) {
            const double best = row_loss(&t, i);
            for (ptrdiff_t k = 0; k < 3; k++)
                *entry(t.x, i, k) *= (real)1.01;
            assert_true(row_loss(&t, i) > best);
            for (ptrdiff_t k = 0; k < 3; k++)
                *entry(t.x, i, k) *= (real)(0.99 / 1.01);
            assert_true(row_loss(&t, i) > best);
        }
        for (ptrdiff_t k = 0; k < 3; k++)
            assert_true(*entry(t.x, 3, k) == 0);
        free_row_trial(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gaps_are_above_the_truth_and_close),
        cmocka_unit_test(test_losses_without_duality_have_no_gap),
        cmocka_unit_test(test_rows_without_counts_end_at_zero_with_no_gap),
        cmocka_unit_test(test_scales_are_the_best),
    };
    return cmocka_run_group_tests_name("gap", tests, NULL, NULL);
}
