/* unit/start/nndsvd.c: starts from singular vectors, on an operator that offers nothing but contractions. */
#include "support/meter.h"

#include <math.h>
#include <string.h>

#include "model/orthonormal.h"
#include "start/nndsvd.h"
#include "start/sketch.h"
#include "unit/start/nndsvd_reference.h"

#define ROWS    12
#define COLUMNS 9
#define RANK    4

/* Row-major data, contracted by plain loops; counts the passes. */
typedef struct plain {
    data base;
    const real *at;
    int contractions;
} plain;

static data_plan plan(data *x, ptrdiff_t rank, int threads, arena *work)
{
    rlra_arena_take(work, (size_t)rank, sizeof(real));
    return (data_plan){.x = x, .rank = rank, .threads = threads, .stream = -1};
}

static void contract(const data_plan *p, int mode, const factor *factors, factor rhs)
{
    plain *const self = (plain *)p->x;
    const data *const x = p->x;
    ptrdiff_t count = 1;
    self->contractions++;
    assert_true(rhs.rank <= p->rank && rhs.length == x->dims[mode]);
    for (ptrdiff_t k = 0; k < rhs.rank; k++)
        memset(rhs.at + k * rhs.stride, 0, (size_t)rhs.length * sizeof(real));
    for (int n = 0; n < x->order; n++)
        count *= x->dims[n];
    for (ptrdiff_t e = 0; e < count; e++)
        for (ptrdiff_t k = 0; k < rhs.rank; k++) {
            double value = (double)self->at[e];
            ptrdiff_t rest = e, row = 0;
            for (int n = x->order - 1; n >= 0; n--) {
                const ptrdiff_t i = rest % x->dims[n];
                rest /= x->dims[n];
                row = n == mode ? i : row;
                value *= n == mode ? 1.0 : (double)factors[n].at[k * factors[n].stride + i];
            }
            rhs.at[k * rhs.stride + row] += (real)value;
        }
}

static const data_ops plain_ops = {.about = {"plain", "", "", ""}, .plan = plan, .contract = contract};

static plain make_plain(const real *at, int order, const ptrdiff_t *dims)
{
    plain x = {.base = {.ops = &plain_ops, .order = order}, .at = at};
    ptrdiff_t count = 1;
    for (int n = 0; n < order; n++) {
        x.base.dims[n] = dims[n];
        count *= dims[n];
    }
    for (ptrdiff_t e = 0; e < count; e++)
        x.base.norm2 += (double)at[e] * (double)at[e];
    return x;
}

/* The matrix of nndsvd_reference.py: of rank five, its mean is one. */
static void reference_matrix(real *x)
{
    double sum = 0, values[ROWS * COLUMNS] = {0};
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++)
            for (int k = 1; k <= 5; k++)
                values[i * COLUMNS + j] += (i * k + k * k) % 7 * ((j * (k + 1) + k) % 5);
    for (int e = 0; e < ROWS * COLUMNS; e++)
        sum += values[e];
    for (int e = 0; e < ROWS * COLUMNS; e++)
        x[e] = (real)(values[e] * ROWS * COLUMNS / sum);
}

/* Factors of a start of the matrix, packed. */
typedef struct start {
    real w[RANK * ROWS], h[RANK * COLUMNS];
} start;

static start start_of(const real *at, nndsvd_fill fill, uint64_t seed, int threads)
{
    start s;
    meter m;
    rlra_context *const context = metered_context(&m);
    const factor factors[2] = {{s.w, ROWS, RANK, ROWS}, {s.h, COLUMNS, RANK, COLUMNS}};
    plain x = make_plain(at, 2, (const ptrdiff_t[]){ROWS, COLUMNS});
    memset(&s, 0xff, sizeof s);
    assert_int_equal(RLRA(nndsvd)(context, &x.base, RANK, fill, seed, threads, factors), RLRA_OK);
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
    return s;
}

static void check_near(const real *got, const double *wanted, int count)
{
    for (int i = 0; i < count; i++)
        if (!(fabs((double)got[i] - wanted[i]) <= 200.0 * (double)REAL_EPS))
            fail_msg("entry %d is %.15g, scikit-learn has %.15g", i, (double)got[i], wanted[i]);
}

static void test_matrix_starts_equal_those_of_scikit_learn(void **state)
{
    (void)state;
    real x[ROWS * COLUMNS];
    reference_matrix(x);
    const start zero = start_of(x, NNDSVD_ZERO, 1, 1), mean = start_of(x, NNDSVD_MEAN, 2, 1);
    check_near(zero.w, nndsvd_w, RANK * ROWS);
    check_near(zero.h, nndsvd_h, RANK * COLUMNS);
    check_near(mean.w, nndsvda_w, RANK * ROWS);
    check_near(mean.h, nndsvda_h, RANK * COLUMNS);
}

static void test_random_fill_changes_zeros_only_and_follows_the_seed(void **state)
{
    (void)state;
    real x[ROWS * COLUMNS];
    reference_matrix(x);
    const start zero = start_of(x, NNDSVD_ZERO, 1, 1);
    const start once = start_of(x, NNDSVD_RANDOM, 1, 1), other = start_of(x, NNDSVD_RANDOM, 5, 1);
    int filled = 0;
    for (int i = 0; i < RANK * ROWS; i++) {
        if (zero.w[i] != 0) {
            assert_true(zero.w[i] == once.w[i]);
            continue;
        }
        filled++;
        assert_true(once.w[i] > 0 && once.w[i] < (real)0.01 && once.w[i] != other.w[i]);
    }
    assert_true(filled > 5);
}

static void test_start_follows_the_scale_of_the_data(void **state)
{
    (void)state;
    real x[ROWS * COLUMNS];
    reference_matrix(x);
    const start one = start_of(x, NNDSVD_MEAN, 1, 1);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        x[i] *= 16;
    const start scaled = start_of(x, NNDSVD_MEAN, 1, 1);
    for (int i = 0; i < RANK * ROWS; i++)
        assert_true(fabs((double)scaled.w[i] / 4.0 - (double)one.w[i]) <= 200.0 * (double)REAL_EPS);
}

static void test_threads_do_not_change_a_bit(void **state)
{
    (void)state;
    real x[ROWS * COLUMNS];
    reference_matrix(x);
    const start one = start_of(x, NNDSVD_RANDOM, 3, 1), many = start_of(x, NNDSVD_RANDOM, 3, 3);
    assert_memory_equal(&one, &many, sizeof one);
}

/* 60 x 50 with singular values 2^-k: the triplets of a sketch of 14 against the planted ones. */
static void test_sketch_finds_leading_singular_values(void **state)
{
    (void)state;
    enum { M = 60, N = 50, FULL = 20 };
    static real x[M * N], u[FULL * M], v[FULL * N], room[2][RANK * M];
    double scratch[FULL];
    numbers from = {4, 0};
    for (int i = 0; i < FULL * M; i++)
        u[i] = (real)normal(&from);
    for (int i = 0; i < FULL * N; i++)
        v[i] = (real)normal(&from);
    RLRA(orthonormalise)((factor){u, M, FULL, M}, 1, NULL, scratch);
    RLRA(orthonormalise)((factor){v, N, FULL, N}, 1, NULL, scratch);
    for (int i = 0; i < M * N; i++) {
        double sum = 0;
        for (int k = 0; k < FULL; k++)
            sum += ldexp((double)u[k * M + i / N] * (double)v[k * N + i % N], -k);
        x[i] = (real)sum;
    }
    meter m;
    sketch s;
    rlra_context *const context = metered_context(&m);
    const factor factors[2] = {{room[0], M, RANK, M}, {room[1], N, RANK, N}};
    plain self = make_plain(x, 2, (const ptrdiff_t[]){M, N});
    assert_int_equal(RLRA(sketch_init)(context, &self.base, RANK, 7, 1, factors, &s), RLRA_OK);
    assert_int_equal(s.size, RANK + 10);
    RLRA(sketch_matrix)(&s);
    for (int k = 0; k < RANK; k++)
        assert_true(fabs(ldexp(s.sigma[k], k) - 1.0) <= 1e-9 + 100.0 * (double)REAL_EPS);
    RLRA(sketch_clear)(&s);
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
}

static void test_rank_beyond_the_data_gives_no_zero_component(void **state)
{
    (void)state;
    enum { M = 5, N = 3, R = 7 };
    const real x[M * N] = {1, 2, 3, 2, 4, 6, 3, 6, 9, 1, 2, 3, 5, 10, 15}; /* of rank one */
    real w[R * M], h[R * N];
    meter m;
    rlra_context *const context = metered_context(&m);
    const factor factors[2] = {{w, M, R, M}, {h, N, R, N}};
    plain self = make_plain(x, 2, (const ptrdiff_t[]){M, N});
    assert_int_equal(RLRA(nndsvd)(context, &self.base, R, NNDSVD_ZERO, 1, 1, factors), RLRA_OK);
    for (int i = 0; i < M * N; i++)
        assert_true(fabs((double)w[i / N] * (double)h[i % N] - (double)x[i]) <= 100.0 * (double)REAL_EPS);
    for (int i = M; i < R * M; i++)
        assert_true(w[i] > 0);
    rlra_context_destroy(context);
}

static void check_tensor(const real *x, const ptrdiff_t *dims, nndsvd_fill fill)
{
    enum { R = 5 };
    real room[3][R * 8];
    meter m;
    rlra_context *const context = metered_context(&m);
    const factor factors[3] = {{room[0], dims[0], R, 8}, {room[1], dims[1], R, 8}, {room[2], dims[2], R, 8}};
    plain self = make_plain(x, 3, dims);
    assert_int_equal(RLRA(nndsvd)(context, &self.base, R, fill, 1, 2, factors), RLRA_OK);
    for (int n = 0; n < 3; n++)
        for (int k = 0; k < R; k++) {
            double sum = 0;
            for (ptrdiff_t i = 0; i < dims[n]; i++) {
                assert_true(room[n][k * 8 + i] >= 0 && (fill == NNDSVD_ZERO || room[n][k * 8 + i] > 0));
                sum += (double)room[n][k * 8 + i];
            }
            assert_true(sum > 0 && isfinite(sum));
        }
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
}

static void test_tensor_starts_are_nonnegative_and_nowhere_zero(void **state)
{
    (void)state;
    real x[8 * 7 * 3];
    numbers from = {2, 0};
    for (int i = 0; i < 8 * 7 * 3; i++)
        x[i] = (real)uniform(&from);
    check_tensor(x, (const ptrdiff_t[]){8, 7, 3}, NNDSVD_ZERO);
    check_tensor(x, (const ptrdiff_t[]){3, 7, 8}, NNDSVD_MEAN);
    check_tensor(x, (const ptrdiff_t[]){7, 3, 8}, NNDSVD_RANDOM);
    check_tensor(x, (const ptrdiff_t[]){1, 1, 1}, NNDSVD_RANDOM);
}

/* First mode of a rank-one tensor is found up to its scale. */
static void test_tensor_of_rank_one_gives_its_factor(void **state)
{
    (void)state;
    enum { A = 6, B = 5, C = 4 };
    real x[A * B * C], room[3][2 * 8];
    for (int e = 0; e < A * B * C; e++)
        x[e] = (real)((e / (B * C) + 1) * (e / C % B + 2) * (e % C + 3));
    meter m;
    rlra_context *const context = metered_context(&m);
    const factor factors[3] = {{room[0], A, 2, 8}, {room[1], B, 2, 8}, {room[2], C, 2, 8}};
    plain self = make_plain(x, 3, (const ptrdiff_t[]){A, B, C});
    assert_int_equal(RLRA(nndsvd)(context, &self.base, 2, NNDSVD_ZERO, 1, 1, factors), RLRA_OK);
    for (int i = 0; i < A; i++)
        assert_true(fabs((double)room[0][i] / (double)room[0][0] - (i + 1)) <= 100.0 * (double)REAL_EPS);
    rlra_context_destroy(context);
}

static void test_every_failing_allocation_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    real x[ROWS * COLUMNS], w[RANK * ROWS], h[RANK * COLUMNS];
    reference_matrix(x);
    const factor factors[2] = {{w, ROWS, RANK, ROWS}, {h, COLUMNS, RANK, COLUMNS}};
    rlra_status status = RLRA_ERR_MEMORY;
    for (long refuse = 0; status != RLRA_OK; refuse++) {
        meter m;
        rlra_context *const context = metered_context(&m);
        plain self = make_plain(x, 2, (const ptrdiff_t[]){ROWS, COLUMNS});
        m.refuse = m.made + refuse;
        status = RLRA(nndsvd)(context, &self.base, RANK, NNDSVD_ZERO, 1, 1, factors);
        assert_true(status == RLRA_OK || status == RLRA_ERR_MEMORY);
        assert_int_equal(m.alive, 1);
        assert_true(refuse < 20 && (refuse >= 2 || status == RLRA_ERR_MEMORY));
        rlra_context_destroy(context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matrix_starts_equal_those_of_scikit_learn),
        cmocka_unit_test(test_random_fill_changes_zeros_only_and_follows_the_seed),
        cmocka_unit_test(test_start_follows_the_scale_of_the_data),
        cmocka_unit_test(test_threads_do_not_change_a_bit),
        cmocka_unit_test(test_sketch_finds_leading_singular_values),
        cmocka_unit_test(test_rank_beyond_the_data_gives_no_zero_component),
        cmocka_unit_test(test_tensor_starts_are_nonnegative_and_nowhere_zero),
        cmocka_unit_test(test_tensor_of_rank_one_gives_its_factor),
        cmocka_unit_test(test_every_failing_allocation_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
