/* report/scene.c: compute the pictures of a scene and write them into the page. */
#include "report/scene.h"

#include <math.h>
#include <string.h>

#include "core/check.h"
#include "report/chart.h"
#include "report/png.h"
#include "report/raster.h"
#include "report/view.h"

#define MOST_MAPS 24

/* The colour of pixels without data in the composite; in maps they are transparent. */
#define GREY 128

static int has_cube(const rlra_page_scene *scene)
{
    return scene->cube.data != NULL;
}

static int64_t cube_offset(const rlra_page_scene *scene, const grid *g, int64_t pixel)
{
    return pixel / g->width * g->step * scene->cube.strides[0] + pixel % g->width * g->step * scene->cube.strides[1];
}

static rlra_status check_factor(rlra_context *context, const rlra_page *page, int factor, int64_t rows,
                                const char *what)
{
    if (factor < 0 || factor >= rlra_model_order(page->model))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the scene's %s factor is %d, the model has factors 0 to %d", what,
                         factor, rlra_model_order(page->model) - 1);
    const int64_t length = rlra_model_factor(page->model, factor).dims[0];
    if (length != rows)
        return rlra_fail(context, RLRA_ERR_SHAPE, "the scene has %lld %ss, factor %d of the model has %lld rows",
                         (long long)rows, what, factor, (long long)length);
    return RLRA_OK;
}

rlra_status rlra_scene_check(rlra_context *context, const rlra_page *page)
{
    const rlra_page_scene *const scene = page->scene;
    if (scene == NULL)
        return RLRA_OK;
    if (scene->height < 1 || scene->width < 1 || scene->height > INT32_MAX || scene->width > INT32_MAX)
        return rlra_fail(context, RLRA_ERR_SHAPE, "a scene needs rows and columns, got %lld x %lld",
                         (long long)scene->height, (long long)scene->width);
    const rlra_array *const cube = &scene->cube;
    if (has_cube(scene) && (cube->order != 3 || cube->dims[0] != scene->height || cube->dims[1] != scene->width))
        return rlra_fail(context, RLRA_ERR_SHAPE, "the cube of the scene must be %lld x %lld x bands, its order is %d",
                         (long long)scene->height, (long long)scene->width, cube->order);
    if (page->model == NULL)
        return RLRA_OK;
    if (rlra_model_rank(page->model) == 0)
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                         "the factors of the model have ranks of their own: it has no components to show in a scene");
    const rlra_status status = check_factor(context, page, scene->pixel_factor, scene->height * scene->width, "pixel");
    if (status != RLRA_OK || !has_cube(scene))
        return status;
    return check_factor(context, page, scene->band_factor, cube->dims[2], "band");
}

const double *rlra_scene_wavelengths(const rlra_page_scene *scene, int64_t bands)
{
    const double *const wavelengths = scene == NULL ? NULL : scene->wavelengths;
    for (int64_t b = 0; wavelengths != NULL && b < bands; b++)
        if (!isfinite(wavelengths[b]))
            return NULL;
    return wavelengths;
}

/* Whether a band is in the model: bands left out of the fit are NaN there. */
static int is_modelled(const rlra_page *page, int64_t band)
{
    if (page->model == NULL || rlra_model_order(page->model) != 2)
        return 1;
    const rlra_array bands = rlra_model_factor(page->model, page->scene->band_factor);
    return !isnan(view_at2(&bands, band, 0));
}

/* The band of the model that is nearest to `band`, or `band` if there is none. */
static int64_t nearest_modelled(const rlra_page *page, int64_t band)
{
    const int64_t bands = page->scene->cube.dims[2];
    for (int64_t step = 0; step < bands; step++) {
        if (band - step >= 0 && is_modelled(page, band - step))
            return band - step;
        if (band + step < bands && is_modelled(page, band + step))
            return band + step;
    }
    return band;
}

/* Choose red, green and blue bands: nearest to 660, 550 and 470 nm if the wavelengths cover these, else at 30, 15 and 5 % of
 * the bands. */
static int choose_bands(const rlra_page *page, int64_t chosen[3])
{
    const rlra_page_scene *const scene = page->scene;
    static const double targets[3] = {660.0, 550.0, 470.0}, places[3] = {0.30, 0.15, 0.05};
    const int64_t bands = scene->cube.dims[2];
    const double *const wavelengths = rlra_scene_wavelengths(scene, bands);
    int known = wavelengths != NULL;
    for (int c = 0; c < 3; c++)
        chosen[c] = nearest_modelled(page, llround(places[c] * (double)(bands - 1)));
    if (!known)
        return 0;
    /* Without a known unit, numbers below 100 must be micrometres. */
    const double unit = fabs(wavelengths[bands - 1]) < 100.0 ? 1000.0 : 1.0;
    int64_t nearest[3] = {0, 0, 0};
    for (int c = 0; c < 3; c++) {
        for (int64_t b = 1; b < bands; b++)
            if (fabs(unit * wavelengths[b] - targets[c]) < fabs(unit * wavelengths[nearest[c]] - targets[c]))
                nearest[c] = b;
        nearest[c] = nearest_modelled(page, nearest[c]);
        known = known && fabs(unit * wavelengths[nearest[c]] - targets[c]) <= 60.0;
    }
    if (known)
        memcpy(chosen, nearest, sizeof nearest);
    return known;
}

/* Whether a pixel has no data: it is then NaN in the model. */
static int is_missing(const rlra_page *page, const grid *g, int64_t pixel)
{
    if (page->model == NULL)
        return 0;
    const rlra_array pixels = rlra_model_factor(page->model, page->scene->pixel_factor);
    return isnan(view_at2(&pixels, scene_row(page->scene, g, pixel), 0));
}

/* Set pixels to grey if one of their channels has no value, or if they are not in the model. */
static void grey_missing(canvas *c, const rlra_page *page, const int64_t bands[3])
{
    const rlra_array *const cube = &page->scene->cube;
    for (int64_t p = 0; p < c->count; p++) {
        int missing = is_missing(page, &c->g, p);
        for (int channel = 0; channel < 3; channel++)
            missing |= !isfinite(view_at(cube, cube_offset(page->scene, &c->g, p) + bands[channel] * cube->strides[2]));
        if (missing)
            memset(c->pixels + 3 * p, GREY, 3);
    }
}

static void fill_composite(canvas *c, const rlra_page *page, const int64_t bands[3])
{
    const rlra_page_scene *const scene = page->scene;
    for (int channel = 0; channel < 3; channel++) {
        double range[2];
        for (int64_t p = 0; p < c->count; p++)
            c->values[p] =
                is_missing(page, &c->g, p)
                    ? NAN
                    : view_at(&scene->cube, cube_offset(scene, &c->g, p) + bands[channel] * scene->cube.strides[2]);
        rlra_canvas_range(c, 0.02, 0.98, range);
        for (int64_t p = 0; p < c->count; p++) {
            const double v = c->values[p], span = range[1] - range[0];
            const double part = !isfinite(v) ? 0.0 : span > 0.0 ? (v - range[0]) / span : 0.5;
            c->pixels[3 * p + channel] = (unsigned char)lround(255.0 * fmin(1.0, fmax(0.0, part)));
        }
    }
    grey_missing(c, page, bands);
}

/* Add marks at the centres of pixels, in percent of the picture, with the numbers of the components that they started; near the
 * right and upper edges the number is on the other side. */
static void add_pins(html *out, const rlra_page *page, const grid *g)
{
    const rlra_page_scene *const scene = page->scene;
    if (scene->pure_rows == NULL || scene->pure_columns == NULL)
        return;
    for (int64_t k = 0; k < scene->pure_count; k++) {
        const int64_t row = scene->pure_rows[k], column = scene->pure_columns[k];
        if (row < 0 || row >= scene->height || column < 0 || column >= scene->width)
            continue;
        rlra_html_raw(out, "<span class=\"pin");
        rlra_html_raw(out, 8 * column > 7 * scene->width ? " left" : "");
        rlra_html_raw(out, 10 * row < scene->height ? " low" : "");
        rlra_html_raw(out, "\" style=\"left:");
        rlra_html_real(out, 100.0 * ((double)(column / g->step) + 0.5) / (double)g->width, 5, "0");
        rlra_html_raw(out, "%;top:");
        rlra_html_real(out, 100.0 * ((double)(row / g->step) + 0.5) / (double)g->height, 5, "0");
        rlra_html_raw(out, "%\" title=\"");
        rlra_html_integer(out, k + 1);
        rlra_html_raw(out, ": row ");
        rlra_html_integer(out, row);
        rlra_html_raw(out, ", column ");
        rlra_html_integer(out, column);
        rlra_html_raw(out, "\"><b>");
        rlra_html_integer(out, k + 1);
        rlra_html_raw(out, "</b></span>");
    }
}

static void add_band(html *out, const rlra_page_scene *scene, int known, int64_t band)
{
    rlra_html_integer(out, band + 1);
    if (!known)
        return;
    rlra_html_raw(out, " (");
    rlra_html_label(out, scene->wavelengths[band], 4);
    if (scene->wavelength_unit != NULL) {
        rlra_html_raw(out, " ");
        rlra_html_text(out, scene->wavelength_unit);
    }
    rlra_html_raw(out, ")");
}

static void add_composite(html *out, const rlra_page *page, canvas *c)
{
    static const char *const before[3] = {"Red, green and blue are bands ", ", ", " and "};
    int64_t bands[3];
    const int known = choose_bands(page, bands);
    fill_composite(c, page, bands);
    const picture composite = {c->g.height, c->g.width, c->pixels, NULL};
    rlra_html_raw(out, "<figure class=\"map wide\"><h3>Composite</h3>");
    rlra_grid_frame(out, &c->g);
    rlra_html_raw(out, "<img alt=\"Colour composite of the scene");
    rlra_grid_size(out, &c->g);
    rlra_html_raw(out, " src=\"");
    rlra_png_write(out, &composite);
    rlra_html_raw(out, "\">");
    add_pins(out, page, &c->g);
    rlra_html_raw(out, "</div><figcaption>");
    for (int i = 0; i < 3; i++) {
        rlra_html_raw(out, before[i]);
        add_band(out, page->scene, known, bands[i]);
    }
    rlra_html_raw(out, ", each stretched over 2\xe2\x80\x93"
                       "98\xc2\xa0% of its values.");
    if (page->scene->pure_count > 0)
        rlra_html_raw(out, " The numbered marks are the pixels that started the components.");
    rlra_grid_note(out, &c->g);
    rlra_html_raw(out, "</figcaption></figure>\n");
}

/* Spectra times weights, component by component, in double. */
static double *load_spectra(rlra_context *context, const rlra_page *page)
{
    const rlra_array bands = rlra_model_factor(page->model, page->scene->band_factor);
    const rlra_array weights = rlra_model_weights(page->model);
    const int64_t rank = rlra_model_rank(page->model), count = bands.dims[0];
    double *const spectra = rlra_alloc(context, (size_t)(rank + 1) * (size_t)count, sizeof *spectra);
    for (int64_t i = 0; spectra != NULL && i < rank * count; i++)
        spectra[i] = view_at(&weights, i / count * weights.strides[0]) * view_at2(&bands, i % count, i / count);
    return spectra;
}

/* ||y_p - sum_k a_pk s_k|| / ||y_p|| for each pixel; NaN where y_p is zero. `modelled` holds one spectrum. */
static void fill_residual(canvas *c, const rlra_page *page, const double *spectra, double *modelled)
{
    const rlra_page_scene *const scene = page->scene;
    const rlra_array pixels = rlra_model_factor(page->model, scene->pixel_factor);
    const int64_t rank = rlra_model_rank(page->model), bands = scene->cube.dims[2];
    for (int64_t p = 0; p < c->count; p++) {
        const int64_t from = cube_offset(scene, &c->g, p), row = scene_row(scene, &c->g, p);
        memset(modelled, 0, (size_t)bands * sizeof *modelled);
        for (int64_t k = 0; k < rank; k++) {
            const double share = view_at2(&pixels, row, k);
            for (int64_t b = 0; b < bands; b++)
                modelled[b] += share * spectra[k * bands + b];
        }
        double missed = 0.0, all = 0.0;
        for (int64_t b = 0; b < bands; b++) {
            const double y = view_at(&scene->cube, from + b * scene->cube.strides[2]);
            if (isnan(spectra[b])) /* a band that was left out of the fit */
                continue;
            missed += (y - modelled[b]) * (y - modelled[b]);
            all += y * y;
        }
        c->values[p] = all > 0.0 ? sqrt(missed / all) : NAN;
    }
}

static rlra_status add_residual(html *out, const rlra_page *page, canvas *c)
{
    double *const spectra = load_spectra(out->context, page);
    if (spectra == NULL)
        return rlra_fail_memory(out->context, (size_t)page->scene->cube.dims[2], sizeof *spectra, "the residual map");
    double range[2];
    fill_residual(c, page, spectra, spectra + rlra_model_rank(page->model) * page->scene->cube.dims[2]);
    rlra_free(out->context, spectra);
    rlra_canvas_range(c, 0.0, 0.995, range);
    range[0] = 0.0;
    rlra_html_raw(out, "<figure class=\"map wide\"><h3>Residual</h3>");
    rlra_grid_frame(out, &c->g);
    rlra_html_raw(out, "<img alt=\"Map of the relative residual");
    rlra_canvas_map(out, c, PALETTE_INFERNO, range);
    rlra_html_raw(
        out,
        "<figcaption>What the model misses of each pixel, as a part of the pixel\xe2\x80\x99s norm; the scale ends "
        "at 99.5\xc2\xa0% of the pixels. <output></output></figcaption></figure>\n");
    return RLRA_OK;
}

rlra_status rlra_scene_write(html *out, const rlra_page *page)
{
    rlra_status status = RLRA_OK;
    canvas c = {0};
    if (page->scene == NULL || !has_cube(page->scene) || page->scene->cube.dims[2] < 1)
        return RLRA_OK;
    TRY(rlra_canvas_init(out->context, &c, page->scene));
    rlra_html_raw(out, "<section id=\"scene\"><h2>Scene</h2><div class=\"maps\">\n");
    add_composite(out, page, &c);
    if (page->model != NULL && rlra_model_order(page->model) == 2)
        TRY(add_residual(out, page, &c));
    rlra_html_raw(out, "</div></section>\n");
cleanup:
    rlra_canvas_clear(out->context, &c);
    return status;
}

static void add_abundance(html *out, const rlra_page *page, canvas *c, int64_t k)
{
    const rlra_array pixels = rlra_model_factor(page->model, page->scene->pixel_factor);
    double range[2];
    for (int64_t p = 0; p < c->count; p++)
        c->values[p] = view_at2(&pixels, scene_row(page->scene, &c->g, p), k);
    rlra_canvas_range(c, 0.005, 0.995, range);
    range[0] = fmin(range[0], 0.0);
    rlra_html_raw(out, "<figure class=\"map\"><h3><i class=\"chip ");
    rlra_chart_tone(out, k);
    rlra_html_raw(out, "\"></i>");
    rlra_chart_name(out, page->component_names, k);
    rlra_html_raw(out, "</h3>");
    rlra_grid_frame(out, &c->g);
    rlra_html_raw(out, "<img alt=\"Abundance map: ");
    rlra_chart_name(out, page->component_names, k);
    rlra_canvas_map(out, c, PALETTE_VIRIDIS, range);
    rlra_html_raw(out, "<figcaption><output></output></figcaption></figure>\n");
}

rlra_status rlra_abundances_write(html *out, const rlra_page *page)
{
    rlra_status status = RLRA_OK;
    canvas c = {0};
    if (page->scene == NULL || page->model == NULL)
        return RLRA_OK;
    const int64_t rank = rlra_model_rank(page->model);
    TRY(rlra_canvas_init(out->context, &c, page->scene));
    rlra_html_raw(
        out,
        "<section id=\"abundances\"><h2>Abundance maps</h2><p class=\"note\">How much of each component is in each "
        "pixel. Every map has its own scale, which ends at 99.5\xc2\xa0% of the pixels.");
    if (rank > MOST_MAPS) {
        rlra_html_raw(out, " The first ");
        rlra_html_integer(out, MOST_MAPS);
        rlra_html_raw(out, " components of ");
        rlra_html_integer(out, rank);
        rlra_html_raw(out, " are shown.");
    }
    rlra_grid_note(out, &c.g);
    rlra_html_raw(out, "</p><div class=\"maps linked\">\n");
    for (int64_t k = 0; k < rank && k < MOST_MAPS && !out->failed; k++)
        add_abundance(out, page, &c, k);
    rlra_html_raw(out, "</div></section>\n");
cleanup:
    rlra_canvas_clear(out->context, &c);
    return status;
}
