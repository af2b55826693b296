/* rlra/report.h: show a fit as one self-contained HTML page. */
#ifndef RLRA_REPORT_H
#define RLRA_REPORT_H

#include <stdint.h>

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/model.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A line of a two-column table. */
typedef struct rlra_page_row {
    const char *label;
    const char *value;
} rlra_page_row;

/* A table of text with a header; cells are row by row. */
typedef struct rlra_page_table {
    const char *title;
    int columns;
    int rows;
    const char *const *header;
    const char *const *cells;
} rlra_page_table;

/* One line of the convergence curve. */
typedef struct rlra_page_sweep {
    int64_t sweep;
    double seconds;
    double objective;
    double relative_error;
    double kkt_residual;
    int64_t escapes;
} rlra_page_sweep;

/* An image scene behind an order-2 model: pixel p = row * width + column is row p of the pixel factor. */
typedef struct rlra_page_scene {
    int64_t height, width;
    int pixel_factor;            /* the factor with height * width rows: abundances                       */
    int band_factor;             /* the factor with the endmember spectra                                 */
    rlra_array cube;             /* the data as height x width x bands                                    */
    const double *wavelengths;   /* one for each band, or NULL for band numbers                           */
    const char *wavelength_unit; /* "nm", "µm" or NULL                                                    */
    int64_t pure_count;          /* pixels that started the components, marked in the composite; may be 0 */
    const int64_t *pure_rows, *pure_columns;
} rlra_page_scene;

/* A small bar chart, such as the words of a topic with their probabilities. */
typedef struct rlra_page_bars {
    const char *title;
    const char *note; /* below the bars, or NULL */
    int count;
    const char *const *labels;
    const double *values; /* the longest bar is the largest; values that are not positive have no bar */
} rlra_page_bars;

/* Positions and names of the indices of a mode, one for each; NULL if the data have none. */
typedef struct rlra_page_mode {
    const double *places;      /* positions, such as wavelengths: the axis of the charts if they rise or fall */
    const char *const *labels; /* names */
} rlra_page_mode;

/* All that the page shows; borrowed. Sections with a count of zero or NULL are left out. */
typedef struct rlra_page {
    const char *title;    /* for example "Indian Pines: 6 endmembers"     */
    const char *subtitle; /* may be NULL                                  */
    const char *command;  /* the command line that made it                */
    int summary_count;
    const rlra_page_row *summary; /* data, rank, objective, error, seconds, stop, .. */
    int option_count;
    const rlra_page_row *options; /* all options, to reproduce                    */
    int table_count;
    const rlra_page_table *tables; /* for example components: label, angle, share  */
    int64_t sweep_count;
    const rlra_page_sweep *sweeps;
    const rlra_model *model;            /* factors, shown as lines (or maps, see scene) */
    const char *const *mode_names;      /* one for each mode, or NULL                   */
    const rlra_page_mode *modes;        /* one for each mode, or NULL                   */
    const char *const *component_names; /* one for each component, or NULL for numbers  */
    const rlra_page_scene *scene;       /* the scene of the model, or NULL              */
    const char *bars_title;             /* heading of the bar charts                    */
    int bars_count;
    const rlra_page_bars *bars;
} rlra_page;

/**
 * Write the page to `path` (temporary name, then renamed). Needs no network to open: scripts, data and images are inside.
 *
 * @retval RLRA_ERR_FILE    the file could not be written
 * @retval RLRA_ERR_MEMORY  out of memory; nothing is written
 */
RLRA_API rlra_status rlra_page_write(rlra_context *context, const rlra_page *page, const char *path);

#ifdef __cplusplus
}
#endif
#endif
