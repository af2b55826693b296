/* api/unmix.c: pure pixels as a start; the scale of endmembers and abundances, which a factorization leaves open. */
#include "rlra/unmix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/check.h"
#include "core/context.h"
#include "rlra/separable.h"

#define BINS 4096

static int ascending(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double entry(const rlra_array *factor, int64_t i, int64_t k)
{
    return rlra_array_get(factor, (const int64_t[]){i, k});
}

static void set_entry(const rlra_array *factor, int64_t i, int64_t k, double value)
{
    const int64_t at = i * factor->strides[0] + k * factor->strides[1];
    if (factor->dtype == RLRA_DTYPE_F32)
        ((float *)factor->data)[at] = (float)value;
    else
        ((double *)factor->data)[at] = value;
}

static void scale_component(const rlra_array *factor, int64_t k, double by)
{
    for (int64_t i = 0; i < factor->dims[0]; ++i)
        set_entry(factor, i, k, entry(factor, i, k) * by);
}

/* Whether one of the names of a prior such as "l2=1,nonneg" forbids negative entries. */
static int forbids_negative(const char *prior)
{
    for (const char *name = prior; *name != '\0'; name += name[0] == ',') {
        const size_t length = strcspn(name, ",=");
        if ((length == 6 && strncmp(name, "nonneg", 6) == 0) || (length == 7 && strncmp(name, "simplex", 7) == 0))
            return 1;
        name += strcspn(name, ",");
    }
    return 0;
}

rlra_status rlra_unmix_start(rlra_context *context, const rlra_array *scene, const char *prior, int64_t threads,
                             rlra_model *model, int64_t *pixels, int64_t *found)
{
    rlra_separable_options options = rlra_separable_options_default();
    rlra_separable_report report;
    if (model == NULL || pixels == NULL || found == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "unmix: model, pixels or found is NULL");
    options.rank = rlra_model_rank(model);
    if (scene != NULL && scene->order == 2 && options.rank > scene->dims[1])
        return rlra_fail(
            context, RLRA_ERR_ARGUMENT,
            "unmix: the start picks a pixel for each of %lld components, but the scene has %lld that are used",
            (long long)options.rank, (long long)scene->dims[1]);
    options.threads = threads;
    const rlra_status status = rlra_separable(context, scene, &options, pixels, model, &report);
    if (status != RLRA_OK)
        return status;
    *found = report.found;
    const rlra_array spectra = rlra_model_factor(model, 0);
    const int clip = prior != NULL && forbids_negative(prior);
    for (int64_t i = 0; clip && i < spectra.dims[0]; ++i)
        for (int64_t k = 0; k < spectra.dims[1]; ++k)
            set_entry(&spectra, i, k, fmax(entry(&spectra, i, k), 0.0));
    return RLRA_OK;
}

/* length[k]: l2 norm of component k of a factor. */
static void find_lengths(const rlra_array *factor, double *length)
{
    for (int64_t k = 0; k < factor->dims[1]; ++k) {
        double squares = 0.0;
        for (int64_t i = 0; i < factor->dims[0]; ++i)
            squares += entry(factor, i, k) * entry(factor, i, k);
        length[k] = sqrt(squares);
    }
}

/* Rounded, not truncated: a pixel that is pure up to rounding is in the bin of pure ones. */
static int bin_of(double part)
{
    return (int)(part * (BINS - 1) + 0.5);
}

/* The share of component k in the light of pixel p, or -1 for a dark pixel. */
static double purity(const rlra_array *pixels, const double *length, int64_t p, int64_t k)
{
    double total = 0.0, own = 0.0;
    for (int64_t j = 0; j < pixels->dims[1]; ++j) {
        const double light = length[j] * fmax(0.0, entry(pixels, p, j));
        total += light;
        own = j == k ? light : own;
    }
    return total > 0.0 ? own / total : -1.0;
}

/* The median abundance of component k in the purest 1 % of the pixels; a histogram finds them in one pass. */
static double pure_abundance(const rlra_array *pixels, const double *length, int64_t k, double *pure, double *room)
{
    const int64_t count = pixels->dims[0];
    int64_t histogram[BINS] = {0};
    for (int64_t p = 0; p < count; ++p) {
        pure[p] = purity(pixels, length, p, k);
        if (pure[p] >= 0.0)
            ++histogram[bin_of(pure[p])];
    }
    int least = BINS - 1;
    for (int64_t kept = 0; least > 0; --least) {
        kept += histogram[least];
        if (kept >= (count + 99) / 100)
            break;
    }
    int64_t found = 0;
    for (int64_t p = 0; p < count; ++p) {
        if (pure[p] >= 0.0 && bin_of(pure[p]) >= least)
            room[found++] = entry(pixels, p, k);
    }
    if (found == 0)
        return 0.0;
    qsort(room, (size_t)found, sizeof *room, ascending);
    return room[found / 2];
}

rlra_status rlra_unmix_rescale(rlra_context *context, rlra_model *model)
{
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    rlra_status status = RLRA_OK;
    double *room = NULL;
    REQUIRE(model != NULL, rlra_fail(context, RLRA_ERR_ARGUMENT, "unmix: no model was given"));
    REQUIRE(rlra_model_order(model) == 2,
            rlra_fail(context, RLRA_ERR_SHAPE, "unmix: the model must have order 2 (bands x pixels), got order %d",
                      rlra_model_order(model)));
    const rlra_array bands = rlra_model_factor(model, 0), pixels = rlra_model_factor(model, 1);
    const size_t count = (size_t)pixels.dims[0], rank = (size_t)pixels.dims[1];
    room = rlra_alloc(context, 2 * count + 2 * rank, sizeof *room);
    REQUIRE(room != NULL, rlra_fail_memory(context, 2 * count + 2 * rank, sizeof *room, "the scale of endmembers"));
    double *const length = room, *const scale = room + rank, *const pure = room + 2 * rank;
    find_lengths(&bands, length);
    for (int64_t k = 0; k < pixels.dims[1]; ++k)
        scale[k] = pure_abundance(&pixels, length, k, pure, pure + count);
    for (int64_t k = 0; k < pixels.dims[1]; ++k) {
        if (!(scale[k] > 0.0) || !isfinite(scale[k]) || !isfinite(1.0 / scale[k]))
            continue;
        scale_component(&pixels, k, 1.0 / scale[k]);
        scale_component(&bands, k, scale[k]);
    }
cleanup:
    rlra_free(context, room);
    return status;
}
