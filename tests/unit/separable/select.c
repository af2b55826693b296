/* unit/separable/select.c: SPA and SNPA pick the true columns, on any layout, for any number of threads. */
#include "support/meter.h"

#include <math.h>
#include <string.h>

#include "linalg/quadratic.h"
#include "separable/separable.h"
#include "unit/separable/planted.h"

static ptrdiff_t pick(const rlra_array *x, rlra_separable_method method, ptrdiff_t rank, int threads,
                      ptrdiff_t *columns)
{
    meter m;
    ptrdiff_t found = -1;
    rlra_context *const context = metered_context(&m);
    assert_int_equal(RLRA(separable_select)(context, x, method, rank, 1e-12, threads, columns, &found), RLRA_OK);
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
    return found;
}

static double error_of(const rlra_array *x, const ptrdiff_t *columns, ptrdiff_t found)
{
    meter m;
    double error = NAN;
    rlra_context *const context = metered_context(&m);
    assert_int_equal(RLRA(separable_factors)(context, x, columns, found, 1, NULL, NULL, &error), RLRA_OK);
    rlra_context_destroy(context);
    return error;
}

static int is_planted(const planted *p, const ptrdiff_t *columns, ptrdiff_t found)
{
    int hits = 0;
    for (ptrdiff_t k = 0; k < found; k++)
        for (int l = 0; l < R; l++)
            hits += columns[k] == p->place[l];
    return found == R && hits == R;
}

static void test_both_find_the_true_columns_200_times_of_200(void **state)
{
    (void)state;
    static planted p;
    for (uint64_t seed = 0; seed < 200; seed += (uint64_t)test_share())
        for (int method = 0; method < 2; method++) {
            ptrdiff_t columns[R];
            plant(&p, seed, 0.0);
            const rlra_array x = matrix(p.x, M, N);
            const ptrdiff_t found = pick(&x, (rlra_separable_method)method, R, 1, columns);
            if (!is_planted(&p, columns, found))
                fail_msg("seed %d: method %d missed a column", (int)seed, method);
            assert_true(error_of(&x, columns, found) <= 8.0 * (double)REAL_EPS);
        }
}

static rlra_separable_report whole(const rlra_array *x, rlra_separable_method method, ptrdiff_t rank)
{
    meter m;
    int64_t columns[64];
    const rlra_array none = {0};
    rlra_separable_report report;
    const rlra_separable_options options = {method, rank, 1e-12, 1};
    rlra_context *const context = metered_context(&m);
    assert_int_equal(RLRA(separable).fit(context, x, &options, columns, &none, &none, &report), RLRA_OK);
    rlra_context_destroy(context);
    return report;
}

/* On these noisy problems plain SNPA is sometimes the worse of the two: the safeguard must have had work to do. */
static void test_error_with_snpa_is_never_larger_than_with_spa(void **state)
{
    (void)state;
    static planted p;
    int fallen_back = 0;
    for (uint64_t seed = 0; seed < 200; seed += (uint64_t)test_share()) {
        plant(&p, seed, seed % 2 == 0 ? 0.03 : 0.2);
        const rlra_array x = matrix(p.x, M, N);
        const rlra_separable_report snpa = whole(&x, RLRA_SEPARABLE_SNPA, R);
        assert_true(snpa.relative_error <= whole(&x, RLRA_SEPARABLE_SPA, R).relative_error);
        fallen_back += snpa.method == RLRA_SEPARABLE_SPA;
    }
    assert_true(fallen_back > 0 && fallen_back < 50);
}

/* SNPA by its definition: every column projected anew in double after every pick. */
static void pick_plainly(const planted *p, ptrdiff_t rank, ptrdiff_t *columns)
{
    double gram[R * R], products[R], h[R];
    void *const work = malloc(rlra_quadratic_bytes(R));
    for (ptrdiff_t found = 0; found < rank; found++) {
        double largest = -1;
        for (ptrdiff_t j = 0; j < N; j++) {
            double distance = 0;
            quadratic solver;
            for (ptrdiff_t k = 0; k < found; k++) {
                h[k] = products[k] = 0;
                for (int i = 0; i < M; i++)
                    products[k] += (double)p->x[i * N + columns[k]] * (double)p->x[i * N + j];
            }
            rlra_quadratic_init(&solver, found, gram, R, DBL_EPSILON, work);
            rlra_quadratic_solve_capped(&solver, products, h);
            for (int i = 0; i < M; i++) {
                double left = (double)p->x[i * N + j];
                for (ptrdiff_t k = 0; k < found; k++)
                    left -= h[k] * (double)p->x[i * N + columns[k]];
                distance += left * left;
            }
            if (distance > largest) {
                largest = distance;
                columns[found] = j;
            }
        }
        for (ptrdiff_t k = 0; k <= found; k++) {
            double sum = 0;
            for (int i = 0; i < M; i++)
                sum += (double)p->x[i * N + columns[k]] * (double)p->x[i * N + columns[found]];
            gram[k * R + found] = gram[found * R + k] = sum;
        }
    }
    free(work);
}

static void test_lazy_snpa_equals_the_plain_definition(void **state)
{
    (void)state;
    static planted p;
    for (uint64_t seed = 0; seed < 20; seed += (uint64_t)test_share()) {
        ptrdiff_t columns[R], plainly[R];
        plant(&p, seed, 0.1);
        const rlra_array x = matrix(p.x, M, N);
        assert_int_equal(pick(&x, RLRA_SEPARABLE_SNPA, R, 1, columns), R);
        pick_plainly(&p, R, plainly);
        assert_memory_equal(columns, plainly, sizeof columns);
    }
}

/* The same matrix row-major, column-major, with gaps in both directions, and backwards. */
static void test_any_strides_give_the_same_columns(void **state)
{
    (void)state;
    static planted p;
    static real turned[M * N], spread[2 * M * 3 * N], backwards[M * N];
    plant(&p, 5, 0.05);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            turned[j * M + i] = spread[i * 6 * N + j * 3] = p.x[i * N + j];
            backwards[(M - 1 - i) * N + N - 1 - j] = p.x[i * N + j];
        }
    const rlra_array views[4] = {
        matrix(p.x, M, N),
        {REAL_DTYPE, 2, {M, N}, {1, M}, turned},
        {REAL_DTYPE, 2, {M, N}, {6 * N, 3}, spread},
        {REAL_DTYPE, 2, {M, N}, {-N, -1}, backwards + M * N - 1},
    };
    for (int method = 0; method < 2; method++) {
        ptrdiff_t first[R], other[R];
        assert_int_equal(pick(views, (rlra_separable_method)method, R, 1, first), R);
        const double error = error_of(views, first, R);
        for (int v = 1; v < 4; v++) {
            assert_int_equal(pick(views + v, (rlra_separable_method)method, R, 2, other), R);
            assert_memory_equal(first, other, sizeof first);
            assert_true(fabs(error_of(views + v, first, R) - error) <= 10.0 * (double)REAL_EPS * error);
        }
    }
}

static void test_threads_do_not_change_a_bit(void **state)
{
    (void)state;
    enum { WIDE = 3001, RANK = 12 };
    real *const at = malloc(sizeof(real) * M * WIDE), *const room = malloc(sizeof(real) * 2 * RANK * WIDE);
    numbers from = {8, 0};
    for (int i = 0; i < M * WIDE; i++)
        at[i] = (real)uniform(&from);
    const rlra_array x = matrix(at, M, WIDE);
    meter m;
    rlra_context *const context = metered_context(&m);
    for (int method = 0; method < 2; method++) {
        ptrdiff_t one[RANK], many[RANK];
        double error[2];
        const ptrdiff_t found = pick(&x, (rlra_separable_method)method, RANK, 1, one);
        assert_int_equal(pick(&x, (rlra_separable_method)method, RANK, 3, many), found);
        assert_memory_equal(one, many, sizeof one);
        for (int t = 0; t < 2; t++) {
            const factor h = {room + t * RANK * WIDE, WIDE, RANK, WIDE};
            assert_int_equal(RLRA(separable_factors)(context, &x, one, found, 1 + 2 * t, NULL, &h, error + t), RLRA_OK);
        }
        assert_true(error[0] == error[1]);
        assert_memory_equal(room, room + RANK * WIDE, sizeof(real) * RANK * WIDE);
    }
    rlra_context_destroy(context);
    free(room);
    free(at);
}

static void test_scaling_by_powers_of_two_changes_nothing(void **state)
{
    (void)state;
    static planted p;
    const int most = sizeof(real) == 4 ? 100 : 900;
    plant(&p, 3, 0.05);
    const rlra_array x = matrix(p.x, M, N);
    ptrdiff_t columns[2][R], scaled[R];
    for (int method = 0; method < 2; method++)
        assert_int_equal(pick(&x, (rlra_separable_method)method, R, 1, columns[method]), R);
    const double error = error_of(&x, columns[0], R);
    for (int sign = -1; sign <= 1; sign += 2) {
        plant(&p, 3, 0.05);
        for (int i = 0; i < M * N; i++)
            p.x[i] = (real)ldexp((double)p.x[i], sign * most);
        for (int method = 0; method < 2; method++) {
            assert_int_equal(pick(&x, (rlra_separable_method)method, R, 1, scaled), R);
            assert_memory_equal(scaled, columns[method], sizeof scaled);
        }
        assert_true(error_of(&x, columns[0], R) == error);
    }
}

static void test_ties_go_to_the_larger_norm_then_to_the_smaller_index(void **state)
{
    (void)state;
    /* After the first pick, columns 1, 2 and 3 have the same residual; 3 and 4 have the larger norm. */
    const real at[2 * 5] = {9, 1, 2, 4, 4, 0, 3, 3, 3, 3};
    const rlra_array x = matrix(at, 2, 5);
    ptrdiff_t columns[2];
    assert_int_equal(pick(&x, RLRA_SEPARABLE_SPA, 2, 1, columns), 2);
    assert_true(columns[0] == 0 && columns[1] == 3);
}

static void test_columns_that_are_equal_but_for_rounding_tie(void **state)
{
    (void)state;
    const real more = 1 + 2 * REAL_EPS;
    const real at[2 * 6] = {9, 9 * more, 1, 4, 4 * more, 4, 0, 0, 3, 3, 3 * more, 3 * more};
    const rlra_array x = matrix(at, 2, 6);
    static const rlra_separable_method methods[] = {RLRA_SEPARABLE_SPA, RLRA_SEPARABLE_SNPA, RLRA_SEPARABLE_RANK_TWO};
    for (int m = 0; m < COUNT_OF(methods); m++) {
        ptrdiff_t columns[2];
        assert_int_equal(pick(&x, methods[m], 2, 1, columns), 2);
        assert_int_equal(columns[0], 0);
        /* The second kind takes the first column of largest norm; divided by its sum, column 2 is furthest. */
        assert_int_equal(columns[1], methods[m] == RLRA_SEPARABLE_RANK_TWO ? 2 : 3);
    }
}

static void test_zero_data_has_no_columns(void **state)
{
    (void)state;
    const real at[6] = {0};
    const rlra_array x = matrix(at, 2, 3);
    ptrdiff_t columns[3];
    assert_int_equal(pick(&x, RLRA_SEPARABLE_SPA, 2, 1, columns), 0);
    assert_int_equal(pick(&x, RLRA_SEPARABLE_SNPA, 3, 1, columns), 0);
    assert_true(whole(&x, RLRA_SEPARABLE_SNPA, 3).relative_error == 0.0);
}

static void test_duplicates_zero_columns_and_mixtures_are_not_picked(void **state)
{
    (void)state;
    static planted p;
    ptrdiff_t columns[20];
    for (uint64_t seed = 0; seed < 20; seed += (uint64_t)test_share()) {
        plant(&p, seed, 0.0);
        for (int i = 0; i < M; i++) {
            p.x[i * N + p.place[20]] = p.x[i * N + p.place[0]];
            p.x[i * N + p.place[21]] = 0;
        }
        const rlra_array x = matrix(p.x, M, N);
        for (int method = 0; method < 2; method++) {
            const ptrdiff_t found = pick(&x, (rlra_separable_method)method, 20, 2, columns);
            assert_int_equal(found, R);
            for (ptrdiff_t k = 0; k < found; k++)
                assert_true(columns[k] != p.place[21]);
        }
    }
}

/* Corners of a regular polygon lifted off zero: three dimensions, seven columns, none a mixture of the others. */
static void test_snpa_picks_more_columns_than_rows(void **state)
{
    (void)state;
    real at[3 * 8];
    for (int j = 0; j < 8; j++) {
        at[j] = (real)(j < 7 ? 2.0 + cos(0.9 * j) : 2.0);
        at[8 + j] = (real)(j < 7 ? 2.0 + sin(0.9 * j) : 2.0);
        at[16 + j] = 1;
    }
    const rlra_array x = matrix(at, 3, 8);
    ptrdiff_t columns[8];
    assert_int_equal(pick(&x, RLRA_SEPARABLE_SNPA, 8, 1, columns), 7);
    for (int k = 0; k < 7; k++)
        assert_true(columns[k] != 7);
    assert_int_equal(pick(&x, RLRA_SEPARABLE_SPA, 8, 1, columns), 3);
    assert_true(whole(&x, RLRA_SEPARABLE_SNPA, 7).relative_error <= 20.0 * (double)REAL_EPS);
}

static void test_single_row_and_single_column(void **state)
{
    (void)state;
    const real at[5] = {1, 5, 2, 5, 0};
    const rlra_array row = matrix(at, 1, 5), column = matrix(at, 5, 1);
    ptrdiff_t columns[5];
    for (int method = 0; method < 2; method++) {
        assert_int_equal(pick(&row, (rlra_separable_method)method, 1, 1, columns), 1);
        assert_int_equal(columns[0], 1);
        assert_int_equal(pick(&column, (rlra_separable_method)method, 1, 1, columns), 1);
        assert_int_equal(columns[0], 0);
    }
}

static void test_nan_is_refused_with_its_place(void **state)
{
    (void)state;
    static planted p;
    meter m;
    ptrdiff_t columns[R], found = -1;
    rlra_context *const context = metered_context(&m);
    for (int kind = 0; kind < 2; kind++) {
        plant(&p, 1, 0.0);
        p.x[17 * N + 123] = (real)(kind == 0 ? NAN : -INFINITY);
        const rlra_array x = matrix(p.x, M, N);
        assert_int_equal(RLRA(separable_select)(context, &x, RLRA_SEPARABLE_SNPA, R, 0.0, 2, columns, &found),
                         RLRA_ERR_DATA);
        assert_non_null(strstr(rlra_context_message(context), "(17, 123)"));
        assert_int_equal(found, -1);
        assert_int_equal(m.alive, 1);
    }
    rlra_context_destroy(context);
}

static void test_every_failing_allocation_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    static planted p;
    static real strided[2 * M * 2 * N];
    const rlra_array none = {0}, x = {REAL_DTYPE, 2, {M, N}, {4 * N, 2}, strided};
    const rlra_separable_options options = {RLRA_SEPARABLE_SNPA, R, 1e-12, 1};
    rlra_status status = RLRA_ERR_MEMORY;
    plant(&p, 2, 0.2);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            strided[i * 4 * N + 2 * j] = p.x[i * N + j];
    for (long refuse = 0; status != RLRA_OK; refuse++) {
        meter m;
        int64_t columns[R] = {-7};
        rlra_context *const context = metered_context(&m);
        m.refuse = m.made + refuse;
        status = RLRA(separable).fit(context, &x, &options, columns, &none, &none, NULL);
        assert_int_equal(m.alive, 1);
        assert_true(status == RLRA_OK || (status == RLRA_ERR_MEMORY && columns[0] == -7));
        assert_true(refuse < 100 && (refuse >= 15 || status == RLRA_ERR_MEMORY));
        rlra_context_destroy(context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_find_the_true_columns_200_times_of_200),
        cmocka_unit_test(test_error_with_snpa_is_never_larger_than_with_spa),
        cmocka_unit_test(test_lazy_snpa_equals_the_plain_definition),
        cmocka_unit_test(test_any_strides_give_the_same_columns),
        cmocka_unit_test(test_threads_do_not_change_a_bit),
        cmocka_unit_test(test_scaling_by_powers_of_two_changes_nothing),
        cmocka_unit_test(test_ties_go_to_the_larger_norm_then_to_the_smaller_index),
        cmocka_unit_test(test_columns_that_are_equal_but_for_rounding_tie),
        cmocka_unit_test(test_zero_data_has_no_columns),
        cmocka_unit_test(test_duplicates_zero_columns_and_mixtures_are_not_picked),
        cmocka_unit_test(test_snpa_picks_more_columns_than_rows),
        cmocka_unit_test(test_single_row_and_single_column),
        cmocka_unit_test(test_nan_is_refused_with_its_place),
        cmocka_unit_test(test_every_failing_allocation_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
