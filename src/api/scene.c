/* api/scene.c: which bands and pixels of a scene hold data. */
#include <math.h>

#include "core/check.h"
#include "core/context.h"
#include "core/view.h"
#include "rlra/unmix.h"

/* A walk over a scene that counts the entries with data of each band, and the missing bands of each pixel. */
typedef struct tally {
    const rlra_array *scene;
    const unsigned char *bands, *pixels;
    int has_ignored;
    double ignored, rounded; /* as stated, and as rounded to single precision */
    int64_t ignored_entries;
    int64_t *have, *lack;
    int any_infinite;
} tally;

static double entry(const rlra_array *scene, int64_t at)
{
    return scene->dtype == RLRA_DTYPE_F32 ? (double)((const float *)scene->data)[at]
                                          : ((const double *)scene->data)[at];
}

static void count_entry(tally *t, int64_t band, int64_t pixel)
{
    const double value = entry(t->scene, band * t->scene->strides[0] + pixel * t->scene->strides[1]);
    const int is_ignored = t->has_ignored && (value == t->ignored || value == t->rounded);
    t->ignored_entries += is_ignored;
    if (isnan(value) || is_ignored) {
        t->lack[pixel]++;
        return;
    }
    t->have[band]++;
    t->any_infinite |= isinf(value);
}

/* Count in memory order. */
static void count_all(tally *t)
{
    const int64_t bands = t->scene->dims[0], pixels = t->scene->dims[1];
    const int by_bands = t->scene->strides[1] <= t->scene->strides[0];
    for (int64_t o = 0; o < (by_bands ? bands : pixels); o++)
        for (int64_t i = 0; i < (by_bands ? pixels : bands); i++) {
            const int64_t band = by_bands ? o : i, pixel = by_bands ? i : o;
            if (t->bands[band] && t->pixels[pixel])
                count_entry(t, band, pixel);
        }
}

/* Strike out bands and pixels without data. */
static void strike(const tally *t, unsigned char *bands, unsigned char *pixels, rlra_unmix_survey *s)
{
    for (int64_t b = 0; b < t->scene->dims[0]; b++) {
        const int empty = bands[b] && t->have[b] == 0;
        s->empty_bands += empty;
        bands[b] = bands[b] && !empty;
        s->bands += bands[b];
    }
    for (int64_t p = 0; p < t->scene->dims[1]; p++) {
        const int64_t lacks = t->lack[p] - s->empty_bands;
        const int missing = pixels[p] && lacks > 0;
        s->missing_pixels += missing;
        s->partial_pixels += missing && lacks < s->bands;
        pixels[p] = pixels[p] && !missing;
        s->pixels += pixels[p];
    }
}

static rlra_status check_finite(rlra_context *context, const tally *t)
{
    for (int64_t b = 0; t->any_infinite && b < t->scene->dims[0]; b++)
        for (int64_t p = 0; t->bands[b] && p < t->scene->dims[1]; p++)
            if (t->pixels[p] && isinf(entry(t->scene, b * t->scene->strides[0] + p * t->scene->strides[1])))
                return rlra_fail(
                    context, RLRA_ERR_DATA,
                    "unmix: the scene is infinite in band %lld of pixel %lld, both counted from 0; an ignored value "
                    "of infinity, or NaN in its place, says that there is no data",
                    (long long)b, (long long)p);
    return RLRA_OK;
}

static rlra_status check_found(rlra_context *context, const tally *t, const rlra_unmix_survey *s)
{
    const long long bands = (long long)t->scene->dims[0], pixels = (long long)t->scene->dims[1];
    if (s->pixels + s->missing_pixels == 0)
        return rlra_fail(context, RLRA_ERR_DATA, "unmix: none of the %lld pixels can be used: all are masked", pixels);
    if (s->bands == 0)
        return rlra_fail(context, RLRA_ERR_DATA,
                         "unmix: none of the %lld bands can be used: all are bad or hold no data", bands);
    if (s->pixels > 0)
        return RLRA_OK;
    if (s->partial_pixels == 0)
        return rlra_fail(context, RLRA_ERR_DATA,
                         "unmix: none of the %lld pixels can be used: they hold no data, or are masked", pixels);
    return rlra_fail(context, RLRA_ERR_DATA,
                     "unmix: no pixel holds data in all of the %lld bands that are used; %lld lack some of them: bands "
                     "without data in many pixels are to be named as bad",
                     (long long)s->bands, (long long)s->partial_pixels);
}

rlra_status rlra_unmix_find(rlra_context *context, const rlra_array *scene, const double *ignored, unsigned char *bands,
                            unsigned char *pixels, rlra_unmix_survey *found)
{
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    rlra_status status = RLRA_OK;
    rlra_unmix_survey survey = {0};
    tally t = {.scene = scene, .bands = bands, .pixels = pixels};
    REQUIRE(scene != NULL && scene->data != NULL && bands != NULL && pixels != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "unmix: no scene, bands or pixels were given"));
    REQUIRE(scene->order == 2,
            rlra_fail(context, RLRA_ERR_SHAPE, "unmix: a scene is a matrix of bands x pixels (order 2), got order %d",
                      scene->order));
    TRY(rlra_view_check(context, "unmix: the scene", scene, 0));
    const size_t count = (size_t)(scene->dims[0] + scene->dims[1]);
    t.have = rlra_alloc_zero(context, count, sizeof *t.have);
    REQUIRE(t.have != NULL, rlra_fail_memory(context, count, sizeof *t.have, "the count of missing entries"));
    t.lack = t.have + scene->dims[0];
    t.has_ignored = ignored != NULL;
    if (ignored != NULL) {
        t.ignored = *ignored;
        t.rounded = (double)(float)*ignored;
    }
    count_all(&t);
    survey.ignored_entries = t.ignored_entries;
    strike(&t, bands, pixels, &survey);
    if (found != NULL)
        *found = survey;
    TRY(check_found(context, &t, &survey));
    TRY(check_finite(context, &t));
cleanup:
    rlra_free(context, t.have);
    return status;
}
