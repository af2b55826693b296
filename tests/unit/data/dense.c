/* unit/data/dense.c: contractions and residuals of dense arrays of every layout against plain loops. */
#include <stdio.h>

#include "support/operators.h"

static void check_rhs(const rlra_array *array, int mode, const factor *factors, factor rhs, const char *name)
{
    tally *const plain = contract_plain(array, mode, factors);
    const ptrdiff_t terms = (ptrdiff_t)(rlra_array_count(array) / array->dims[mode]);
    for (ptrdiff_t i = 0; i < rhs.length; i++)
        for (ptrdiff_t k = 0; k < rhs.rank; k++) {
            const tally *const t = &plain[i * rhs.rank + k];
            CHECK(fabs((double)*entry(rhs, i, k) - t->sum) <= sum_tolerance(terms, t->size),
                  "%s, mode %d, entry %td of component %td: %g, not %g", name, mode, i, k, (double)*entry(rhs, i, k),
                  t->sum);
        }
    CHECK(gaps_are_untouched(rhs.at, rhs.rank, rhs.length, rhs.stride), "%s", name);
    free(plain);
}

static void try_contract(numbers *from, const view *v, const char *name)
{
    factor factors[RLRA_MAX_ORDER];
    const ptrdiff_t rank = 1 + below(from, 8);
    operators *const o = make_operators(&v->array, rank, 1 + (int)below(from, 3));
    normal_factors(from, &v->array, rank, factors);
    for (int mode = 0; mode < v->array.order; mode++) {
        const factor kept = factors[mode];
        const factor rhs = make_factor(v->array.dims[mode], rank);
        factors[mode] = make_factor(kept.length, rank); /* of NaN: it must not be read */
        o->x->ops->contract(&o->plan, mode, factors, rhs);
        free(factors[mode].at);
        factors[mode] = kept;
        check_rhs(&v->array, mode, factors, rhs, name);
        free(rhs.at);
    }
    free_factors(v->array.order, factors);
    free_operators(o);
}

static void test_contract_equals_plain_loops_for_every_layout_and_mode(void **state)
{
    (void)state;
    try_arrangements(try_contract);
}

static void try_residual(numbers *from, const view *v, const char *name)
{
    factor factors[RLRA_MAX_ORDER];
    double tolerance;
    const ptrdiff_t rank = 1 + below(from, 8);
    operators *const o = make_operators(&v->array, rank, 1 + (int)below(from, 3));
    normal_factors(from, &v->array, rank, factors);
    const double plain = residual_plain(&v->array, factors, &tolerance);
    CHECK(fabs(o->x->ops->residual(&o->plan, factors) - plain) <= tolerance, "%s", name);
    free_factors(v->array.order, factors);
    free_operators(o);
}

static void test_residual_equals_plain_loops_for_every_layout(void **state)
{
    (void)state;
    try_arrangements(try_residual);
}

static void try_scan(numbers *from, const view *v, const char *name)
{
    const dense_scan scan = RLRA(dense_scan)(&v->array, 1 + (int)below(from, 4));
    const dense_scan other = RLRA(dense_scan)(&v->array, 1 + (int)below(from, 4));
    long double norm2 = 0, sum = 0;
    double least = INFINITY, scale = 0, zeros = 0, size = 0;
    int64_t index[RLRA_MAX_ORDER] = {0};
    do {
        const double value = (double)*entry_at(&v->array, index);
        norm2 += (long double)value * value;
        sum += (long double)value;
        size += fabs(value);
        zeros += value == 0;
        least = fmin(least, value);
        scale = fmax(scale, fabs(value));
    } while (next_index(&v->array, index));
    CHECK(fabs(scan.norm2 - (double)norm2) <= 64 * DBL_EPSILON * scan.norm2 && scan.least == least &&
              scan.scale == scale && scan.zeros == zeros && fabs(scan.sum - (double)sum) <= 64 * DBL_EPSILON * size,
          "%s", name);
    CHECK(scan.bad == 0 && memcmp(&scan.norm2, &other.norm2, sizeof scan.norm2) == 0, "%s: threads", name);
}

static void test_scan_finds_norm_and_range_of_every_layout(void **state)
{
    (void)state;
    try_arrangements(try_scan);
}

/* Rows of more than one run and runs of more than one row, zeros of both signs, and the range at any place. */
static void test_scan_of_long_rows_and_of_short_ones(void **state)
{
    (void)state;
    numbers from = {2, 0};
    static const int64_t dims[][2] = {{3, 1300}, {5000, 1}, {1300, 3}, {900, 7}, {170, 40}, {9, 600}};
    for (int trial = 0; trial < 120; trial++) {
        const int64_t *const d = dims[trial % COUNT_OF(dims)];
        const view v = normal_view(&from, 2, d, &(arrangement){"", trial / 6 % 2, 1 + trial / 12 % 2, 0, 0});
        for (int k = 0; k < trial; k++)
            *entry_at(&v.array, (int64_t[]){below(&from, d[0]), below(&from, d[1])}) = (real)(k % 2 ? 0.0 : -0.0);
        *entry_at(&v.array, (int64_t[]){below(&from, d[0]), below(&from, d[1])}) = (real)(trial % 3 ? 1e4 : -1e4);
        try_scan(&from, &v, "long rows and short ones");
        free(v.memory);
    }
}

/* The same entries in memory with and without room between them. */
static void test_scan_does_not_depend_on_strides(void **state)
{
    (void)state;
    numbers from = {4, 0};
    static const int64_t dims[][3] = {{40, 30, 20}, {700, 3, 2}, {2, 3, 900}};
    for (int c = 0; c < COUNT_OF(dims); c++)
        for (int p = 0; p < 6; p++) {
            const view packed = normal_view(&from, 3, dims[c], &(arrangement){"", p, 1, 0, 0});
            const view loose = empty_view(3, dims[c], &(arrangement){"", p, 2, 0, 0});
            int64_t index[RLRA_MAX_ORDER] = {0};
            do
                *entry_at(&loose.array, index) = *entry_at(&packed.array, index);
            while (next_index(&packed.array, index));
            const dense_scan a = RLRA(dense_scan)(&packed.array, 1), b = RLRA(dense_scan)(&loose.array, 2);
            CHECK(a.norm2 == b.norm2 && a.sum == b.sum && a.zeros == b.zeros && a.least == b.least, "%d, %d", c, p);
            free(packed.memory);
            free(loose.memory);
        }
}

/* Squares beyond a double are no reason to call an entry bad. */
static void test_scan_of_numbers_whose_squares_overflow(void **state)
{
    (void)state;
    real entries[600];
    const real large = sizeof(real) == sizeof(float) ? (real)1e30 : (real)1e200;
    for (int i = 0; i < 600; i++)
        entries[i] = i == 411 ? -large : 1;
    const rlra_array array = rlra_array_contiguous(REAL_DTYPE, 2, (int64_t[]){2, 300}, entries);
    const dense_scan scan = RLRA(dense_scan)(&array, 1);
    assert_true(scan.bad == 0 && isinf(scan.norm2) == (sizeof(real) == sizeof(double)));
    assert_true(scan.scale == (double)large && scan.least == -(double)large);
}

static void test_scan_reports_how_many_entries_are_bad_and_where(void **state)
{
    (void)state;
    numbers from = {1, 0};
    const int64_t dims[] = {90, 3, 7};
    const real bad[] = {(real)NAN, (real)INFINITY, (real)-INFINITY};
    for (int trial = 0; trial < 60; trial++) {
        const view v =
            normal_view(&from, 3, dims, &(arrangement){"", trial % 6, 1 + trial % 2, (unsigned)trial % 8, 0});
        ptrdiff_t first = PTRDIFF_MAX, count = 0, position = 0;
        int64_t index[RLRA_MAX_ORDER] = {0};
        do {
            if (uniform(&from) < 0.001 * trial) {
                *entry_at(&v.array, index) = bad[below(&from, 3)];
                first = position < first ? position : first;
                count++;
            }
            position++;
        } while (next_index(&v.array, index));
        const dense_scan scan = RLRA(dense_scan)(&v.array, 2);
        CHECK(scan.bad == count && (count == 0 || scan.first_bad == first), "trial %d", trial);
        assert_true(isfinite(scan.norm2) && isfinite(scan.least) && isfinite(scan.scale));
        free(v.memory);
    }
}

/* The four results of one operator for a number of threads. */
typedef struct results {
    factor rhs[RLRA_MAX_ORDER];
    double residual;
} results;

static results contract_all(const rlra_array *array, const factor *factors, int threads)
{
    results r;
    operators *const o = make_operators(array, factors[0].rank, threads);
    for (int mode = 0; mode < array->order; mode++) {
        r.rhs[mode] = make_factor(array->dims[mode], factors[0].rank);
        o->x->ops->contract(&o->plan, mode, factors, r.rhs[mode]);
    }
    r.residual = o->x->ops->residual(&o->plan, factors);
    free_operators(o);
    return r;
}

static void try_threads(numbers *from, const view *v, const char *name)
{
    factor factors[RLRA_MAX_ORDER];
    normal_factors(from, &v->array, 1 + below(from, 8), factors);
    results one = contract_all(&v->array, factors, 1);
    for (int threads = 2; threads <= 4; threads++) {
        results more = contract_all(&v->array, factors, threads);
        CHECK(memcmp(&one.residual, &more.residual, sizeof one.residual) == 0, "%s, %d threads", name, threads);
        for (int m = 0; m < v->array.order; m++)
            CHECK(same_bits(one.rhs[m].at, more.rhs[m].at, one.rhs[m].rank, one.rhs[m].length, one.rhs[m].stride),
                  "%s, mode %d, %d threads", name, m, threads);
        free_factors(v->array.order, more.rhs);
    }
    free_factors(v->array.order, one.rhs);
    free_factors(v->array.order, factors);
}

static void test_threads_change_no_bit(void **state)
{
    (void)state;
    for (int shape = 0; shape < COUNT_OF(shapes); shape++)
        for (int p = 0; p < permutations(shapes[shape].order); p += shapes[shape].order) {
            try_arrangement(try_threads, shape, &(arrangement){"packed", p, 1, 0, 0});
            try_arrangement(try_threads, shape, &(arrangement){"every second entry", p, 2, 1, 0});
        }
}

/* Two plans of one operator take turns: each gives what it gives alone. */
static void try_two_plans(numbers *from, const view *v, const char *name)
{
    factor wide[RLRA_MAX_ORDER], narrow[RLRA_MAX_ORDER];
    operators *const o = make_operators(&v->array, 7, 2);
    arena work = {0};
    normal_factors(from, &v->array, 7, wide);
    normal_factors(from, &v->array, 2, narrow);
    o->x->ops->plan(o->x, 2, 1, &work);
    assert_int_equal(rlra_arena_allocate(o->context, &work, "a test"), RLRA_OK);
    const data_plan second = o->x->ops->plan(o->x, 2, 1, &work);
    for (int mode = 0; mode < v->array.order; mode++) {
        const factor first = make_factor(v->array.dims[mode], 7), other = make_factor(v->array.dims[mode], 2),
                     again = make_factor(v->array.dims[mode], 7);
        o->x->ops->contract(&o->plan, mode, wide, first);
        o->x->ops->contract(&second, mode, narrow, other);
        o->x->ops->contract(&o->plan, mode, wide, again);
        CHECK(same_bits(first.at, again.at, first.rank, first.length, first.stride), "%s, mode %d", name, mode);
        results alone = contract_all(&v->array, narrow, 1);
        CHECK(same_bits(other.at, alone.rhs[mode].at, other.rank, other.length, other.stride), "%s, mode %d, second",
              name, mode);
        free_factors(v->array.order, alone.rhs);
        free(first.at);
        free(other.at);
        free(again.at);
    }
    rlra_arena_free(o->context, &work);
    free_factors(v->array.order, wide);
    free_factors(v->array.order, narrow);
    free_operators(o);
}

static void test_plans_do_not_know_of_each_other(void **state)
{
    (void)state;
    for (int shape = 0; shape < COUNT_OF(shapes); shape++)
        try_arrangement(try_two_plans, shape, &(arrangement){"packed", 0, 1, 0, 0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract_equals_plain_loops_for_every_layout_and_mode),
        cmocka_unit_test(test_residual_equals_plain_loops_for_every_layout),
        cmocka_unit_test(test_scan_finds_norm_and_range_of_every_layout),
        cmocka_unit_test(test_scan_of_long_rows_and_of_short_ones),
        cmocka_unit_test(test_scan_does_not_depend_on_strides),
        cmocka_unit_test(test_scan_of_numbers_whose_squares_overflow),
        cmocka_unit_test(test_scan_reports_how_many_entries_are_bad_and_where),
        cmocka_unit_test(test_threads_change_no_bit),
        cmocka_unit_test(test_plans_do_not_know_of_each_other),
    };
    return cmocka_run_group_tests_name("dense", tests, NULL, NULL);
}
