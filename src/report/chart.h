/* report/chart.h: a line chart in the page: a still SVG picture, its data for Vega, and a legend. */
#ifndef RLRA_REPORT_CHART_H
#define RLRA_REPORT_CHART_H

#include "report/html.h"

/* Series over common places x. NaN breaks a line; with `logarithmic`, so do values that are not positive. */
typedef struct chart {
    const char *title; /* for readers that cannot see it                */
    const char *x_label, *y_label;
    int logarithmic; /* y on a logarithmic scale                  */
    int64_t count;   /* number of places                          */
    int64_t series;
    const double *x;           /* `count` values                            */
    const double *y;           /* `series` x `count` values                 */
    const char *const *labels; /* labels of the places, or NULL            */
    const char *const *names;  /* names of the series, or NULL for 'component 1', .. */
} chart;

/* Colours of lines repeat after this many, then dashed. */
#define CHART_COLOURS 7

/* More series than this cannot be distinguished: callers leave out the rest and report it. */
#define CHART_MOST_SERIES 24

/* More labels than this have no room at the axis: the box at the pointer shows them. */
#define CHART_MOST_LABELS 16

/* Longer series are thinned by rlra_chart_thin(). */
#define CHART_MOST_PLACES 1024

void rlra_chart_write(html *page, const chart *c);

/* The classes of the colour and dashes of series k. */
void rlra_chart_tone(html *page, int64_t k);

/* "Component k+1" or its name, escaped for HTML. */
void rlra_chart_name(html *page, const char *const *names, int64_t k);

/* Cut `count` places into blocks and keep two values of each, its least and its greatest in their order, so that peaks are
 * kept. Writes the values to `out` and returns their number, at most CHART_MOST_PLACES; copies if there are no more than that. */
int64_t rlra_chart_thin(const double *values, int64_t count, double *out);

/* The length of the blocks, 1 if nothing is left out; and the place of each value that is kept. */
int64_t rlra_chart_block(int64_t count);
int64_t rlra_chart_place(int64_t count, int64_t kept);

#endif
