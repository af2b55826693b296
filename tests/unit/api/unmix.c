/* unit/api/unmix.c: pure pixels as a start, the scale of endmembers, and what the counts of topics do not determine. */
#include "rlra/unmix.h"

#include "support/topics.h"

#define BANDS  6
#define PIXELS 400
#define RANK   3

static rlra_context *context;

/* Mixed pixels, but for one of each endmember; entries below zero where the first endmember has its last band. */
static real *make_scene(int64_t pure[RANK])
{
    real *const scene = nan_reals(BANDS * PIXELS);
    numbers from = {.seed = 5};
    double spectra[BANDS][RANK];
    for (int b = 0; b < BANDS; b++)
        for (int k = 0; k < RANK; k++)
            spectra[b][k] = b == BANDS - 1 && k == 0 ? -0.01 : (b % RANK == k) + 0.2 * uniform(&from);
    for (int k = 0; k < RANK; k++)
        pure[k] = 100 * k + 7;
    for (int p = 0; p < PIXELS; p++) {
        double part[RANK], total = 0.0;
        for (int k = 0; k < RANK; k++)
            total += part[k] = 0.2 + uniform(&from);
        for (int k = 0; k < RANK; k++)
            part[k] = p % 100 == 7 && p < 300 ? (p == pure[k]) : part[k] / total;
        for (int b = 0; b < BANDS; b++) {
            double sum = 0.0;
            for (int k = 0; k < RANK; k++)
                sum += spectra[b][k] * part[k];
            scene[b * PIXELS + p] = (real)sum;
        }
    }
    return scene;
}

static rlra_array view_of(real *scene)
{
    const int64_t dims[] = {BANDS, PIXELS};
    return rlra_array_contiguous(sizeof(real) == 4 ? RLRA_DTYPE_F32 : RLRA_DTYPE_F64, 2, dims, scene);
}

static rlra_model *make_model(const rlra_array *data)
{
    rlra_model *model = NULL;
    assert_int_equal(rlra_model_create(context, data->dtype, 2, data->dims, RANK, &model), RLRA_OK);
    return model;
}

static double least_of(const rlra_array *matrix)
{
    double least = INFINITY;
    for (int64_t i = 0; i < matrix->dims[0]; i++)
        for (int64_t k = 0; k < matrix->dims[1]; k++)
            least = fmin(least, get_real(matrix, i, k));
    return least;
}

static void test_pure_pixels_are_found_and_clipped_where_the_prior_asks_for_it(void **state)
{
    (void)state;
    int64_t pure[RANK], pixels[RANK], found = 0;
    real *const scene = make_scene(pure);
    const rlra_array data = view_of(scene);
    rlra_model *const model = make_model(&data);
    const rlra_array bands = rlra_model_factor(model, 0);
    static const char *const priors[] = {NULL, "none", "l2=1", "nonneg", "l2=1,simplex"};
    for (int i = 0; i < COUNT_OF(priors); i++) {
        assert_int_equal(rlra_unmix_start(context, &data, priors[i], 1, model, pixels, &found), RLRA_OK);
        assert_int_equal(found, RANK);
        for (int k = 0; k < RANK; k++) {
            const int is_pure = pixels[k] % 100 == 7;
            CHECK(is_pure, "prior %d: pixel %d", i, (int)pixels[k]);
        }
        CHECK((least_of(&bands) < 0) == (i < 3), "prior %d: least %g", i, least_of(&bands));
    }
    rlra_model_destroy(model);
    free(scene);
}

static void test_purest_pixels_get_abundance_one_and_values_stay(void **state)
{
    (void)state;
    int64_t pure[RANK], pixels[RANK], found = 0;
    real *const scene = make_scene(pure);
    const rlra_array data = view_of(scene);
    rlra_model *const model = make_model(&data);
    assert_int_equal(rlra_unmix_start(context, &data, "nonneg", 1, model, pixels, &found), RLRA_OK);
    const rlra_array bands = rlra_model_factor(model, 0), abundances = rlra_model_factor(model, 1);
    for (int64_t b = 0; b < BANDS; b++)
        set_real(&bands, b, 1, 8 * get_real(&bands, b, 1));
    double *const before = model_values(model);
    assert_int_equal(rlra_unmix_rescale(context, model), RLRA_OK);
    double *const after = model_values(model);
    for (int64_t e = 0; e < BANDS * PIXELS; e++)
        CHECK(fabs(before[e] - after[e]) <= sum_tolerance(RANK + 4, fabs(before[e]) + 1), "entry %d", (int)e);
    /* The hundredth of 400 pixels holds four: the pure one, and mixed ones. */
    for (int64_t k = 0; k < RANK; k++) {
        double most = 0.0;
        for (int64_t p = 0; p < PIXELS; p++)
            most = fmax(most, get_real(&abundances, p, k));
        CHECK(most >= 1.0 && most < 3.0, "component %d: %g", (int)k, most);
    }
    free(before);
    free(after);
    rlra_model_destroy(model);
    free(scene);
}

static void test_dark_components_keep_their_scale(void **state)
{
    (void)state;
    const int64_t dims[] = {2, 3};
    rlra_model *model = NULL;
    assert_int_equal(rlra_model_create(context, RLRA_DTYPE_F64, 2, dims, 1, &model), RLRA_OK);
    const rlra_array bands = rlra_model_factor(model, 0), pixels = rlra_model_factor(model, 1);
    for (int n = 0; n < 2; n++)
        memset(rlra_model_factor(model, n).data, 0, sizeof(double) * (size_t)dims[n]);
    ((double *)bands.data)[0] = 3.0;
    assert_int_equal(rlra_unmix_rescale(context, model), RLRA_OK);
    assert_true(((double *)bands.data)[0] == 3.0 && ((double *)pixels.data)[0] == 0.0);
    rlra_model_destroy(model);
}

static void test_models_that_are_no_scene_are_refused(void **state)
{
    (void)state;
    const int64_t dims[] = {2, 3, 4};
    int64_t pixels[1], found;
    rlra_model *model = NULL;
    assert_int_equal(rlra_model_create(context, RLRA_DTYPE_F64, 3, dims, 1, &model), RLRA_OK);
    assert_int_equal(rlra_unmix_rescale(context, model), RLRA_ERR_SHAPE);
    assert_int_equal(rlra_unmix_rescale(context, NULL), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_unmix_start(context, NULL, NULL, 0, NULL, pixels, &found), RLRA_ERR_ARGUMENT);
    rlra_model_destroy(model);
}

static void test_rows_without_counts_are_cleared(void **state)
{
    (void)state;
    rlra_model *const model = make_topics(context, 3, 4, 2, 1);
    const double values[] = {2, 0, 1};
    const int64_t starts[] = {0, 2, 2, 3}, indices[] = {0, 1, 3};
    rlra_sparse counts = rlra_sparse_csr(RLRA_DTYPE_F64, 3, 4, starts, indices, values);
    int64_t documents = -1, words = -1;
    double *const before = model_values(model);
    assert_int_equal(rlra_topics_clear(context, &counts, model, &documents, &words), RLRA_OK);
    assert_int_equal(documents, 1);
    assert_int_equal(words, 2);
    /* Only the counts that are not zero keep their values. */
    double *const after = model_values(model);
    for (int64_t e = 0; e < 3 * 4; e++) {
        const double expected = e / 4 != 1 && (e % 4 == 0 || e % 4 == 3) ? before[e] : 0;
        CHECK(after[e] == expected, "entry %d", (int)e);
    }
    free(after);
    free(before);
    assert_int_equal(rlra_topics_clear(context, &counts, model, NULL, NULL), RLRA_OK);
    counts.dims[0] = 2;
    assert_int_not_equal(rlra_topics_clear(context, &counts, model, NULL, NULL), RLRA_OK);
    rlra_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pure_pixels_are_found_and_clipped_where_the_prior_asks_for_it),
        cmocka_unit_test(test_purest_pixels_get_abundance_one_and_values_stay),
        cmocka_unit_test(test_dark_components_keep_their_scale),
        cmocka_unit_test(test_models_that_are_no_scene_are_refused),
        cmocka_unit_test(test_rows_without_counts_are_cleared),
    };
    if (rlra_context_create(NULL, &context) != RLRA_OK)
        return 1;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rlra_context_destroy(context);
    return failed;
}
