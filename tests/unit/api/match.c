/* unit/api/match.c: match scores against their formula, and what must not change them. */
#include "rlra/rlra.h"
#include "support/meter.h"

#define MOST 5

static const int64_t dims[] = {300, 7, 11, 2};

static double get(const rlra_model *m, int n, int64_t i, int64_t k)
{
    const rlra_array f = rlra_model_factor(m, n);
    return rlra_array_get(&f, (const int64_t[]){i, k});
}

static void put(const rlra_array *f, int64_t at, double value)
{
    if (f->dtype == RLRA_DTYPE_F32)
        ((float *)f->data)[at] = (float)value;
    else
        ((double *)f->data)[at] = value;
}

static void set(const rlra_model *m, int n, int64_t i, int64_t k, double value)
{
    const rlra_array f = rlra_model_factor(m, n);
    put(&f, i * f.strides[0] + k * f.strides[1], value);
}

static void set_weight(const rlra_model *m, int64_t k, double value)
{
    const rlra_array w = rlra_model_weights(m);
    put(&w, k * w.strides[0], value);
}

static rlra_model *empty_model(rlra_context *context, rlra_dtype dtype, int order, int64_t rank)
{
    rlra_model *m = NULL;
    assert_int_equal(rlra_model_create(context, dtype, order, dims, rank, &m), RLRA_OK);
    return m;
}

static rlra_model *random_model(rlra_context *context, rlra_dtype dtype, int order, int64_t rank, uint64_t seed)
{
    numbers from = {seed, 0};
    rlra_model *const m = empty_model(context, dtype, order, rank);
    for (int n = 0; n < order; n++)
        for (int64_t k = 0; k < rank; k++)
            for (int64_t i = 0; i < dims[n]; i++)
                set(m, n, i, k, seed % 2 == 0 ? uniform(&from) : normal(&from) + 0.5);
    for (int64_t k = 0; k < rank; k++)
        set_weight(m, k, 0.5 + uniform(&from));
    return m;
}

/* Component k of `to` becomes component l of `from`, column n times scales[n]. */
static void copy_component(const rlra_model *from, int64_t l, const rlra_model *to, int64_t k, const double *scales)
{
    const rlra_array w = rlra_model_weights(from);
    for (int n = 0; n < rlra_model_order(from); n++)
        for (int64_t i = 0; i < dims[n]; i++)
            set(to, n, i, k, scales[n] * get(from, n, i, l));
    set_weight(to, k, rlra_array_get(&w, &l));
}

/* Scores of a pair by the formula. */
typedef struct pair {
    double score, congruence;
} pair;

static pair pair_of(const rlra_model *a, int64_t k, const rlra_model *b, int64_t l)
{
    const rlra_array wa = rlra_model_weights(a), wb = rlra_model_weights(b);
    double u = rlra_array_get(&wa, &k), v = rlra_array_get(&wb, &l), congruence = u * v < 0 ? -1 : 1;
    for (int n = 0; n < rlra_model_order(a); n++) {
        double ab = 0, aa = 0, bb = 0;
        for (int64_t i = 0; i < dims[n]; i++) {
            ab += get(a, n, i, k) * get(b, n, i, l);
            aa += get(a, n, i, k) * get(a, n, i, k);
            bb += get(b, n, i, l) * get(b, n, i, l);
        }
        congruence *= ab / sqrt(aa * bb);
        u *= sqrt(aa);
        v *= sqrt(bb);
    }
    const double more = fmax(fabs(u), fabs(v));
    return (pair){(1 - fabs(fabs(u) - fabs(v)) / more) * fmax(congruence, 0), congruence};
}

/* The best sum of scores of components k .. of `a` with those of `b` that are left. */
static double best_sum(const rlra_model *a, int64_t k, const rlra_model *b, unsigned taken)
{
    double best = 0;
    if (k == rlra_model_rank(a))
        return 0;
    for (int64_t l = 0; l < rlra_model_rank(b); l++)
        if ((taken >> l & 1) == 0)
            best = fmax(best, pair_of(a, k, b, l).score + best_sum(a, k + 1, b, taken | 1U << l));
    return best;
}

static void test_a_score_is_that_of_the_best_of_all_matchings(void **state)
{
    (void)state;
    meter m;
    rlra_context *const context = metered_context(&m);
    for (int order = 1; order <= 4; order++)
        for (int types = 0; types < 4; types++)
            for (uint64_t seed = 0; seed < 6; seed++) {
                rlra_match match;
                int64_t partners[MOST];
                rlra_model *const a = random_model(context, (rlra_dtype)(types & 1), order, 3, seed);
                rlra_model *const b =
                    random_model(context, (rlra_dtype)(types >> 1), order, 3 + (int64_t)seed % 3, seed + 10);
                const double most = (double)rlra_model_rank(b);
                double score = 0, congruence = 0, least = most > 3 ? 0 : 1;
                assert_int_equal(rlra_model_match(a, b, &match, partners), RLRA_OK);
                for (int64_t k = 0; k < 3; k++) {
                    const pair p = pair_of(a, k, b, partners[k]);
                    score += p.score / most;
                    congruence += p.congruence / most;
                    least = fmin(least, p.score);
                }
                CHECK(fabs(match.score - best_sum(a, 0, b, 0) / most) < 1e-13, "order %d: %.17g", order, match.score);
                CHECK(fabs(match.score - score) < 1e-13, "order %d", order);
                CHECK(fabs(match.congruence - congruence) < 1e-13, "order %d", order);
                CHECK(fabs(match.least - least) < 1e-13, "order %d", order);
                rlra_model_destroy(a);
                rlra_model_destroy(b);
            }
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
}

static void test_order_scales_and_pairs_of_signs_do_not_matter(void **state)
{
    (void)state;
    rlra_context *context = NULL;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    static const int64_t places[] = {3, 0, 4, 1, 2};
    const double scales[] = {-1e3, 1.0 / 512, -512e-3};
    rlra_model *const a = random_model(context, RLRA_DTYPE_F64, 3, MOST, 1);
    rlra_model *const b = empty_model(context, RLRA_DTYPE_F64, 3, MOST);
    rlra_match match;
    int64_t partners[MOST];
    for (int64_t k = 0; k < MOST; k++)
        copy_component(a, k, b, places[k], scales);
    assert_int_equal(rlra_model_match(a, b, &match, partners), RLRA_OK);
    CHECK(match.score > 1 - 1e-14 && match.congruence > 1 - 1e-14 && match.least > 1 - 1e-14, "%.17g", match.score);
    CHECK(match.score <= 1 && match.congruence <= 1, "%.17g", match.score);
    for (int64_t k = 0; k < MOST; k++)
        assert_int_equal(partners[k], places[k]);
    rlra_model_destroy(a);
    rlra_model_destroy(b);
    rlra_context_destroy(context);
}

static void test_an_opposite_component_does_not_match_and_a_larger_one_half(void **state)
{
    (void)state;
    rlra_context *context = NULL;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    const double same[] = {1, 1}, opposite[] = {-1, 1}, twice[] = {1, 2};
    rlra_model *const a = random_model(context, RLRA_DTYPE_F64, 2, 1, 2);
    rlra_model *const b = empty_model(context, RLRA_DTYPE_F64, 2, 1);
    rlra_match match;
    copy_component(a, 0, b, 0, opposite);
    assert_int_equal(rlra_model_match(a, b, &match, NULL), RLRA_OK);
    CHECK(match.score == 0 && match.congruence < -1 + 1e-14, "%g %g", match.score, match.congruence);
    set_weight(b, 0, -1);
    set_weight(a, 0, 1);
    assert_int_equal(rlra_model_match(a, b, &match, NULL), RLRA_OK);
    CHECK(match.score > 1 - 1e-14, "%g", match.score);
    copy_component(a, 0, b, 0, twice);
    assert_int_equal(rlra_model_match(a, b, &match, NULL), RLRA_OK);
    CHECK(fabs(match.score - 0.5) < 1e-14 && match.congruence > 1 - 1e-14, "%g %g", match.score, match.congruence);
    copy_component(a, 0, b, 0, same);
    set_weight(b, 0, 4);
    assert_int_equal(rlra_model_match(a, b, &match, NULL), RLRA_OK);
    CHECK(fabs(match.score - 0.25) < 1e-14, "%g", match.score);
    rlra_model_destroy(a);
    rlra_model_destroy(b);
    rlra_context_destroy(context);
}

static void test_zero_components_match_each_other_only(void **state)
{
    (void)state;
    rlra_context *context = NULL;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    const double none[] = {1, 0};
    rlra_model *const a = random_model(context, RLRA_DTYPE_F32, 2, 2, 4);
    rlra_match match;
    copy_component(a, 0, a, 0, none);
    assert_int_equal(rlra_model_match(a, a, &match, NULL), RLRA_OK);
    CHECK(match.score > 1 - 1e-14, "%g", match.score);
    rlra_model *const b = random_model(context, RLRA_DTYPE_F32, 2, 2, 4);
    assert_int_equal(rlra_model_match(a, b, &match, NULL), RLRA_OK);
    CHECK(fabs(match.score - 0.5) < 1e-14 && match.least == 0, "%g", match.score);
    set_weight(b, 0, 0);
    assert_int_equal(rlra_model_match(a, b, &match, NULL), RLRA_OK);
    CHECK(match.score > 1 - 1e-14, "%g", match.score);
    rlra_model_destroy(a);
    rlra_model_destroy(b);
    rlra_context_destroy(context);
}

static void test_extreme_scales_neither_overflow_nor_vanish(void **state)
{
    (void)state;
    rlra_context *context = NULL;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    static const double extremes[][3] = {{1e300, 1e-300, 1}, {1e250, 1e250, 1e250}, {1e-307, 1e-307, 1e-307}};
    rlra_model *const a = random_model(context, RLRA_DTYPE_F64, 3, 2, 6);
    for (int e = 0; e < COUNT_OF(extremes); e++) {
        rlra_model *const b = empty_model(context, RLRA_DTYPE_F64, 3, 2);
        rlra_match match;
        for (int64_t k = 0; k < 2; k++)
            copy_component(a, k, b, 1 - k, extremes[e]);
        assert_int_equal(rlra_model_match(a, b, &match, NULL), RLRA_OK);
        CHECK(match.congruence > 1 - 1e-10, "extreme %d: %g", e, match.congruence);
        CHECK(e == 0 ? match.score > 1 - 1e-10 : match.score < 1e-100, "extreme %d: %g", e, match.score);
        assert_int_equal(rlra_model_match(b, b, &match, NULL), RLRA_OK);
        CHECK(match.score > 1 - 1e-12, "extreme %d: %g", e, match.score);
        rlra_model_destroy(b);
    }
    rlra_model_destroy(a);
    rlra_context_destroy(context);
}

static void test_models_that_cannot_be_matched_are_refused(void **state)
{
    (void)state;
    meter m;
    rlra_context *const context = metered_context(&m);
    const int64_t shorter[] = {300, 6};
    rlra_match match;
    rlra_model *const a = random_model(context, RLRA_DTYPE_F64, 2, 2, 1);
    rlra_model *const b = random_model(context, RLRA_DTYPE_F64, 3, 2, 1);
    rlra_model *c = NULL;
    assert_int_equal(rlra_model_create(context, RLRA_DTYPE_F64, 2, shorter, 2, &c), RLRA_OK);
    expect(context, rlra_model_match(a, b, &match, NULL), RLRA_ERR_SHAPE, "same order, got 2 and 3");
    expect(context, rlra_model_match(a, c, &match, NULL), RLRA_ERR_SHAPE, "factor 1 has 7 rows in one and 6");
    set(a, 1, 6, 1, NAN);
    expect(context, rlra_model_match(a, a, &match, NULL), RLRA_ERR_DATA, "factor 1");
    set(a, 1, 6, 1, 1);
    for (int refused = 0; refused < 2; refused++) {
        m.refuse = m.made + refused;
        expect(context, rlra_model_match(a, a, &match, NULL), RLRA_ERR_MEMORY, "matching two models");
    }
    rlra_model_destroy(a);
    rlra_model_destroy(b);
    rlra_model_destroy(c);
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_score_is_that_of_the_best_of_all_matchings),
        cmocka_unit_test(test_order_scales_and_pairs_of_signs_do_not_matter),
        cmocka_unit_test(test_an_opposite_component_does_not_match_and_a_larger_one_half),
        cmocka_unit_test(test_zero_components_match_each_other_only),
        cmocka_unit_test(test_extreme_scales_neither_overflow_nor_vanish),
        cmocka_unit_test(test_models_that_cannot_be_matched_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
