/* cli/rescale.c: fix the scale of endmembers and abundances, which a factorization leaves open. */
#include <math.h>
#include <stdlib.h>

#include "components.h"
#include "spectra.h"
#include "text.h"

#define BINS 4096

static int ascending(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* length[k]: l2 norm of component k of a factor. */
static double *lengths(const rlra_array *factor)
{
    double *const length = cli_alloc((size_t)factor->dims[1], sizeof *length);
    for (int64_t k = 0; k < factor->dims[1]; ++k) {
        double squares = 0.0;
        for (int64_t i = 0; i < factor->dims[0]; ++i) {
            const double x = rlra_array_get(factor, (const int64_t[]){i, k});
            squares += x * x;
        }
        length[k] = sqrt(squares);
    }
    return length;
}

/* The part of component k in the light of pixel p, or -1 for a dark pixel. */
static double purity(const rlra_array *pixels, const double *length, int64_t p, int64_t k)
{
    double total = 0.0, own = 0.0;
    for (int64_t j = 0; j < pixels->dims[1]; ++j) {
        const double light = length[j] * fmax(0.0, rlra_array_get(pixels, (const int64_t[]){p, j}));
        total += light;
        own = j == k ? light : own;
    }
    return total > 0.0 ? own / total : -1.0;
}

/* The median abundance of component k in the hundredth of the pixels that are purest in it; a histogram finds them in
 * one pass. */
static double pure_abundance(const rlra_array *pixels, const double *length, int64_t k, double *pure, double *room)
{
    const int64_t count = pixels->dims[0];
    int64_t histogram[BINS] = {0};
    for (int64_t p = 0; p < count; ++p) {
        pure[p] = purity(pixels, length, p, k);
        if (pure[p] >= 0.0)
            ++histogram[(int)(pure[p] * (BINS - 1))];
    }
    int least = BINS - 1;
    for (int64_t kept = 0; least > 0; --least) {
        kept += histogram[least];
        if (kept >= (count + 99) / 100)
            break;
    }
    int64_t found = 0;
    for (int64_t p = 0; p < count; ++p) {
        if (pure[p] >= 0.0 && (int)(pure[p] * (BINS - 1)) >= least)
            room[found++] = rlra_array_get(pixels, (const int64_t[]){p, k});
    }
    if (found == 0)
        return 0.0;
    qsort(room, (size_t)found, sizeof *room, ascending);
    return room[found / 2];
}

void components_rescale(const run *r)
{
    const rlra_array bands = rlra_model_factor(r->model, 0), pixels = rlra_model_factor(r->model, 1);
    double *const length = lengths(&bands);
    double *const pure = cli_alloc((size_t)pixels.dims[0], sizeof *pure);
    double *const room = cli_alloc((size_t)pixels.dims[0], sizeof *room);
    double *const scale = cli_alloc((size_t)pixels.dims[1], sizeof *scale);
    for (int64_t k = 0; k < pixels.dims[1]; ++k)
        scale[k] = pure_abundance(&pixels, length, k, pure, room);
    for (int64_t k = 0; k < pixels.dims[1]; ++k) {
        if (!(scale[k] > 0.0) || !isfinite(scale[k]) || !isfinite(1.0 / scale[k]))
            continue;
        scale_component(&pixels, k, 1.0 / scale[k]);
        scale_component(&bands, k, scale[k]);
    }
    free(scale);
    free(room);
    free(pure);
    free(length);
}
