/* unit/linalg/kernels.c: every kernel set this processor can run against plain loops and against a BLAS. */
#include <float.h>

#include "support/support.h"

#include <cblas.h>

#include "support/kernel_sets.h"

static const ptrdiff_t sizes[] = {0, 1, 2, 3, 5, 7, 13, 47, 48, 49, 64, 65, 97, 256, 257, 1000};
static const ptrdiff_t few[] = {0, 1, 2, 3, 4, 5, 6, 7, 13};

#if defined(RLRA_SINGLE)
#define GEMM cblas_sgemm
#else
#define GEMM cblas_dgemm
#endif

/* One product of each kind: out[k][i] = sum_j y[i][j] h[k][j] (dots) or z[k][j] = sum_i w[k][i] y[i][j] (outer). */
typedef struct product {
    ptrdiff_t rows, rank, length, y_stride, f_stride, out_stride;
    real *y, *f, *out;
} product;

static product make_product(numbers *from, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, int outer)
{
    product p = {.rows = rows, .rank = rank, .length = length, .y_stride = length + below(from, 5)};
    const ptrdiff_t along = outer ? rows : length, result = outer ? length : rows;
    p.f_stride = along + below(from, 4);
    p.out_stride = result + below(from, 3);
    p.y = normal_rows(from, rows, length, p.y_stride);
    p.f = normal_rows(from, rank, along, p.f_stride);
    p.out = nan_reals(span(rank, result, p.out_stride));
    return p;
}

static void free_product(product *p)
{
    free(p->y);
    free(p->f);
    free(p->out);
}

static void check_entry(const kernels *set, const char *what, const product *p, real value, double expected,
                        ptrdiff_t terms, double size)
{
    if (!(fabs((double)value - expected) <= sum_tolerance(terms, size)))
        fail_msg("%s %s, %td rows, rank %td, length %td: %.17g instead of %.17g", set->name, what, p->rows, p->rank,
                 p->length, (double)value, expected);
}

static void check_dots(const kernels *set, const product *p, double start)
{
    for (ptrdiff_t k = 0; k < p->rank; k++)
        for (ptrdiff_t i = 0; i < p->rows; i++) {
            double sum = start, size = fabs(start);
            for (ptrdiff_t j = 0; j < p->length; j++) {
                const double term = (double)p->y[i * p->y_stride + j] * (double)p->f[k * p->f_stride + j];
                sum += term;
                size += fabs(term);
            }
            check_entry(set, "dots", p, p->out[k * p->out_stride + i], sum, p->length, size);
        }
    CHECK(gaps_are_untouched(p->out, p->rank, p->rows, p->out_stride), "%s dots", set->name);
}

static void try_dots(const kernels *set, numbers *from, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length)
{
    product p = make_product(from, rows, rank, length, 0);
    set->dots(rows, rank, length, p.y, p.y_stride, NULL, p.f, p.f_stride, p.out, p.out_stride, 0);
    check_dots(set, &p, 0);
    real *const fetched = copy_reals(p.out, span(rank, rows, p.out_stride));
    set->dots(rows, rank, length, p.y, p.y_stride, p.y, p.f, p.f_stride, fetched, p.out_stride, 0);
    CHECK(same_bits(p.out, fetched, rank, rows, p.out_stride), "%s: rows fetched ahead change values", set->name);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < rows; i++)
            p.out[k * p.out_stride + i] = (real)3.5;
    set->dots(rows, rank, length, p.y, p.y_stride, NULL, p.f, p.f_stride, p.out, p.out_stride, 1);
    check_dots(set, &p, 3.5);
    free(fetched);
    free_product(&p);
}

static void try_outer(const kernels *set, numbers *from, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length)
{
    product p = make_product(from, rows, rank, length, 1);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t j = 0; j < length; j++)
            p.out[k * p.out_stride + j] = (real)-1.25;
    set->outer(rows, rank, length, p.f, p.f_stride, p.y, p.y_stride, p.out, p.out_stride);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t j = 0; j < length; j++) {
            double sum = -1.25, size = 1.25;
            for (ptrdiff_t i = 0; i < rows; i++) {
                const double term = (double)p.y[i * p.y_stride + j] * (double)p.f[k * p.f_stride + i];
                sum += term;
                size += fabs(term);
            }
            check_entry(set, "outer", &p, p.out[k * p.out_stride + j], sum, rows, size);
        }
    CHECK(gaps_are_untouched(p.out, rank, length, p.out_stride), "%s outer", set->name);
    free_product(&p);
}

typedef void (*product_test)(const kernels *set, numbers *from, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length);

/* All lengths with few rows and ranks, then long rows and ranks one at a time. */
static void try_sizes(const kernels *set, product_test try)
{
    numbers from = {1, 0};
    for (int l = 0; l < COUNT_OF(sizes); l++)
        for (int r = 0; r < COUNT_OF(few); r++)
            for (int k = 0; k < COUNT_OF(few); k++)
                try(set, &from, few[r], few[k], sizes[l]);
    for (int s = 0; s < COUNT_OF(sizes); s++) {
        try(set, &from, sizes[s], 5, 3);
        try(set, &from, sizes[s], 4, 65);
        try(set, &from, 7, sizes[s], 33);
        try(set, &from, 2, sizes[s], 5);
    }
}

static void test_dots_equal_plain_loops_and_overwrite(void **state)
{
    (void)state;
    for (int s = 0; set_at(s) != NULL; s++)
        try_sizes(set_at(s), try_dots);
}

static void test_outer_adds_what_plain_loops_add(void **state)
{
    (void)state;
    for (int s = 0; set_at(s) != NULL; s++)
        try_sizes(set_at(s), try_outer);
}

static void test_dots_do_not_depend_on_how_rows_are_cut(void **state)
{
    (void)state;
    numbers from = {2, 0};
    for (int s = 0; set_at(s) != NULL; s++)
        for (int l = 0; l < COUNT_OF(sizes); l++) {
            const kernels *const set = set_at(s);
            const ptrdiff_t rows = 29, rank = 1 + l % 8, length = sizes[l];
            product p = make_product(&from, rows, rank, length, 0);
            real *const whole = copy_reals(p.out, span(rank, rows, p.out_stride));
            set->dots(rows, rank, length, p.y, p.y_stride, NULL, p.f, p.f_stride, whole, p.out_stride, 0);
            for (ptrdiff_t cut = 0; cut <= rows; cut++) {
                set->dots(cut, rank, length, p.y, p.y_stride, NULL, p.f, p.f_stride, p.out, p.out_stride, 0);
                set->dots(rows - cut, rank, length, p.y + cut * p.y_stride, p.y_stride, NULL, p.f, p.f_stride,
                          p.out + cut, p.out_stride, 0);
                CHECK(same_bits(whole, p.out, rank, rows, p.out_stride), "%s, cut at %td", set->name, cut);
            }
            free(whole);
            free_product(&p);
        }
}

static void test_outer_does_not_depend_on_how_columns_are_cut(void **state)
{
    (void)state;
    numbers from = {3, 0};
    const ptrdiff_t length = 101;
    for (int s = 0; set_at(s) != NULL; s++)
        for (int r = 1; r < COUNT_OF(sizes); r++) {
            const kernels *const set = set_at(s);
            const ptrdiff_t rows = sizes[r], rank = 1 + r % 8;
            product p = make_product(&from, rows, rank, length, 1);
            real *const whole = copy_reals(p.out, span(rank, length, p.out_stride));
            for (ptrdiff_t k = 0; k < rank; k++)
                memset(whole + k * p.out_stride, 0, (size_t)length * sizeof(real));
            set->outer(rows, rank, length, p.f, p.f_stride, p.y, p.y_stride, whole, p.out_stride);
            for (ptrdiff_t cut = 0; cut <= length; cut += 1 + cut % 3) {
                for (ptrdiff_t k = 0; k < rank; k++)
                    memset(p.out + k * p.out_stride, 0, (size_t)length * sizeof(real));
                set->outer(rows, rank, cut, p.f, p.f_stride, p.y, p.y_stride, p.out, p.out_stride);
                set->outer(rows, rank, length - cut, p.f, p.f_stride, p.y + cut, p.y_stride, p.out + cut, p.out_stride);
                CHECK(same_bits(whole, p.out, rank, length, p.out_stride), "%s, cut at %td", set->name, cut);
            }
            free(whole);
            free_product(&p);
        }
}

static void test_products_agree_with_blas(void **state)
{
    (void)state;
    numbers from = {4, 0};
    const ptrdiff_t rows = 203, rank = 17, length = 611;
    for (int s = 0; set_at(s) != NULL; s++)
        for (int outer = 0; outer < 2; outer++) {
            const kernels *const set = set_at(s);
            product p = make_product(&from, rows, rank, length, outer);
            const ptrdiff_t result = outer ? length : rows, terms = outer ? rows : length;
            real *const blas = nan_reals(rank * result);
            GEMM(CblasRowMajor, CblasNoTrans, outer ? CblasNoTrans : CblasTrans, (int)rank, (int)result, (int)terms, 1,
                 p.f, (int)p.f_stride, p.y, (int)p.y_stride, 0, blas, (int)result);
            for (ptrdiff_t k = 0; outer && k < rank; k++)
                memset(p.out + k * p.out_stride, 0, (size_t)length * sizeof(real));
            if (outer)
                set->outer(rows, rank, length, p.f, p.f_stride, p.y, p.y_stride, p.out, p.out_stride);
            else
                set->dots(rows, rank, length, p.y, p.y_stride, NULL, p.f, p.f_stride, p.out, p.out_stride, 0);
            for (ptrdiff_t k = 0; k < rank; k++)
                for (ptrdiff_t i = 0; i < result; i++)
                    check_entry(set, "against BLAS", &p, p.out[k * p.out_stride + i], (double)blas[k * result + i],
                                terms, (double)terms);
            free(blas);
            free_product(&p);
        }
}

static void test_the_best_set_is_the_first_and_can_be_chosen(void **state)
{
    (void)state;
    assert_null(RLRA(kernels_at)(-1));
    unsetenv("RLRA_KERNELS");
    assert_ptr_equal(RLRA(kernels_best)(), RLRA(kernels_at)(0));
    for (int s = 0; RLRA(kernels_at)(s) != NULL; s++) {
        setenv("RLRA_KERNELS", RLRA(kernels_at)(s)->name, 1);
        assert_ptr_equal(RLRA(kernels_best)(), RLRA(kernels_at)(s));
    }
    setenv("RLRA_KERNELS", "baseline", 1);
    assert_string_equal(RLRA(kernels_best)()->name, "baseline");
    unsetenv("RLRA_KERNELS");
}

/* -1 + (1 + eps)(1 - eps): rounding the product first would give zero. */
static void test_vector_sets_fuse_products_and_sums(void **state)
{
    (void)state;
    enum { MOST_LANES = 16 };
    for (int s = 0; RLRA(kernels_at)(s) != NULL; s++) {
        const kernels *const set = RLRA(kernels_at)(s);
        if (strcmp(set->name, "baseline") == 0)
            continue;
        for (ptrdiff_t lanes = 4; lanes <= MOST_LANES; lanes *= 2) {
            real y[2 * MOST_LANES] = {-1}, h[2 * MOST_LANES] = {1}, sum = 0;
            y[lanes] = 1 + REAL_EPS;
            h[lanes] = 1 - REAL_EPS;
            set->dots(1, 1, 2 * lanes, y, 2 * lanes, NULL, h, 2 * lanes, &sum, 1, 0);
            const real fused = -REAL_EPS * REAL_EPS;
            assert_true(sum == fused ||
                        lanes * (ptrdiff_t)sizeof(real) != (strcmp(set->name, "avx512") == 0 ? 64 : 32));
        }
    }
}

static void try_entry_sums(const kernels *set, numbers *from, ptrdiff_t length)
{
    real *const x = normal_rows(from, 1, length, length);
    double norm2 = 0, sum = 0, size = 0, zeros = 0, negatives = 0, least = length > 0 ? INFINITY : 0, most = -least;
    entry_sums got;
    for (ptrdiff_t i = 0; i < length; i++) {
        x[i] = below(from, 5) == 0 ? (real)(below(from, 2) ? 0.0 : -0.0) : x[i];
        norm2 += (double)x[i] * (double)x[i];
        sum += (double)x[i];
        size += fabs((double)x[i]);
        zeros += x[i] == 0;
        negatives += x[i] < 0;
        least = fmin(least, (double)x[i]);
        most = fmax(most, (double)x[i]);
    }
    set->entry_sums(length, x, &got);
    CHECK(fabs(got.norm2 - norm2) <= 64 * DBL_EPSILON * norm2 && fabs(got.sum - sum) <= 64 * DBL_EPSILON * size,
          "%s: sums of %td", set->name, length);
    CHECK(got.zeros == zeros && got.negatives == negatives, "%s: counts of %td", set->name, length);
    CHECK(got.least == least && got.most == most, "%s: range of %td", set->name, length);
    for (ptrdiff_t i = 0; i < length; i++) {
        const real before = x[i];
        x[i] = (real)(i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : -INFINITY);
        set->entry_sums(length, x, &got);
        CHECK(!isfinite(got.norm2), "%s: entry %td of %td", set->name, i, length);
        x[i] = before;
    }
    free(x);
}

static void test_entry_sums_equal_plain_loops(void **state)
{
    (void)state;
    numbers from = {5, 0};
    for (int s = 0; set_at(s) != NULL; s++)
        for (ptrdiff_t length = 0; length < 140; length++)
            try_entry_sums(set_at(s), &from, length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entry_sums_equal_plain_loops),
        cmocka_unit_test(test_dots_equal_plain_loops_and_overwrite),
        cmocka_unit_test(test_outer_adds_what_plain_loops_add),
        cmocka_unit_test(test_dots_do_not_depend_on_how_rows_are_cut),
        cmocka_unit_test(test_outer_does_not_depend_on_how_columns_are_cut),
        cmocka_unit_test(test_products_agree_with_blas),
        cmocka_unit_test(test_vector_sets_fuse_products_and_sums),
        cmocka_unit_test(test_the_best_set_is_the_first_and_can_be_chosen),
    };
    return cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
}
