/* unit/linalg/quotients.c: the kernels of the loss kl (quotients, picked_slopes, picked_model, relative) against plain loops. */
#include "support/support.h"

#include "support/kernel_sets.h"

static const ptrdiff_t lengths[] = {0, 1, 2, 3, 5, 7, 12, 13, 31, 48, 97, 130};
static const ptrdiff_t rows_of[] = {0, 1, 3, 4, 5, 11};
static const ptrdiff_t ranks[] = {1, 2, 7, 16, 50};

#define LEAST ((real)0.25)

static double product_of(const real *w, const real *h, ptrdiff_t step, ptrdiff_t rank)
{
    double v = 0;
    for (ptrdiff_t k = 0; k < rank; k++)
        v += (double)w[k] * (double)h[k * step];
    return v;
}

/* Numbers times a scale, every third one zero; sizes at which a kernel may take another way. */
static void scatter(real *at, ptrdiff_t count, double scale)
{
    for (ptrdiff_t e = 0; e < count; e++)
        at[e] = e % 3 == 1 ? 0 : (real)((double)at[e] * scale);
}

static void try_quotients(const kernels *set, numbers *from, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length,
                          double scale, int valued)
{
    const real least = (real)((double)LEAST * scale);
    const ptrdiff_t stride = length + 3, w_stride = rank + 2;
    real *const w = uniform_rows(from, rows, rank, w_stride), *const h = uniform_rows(from, rank, length, stride);
    real *const y = uniform_rows(from, rows, length, stride), *const out = nan_reals(span(rows, length, stride));
    const real *row[16 + QUOTIENTS_AHEAD];
    double values[16];
    scatter(y, span(rows, length, stride), scale);
    for (ptrdiff_t e = 0; e < span(rows, rank, w_stride); e++)
        w[e] *= (real)scale;
    for (ptrdiff_t i = 0; i < rows + QUOTIENTS_AHEAD; i++)
        row[i] = y + (i < rows ? rows - 1 - i : 0) * stride;
    for (int i = 0; i < 16; i++)
        values[i] = 7;
    set->quotients(rows, rank, length, w, w_stride, h, stride, least, row, out, stride, valued ? values : NULL);
    for (ptrdiff_t i = 0; i < rows; i++) {
        double value = 0, size = 0;
        for (ptrdiff_t j = 0; j < length; j++) {
            const double a = (double)row[i][j];
            const double v = fmax(product_of(w + i * w_stride, h + j, stride, rank), (double)least);
            const double ratio = a / v;
            value += a > 0 ? v - a - a * (log(v) - log(a)) : v;
            size += v + a * (1 + fabs(log(v)) + (a > 0 ? fabs(log(a)) : 0));
            CHECK(fabs((double)out[i * stride + j] - ratio) <= sum_tolerance(rank, ratio), "%s: %g, not %g", set->name,
                  (double)out[i * stride + j], ratio);
        }
        value = valued ? 7 + value : 7;
        CHECK(fabs(values[i] - value) <= sum_tolerance(rank, size + 7), "%s: the loss %g, not %g", set->name, values[i],
              value);
    }
    assert_true(gaps_are_untouched(out, rows, length, stride));
    free(w);
    free(h);
    free(y);
    free(out);
}

static void test_quotients_equal_plain_loops(void **state)
{
    (void)state;
    static const double scales[] = {1, sizeof(real) == sizeof(float) ? 0x1p-122 : 0x1p-600,
                                    sizeof(real) == sizeof(float) ? 0x1p+121 : 0x1p+600};
    numbers from = {1, 0};
    for (int s = 0; set_at(s) != NULL; s++)
        for (int l = 0; l < COUNT_OF(lengths); l++)
            for (int r = 0; r < COUNT_OF(rows_of); r++)
                for (int k = 0; k < COUNT_OF(ranks); k++)
                    for (int at = 0; at < COUNT_OF(scales); at++)
                        try_quotients(set_at(s), &from, rows_of[r], ranks[k], lengths[l], scales[at],
                                      l % 2 + r % 2 > 0);
}

/* Rows that begin at cache lines, zeros behind the last component. */
static real *padded_rows(numbers *from, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t stride)
{
    real *const at = aligned_alloc(64, (size_t)(rows * stride) * sizeof *at);
    for (ptrdiff_t e = 0; e < rows * stride; e++)
        at[e] = e % stride < rank ? (real)uniform(from) : 0;
    return at;
}

static void try_picked(const kernels *set, numbers *from, ptrdiff_t count, ptrdiff_t rank)
{
    const ptrdiff_t length = 40, stride = (rank + GATHER_ALIGNMENT - 1) / GATHER_ALIGNMENT * GATHER_ALIGNMENT;
    real *const rows = padded_rows(from, length, rank, stride), *const x = padded_rows(from, 1, rank, stride);
    real *const values = uniform_rows(from, 1, count, count), *const model = nan_reals(count);
    int32_t *const indices = malloc((size_t)(count + 1) * sizeof *indices);
    double *const up = calloc((size_t)stride, sizeof *up), *const expected = calloc((size_t)rank, sizeof *expected);
    const picked_rows picked = {rows, x, stride, LEAST};
    double value = 0, size = 0;
    for (ptrdiff_t e = 0; e < count; e++)
        indices[e] = (int32_t)below(from, length);
    set->picked_model(count, indices, &picked, model);
    for (ptrdiff_t e = 0; e < count; e++) {
        const double plain = product_of(x, rows + indices[e] * stride, 1, rank), v = fmax(plain, (double)LEAST);
        CHECK(fabs((double)model[e] - plain) <= sum_tolerance(rank, plain), "%s: the model", set->name);
        for (ptrdiff_t k = 0; k < rank; k++)
            expected[k] += (double)values[e] / v * (double)rows[indices[e] * stride + k];
        value += (double)values[e] * log((double)values[e] / v) - (double)values[e];
        size += (double)values[e] + v;
    }
    const double reported = set->picked_slopes(count, indices, values, &picked, up, 1);
    CHECK(fabs(reported - value) <= sum_tolerance(rank, size), "%s, %td entries: %g, not %g", set->name, count,
          reported, value);
    for (ptrdiff_t k = 0; k < rank; k++)
        CHECK(fabs(up[k] - expected[k]) <= sum_tolerance(count + rank, expected[k]), "%s, %td entries: %g, not %g",
              set->name, count, up[k], expected[k]);
    for (ptrdiff_t k = rank; k < stride; k++)
        assert_true(up[k] == 0);
    assert_true(set->picked_slopes(count, indices, values, &picked, up, 0) == 0);
    free(rows);
    free(x);
    free(values);
    free(model);
    free(indices);
    free(up);
    free(expected);
}

static void test_picked_slopes_equal_plain_loops(void **state)
{
    (void)state;
    static const ptrdiff_t counts[] = {0, 1, 2, 3, 4, 7, 8, 15, 16, 23, 24, 25, 255, 256, 257, 600};
    numbers from = {2, 0};
    for (int s = 0; set_at(s) != NULL; s++)
        for (int c = 0; c < COUNT_OF(counts); c++)
            for (int k = 0; k < COUNT_OF(ranks); k++)
                try_picked(set_at(s), &from, counts[c], ranks[k]);
}

/* b - a - a log(b/a) by a series near 1, where the closed form cancels. */
static double relative_term(double a, double b)
{
    const double s = (b - a) / (b + a);
    double tail = 0, power = s * s * s;
    if (fabs(s) > 0.2)
        return b - a - a * log(b / a);
    for (int n = 3; n < 60; n += 2, power *= s * s)
        tail += power / n;
    return (b - a) * s - 2 * a * tail;
}

static void test_relative_is_exact_however_close_the_numbers_are(void **state)
{
    (void)state;
    numbers from = {3, 0};
    for (int s = 0; set_at(s) != NULL; s++)
        for (int trial = 0; trial < 400; trial++) {
            const double distance = ldexp(1, -(trial % 60)), sign = trial % 2 == 0 ? 1 : -0.5;
            const real a = (real)ldexp(0.5 + uniform(&from), trial % 41 - 20);
            const real b = (real)((double)a * (1 + sign * distance));
            real as[11], bs[11];
            for (int e = 0; e < 11; e++) {
                as[e] = a;
                bs[e] = b;
            }
            const double term = relative_term((double)a, (double)b), reported = set_at(s)->relative(11, as, bs, 0) / 11;
            CHECK(fabs(reported - term) <= 64 * DBL_EPSILON * term, "%s: %.17g, not %.17g", set_at(s)->name, reported,
                  term);
        }
}

static void test_relative_of_zeros_and_of_the_ends_of_the_range(void **state)
{
    (void)state;
    const real tiny = (real)(4 * (double)REAL_MIN), huge = (real)(1 / (65536 * (double)REAL_MIN));
    const real a[9] = {0, 0, 1, 2, 0, 0, 0, 3, 0}, b[9] = {5, 0, 1, 2, 1, 0, 0, 3, 2};
    const real ends[4] = {tiny, huge, tiny, 1}, others[4] = {huge, tiny, tiny, 1};
    const real one[5] = {0, 1, 0, 0, 0}, none[5] = {0};
    double expected = 0;
    for (int e = 0; e < 4; e++) {
        const double from = (double)ends[e], to = (double)others[e];
        expected += to - from - from * (log(to) - log(from));
    }
    for (int s = 0; set_at(s) != NULL; s++) {
        assert_true(set_at(s)->relative(9, a, b, 0) == 8);
        assert_true(isinf(set_at(s)->relative(5, one, none, 0)));
        const double reported = set_at(s)->relative(4, ends, others, 0);
        CHECK(fabs(reported - expected) <= 64 * DBL_EPSILON * expected, "%s: %g, not %g", set_at(s)->name, reported,
              expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quotients_equal_plain_loops),
        cmocka_unit_test(test_picked_slopes_equal_plain_loops),
        cmocka_unit_test(test_relative_is_exact_however_close_the_numbers_are),
        cmocka_unit_test(test_relative_of_zeros_and_of_the_ends_of_the_range),
    };
    return cmocka_run_group_tests_name("quotients", tests, NULL, NULL);
}
