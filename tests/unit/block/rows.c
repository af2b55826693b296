/* unit/block/rows.c: slopes and values of rows against plain loops, the KKT residual. */
#include "block/kkt.h"
#include "support/row_blocks.h"

static const struct {
    ptrdiff_t rows, rank, length;
} shapes[] = {{1, 1, 1}, {3, 2, 7}, {UPDATE_ROWS, 5, 130}, {17, 11, 1000}, {1, 40, 257}, {UPDATE_ROWS, 1, 3}};

static const double betas[] = {2, 1, 0, 0.5, 1.5, 3, -1};

static void check_slopes(row_trial *t)
{
    const ptrdiff_t rows = t->x.length, rank = t->x.rank, length = t->design.length;
    const factor up = make_factor(rows, rank), down = make_factor(rows, rank);
    double values[UPDATE_ROWS];
    t->scratch = aligned_scratch(RLRA(rows_bytes)(rows, rank));
    RLRA(rows_slopes)(trial_block(t), t->x, up, down, values, t->scratch);
    for (ptrdiff_t i = 0; i < rows; i++) {
        const double loss = row_loss(t, i), tolerance = sum_tolerance(length + rank, 16);
        CHECK(fabs(values[i] - loss) <= tolerance * (loss + 1), "beta %g: %.17g, not %.17g", t->loss.beta, values[i],
              loss);
        for (ptrdiff_t k = 0; k < rank; k++) {
            double high, low;
            row_slopes(t, i, k, &high, &low);
            CHECK(fabs((double)*entry(up, i, k) - high) <= tolerance * high, "beta %g", t->loss.beta);
            CHECK(fabs((double)*entry(down, i, k) - low) <= tolerance * low, "beta %g", t->loss.beta);
        }
    }
    assert_true(gaps_are_untouched(up.at, rank, rows, up.stride));
    assert_true(gaps_are_untouched(down.at, rank, rows, down.stride));
    free(up.at);
    free(down.at);
}

static void test_slopes_and_values_are_those_of_plain_loops(void **state)
{
    (void)state;
    numbers from = {1, 0};
    for (int s = 0; s < COUNT_OF(shapes); s++)
        for (int b = 0; b < COUNT_OF(betas); b++) {
            const posed_loss loss = RLRA(loss_find)("beta", betas[b]);
            row_trial t = make_row_trial(&from, shapes[s].rows, shapes[s].rank, shapes[s].length, loss);
            check_slopes(&t);
            free_row_trial(&t);
        }
}

/* Rows of sparse data come with the design of their stored entries: kl must count the others. */
static void test_kl_sees_left_out_zeros_through_the_sums(void **state)
{
    (void)state;
    numbers from = {2, 0};
    const ptrdiff_t rank = 4, length = 300;
    row_trial whole = make_row_trial(&from, 1, rank, length, RLRA(loss_find)("kl", 0));
    row_trial part = make_row_trial(&from, 1, rank, 60, whole.loss);
    for (ptrdiff_t j = 0; j < length; j++) {
        if (j % 5 != 0)
            whole.y[j] = 0;
        else
            part.y[j / 5] = whole.y[j];
        for (ptrdiff_t k = 0; k < rank && j % 5 == 0; k++)
            *entry(part.design, j / 5, k) = *entry(whole.design, j, k);
    }
    memcpy(part.sums, whole.sums, (size_t)rank * sizeof *part.sums);
    for (ptrdiff_t k = 0; k < rank; k++)
        *entry(part.x, 0, k) = *entry(whole.x, 0, k);
    part.part.design.columns = part.design;
    part.part.is_cut = 1;
    const factor up = make_factor(1, rank), down = make_factor(1, rank);
    double value;
    part.scratch = aligned_scratch(RLRA(rows_bytes)(1, rank));
    RLRA(rows_slopes)(trial_block(&part), part.x, up, down, &value, part.scratch);
    const double loss = row_loss(&whole, 0);
    assert_true(fabs(value - loss) <= sum_tolerance(length, loss));
    for (ptrdiff_t k = 0; k < rank; k++) {
        double high, low;
        row_slopes(&whole, 0, k, &high, &low);
        assert_true(fabs((double)*entry(up, 0, k) - high) <= sum_tolerance(length, high));
        assert_true(fabs((double)*entry(down, 0, k) - low) <= sum_tolerance(length, low));
    }
    free(up.at);
    free(down.at);
    free_row_trial(&whole);
    free_row_trial(&part);
}

/* The entries of the trial's data that are not zero, row by row; `first` empty rows before them. */
static sparse_rows stored_rows(const row_trial *t, ptrdiff_t first)
{
    const ptrdiff_t rows = t->x.length, length = t->design.length;
    sparse_rows to = {.rows = rows + first, .length = length};
    to.starts = calloc((size_t)(rows + first + 1), sizeof *to.starts);
    to.indices = malloc((size_t)(rows * length) * sizeof *to.indices);
    to.values = malloc((size_t)(rows * length) * sizeof *to.values);
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = 0; j < length; j++) {
            const real y = t->y[i * t->part.y_stride + j];
            if (y == 0)
                continue;
            to.indices[to.count] = (int32_t)j;
            to.values[to.count++] = y;
        }
        to.starts[first + i + 1] = to.count;
    }
    return to;
}

/* Rows taken by their stored entries have the slopes, the values and the updates of the dense ones. */
static void test_stored_rows_are_those_of_dense_data(void **state)
{
    (void)state;
    numbers from = {3, 0};
    const ptrdiff_t rows = 23, rank = 9, length = 140, first = 3, stride = 2 * GATHER_ALIGNMENT;
    row_trial dense = make_row_trial(&from, rows, rank, length, RLRA(loss_find)("kl", 0));
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = 0; j < length; j++)
            dense.y[i * dense.part.y_stride + j] *= (i + j) % 7 < 5 ? 0 : 1;
        *entry(dense.x, i, i % rank) = 0; /* some of them will be locked */
    }
    sparse_rows entries = stored_rows(&dense, first);
    real *const packed = aligned_alloc(64, (size_t)(length * stride) * sizeof *packed);
    for (ptrdiff_t e = 0; e < length * stride; e++)
        packed[e] = e % stride < rank ? *entry(dense.design, e / stride, e % stride) : 0;
    dense.rule = RLRA(update_find)("mu");
    dense.scratch = aligned_scratch(RLRA(rows_bytes)(rows, rank));
    row_trial stored = dense;
    stored.x = copy_factor(dense.x);
    stored.scratch = aligned_scratch(RLRA(rows_bytes)(rows, rank));
    stored.part.stored = &entries;
    stored.part.first = first;
    stored.part.design.rows = packed;
    stored.part.design.rows_stride = stride;
    const factor up = make_factor(rows, rank), down = make_factor(rows, rank), other = make_factor(rows, rank);
    double values[UPDATE_ROWS], others[UPDATE_ROWS];
    RLRA(rows_slopes)(trial_block(&dense), dense.x, up, down, values, dense.scratch);
    RLRA(rows_slopes)(trial_block(&stored), stored.x, other, down, others, stored.scratch);
    regress_rule(&dense, 9, 0);
    regress_rule(&stored, 9, 0);
    for (ptrdiff_t i = 0; i < rows; i++) {
        CHECK(fabs(values[i] - others[i]) <= sum_tolerance(length, values[i] + 10 * (double)length), "%g, not %g",
              others[i], values[i]);
        for (ptrdiff_t k = 0; k < rank; k++) {
            CHECK(fabs((double)*entry(up, i, k) - (double)*entry(other, i, k)) <=
                      sum_tolerance(length, (double)*entry(up, i, k)),
                  "row %td: %g, not %g", i, (double)*entry(other, i, k), (double)*entry(up, i, k));
            /* Rounding errors of nine rounds. */
            CHECK(fabs((double)*entry(dense.x, i, k) - (double)*entry(stored.x, i, k)) <=
                      64 * sum_tolerance(length, (double)*entry(dense.x, i, k)) + 1e-9,
                  "row %td: %g, not %g", i, (double)*entry(stored.x, i, k), (double)*entry(dense.x, i, k));
        }
    }
    free(up.at);
    free(down.at);
    free(other.at);
    free(stored.x.at);
    free(stored.scratch);
    free(entries.starts);
    free(entries.indices);
    free(entries.values);
    free(packed);
    free_row_trial(&dense);
}

static void test_kkt_is_zero_at_stationary_points_only(void **state)
{
    (void)state;
    const penalty_list none = {0};
    const double x[] = {2, 0, 1}, down[] = {3, 4, 5}, up[] = {3, 1, 5}, low[] = {3, 5, 5}, high[] = {3, 1, 6};
    assert_true(RLRA(kkt_of_row)(&none, 3, x, up, down) == 0);
    assert_true(RLRA(kkt_of_row)(&none, 3, x, low, down) == 0.25);
    assert_true(RLRA(kkt_of_row)(&none, 3, x, high, down) == 0.2);
    const double nothing[] = {0, 0, 0};
    assert_true(RLRA(kkt_of_row)(&none, 3, nothing, nothing, nothing) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slopes_and_values_are_those_of_plain_loops),
        cmocka_unit_test(test_kl_sees_left_out_zeros_through_the_sums),
        cmocka_unit_test(test_stored_rows_are_those_of_dense_data),
        cmocka_unit_test(test_kkt_is_zero_at_stationary_points_only),
    };
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
