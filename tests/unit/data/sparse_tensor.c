/* unit/data/sparse_tensor.c: products of sparse tensors with factors against plain loops over their dense copies. */
#include "data/sparse/tensor.h"
#include "support/guarded.h"
#include "support/meter.h"
#include "support/tensors.h"

typedef struct bench {
    rlra_context *context;
    sparse_array tensor;
    csf_set *set;
    sparse_tensor x;
    data_plan plan;
    arena work;
    view dense;
    factor factors[RLRA_MAX_ORDER];
} bench;

static const struct {
    int order;
    int64_t dims[RLRA_MAX_ORDER], count;
} cases[] = {
    {3, {1, 1, 1}, 0},     {3, {1, 1, 1}, 2},          {3, {5, 6, 7}, 0},        {3, {5, 6, 7}, 60},
    {3, {40, 1, 9}, 70},   {3, {33, 20, 18}, 900},     {3, {2, 40, 300}, 30000}, {3, {3, 2, 4}, 900},
    {4, {3, 4, 5, 6}, 90}, {4, {2, 30, 3, 20}, 20000}, {5, {2, 3, 2, 3, 2}, 50}, {8, {2, 1, 2, 3, 2, 2, 2, 2}, 99},
};
static const ptrdiff_t ranks[] = {1, 5, 16, 17, 50, 67};

static void plan(bench *b, ptrdiff_t rank, int threads)
{
    arena measured = {0};
    RLRA(sparse_tensor_init)(&b->x, b->set);
    b->x.base.ops->plan(&b->x.base, rank, threads, &measured);
    b->work = measured;
    assert_int_equal(rlra_arena_allocate(b->context, &b->work, "a test"), RLRA_OK);
    fill_with_nan(&b->work);
    b->plan = b->x.base.ops->plan(&b->x.base, rank, threads, &b->work);
    assert_true(b->work.used <= b->work.size);
}

static bench *open_bench(int c, int compressed, ptrdiff_t rank, int threads)
{
    bench *const b = calloc(1, sizeof *b);
    numbers from = {(uint64_t)(c + 1000 * rank), 7};
    assert_int_equal(rlra_context_create(NULL, &b->context), RLRA_OK);
    b->tensor = make_tensor(cases[c].order, cases[c].dims, cases[c].count, compressed, 0, (uint64_t)(c + 1));
    b->dense = tensor_to_dense(&b->tensor);
    assert_int_equal(RLRA(csf_set_create)(b->context, &b->tensor.view, &b->set), RLRA_OK);
    plan(b, rank, threads);
    for (int m = 0; m < cases[c].order; m++)
        b->factors[m] = normal_factor(&from, cases[c].dims[m], rank);
    return b;
}

static void close_bench(bench *b)
{
    for (int m = 0; m < b->tensor.view.order; m++)
        free(b->factors[m].at);
    free(b->dense.memory);
    rlra_arena_free(b->context, &b->work);
    RLRA(csf_set_destroy)(b->context, b->set);
    free_tensor(&b->tensor);
    rlra_context_destroy(b->context);
    free(b);
}

static factor contract(bench *b, int mode)
{
    const factor kept = b->factors[mode], rhs = make_factor(kept.length, kept.rank);
    b->factors[mode].at = nan_reals(span(kept.rank, kept.length, kept.stride)); /* it must not be read */
    b->x.base.ops->contract(&b->plan, mode, b->factors, rhs);
    free(b->factors[mode].at);
    b->factors[mode] = kept;
    return rhs;
}

static void check_contract(bench *b, int mode, const char *name)
{
    const factor rhs = contract(b, mode);
    tally *const plain = contract_plain(&b->dense.array, mode, b->factors);
    const ptrdiff_t terms = (ptrdiff_t)(rlra_array_count(&b->dense.array) / b->dense.array.dims[mode]);
    for (ptrdiff_t i = 0; i < rhs.length; i++)
        for (ptrdiff_t k = 0; k < rhs.rank; k++) {
            const tally *const t = &plain[i * rhs.rank + k];
            CHECK(fabs((double)*entry(rhs, i, k) - t->sum) <= sum_tolerance(terms, t->size), "%s, mode %d: %g, not %g",
                  name, mode, (double)*entry(rhs, i, k), t->sum);
        }
    CHECK(gaps_are_untouched(rhs.at, rhs.rank, rhs.length, rhs.stride), "%s", name);
    free(plain);
    free(rhs.at);
}

static void test_products_and_residuals_equal_plain_loops(void **state)
{
    (void)state;
    for (int c = 0; c < COUNT_OF(cases); c++)
        for (int r = 0; r < COUNT_OF(ranks); r++) {
            char name[80];
            double tolerance;
            bench *const b = open_bench(c, -1, ranks[r], 1 + r % 3);
            snprintf(name, sizeof name, "case %d, rank %td", c, ranks[r]);
            for (int mode = 0; mode < cases[c].order; mode++)
                check_contract(b, mode, name);
            const double plain = residual_plain(&b->dense.array, b->factors, &tolerance);
            CHECK(fabs(b->x.base.ops->residual(&b->plan, b->factors) - plain) <= tolerance, "%s: residual", name);
            close_bench(b);
        }
}

static void test_every_set_of_kernels_sums_the_same(void **state)
{
    (void)state;
    for (int set = 0; RLRA(kernels_at)(set) != NULL; set++)
        for (int r = 0; r < COUNT_OF(ranks); r++)
            for (int c = 5; c < 8; c++) {
                bench *const b = open_bench(c, -1, ranks[r], 1);
                b->x.fibers = RLRA(fibers_of)(RLRA(kernels_at)(set)->name);
                for (int mode = 0; mode < cases[c].order; mode++)
                    check_contract(b, mode, RLRA(kernels_at)(set)->name);
                close_bench(b);
            }
}

static void test_threads_and_storage_change_no_bit(void **state)
{
    (void)state;
    for (int c = 0; c < COUNT_OF(cases); c++) {
        bench *const one = open_bench(c, -1, 19, 1);
        const double residual = one->x.base.ops->residual(&one->plan, one->factors);
        for (int threads = 2; threads <= 4; threads++) {
            bench *const more = open_bench(c, cases[c].count < 1000 ? threads - 2 : -1, 19, threads);
            const double other = more->x.base.ops->residual(&more->plan, more->factors);
            assert_memory_equal(&residual, &other, sizeof other);
            for (int mode = 0; mode < cases[c].order; mode++) {
                const factor a = contract(one, mode), b = contract(more, mode);
                CHECK(same_bits(a.at, b.at, a.rank, a.length, a.stride), "case %d, %d threads", c, threads);
                free(a.at);
                free(b.at);
            }
            close_bench(more);
        }
        close_bench(one);
    }
}

static void test_operator_knows_norm_and_range(void **state)
{
    (void)state;
    for (int c = 0; c < COUNT_OF(cases); c++) {
        bench *const b = open_bench(c, -1, 2, 1);
        double norm2 = 0, sum = 0, least = INFINITY, scale = 0;
        int64_t index[RLRA_MAX_ORDER] = {0};
        do {
            const double value = (double)*entry_at(&b->dense.array, index);
            norm2 += value * value;
            sum += value;
            least = fmin(least, value);
            scale = fmax(scale, fabs(value));
        } while (next_index(&b->dense.array, index));
        CHECK(fabs(b->x.base.norm2 - norm2) <= 64 * DBL_EPSILON * norm2, "case %d", c);
        CHECK(b->x.base.sum == sum && b->x.base.least == least && b->x.base.scale == scale, "case %d", c);
        CHECK(b->plan.stream == -1, "case %d", c);
        close_bench(b);
    }
}

/* Where the model is exact, ||X||^2 - 2 <X, M> + ||M||^2 in `real` would see its rounding errors. */
static void test_residual_of_an_exact_model_vanishes(void **state)
{
    (void)state;
    enum { I = 9, J = 8, K = 7, COUNT = 6 * 5 * 4 };
    int64_t i[COUNT], j[COUNT], k[COUNT];
    real values[COUNT];
    const real size[] = {(real)(1.0 / 3), (real)0.7, (real)1.1};
    const ptrdiff_t filled[] = {6, 5, 4}, lengths[] = {I, J, K};
    bench b = {0};
    for (int e = 0; e < COUNT; e++) {
        i[e] = e / 20;
        j[e] = e / 4 % 5;
        k[e] = e % 4;
        values[e] = (real)((double)size[0] * (double)size[1] * (double)size[2]);
    }
    const rlra_sparse block =
        rlra_sparse_coo(REAL_DTYPE, 3, (const int64_t[]){I, J, K}, COUNT, (const int64_t *const[]){i, j, k}, values);
    assert_int_equal(rlra_context_create(NULL, &b.context), RLRA_OK);
    assert_int_equal(RLRA(csf_set_create)(b.context, &block, &b.set), RLRA_OK);
    plan(&b, 1, 2);
    for (int m = 0; m < 3; m++) {
        b.factors[m] = make_factor(lengths[m], 1);
        for (ptrdiff_t at = 0; at < lengths[m]; at++)
            *entry(b.factors[m], at, 0) = at < filled[m] ? size[m] : 0;
    }
    const double residual = b.x.base.ops->residual(&b.plan, b.factors), norm2 = b.x.base.norm2;
    /* One rounding of each stored entry, and the difference of two sums in double. */
    assert_true(residual <= (double)REAL_EPS * (double)REAL_EPS * norm2 + COUNT * DBL_EPSILON * norm2);
    for (int m = 0; m < 3; m++)
        free(b.factors[m].at);
    rlra_arena_free(b.context, &b.work);
    RLRA(csf_set_destroy)(b.context, b.set);
    rlra_context_destroy(b.context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products_and_residuals_equal_plain_loops),
        cmocka_unit_test(test_every_set_of_kernels_sums_the_same),
        cmocka_unit_test(test_threads_and_storage_change_no_bit),
        cmocka_unit_test(test_operator_knows_norm_and_range),
        cmocka_unit_test(test_residual_of_an_exact_model_vanishes),
    };
    return cmocka_run_group_tests_name("sparse tensors", tests, NULL, NULL);
}
