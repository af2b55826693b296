/* unit/data/sparse.c: products of sparse matrices with factors against plain loops over their dense copies. */
#include "data/sparse/sparse.h"
#include "core/context.h"
#include "linalg/kernels.h"
#include "support/arrays.h"
#include "support/guarded.h"
#include "support/sparse.h"

typedef struct bench {
    rlra_context *context;
    sparse_matrix matrix;
    sparse_pair *pair;
    sparse x;
    data_plan plan;
    arena work;
    view dense;
    factor factors[2];
} bench;

static void plan(bench *b, ptrdiff_t rank, int threads)
{
    arena measured = {0};
    RLRA(sparse_init)(&b->x, b->pair);
    b->x.base.ops->plan(&b->x.base, rank, threads, &measured);
    b->work = measured;
    assert_int_equal(rlra_arena_allocate(b->context, &b->work, "a test"), RLRA_OK);
    fill_with_nan(&b->work);
    b->plan = b->x.base.ops->plan(&b->x.base, rank, threads, &b->work);
    assert_true(b->work.used <= b->work.size);
}

static bench *open_bench(const int64_t *dims, double fill, int storage, ptrdiff_t rank, int threads)
{
    bench *const b = calloc(1, sizeof *b);
    numbers from = {(uint64_t)(dims[0] + 1000 * rank), 7};
    int64_t index[2];
    assert_int_equal(rlra_context_create(NULL, &b->context), RLRA_OK);
    b->matrix = make_sparse(dims, fill, storage, from.seed);
    b->dense = empty_view(2, dims, &c_order);
    double *const values = sparse_to_dense(&b->matrix);
    for (index[0] = 0; index[0] < dims[0]; index[0]++)
        for (index[1] = 0; index[1] < dims[1]; index[1]++)
            *entry_at(&b->dense.array, index) = (real)values[index[0] * dims[1] + index[1]];
    free(values);
    assert_int_equal(RLRA(sparse_pair_create)(b->context, &b->matrix.view, &b->pair), RLRA_OK);
    plan(b, rank, threads);
    for (int m = 0; m < 2; m++)
        b->factors[m] = normal_factor(&from, dims[m], rank);
    return b;
}

static void close_bench(bench *b)
{
    for (int m = 0; m < 2; m++)
        free(b->factors[m].at);
    free(b->dense.memory);
    rlra_arena_free(b->context, &b->work);
    RLRA(sparse_pair_destroy)(b->context, b->pair);
    free_sparse(&b->matrix);
    rlra_context_destroy(b->context);
    free(b);
}

static const int64_t shapes[][2] = {{1, 1}, {1, 9}, {9, 1}, {7, 13}, {70, 131}, {257, 33}, {17, 900}};
static const ptrdiff_t ranks[] = {1, 3, 8, 16, 17, 50, 131};
static const double fills[] = {0, 0.02, 0.4, 2};

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
    for (ptrdiff_t i = 0; i < rhs.length; i++)
        for (ptrdiff_t k = 0; k < rhs.rank; k++) {
            const tally *const t = &plain[i * rhs.rank + k];
            CHECK(fabs((double)*entry(rhs, i, k) - t->sum) <=
                      sum_tolerance((ptrdiff_t)b->dense.array.dims[1 - mode], t->size),
                  "%s, mode %d: %g, not %g", name, mode, (double)*entry(rhs, i, k), t->sum);
        }
    CHECK(gaps_are_untouched(rhs.at, rhs.rank, rhs.length, rhs.stride), "%s", name);
    free(plain);
    free(rhs.at);
}

static void test_products_and_residuals_equal_plain_loops(void **state)
{
    (void)state;
    for (int shape = 0; shape < COUNT_OF(shapes); shape++)
        for (int r = 0; r < COUNT_OF(ranks); r++)
            for (int fill = 0; fill < COUNT_OF(fills); fill++) {
                char name[80];
                double tolerance;
                bench *const b =
                    open_bench(shapes[shape], fills[fill], (shape + r + fill) % STORAGES, ranks[r], 1 + r % 3);
                snprintf(name, sizeof name, "shape %d, rank %td, fill %d", shape, ranks[r], fill);
                check_contract(b, 0, name);
                check_contract(b, 1, name);
                const double plain = residual_plain(&b->dense.array, b->factors, &tolerance);
                CHECK(fabs(b->x.base.ops->residual(&b->plan, b->factors) - plain) <= tolerance, "%s: residual", name);
                close_bench(b);
            }
}

static void test_every_set_of_kernels_gathers_the_same(void **state)
{
    (void)state;
    for (int set = 0; RLRA(kernels_at)(set) != NULL; set++)
        for (int r = 0; r < COUNT_OF(ranks); r++) {
            bench *const b = open_bench((const int64_t[]){40, 900}, 0.9, STORAGE_CSR, ranks[r], 1);
            b->x.gather = RLRA(gather_of)(RLRA(kernels_at)(set)->name);
            check_contract(b, 0, RLRA(kernels_at)(set)->name);
            check_contract(b, 1, RLRA(kernels_at)(set)->name);
            close_bench(b);
        }
}

static void test_threads_and_storage_change_no_bit(void **state)
{
    (void)state;
    for (int shape = 0; shape < COUNT_OF(shapes); shape++) {
        bench *const one = open_bench(shapes[shape], 0.3, STORAGE_CSR, 19, 1);
        const double residual = one->x.base.ops->residual(&one->plan, one->factors);
        for (int threads = 2; threads <= 4; threads++) {
            bench *const more = open_bench(shapes[shape], 0.3, STORAGE_SORTED, 19, threads);
            const double other = more->x.base.ops->residual(&more->plan, more->factors);
            assert_memory_equal(&residual, &other, sizeof other);
            for (int mode = 0; mode < 2; mode++) {
                const factor a = contract(one, mode), b = contract(more, mode);
                CHECK(same_bits(a.at, b.at, a.rank, a.length, a.stride), "shape %d, %d threads", shape, threads);
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
    for (int fill = 0; fill < COUNT_OF(fills); fill++) {
        bench *const b = open_bench(shapes[4], fills[fill], STORAGE_CSC, 2, 1);
        double norm2 = 0, least = INFINITY, scale = 0;
        int64_t index[2] = {0};
        do {
            const double value = (double)*entry_at(&b->dense.array, index);
            norm2 += value * value;
            least = fmin(least, value);
            scale = fmax(scale, fabs(value));
        } while (next_index(&b->dense.array, index));
        CHECK(fabs(b->x.base.norm2 - norm2) <= 64 * DBL_EPSILON * norm2, "fill %d", fill);
        CHECK(b->x.base.least == least && b->x.base.scale == scale, "fill %d", fill);
        CHECK(b->plan.stream == -1, "fill %d", fill);
        close_bench(b);
    }
}

/* Where the model is exact, ||X||^2 - 2 <X, M> + ||M||^2 in `real` would see its rounding errors. */
static void test_residual_of_an_exact_model_vanishes(void **state)
{
    (void)state;
    bench *const b = open_bench((const int64_t[]){60, 50}, 0, STORAGE_SHUFFLED, 1, 2);
    int64_t i[600], j[600];
    real values[600];
    const double a = 1.0 / 3, scale = 0.7;
    for (int e = 0; e < 600; e++) {
        i[e] = e / 20;
        j[e] = e % 20;
        values[e] = (real)a * (real)scale;
    }
    const rlra_sparse block =
        rlra_sparse_coo(REAL_DTYPE, 2, (const int64_t[]){60, 50}, 600, (const int64_t *const[]){i, j}, values);
    RLRA(sparse_pair_destroy)(b->context, b->pair);
    rlra_arena_free(b->context, &b->work);
    assert_int_equal(RLRA(sparse_pair_create)(b->context, &block, &b->pair), RLRA_OK);
    plan(b, 1, 2);
    for (ptrdiff_t k = 0; k < 60; k++)
        *entry(b->factors[0], k, 0) = (real)(k < 30 ? a : 0);
    for (ptrdiff_t k = 0; k < 50; k++)
        *entry(b->factors[1], k, 0) = (real)(k < 20 ? scale : 0);
    const double residual = b->x.base.ops->residual(&b->plan, b->factors), norm2 = b->x.base.norm2;
    /* One rounding of each stored entry, and the difference of two sums in double. */
    assert_true(residual <= (double)REAL_EPS * (double)REAL_EPS * norm2 + 600 * DBL_EPSILON * norm2);
    close_bench(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products_and_residuals_equal_plain_loops),
        cmocka_unit_test(test_every_set_of_kernels_gathers_the_same),
        cmocka_unit_test(test_threads_and_storage_change_no_bit),
        cmocka_unit_test(test_operator_knows_norm_and_range),
        cmocka_unit_test(test_residual_of_an_exact_model_vanishes),
    };
    return cmocka_run_group_tests_name("sparse operator", tests, NULL, NULL);
}
