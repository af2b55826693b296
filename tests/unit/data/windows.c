/* unit/data/windows.c: products with arrays that are read window by window are those of arrays in memory, to the bit. */
#include <stdio.h>

#include "support/stored.h"

#define RANK 5

static const struct {
    int order;
    int64_t dims[RLRA_MAX_ORDER];
} stored_shapes[] = {
    {2, {5000, 37}},  {2, {37, 5000}},   {2, {3, 120000}},     {2, {120000, 3}},    {2, {1, 50}},
    {2, {50, 1}},     {3, {40, 50, 60}}, {3, {3, 70, 200}},    {3, {200, 3, 70}},   {3, {1500, 5, 7}},
    {3, {1, 40, 50}}, {3, {40, 1, 50}},  {4, {9, 10, 11, 12}}, {4, {70, 2, 3, 40}},
};

/* Rows change as an update would change them, and depend on all that a pass passes to them. */
typedef struct follower {
    const factor *factors;
    int stream;
} follower;

static void follow(void *user, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs)
{
    const follower *const f = user;
    const factor x = f->factors[f->stream];
    (void)thread;
    for (ptrdiff_t i = begin; i < end; i++)
        for (ptrdiff_t k = 0; k < x.rank; k++)
            *entry(x, i, k) = (real)0.5 * *entry(x, i, k) + *entry(rhs, i - begin, k) / 1024;
}

static void same(factor a, factor b, const char *what, int mode, const char *name)
{
    CHECK(same_bits(a.at, b.at, a.rank, a.length, a.stride), "%s: %s of mode %d", name, what, mode);
}

static void compare_contractions(operators *plain, operators *stored, const factor *factors, const char *name)
{
    for (int mode = 0; mode < plain->x->order; mode++) {
        const factor a = make_factor(plain->x->dims[mode], RANK), b = make_factor(plain->x->dims[mode], RANK);
        plain->x->ops->contract(&plain->plan, mode, factors, a);
        stored->x->ops->contract(&stored->plan, mode, factors, b);
        same(a, b, "right-hand sides", mode, name);
        free(a.at);
        free(b.at);
    }
}

static void compare_passes(operators *plain, operators *stored, factor *factors, const char *name)
{
    const int stream = plain->plan.stream;
    const factor before = stream < 0 ? (factor){NULL, 0, 0, 0} : copy_factor(factors[stream]);
    if (stream < 0)
        return;
    follower f = {factors, stream};
    plain->x->ops->pass(&plain->plan, factors, follow, &f);
    const factor after = factors[stream];
    factors[stream] = before;
    stored->x->ops->pass(&stored->plan, factors, follow, &f);
    same(after, factors[stream], "rows of the pass", stream, name);
    same(plain->plan.partial, stored->plan.partial, "accumulator", stream, name);
    free(before.at);
    factors[stream] = after;
}

static void compare(numbers *from, const view *v, double times, int threads, const char *name)
{
    factor factors[RLRA_MAX_ORDER];
    windows file;
    file_array source = store(v);
    operators *const plain = make_operators(&v->array, RANK, 1);
    operators *const stored = make_stored(&v->array, &source, times, RANK, threads, &file);
    normal_factors(from, &v->array, RANK, factors);
    compare_contractions(plain, stored, factors, name);
    const double a = plain->x->ops->residual(&plain->plan, factors),
                 b = stored->x->ops->residual(&stored->plan, factors);
    CHECK(memcmp(&a, &b, sizeof a) == 0, "%s: residual", name);
    compare_passes(plain, stored, factors, name);
    CHECK(file.status == RLRA_OK, "%s", name);
    RLRA(windows_stop)(stored->context, &file);
    free_factors(v->array.order, factors);
    free_operators(stored);
    free_operators(plain);
}

static void test_products_are_those_in_memory_to_the_bit(void **state)
{
    static const double times[] = {1, 1.7, 5, 1e6};
    (void)state;
    for (int shape = 0; shape < COUNT_OF(stored_shapes); shape++)
        for (int p = 0; p < permutations(stored_shapes[shape].order); p += stored_shapes[shape].order < 4 ? 1 : 5) {
            char name[128];
            numbers from = {(uint64_t)(100 * shape + p), 0};
            const arrangement how = {"packed", p, 1, 0, 0};
            const view v = empty_view(stored_shapes[shape].order, stored_shapes[shape].dims, &how);
            for (int64_t e = 0; e < rlra_array_count(&v.array); e++)
                v.memory[e] = (real)(uniform(&from) - 0.5);
            for (int t = p % test_share(); t < COUNT_OF(times); t += test_share()) {
                snprintf(name, sizeof name, "shape %d, permutation %d, windows of %g times the least", shape, p,
                         times[t]);
                compare(&from, &v, times[t], 1 + t % 3, name);
            }
            free(v.memory);
        }
}

static void try_scan(const int64_t *dims, int permutation)
{
    numbers from = {(uint64_t)permutation, 0};
    const view v = normal_view(&from, 3, dims, &(arrangement){"packed", permutation, 1, 0, 0});
    rlra_context *context;
    file_array source = store(&v);
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    v.memory[4711] = (real)NAN;
    const dense_scan plain = RLRA(dense_scan)(&v.array, 1);
    dense_scan scan;
    for (double bytes = 1; bytes < 1e7; bytes *= 31) {
        assert_int_equal(RLRA(dense_scan_stored)(context, &v.array, &source.base, bytes, 2, &scan), RLRA_OK);
        CHECK(memcmp(&plain.norm2, &scan.norm2, sizeof plain.norm2) == 0 && plain.sum == scan.sum &&
                  plain.least == scan.least && plain.scale == scan.scale && plain.bad == scan.bad &&
                  plain.first_bad == scan.first_bad && plain.zeros == scan.zeros,
              "%d x .., permutation %d, %g bytes", (int)dims[0], permutation, bytes);
    }
    rlra_context_destroy(context);
    free(v.memory);
}

/* Rows of many runs, and runs of many rows. */
static void test_scan_is_that_in_memory_to_the_bit(void **state)
{
    (void)state;
    static const int64_t dims[][3] = {{70, 33, 90}, {9001, 2, 3}, {3, 7001, 1}};
    for (int c = 0; c < COUNT_OF(dims); c++)
        for (int p = 0; p < 6; p++)
            try_scan(dims[c], p);
}

/* Along the outermost mode. */
static void test_a_pass_reads_each_entry_once_and_in_order(void **state)
{
    (void)state;
    numbers from = {1, 0};
    const int64_t dims[] = {40000, 37};
    const view v = normal_view(&from, 2, dims, &c_order);
    factor factors[2];
    windows file;
    file_array source = store(&v);
    operators *const stored = make_stored(&v.array, &source, 1, RANK, 2, &file);
    normal_factors(&from, &v.array, RANK, factors);
    follower f = {factors, stored->plan.stream};
    int64_t before = 0, sweep = 0;
    for (int pass = 0; pass < 4; pass++) {
        stored->x->ops->pass(&stored->plan, factors, follow, &f);
        rlra_ahead_wait(file.ahead);
        sweep = source.entries - before;
        before = source.entries;
        assert_true(pass == 0 || sweep == dims[0] * dims[1]);
        assert_true(source.jumps == 0 && source.reads > 4 * (pass + 1));
    }
    RLRA(windows_stop)(stored->context, &file);
    free_factors(2, factors);
    free_operators(stored);
    free(v.memory);
}

/* Wherever the reading fails, and whoever reads at that time. */
static void test_what_cannot_be_read_ends_the_windows(void **state)
{
    (void)state;
    numbers from = {1, 0};
    const int64_t dims[] = {20000, 37}, all = dims[0] * dims[1];
    const view v = normal_view(&from, 2, dims, &c_order);
    factor factors[2];
    normal_factors(&from, &v.array, RANK, factors);
    for (int64_t fails_at = 0; fails_at < 2 * all; fails_at += all / 7) {
        windows file;
        file_array source = store(&v);
        source.fails_at = fails_at;
        operators *const stored = make_stored(&v.array, &source, 1, RANK, 2, &file);
        stored->x->ops->residual(&stored->plan, factors);
        if (fails_at >= all + all / 2)
            assert_int_equal(file.status, RLRA_OK);
        else if (fails_at < all)
            assert_int_equal(file.status, RLRA_ERR_FILE);
        source.checks_fail = 1;
        stored->x->ops->residual(&stored->plan, factors);
        assert_int_equal(file.status, RLRA_ERR_FILE);
        RLRA(windows_stop)(stored->context, &file);
        free_operators(stored);
    }
    free_factors(2, factors);
    free(v.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products_are_those_in_memory_to_the_bit),
        cmocka_unit_test(test_scan_is_that_in_memory_to_the_bit),
        cmocka_unit_test(test_a_pass_reads_each_entry_once_and_in_order),
        cmocka_unit_test(test_what_cannot_be_read_ends_the_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
