/* unit/start/orthonormal.c: orthonormal bases of tall factors. */
#include "support/meter.h"

#include <math.h>
#include <string.h>

#include "model/orthonormal.h"

#define LENGTH 1031
#define RANK   13

static double product(factor x, ptrdiff_t k, ptrdiff_t l)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < x.length; i++)
        sum += (double)x.at[k * x.stride + i] * (double)x.at[l * x.stride + i];
    return sum;
}

static factor make(numbers *from, real *room)
{
    const factor x = {room, LENGTH, RANK, LENGTH + 3};
    for (ptrdiff_t k = 0; k < RANK; k++)
        for (ptrdiff_t i = 0; i < LENGTH; i++)
            room[k * x.stride + i] = (real)(normal(from) + 30.0);
    return x;
}

static void test_basis_is_orthonormal_and_r_rebuilds(void **state)
{
    (void)state;
    static real room[RANK * (LENGTH + 3)], kept[RANK * (LENGTH + 3)];
    double r[RANK * RANK], scratch[RANK];
    for (int trial = 0; trial < 4; trial++) {
        numbers from = {(uint64_t)trial, 0};
        const factor x = make(&from, room);
        for (ptrdiff_t i = 0; i < x.length; i++) {
            room[5 * x.stride + i] = trial == 1 ? room[2 * x.stride + i] : room[5 * x.stride + i];
            room[7 * x.stride + i] = trial == 2 ? 0 : room[7 * x.stride + i];
        }
        memcpy(kept, room, sizeof room);
        RLRA(orthonormalise)(x, 2, r, scratch);
        for (ptrdiff_t k = 0; k < RANK; k++)
            for (ptrdiff_t l = 0; l <= k; l++) {
                const int dependent = (trial == 1 && k == 5) || (trial == 2 && k == 7);
                const double one = k == l && !dependent;
                assert_true(fabs(product(x, k, l) - one) <= 50.0 * (double)REAL_EPS);
            }
        for (ptrdiff_t k = 0; k < RANK; k++)
            for (ptrdiff_t i = 0; i < LENGTH; i++) {
                double left = (double)kept[k * x.stride + i];
                for (ptrdiff_t j = 0; j <= k; j++)
                    left -= (double)x.at[j * x.stride + i] * r[j * RANK + k];
                assert_true(fabs(left) <= 3000.0 * (double)REAL_EPS);
            }
    }
}

static void test_threads_do_not_change_a_bit(void **state)
{
    (void)state;
    enum { LONG = 40000, FEW = 6 };
    real *const one = malloc(sizeof(real) * LONG * FEW), *const many = malloc(sizeof(real) * LONG * FEW);
    double scratch[4 * ORTHONORMAL_SLAB * FEW], turn[FEW * FEW];
    numbers from = {9, 0};
    for (ptrdiff_t i = 0; i < LONG * FEW; i++)
        one[i] = many[i] = (real)normal(&from);
    for (int i = 0; i < FEW * FEW; i++)
        turn[i] = normal(&from);
    RLRA(orthonormalise)((factor){one, LONG, FEW, LONG}, 1, NULL, scratch);
    RLRA(orthonormalise)((factor){many, LONG, FEW, LONG}, 4, NULL, scratch);
    assert_memory_equal(one, many, sizeof(real) * LONG * FEW);
    RLRA(transform_columns)((factor){one, LONG, FEW, LONG}, FEW, turn, 1, scratch);
    RLRA(transform_columns)((factor){many, LONG, FEW, LONG}, FEW, turn, 4, scratch);
    assert_memory_equal(one, many, sizeof(real) * LONG * FEW);
    free(one);
    free(many);
}

static void test_extreme_scales_neither_overflow_nor_vanish(void **state)
{
    (void)state;
    static real room[RANK * (LENGTH + 3)];
    double scratch[RANK];
    const real scales[2] = {(real)sizeof(real) == 4 ? (real)1e33 : (real)1e300,
                            (real)sizeof(real) == 4 ? (real)1e-30 : (real)1e-300};
    for (int s = 0; s < 2; s++) {
        numbers from = {3, 0};
        const factor x = make(&from, room);
        for (ptrdiff_t i = 0; i < RANK * x.stride; i++)
            room[i] *= scales[s];
        RLRA(orthonormalise)(x, 1, NULL, scratch);
        for (ptrdiff_t k = 0; k < RANK; k++)
            assert_true(fabs(product(x, k, k) - 1.0) <= 50.0 * (double)REAL_EPS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_basis_is_orthonormal_and_r_rebuilds),
        cmocka_unit_test(test_threads_do_not_change_a_bit),
        cmocka_unit_test(test_extreme_scales_neither_overflow_nor_vanish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
