/* report/curves.c: the sections made of line charts. */
#include "report/curves.h"

#include <math.h>
#include <stdio.h>

#include "core/check.h"
#include "report/asset.h"
#include "report/chart.h"
#include "report/scene.h"
#include "report/view.h"

#define LABEL_BYTES 128

/* Buffers for thinning: one whole series, and the values that are kept of all series and of the places. */
typedef struct curves {
    double *whole, *y, *x;
} curves;

static void curves_clear(rlra_context *context, curves *c)
{
    rlra_free(context, c->whole);
    rlra_free(context, c->y);
    rlra_free(context, c->x);
}

static rlra_status curves_init(rlra_context *context, curves *c, int64_t count, int64_t series)
{
    const size_t kept = (size_t)(count < CHART_MOST_PLACES ? count : CHART_MOST_PLACES);
    c->whole = rlra_alloc(context, (size_t)count, sizeof *c->whole);
    c->y = rlra_alloc(context, kept * (size_t)series, sizeof *c->y);
    c->x = rlra_alloc(context, kept, sizeof *c->x);
    if (c->whole != NULL && c->y != NULL && c->x != NULL)
        return RLRA_OK;
    return rlra_fail_memory(context, (size_t)count + kept * (size_t)(series + 1), sizeof *c->y, "a chart");
}

static void add_left_out(html *out, int64_t count, int64_t series, int64_t rank)
{
    if (series < rank) {
        rlra_html_raw(out, "<p class=\"note\">The first ");
        rlra_html_integer(out, series);
        rlra_html_raw(out, " components of ");
        rlra_html_integer(out, rank);
        rlra_html_raw(out, " are shown.</p>");
    }
    if (rlra_chart_block(count) > 1) {
        rlra_html_raw(out, "<p class=\"note\">Thinned: of every ");
        rlra_html_integer(out, rlra_chart_block(count));
        rlra_html_raw(out, " neighbours among ");
        rlra_html_integer(out, count);
        rlra_html_raw(out, " the least and the greatest value are drawn.</p>");
    }
}

/* The axis values of mode n, if they rise or fall and so can be an axis; else NULL. */
static const double *places_of(const rlra_page *page, int n, int64_t count)
{
    const double *const places = page->modes == NULL ? NULL : page->modes[n].places;
    int rises = 1, falls = 1;
    for (int64_t i = 0; places != NULL && i < count; i++) {
        rises = rises && isfinite(places[i]) && (i == 0 || places[i] > places[i - 1]);
        falls = falls && isfinite(places[i]) && (i == 0 || places[i] < places[i - 1]);
    }
    return rises || falls ? places : NULL;
}

/* The x axis of factor n: wavelengths or band numbers for spectra, else the place or the index. */
static void label_axis(const rlra_page *page, int n, const double *wavelengths, int placed, char label[LABEL_BYTES])
{
    const int spectra = page->scene != NULL && n == page->scene->band_factor;
    const char *const unit = spectra ? page->scene->wavelength_unit : NULL;
    const char *const name = page->mode_names == NULL ? NULL : page->mode_names[n];
    if (wavelengths != NULL)
        snprintf(label, LABEL_BYTES, unit == NULL ? "Wavelength%s" : "Wavelength (%s)", unit == NULL ? "" : unit);
    else if (spectra)
        snprintf(label, LABEL_BYTES, "Band");
    else if (name != NULL && name[0] != '\0')
        snprintf(label, LABEL_BYTES, placed ? "%.100s" : "%.100s (index)", name);
    else
        snprintf(label, LABEL_BYTES, placed ? "Place along mode %d" : "Index along mode %d", n);
}

static rlra_status add_factor(html *out, const rlra_page *page, int n)
{
    rlra_status status = RLRA_OK;
    curves c = {0};
    const rlra_array factor = rlra_model_factor(page->model, n);
    const rlra_array weights = rlra_model_weights(page->model);
    const int64_t count = factor.dims[0], rank = factor.dims[1];
    const int64_t series = rank < CHART_MOST_SERIES ? rank : CHART_MOST_SERIES;
    const int spectra = page->scene != NULL && n == page->scene->band_factor;
    const double *const wavelengths = spectra ? rlra_scene_wavelengths(page->scene, count) : NULL;
    const double *const places = spectra ? wavelengths : places_of(page, n, count);
    const char *const *const labels = page->modes == NULL || places != NULL ? NULL : page->modes[n].labels;
    const char **shown = NULL;
    char axis[LABEL_BYTES];
    int64_t kept = 0;
    TRY(curves_init(out->context, &c, count, series));
    shown = rlra_alloc(out->context, CHART_MOST_PLACES, sizeof *shown);
    REQUIRE(shown != NULL, rlra_fail_memory(out->context, CHART_MOST_PLACES, sizeof *shown, "the labels of a chart"));
    for (int64_t k = 0; k < series; k++) {
        const double weight = spectra ? view_at(&weights, k * weights.strides[0]) : 1.0;
        for (int64_t i = 0; i < count; i++)
            c.whole[i] = weight * view_at2(&factor, i, k);
        kept = rlra_chart_thin(c.whole, count, c.y + k * kept);
    }
    for (int64_t i = 0; i < kept; i++) {
        const int64_t place = rlra_chart_place(count, i);
        c.x[i] = places != NULL ? places[place] : (double)(place + (spectra ? 1 : 0));
        shown[i] = labels == NULL ? NULL : labels[place];
    }
    label_axis(page, n, wavelengths, places != NULL, axis);
    const chart lines = {.title = spectra ? "Endmember spectra" : axis,
                         .x_label = axis,
                         .y_label = spectra ? "Endmember value" : "Factor value",
                         .count = kept,
                         .series = series,
                         .x = c.x,
                         .y = c.y,
                         .labels = labels == NULL ? NULL : shown,
                         .names = page->component_names};
    rlra_chart_write(out, &lines);
    add_left_out(out, count, series, rank);
cleanup:
    rlra_free(out->context, shown);
    curves_clear(out->context, &c);
    return status;
}

static void add_factor_title(html *out, const rlra_page *page, int n)
{
    const char *const name = page->mode_names == NULL ? NULL : page->mode_names[n];
    rlra_html_raw(out, "<h3>");
    if (name != NULL && name[0] != '\0') {
        rlra_html_text(out, name);
    } else {
        rlra_html_raw(out, "Mode ");
        rlra_html_integer(out, n);
    }
    rlra_html_raw(out, "</h3>\n");
}

static void add_weights(html *out, const rlra_page *page)
{
    const rlra_array weights = rlra_model_weights(page->model);
    const int64_t rank = rlra_model_rank(page->model);
    int plain = 1;
    for (int64_t k = 0; k < rank; k++)
        plain = plain && view_at(&weights, k * weights.strides[0]) == 1.0;
    if (plain)
        return;
    rlra_html_raw(out, "<p class=\"note\">Weights of the components: ");
    for (int64_t k = 0; k < rank && k < CHART_MOST_SERIES; k++) {
        rlra_html_raw(out, k == 0 ? "" : ", ");
        rlra_html_label(out, view_at(&weights, k * weights.strides[0]), 4);
    }
    rlra_html_raw(out, rank > CHART_MOST_SERIES ? ", \xe2\x80\xa6</p>\n" : ".</p>\n");
}

rlra_status rlra_factors_write(html *out, const rlra_page *page)
{
    rlra_status status = RLRA_OK;
    if (page->model == NULL)
        return RLRA_OK;
    const int order = rlra_model_order(page->model), scene = page->scene != NULL;
    rlra_html_raw(out, scene ? "<section id=\"spectra\"><h2>Endmember spectra</h2>\n"
                             : "<section id=\"factors\"><h2>Factors</h2>\n");
    if (!scene)
        add_weights(out, page);
    for (int n = 0; n < order; n++) {
        if (scene && n == page->scene->pixel_factor)
            continue;
        if (!scene || n != page->scene->band_factor)
            add_factor_title(out, page, n);
        TRY(add_factor(out, page, n));
    }
    rlra_html_raw(out, "</section>\n");
cleanup:
    return status;
}

/* One quantity of the sweeps. The objective is shown less its minimum, relative to the total decrease. */
typedef enum quantity { OBJECTIVE_ABOVE_BEST, RELATIVE_ERROR, KKT_RESIDUAL, QUANTITIES } quantity;

static const char *const quantity_titles[QUANTITIES] = {"Objective above its least (start = 1)", "Relative error",
                                                        "KKT residual"};

static double read_quantity(const rlra_page_sweep *sweep, quantity what, double best, double gained)
{
    if (what == RELATIVE_ERROR)
        return sweep->relative_error;
    if (what == KKT_RESIDUAL)
        return sweep->kkt_residual;
    return (sweep->objective - best) / gained;
}

static int any_positive(const double *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (isfinite(values[i]) && values[i] > 0.0)
            return 1;
    return 0;
}

static void add_quantity(html *out, const rlra_page *page, curves *c, quantity what, double best)
{
    const int64_t count = page->sweep_count;
    for (int64_t i = 0; i < count; i++)
        c->whole[i] = read_quantity(&page->sweeps[i], what, best, page->sweeps[0].objective - best);
    if (!any_positive(c->whole, count))
        return;
    const int64_t kept = rlra_chart_thin(c->whole, count, c->y);
    for (int64_t i = 0; i < kept; i++)
        c->x[i] = (double)page->sweeps[rlra_chart_place(count, i)].sweep;
    const chart line = {.title = quantity_titles[what],
                        .x_label = "Sweep",
                        .y_label = quantity_titles[what],
                        .logarithmic = 1,
                        .count = kept,
                        .series = 1,
                        .x = c->x,
                        .y = c->y,
                        .names = &quantity_titles[what]};
    rlra_chart_write(out, &line);
}

rlra_status rlra_convergence_write(html *out, const rlra_page *page)
{
    rlra_status status = RLRA_OK;
    curves c = {0};
    double best = INFINITY;
    if (page->sweeps == NULL || page->sweep_count < 1)
        return RLRA_OK;
    const rlra_page_sweep *const last = &page->sweeps[page->sweep_count - 1];
    for (int64_t i = 0; i < page->sweep_count; i++)
        best = fmin(best, page->sweeps[i].objective);
    TRY(curves_init(out->context, &c, page->sweep_count, 1));
    rlra_html_raw(out, "<section id=\"convergence\"><h2>Convergence</h2>\n<p class=\"note\">");
    rlra_html_integer(out, last->sweep);
    rlra_html_raw(out, last->sweep == 1 ? " sweep in " : " sweeps in ");
    rlra_html_label(out, last->seconds, 3);
    rlra_html_raw(out, " s. Least objective ");
    rlra_html_label(out, best, 9);
    rlra_html_raw(out, ". Scales are logarithmic.</p>\n<div class=\"charts");
    rlra_html_raw(out, rlra_asset_vega_bytes > 0 ? "\">\n" : " still\">\n");
    for (int what = 0; what < QUANTITIES; what++)
        add_quantity(out, page, &c, (quantity)what, best);
    rlra_html_raw(out, "</div></section>\n");
cleanup:
    curves_clear(out->context, &c);
    return status;
}
