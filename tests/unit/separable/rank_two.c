/* unit/separable/rank_two.c: the two columns that generate a rank-two matrix, whatever scales, order and noise. */
#include "support/meter.h"

#include <math.h>
#include <string.h>

#include "rlra/model.h"
#include "rlra/separable.h"

#define M 12
#define N 60

typedef struct scene {
    real x[M * N];
    int64_t place[2]; /* of the generating columns */
    rlra_array data;
} scene;

/* Columns (1 - t) a + t b with t = 0 and 1 among them, in random order, each times a number between 2^-spread and 2^spread. The
 * other t keep clear of 0 and 1 by `margin`. */
static void plant(scene *s, uint64_t seed, double spread, double margin, double noise)
{
    const int64_t dims[2] = {M, N};
    numbers from = {seed, 0};
    double a[M], b[M];
    for (int i = 0; i < M; i++) {
        a[i] = uniform(&from);
        b[i] = uniform(&from);
    }
    s->place[0] = below(&from, N);
    s->place[1] = (s->place[0] + 1 + below(&from, N - 1)) % N;
    for (int64_t j = 0; j < N; j++) {
        const double inner = margin + (1 - 2 * margin) * uniform(&from);
        const double t = j == s->place[0] ? 0 : j == s->place[1] ? 1 : inner;
        const double scale = exp2(spread * (2 * uniform(&from) - 1));
        for (int i = 0; i < M; i++)
            s->x[i * N + j] = (real)(scale * fmax(0, (1 - t) * a[i] + t * b[i] + noise * normal(&from)));
    }
    s->data = rlra_array_contiguous(REAL_DTYPE, 2, dims, s->x);
}

typedef struct answer {
    rlra_status status;
    int64_t columns[2];
    rlra_separable_report report;
    char message[256];
} answer;

static answer ask(const rlra_array *data, int64_t rank, int64_t threads)
{
    meter m;
    answer a = {.columns = {-1, -1}};
    rlra_context *const context = metered_context(&m);
    rlra_separable_options options = rlra_separable_options_default();
    options.method = RLRA_SEPARABLE_RANK_TWO;
    options.rank = rank;
    options.threads = threads;
    a.status = rlra_separable(context, data, &options, a.columns, NULL, &a.report);
    snprintf(a.message, sizeof a.message, "%s", rlra_context_message(context));
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
    return a;
}

static int same_pair(const int64_t *a, const int64_t *b)
{
    return (a[0] == b[0] && a[1] == b[1]) || (a[0] == b[1] && a[1] == b[0]);
}

static void test_generating_columns_are_found_200_times_of_200(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        scene s;
        plant(&s, seed, 10, 0.01, 0);
        const answer a = ask(&s.data, 2, 1);
        assert_int_equal(a.status, RLRA_OK);
        assert_int_equal(a.report.method, RLRA_SEPARABLE_RANK_TWO);
        CHECK(a.report.found == 2 && same_pair(a.columns, s.place), "seed %d", (int)seed);
        CHECK(a.report.relative_error <= 64 * (double)REAL_EPS, "seed %d: error %g", (int)seed,
              a.report.relative_error);
    }
}

static void test_little_noise_changes_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        scene s;
        plant(&s, seed, 6, 0.2, 1e-3);
        const answer a = ask(&s.data, 2, 1);
        CHECK(same_pair(a.columns, s.place), "seed %d", (int)seed);
        CHECK(a.report.relative_error <= 0.03, "seed %d: error %g", (int)seed, a.report.relative_error);
    }
}

static void test_layout_and_threads_do_not_matter(void **state)
{
    (void)state;
    scene s;
    static real turned[M * N];
    plant(&s, 77, 8, 0.05, 1e-4);
    const answer one = ask(&s.data, 2, 1);
    const answer three = ask(&s.data, 2, 3);
    assert_memory_equal(one.columns, three.columns, sizeof one.columns);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            turned[j * M + i] = s.x[i * N + j];
    const rlra_array columns_first = {REAL_DTYPE, 2, {M, N}, {1, M}, turned};
    const answer other = ask(&columns_first, 2, 1);
    assert_memory_equal(one.columns, other.columns, sizeof one.columns);
    assert_true(one.report.relative_error == three.report.relative_error);
}

static void test_zero_columns_are_never_picked(void **state)
{
    (void)state;
    scene s;
    plant(&s, 5, 3, 0.05, 0);
    for (int64_t j = 0; j < N; j++)
        for (int i = 0; i < M && j % 3 == 0; i++)
            s.x[i * N + j] = s.place[0] == j || s.place[1] == j ? s.x[i * N + j] : 0;
    const answer a = ask(&s.data, 2, 1);
    assert_true(a.report.found == 2 && same_pair(a.columns, s.place));
    memset(s.x, 0, sizeof s.x);
    assert_int_equal(ask(&s.data, 2, 1).report.found, 0);
}

static void test_proportional_columns_give_one(void **state)
{
    (void)state;
    scene s;
    plant(&s, 5, 3, 0.05, 0);
    for (int i = 0; i < M; i++)
        for (int64_t j = 0; j < N; j++)
            s.x[i * N + j] = (real)(1 + i) * (real)exp2((double)(j % 7) - 3);
    assert_int_equal(ask(&s.data, 2, 1).report.found, 1);
}

static void test_bad_calls_are_refused(void **state)
{
    (void)state;
    scene s;
    plant(&s, 5, 3, 0.05, 0);
    const answer three = ask(&s.data, 3, 1), one = ask(&s.data, 1, 1);
    assert_int_equal(three.status, RLRA_ERR_ARGUMENT);
    assert_non_null(strstr(three.message, "picks 2 columns; got rank 3"));
    assert_int_equal(one.status, RLRA_ERR_ARGUMENT);
    s.x[2 * N + 9] = -1;
    const answer negative = ask(&s.data, 2, 1);
    assert_int_equal(negative.status, RLRA_ERR_DATA);
    assert_non_null(strstr(negative.message, "the entry at [2, 9] is -1"));
    s.x[2 * N + 9] = (real)NAN;
    assert_int_equal(ask(&s.data, 2, 1).status, RLRA_ERR_DATA);
}

static void test_failing_allocations_are_reported(void **state)
{
    (void)state;
    rlra_status status = RLRA_ERR_MEMORY;
    scene s;
    plant(&s, 5, 3, 0.05, 0);
    for (long refuse = 0; status != RLRA_OK; refuse++) {
        meter m;
        int64_t columns[2] = {-7, -7};
        rlra_context *const context = metered_context(&m);
        const rlra_separable_options options = {RLRA_SEPARABLE_RANK_TWO, 2, 1e-12, 1};
        const long before = m.alive;
        m.refuse = m.made + refuse;
        status = rlra_separable(context, &s.data, &options, columns, NULL, NULL);
        assert_true(status == RLRA_OK || (status == RLRA_ERR_MEMORY && columns[0] == -7));
        assert_int_equal(m.alive, before);
        assert_true(refuse < 50);
        rlra_context_destroy(context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generating_columns_are_found_200_times_of_200),
        cmocka_unit_test(test_little_noise_changes_nothing),
        cmocka_unit_test(test_layout_and_threads_do_not_matter),
        cmocka_unit_test(test_zero_columns_are_never_picked),
        cmocka_unit_test(test_proportional_columns_give_one),
        cmocka_unit_test(test_bad_calls_are_refused),
        cmocka_unit_test(test_failing_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
