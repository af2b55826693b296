/* report/raster.h: values of a scene as pictures small enough for a page. */
#ifndef RLRA_REPORT_RASTER_H
#define RLRA_REPORT_RASTER_H

#include "report/html.h"
#include "report/palette.h"
#include "rlra/report.h"

/* Every step-th row and column of the scene. */
typedef struct grid {
    int64_t step, height, width;
} grid;

/* Buffers for one picture at a time. */
typedef struct canvas {
    grid g;
    int64_t count; /* pixels */
    double *values, *sorted;
    unsigned char *pixels; /* 3 for each pixel */
} canvas;

rlra_status rlra_canvas_init(rlra_context *context, canvas *c, const rlra_page_scene *scene);
void rlra_canvas_clear(rlra_context *context, canvas *c);

/* The quantiles `low` and `high` of the finite values; zeros if there are none. */
void rlra_canvas_range(canvas *c, double low, double high, double range[2]);

/* Write the values as a picture with its scale. Ends an <img alt=".. that the caller began, and the element around it. */
void rlra_canvas_map(html *out, canvas *c, palette_name name, const double range[2]);

/* Begin the element around a picture, with the proportions of the picture. */
void rlra_grid_frame(html *out, const grid *g);

/* Close the text of an attribute, and write " width=.. height=..". */
void rlra_grid_size(html *out, const grid *g);

/* Write a sentence about rows and columns that are left out, if any. */
void rlra_grid_note(html *out, const grid *g);

/* The row of the pixel factor for pixel `pixel` of the picture. */
static inline int64_t scene_row(const rlra_page_scene *scene, const grid *g, int64_t pixel)
{
    return pixel / g->width * g->step * scene->width + pixel % g->width * g->step;
}

#endif
