/* report/raster.c: thin a scene to a picture, find the range of its values, write it as a map with its scale. */
#include "report/raster.h"

#include <math.h>
#include <stdlib.h>

#include "report/png.h"

/* Pictures of more pixels are thinned, which also bounds the time for the residual map. */
#define MOST_PIXELS 262144

/* Screen pixels of the longer side, so that a column of pixels does not fill the page. */
#define MOST_SIDE 480.0

static grid thin_grid(const rlra_page_scene *scene)
{
    grid g = {1, scene->height, scene->width};
    while (g.height * g.width > MOST_PIXELS) {
        g.step++;
        g.height = (scene->height + g.step - 1) / g.step;
        g.width = (scene->width + g.step - 1) / g.step;
    }
    return g;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void rlra_canvas_range(canvas *c, double low, double high, double range[2])
{
    int64_t finite = 0;
    for (int64_t i = 0; i < c->count; i++)
        if (isfinite(c->values[i]))
            c->sorted[finite++] = c->values[i];
    range[0] = range[1] = 0.0;
    if (finite == 0)
        return;
    qsort(c->sorted, (size_t)finite, sizeof *c->sorted, ascending);
    range[0] = c->sorted[llround(low * (double)(finite - 1))];
    range[1] = c->sorted[llround(high * (double)(finite - 1))];
}

void rlra_canvas_clear(rlra_context *context, canvas *c)
{
    rlra_free(context, c->values);
    rlra_free(context, c->sorted);
    rlra_free(context, c->pixels);
}

rlra_status rlra_canvas_init(rlra_context *context, canvas *c, const rlra_page_scene *scene)
{
    c->g = thin_grid(scene);
    c->count = c->g.height * c->g.width;
    const size_t count = (size_t)c->count;
    c->values = rlra_alloc(context, count, sizeof *c->values);
    c->sorted = rlra_alloc(context, count, sizeof *c->sorted);
    c->pixels = rlra_alloc(context, count, 3);
    if (c->values != NULL && c->sorted != NULL && c->pixels != NULL)
        return RLRA_OK;
    return rlra_fail_memory(context, count, 2 * sizeof *c->values + 3, "a picture of the scene");
}

void rlra_grid_frame(html *out, const grid *g)
{
    rlra_html_raw(out, "<div class=\"frame\" style=\"max-width:");
    rlra_html_real(out, fmin(MOST_SIDE, MOST_SIDE * (double)g->width / (double)g->height), 4, "0");
    rlra_html_raw(out, "px\">");
}

void rlra_grid_size(html *out, const grid *g)
{
    rlra_html_raw(out, "\" width=\"");
    rlra_html_integer(out, g->width);
    rlra_html_raw(out, "\" height=\"");
    rlra_html_integer(out, g->height);
    rlra_html_raw(out, "\"");
}

void rlra_grid_note(html *out, const grid *g)
{
    if (g->step == 1)
        return;
    rlra_html_raw(out, " The scene is large: one row and column in ");
    rlra_html_integer(out, g->step);
    rlra_html_raw(out, " is shown.");
}

/* The scale beside a map: all colours in one row, from which the page reads the values under the pointer. */
static void add_bar(html *out, palette_name name, const double range[2])
{
    unsigned char colours[3 * PALETTE_COLOURS], row[PALETTE_COLOURS - 1];
    rlra_palette_fill(name, colours);
    for (int i = 0; i < PALETTE_COLOURS - 1; i++)
        row[i] = (unsigned char)(i + 1);
    const picture strip = {1, PALETTE_COLOURS - 1, row, colours};
    rlra_html_raw(out, "<div class=\"bar\"><span>");
    rlra_html_label(out, range[0], 3);
    rlra_html_raw(out, "</span><img alt=\"\" src=\"");
    rlra_png_write(out, &strip);
    rlra_html_raw(out, "\"><span>");
    rlra_html_label(out, range[1], 3);
    rlra_html_raw(out, "</span></div>");
}

void rlra_canvas_map(html *out, canvas *c, palette_name name, const double range[2])
{
    unsigned char colours[3 * PALETTE_COLOURS];
    rlra_palette_fill(name, colours);
    for (int64_t p = 0; p < c->count; p++)
        c->pixels[p] = rlra_palette_index(c->values[p], range[0], range[1]);
    const picture map = {c->g.height, c->g.width, c->pixels, colours};
    rlra_grid_size(out, &c->g);
    rlra_html_raw(out, " data-step=\"");
    rlra_html_integer(out, c->g.step);
    rlra_html_raw(out, "\" data-low=\"");
    rlra_html_real(out, range[0], 9, "0");
    rlra_html_raw(out, "\" data-high=\"");
    rlra_html_real(out, range[1], 9, "0");
    rlra_html_raw(out, "\" src=\"");
    rlra_png_write(out, &map);
    rlra_html_raw(out, "\"></div>");
    add_bar(out, name, range);
}
