/* unit/linalg/kernels_rows.c: the kernels on components (residual, residuals, improve, gram, distance2) against plain loops. */
#include "support/support.h"

#include "linalg/kronecker.h"
#include "support/kernel_sets.h"

static const ptrdiff_t lengths[] = {0, 1, 2, 3, 5, 7, 13, 47, 48, 49, 64, 65, 97, 256, 257, 1000};
static const ptrdiff_t ranks[] = {0, 1, 2, 3, 5, 7, 13, 47, 64};

typedef void (*component_test)(const kernels *set, numbers *from, ptrdiff_t length, ptrdiff_t rank);

static void try_all(component_test try)
{
    numbers from = {1, 0};
    for (int s = 0; set_at(s) != NULL; s++)
        for (int l = 0; l < COUNT_OF(lengths); l++)
            for (int k = 0; k < COUNT_OF(ranks); k++)
                try(set_at(s), &from, lengths[l], ranks[k]);
}

/* b[i] - sum_j g[j] x[j][i] in double, and the magnitudes that were added. */
static double left_of(const real *b, const real *g, factor x, ptrdiff_t i, double *size)
{
    double left = (double)b[i];
    *size = fabs(left);
    for (ptrdiff_t j = 0; j < x.rank; j++) {
        const double term = (double)g[j] * (double)*entry(x, i, j);
        left -= term;
        *size += fabs(term);
    }
    return left;
}

static void try_residual(const kernels *set, numbers *from, ptrdiff_t length, ptrdiff_t rank)
{
    const factor x = normal_factor(from, length, rank);
    real *const b = normal_rows(from, 1, length, length);
    real *const g = normal_rows(from, 1, rank, rank);
    real *const out = nan_reals(length);
    set->residual(length, rank, b, g, x.at, x.stride, out);
    for (ptrdiff_t i = 0; i < length; i++) {
        double size;
        const double left = left_of(b, g, x, i, &size);
        CHECK(fabs((double)out[i] - left) <= sum_tolerance(rank, size), "%s, length %td, rank %td", set->name, length,
              rank);
    }
    free(x.at);
    free(b);
    free(g);
    free(out);
}

/* Several components together, in place or not, have the bits of each alone. */
static void try_residuals(const kernels *set, numbers *from, ptrdiff_t length, ptrdiff_t rank)
{
    const ptrdiff_t count = 1 + below(from, 19), g_stride = rank + below(from, 3);
    const factor x = normal_factor(from, length, rank), b = normal_factor(from, length, count);
    real *const g = normal_rows(from, count, rank, g_stride), *const alone = nan_reals(length);
    real *const out = nan_reals(span(count, length, length + 2));
    set->residuals(length, rank, count, b.at, b.stride, g, g_stride, x.at, x.stride, out, length + 2);
    CHECK(gaps_are_untouched(out, count, length, length + 2), "%s residuals", set->name);
    const factor in_place = copy_factor(b);
    set->residuals(length, rank, count, in_place.at, b.stride, g, g_stride, x.at, x.stride, in_place.at, b.stride);
    for (ptrdiff_t c = 0; c < count; c++) {
        set->residual(length, rank, b.at + c * b.stride, g + c * g_stride, x.at, x.stride, alone);
        CHECK(same_bits(alone, out + c * (length + 2), 1, length, length), "%s, %td of %td", set->name, c, count);
        CHECK(same_bits(alone, in_place.at + c * b.stride, 1, length, length), "%s, in place", set->name);
    }
    free(x.at);
    free(b.at);
    free(in_place.at);
    free(g);
    free(alone);
    free(out);
}

static void test_residuals_have_the_bits_of_each_alone(void **state)
{
    (void)state;
    try_all(try_residuals);
}

static void test_residual_equals_plain_loops(void **state)
{
    (void)state;
    try_all(try_residual);
}

/* One component improved, with or without a bound; g[k] = 1/inverse as in a Gram matrix. */
static void improve_once(const kernels *set, numbers *from, ptrdiff_t length, ptrdiff_t rank, double least)
{
    const factor x = normal_factor(from, length, rank), before = copy_factor(x);
    real *const b = normal_rows(from, 1, length, length);
    real *const g = normal_rows(from, 1, rank, rank);
    const ptrdiff_t k = below(from, rank);
    const double shift = uniform(from);
    g[k] = (real)(0.5 + uniform(from));
    const real inverse = 1 / g[k];
    const double change = set->improve(length, rank, b, g, x.at, x.stride, k, inverse, (real)shift, (real)least);
    double expected = 0, slack = 0;
    for (ptrdiff_t i = 0; i < length; i++) {
        double size;
        const double left = left_of(b, g, before, i, &size) - (double)(real)shift;
        const double old = (double)*entry(before, i, k), fresh = fmax(old + left * (double)inverse, least);
        const double tolerance = sum_tolerance(rank, 2 * (size + fabs(old) + shift));
        CHECK(fabs((double)*entry(x, i, k) - fresh) <= tolerance, "%s, length %td, rank %td", set->name, length, rank);
        expected += (fresh - old) * (fresh - old);
        slack += 2 * tolerance * (fabs(fresh) + fabs(old) + tolerance);
    }
    CHECK(fabs(change - expected) <= slack + sum_tolerance(length, expected), "%s: %g, not %g", set->name, change,
          expected);
    for (ptrdiff_t j = 0; j < rank; j++)
        CHECK(j == k || same_bits(x.at + j * x.stride, before.at + j * x.stride, 1, length, 0),
              "%s changed component %td, not %td", set->name, j, k);
    CHECK(gaps_are_untouched(x.at, rank, length, x.stride), "%s improve", set->name);
    free(x.at);
    free(before.at);
    free(b);
    free(g);
}

static void try_improve(const kernels *set, numbers *from, ptrdiff_t length, ptrdiff_t rank)
{
    if (rank == 0)
        return;
    improve_once(set, from, length, rank, 0);
    improve_once(set, from, length, rank, -INFINITY);
}

static void test_improve_sets_one_component_to_its_minimiser(void **state)
{
    (void)state;
    try_all(try_improve);
}

static void try_gram(const kernels *set, numbers *from, ptrdiff_t length, ptrdiff_t rank)
{
    const factor x = normal_factor(from, length, rank), y = normal_factor(from, length, rank);
    double *const out = malloc((size_t)(rank * rank + 1) * sizeof *out);
    for (int same = 0; same < 2; same++)
        for (int add = 0; add < 2; add++) {
            const factor other = same ? x : y;
            for (ptrdiff_t e = 0; e < rank * rank; e++)
                out[e] = add ? 2.5 : (double)NAN;
            set->gram(length, rank, x.at, x.stride, other.at, other.stride, out, add);
            for (ptrdiff_t k = 0; k < rank; k++)
                for (ptrdiff_t l = 0; l < rank; l++) {
                    double sum = add ? 2.5 : 0, size = sum;
                    for (ptrdiff_t i = 0; i < length; i++) {
                        sum += (double)*entry(x, i, k) * (double)*entry(other, i, l);
                        size += fabs((double)*entry(x, i, k) * (double)*entry(other, i, l));
                    }
                    const double slack = sum_tolerance(length, size) * (DBL_EPSILON / (double)REAL_EPS);
                    CHECK(fabs(out[k * rank + l] - sum) <= slack, "%s, length %td, rank %td", set->name, length, rank);
                    CHECK(!same || out[k * rank + l] == out[l * rank + k], "%s: not symmetric", set->name);
                }
        }
    free(out);
    free(x.at);
    free(y.at);
}

static void test_gram_is_summed_in_double_and_symmetric(void **state)
{
    (void)state;
    numbers from = {2, 0};
    for (int s = 0; set_at(s) != NULL; s++)
        for (int l = 0; l < COUNT_OF(lengths); l++)
            for (ptrdiff_t rank = 0; rank < 10; rank++)
                try_gram(set_at(s), &from, lengths[l], rank);
    /* More entries than are summed at once. */
    for (int s = 0; set_at(s) != NULL; s++) {
        try_gram(set_at(s), &from, 4097, 3);
        try_gram(set_at(s), &from, 1285, 70);
    }
}

static void try_distance(const kernels *set, numbers *from, ptrdiff_t length, ptrdiff_t rank)
{
    (void)rank;
    real *const a = normal_rows(from, 1, length, length);
    real *const b = normal_rows(from, 1, length, length);
    double sum = 0;
    for (ptrdiff_t i = 0; i < length; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    CHECK(fabs(set->distance2(length, a, b) - sum) <= sum_tolerance(length, sum), "%s, length %td", set->name, length);
    assert_true(set->distance2(length, a, a) == 0);
    free(a);
    free(b);
}

static void test_distance_equals_plain_loops(void **state)
{
    (void)state;
    try_all(try_distance);
}

static void test_distance_of_many_entries_keeps_its_digits(void **state)
{
    (void)state;
    const ptrdiff_t length = 1000003;
    real *const a = nan_reals(length), *const b = nan_reals(length);
    for (ptrdiff_t i = 0; i < length; i++) {
        a[i] = (real)1.1;
        b[i] = (real)0.1;
    }
    const double step = (double)a[0] - (double)b[0];
    for (int s = 0; set_at(s) != NULL; s++) {
        const double sum = set_at(s)->distance2(length, a, b);
        assert_true(fabs(sum / ((double)length * step * step) - 1) <= 64 * (double)REAL_EPS);
    }
    free(a);
    free(b);
}

static void test_kronecker_has_the_last_vector_fastest(void **state)
{
    (void)state;
    numbers from = {3, 0};
    const ptrdiff_t dims[] = {3, 1, 4, 2};
    real *vectors[4];
    for (int v = 0; v < 4; v++)
        vectors[v] = normal_rows(&from, 1, dims[v], dims[v]);
    for (int count = 1; count <= 4; count++) {
        ptrdiff_t total = 1;
        for (int v = 0; v < count; v++)
            total *= dims[v];
        real *const out = nan_reals(total);
        RLRA(kronecker)(count, (const real *const *)vectors, dims, out);
        for (ptrdiff_t e = 0; e < total; e++) {
            double product = 1;
            for (ptrdiff_t v = count - 1, left = e; v >= 0; left /= dims[v], v--)
                product *= (double)vectors[v][left % dims[v]];
            CHECK(fabs((double)out[e] - product) <= 4 * (double)REAL_EPS * fabs(product), "entry %td", e);
        }
        free(out);
    }
    for (int v = 0; v < 4; v++)
        free(vectors[v]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_residual_equals_plain_loops),
        cmocka_unit_test(test_residuals_have_the_bits_of_each_alone),
        cmocka_unit_test(test_improve_sets_one_component_to_its_minimiser),
        cmocka_unit_test(test_gram_is_summed_in_double_and_symmetric),
        cmocka_unit_test(test_distance_equals_plain_loops),
        cmocka_unit_test(test_distance_of_many_entries_keeps_its_digits),
        cmocka_unit_test(test_kronecker_has_the_last_vector_fastest),
    };
    return cmocka_run_group_tests_name("kernels on rows", tests, NULL, NULL);
}
