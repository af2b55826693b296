/* unit/linalg/assign.c: assignments are the best of all there are. */
#include "linalg/assign.h"

#include "support/support.h"

#define MOST 8

/* The least sum over all ways to give the rows from `row` on distinct columns. */
static double least_of_all(ptrdiff_t row, ptrdiff_t rows, ptrdiff_t columns, const double *costs, unsigned taken)
{
    double least = INFINITY;
    if (row == rows)
        return 0;
    for (ptrdiff_t j = 0; j < columns; j++)
        if ((taken >> j & 1) == 0)
            least =
                fmin(least, costs[row * columns + j] + least_of_all(row + 1, rows, columns, costs, taken | 1U << j));
    return least;
}

static double cost_of_kind(numbers *from, int kind)
{
    switch (kind) {
    case 0:
        return uniform(from);
    case 1:
        return (double)below(from, 3);
    case 2:
        return 1e6 * normal(from);
    case 3:
        return 1 + 1e-9 * (double)below(from, 100);
    default:
        return -uniform(from) * uniform(from);
    }
}

static void check_assignment(ptrdiff_t rows, ptrdiff_t columns, const double *costs)
{
    ptrdiff_t column_of[MOST];
    unsigned taken = 0;
    double sum = 0, size = 0;
    void *const scratch = malloc(rlra_assign_bytes(columns));
    const double reported = rlra_assign(rows, columns, costs, column_of, scratch);
    for (ptrdiff_t i = 0; i < rows; i++) {
        CHECK(column_of[i] >= 0 && column_of[i] < columns, "row %td goes to %td", i, column_of[i]);
        CHECK((taken >> column_of[i] & 1) == 0, "column %td is used twice", column_of[i]);
        taken |= 1U << column_of[i];
        sum += costs[i * columns + column_of[i]];
        size += fabs(costs[i * columns + column_of[i]]);
    }
    const double least = least_of_all(0, rows, columns, costs, 0);
    CHECK(reported == sum, "reported %g, it is %g", reported, sum);
    CHECK(sum <= least + 64 * DBL_EPSILON * size, "%td x %td: %.17g, but %.17g is possible", rows, columns, sum, least);
    free(scratch);
}

static void test_an_assignment_is_the_best_of_all(void **state)
{
    (void)state;
    for (int kind = 0; kind < 5; kind++)
        for (ptrdiff_t columns = 1; columns <= 6; columns++)
            for (ptrdiff_t rows = 1; rows <= columns; rows++)
                for (uint64_t seed = 0; seed < 40; seed++) {
                    double costs[MOST * MOST];
                    numbers from = {seed, 0};
                    for (ptrdiff_t e = 0; e < rows * columns; e++)
                        costs[e] = cost_of_kind(&from, kind);
                    check_assignment(rows, columns, costs);
                }
}

static void test_no_rows_cost_nothing(void **state)
{
    (void)state;
    double costs[1] = {1};
    void *const scratch = malloc(rlra_assign_bytes(1));
    assert_true(rlra_assign(0, 1, costs, NULL, scratch) == 0);
    free(scratch);
}

/* Costs  u_i + v_j + slack  with slack 0 at the planted places alone: these are the only best ones. */
static void test_a_planted_assignment_of_many_is_found(void **state)
{
    (void)state;
    enum { MANY = 211 };
    numbers from = {5, 0};
    double *const costs = malloc(MANY * MANY * sizeof *costs), rows[MANY], columns[MANY];
    void *const scratch = malloc(rlra_assign_bytes(MANY));
    ptrdiff_t column_of[MANY];
    for (int i = 0; i < MANY; i++) {
        rows[i] = 100 * normal(&from);
        columns[i] = 100 * normal(&from);
    }
    for (int i = 0; i < MANY; i++)
        for (int j = 0; j < MANY; j++)
            costs[i * MANY + j] = rows[i] + columns[j] + (j == 37 * i % MANY ? 0 : 1e-3 + uniform(&from));
    rlra_assign(MANY, MANY, costs, column_of, scratch);
    for (int i = 0; i < MANY; i++) {
        const ptrdiff_t expected = 37 * i % MANY;
        CHECK(column_of[i] == expected, "row %d goes to %td", i, column_of[i]);
    }
    free(scratch);
    free(costs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_assignment_is_the_best_of_all),
        cmocka_unit_test(test_no_rows_cost_nothing),
        cmocka_unit_test(test_a_planted_assignment_of_many_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
