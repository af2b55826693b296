/* unit/update/active_set.c: the active-set rule gives the exact minimiser of a block. */
#include "support/meter.h"

#include <math.h>
#include <string.h>

#include "update/members.h"

#define RANK 9
#define ROWS 37

static penalty_list list_of(const char *const *names, const double *weights, int count)
{
    penalty_list list = {0};
    for (int index = 0; RLRA(penalty_at)(index) != NULL; index++)
        for (int n = 0; n < count; n++)
            if (strcmp(RLRA(penalty_at)(index)->about.name, names[n]) == 0)
                list.item[list.count++] = (penalty){RLRA(penalty_at)(index), weights[n]};
    assert_int_equal(list.count, count);
    return list;
}

/* Distance of x from prox(x - gradient step), entry by entry: zero exactly at the minimiser. */
static void check_optimal(const double *gram, const real *rhs, const real *x, int nonneg, double l1, double l2)
{
    for (ptrdiff_t i = 0; i < ROWS; i++)
        for (ptrdiff_t k = 0; k < RANK; k++) {
            const double value = (double)x[k * ROWS + i], step = 1.0 / (gram[k * RANK + k] + 2.0 * l2);
            double slope = (double)rhs[k * ROWS + i] - 2.0 * l2 * value;
            double size = fabs(slope) + l1;
            for (ptrdiff_t l = 0; l < RANK; l++) {
                slope -= gram[k * RANK + l] * (double)x[l * ROWS + i];
                size += fabs(gram[k * RANK + l] * (double)x[l * ROWS + i]);
            }
            const double moved = value + step * slope;
            const double shrunk = copysign(fmax(fabs(moved) - step * l1, 0.0), moved);
            const double wanted = nonneg ? fmax(moved - step * l1, 0.0) : shrunk;
            assert_true(fabs(value - wanted) <= 50.0 * (double)REAL_EPS * step * size);
        }
}

static void run(int nonneg, double l1, double l2, int singular)
{
    static real x[RANK * ROWS], rhs[RANK * ROWS];
    double gram[RANK * RANK], w[RANK][20];
    const char *const names[3] = {"nonneg", "l1", "l2"};
    const double weights[3] = {0, l1, l2};
    const penalty_list list = list_of(names + !nonneg, weights + !nonneg, 3 - !nonneg);
    numbers from = {(uint64_t)(4 * nonneg + singular), 0};
    for (int k = 0; k < RANK; k++)
        for (int i = 0; i < 20; i++)
            w[k][i] = singular && k == RANK - 1 ? w[0][i] : normal(&from);
    for (int k = 0; k < RANK; k++)
        for (int l = 0; l < RANK; l++) {
            gram[k * RANK + l] = 0;
            for (int i = 0; i < 20; i++)
                gram[k * RANK + l] += w[k][i] * w[l][i];
        }
    for (int i = 0; i < RANK * ROWS; i++) {
        x[i] = (real)fmax(normal(&from), 0.0);
        rhs[i] = (real)(20.0 * normal(&from));
    }
    for (int i = 0; singular && i < ROWS; i++)
        rhs[(RANK - 1) * ROWS + i] = rhs[i];
    const update_ops *const rule = &RLRA(update_active_set);
    double *const prepared = malloc(rule->prepared_doubles(RANK) * sizeof *prepared);
    void *const scratch = malloc(rule->scratch_bytes(UPDATE_ROWS, RANK));
    rule->prepare(gram, RANK, &list, prepared);
    const block b = {.x = {x, ROWS, RANK, ROWS},
                     .quadratic = {.rhs = {rhs, ROWS, RANK, ROWS}, .gram = gram},
                     .penalties = &list,
                     .kernels = RLRA(kernels_best)(),
                     .prepared = prepared,
                     .scratch = scratch};
    rule->apply(&b);
    check_optimal(gram, rhs, x, nonneg, l1, l2);
    free(scratch);
    free(prepared);
}

static void test_nonnegative_rows_are_optimal(void **state)
{
    (void)state;
    run(1, 0.0, 0.0, 0);
    run(1, 0.0, 0.0, 1);
}

static void test_l1_and_l2_are_exact(void **state)
{
    (void)state;
    run(1, 3.0, 0.0, 0);
    run(1, 0.0, 2.0, 1);
    run(1, 3.0, 2.0, 1);
}

static void test_without_sign_constraint_lasso_and_ridge_are_exact(void **state)
{
    (void)state;
    run(0, 0.0, 0.0, 0);
    run(0, 5.0, 0.0, 0);
    run(0, 5.0, 1.0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nonnegative_rows_are_optimal),
        cmocka_unit_test(test_l1_and_l2_are_exact),
        cmocka_unit_test(test_without_sign_constraint_lasso_and_ridge_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
