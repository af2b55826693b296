/* cli/nnls/report.c: what is reported of known spectra in a scene: a table on stdout, and the page. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nnls/pixels.h"
#include "page_rows.h"
#include "say.h"
#include "text.h"

#define COLUMNS 3

static const char *const header[COLUMNS] = {"spectrum", "share of scene", "mean abundance"};

/* Cells of the table, row by row: of the abundances that are not negative, and of all. */
static char **fill_table(const regression *r)
{
    const int64_t rank = r->known.count;
    char **const cells = cli_alloc((size_t)(rank * COLUMNS), sizeof *cells);
    double *const share = cli_alloc((size_t)(2 * rank), sizeof *share), *const sum = share + rank;
    double all = 0.0;
    for (int64_t q = 0; q < r->columns; ++q) {
        double total = 0.0;
        for (int64_t k = 0; k < rank; ++k)
            total += fmax(0.0, rlra_array_get(&r->x, (const int64_t[]){k, q}));
        all += total > 0.0;
        for (int64_t k = 0; k < rank; ++k) {
            const double x = rlra_array_get(&r->x, (const int64_t[]){k, q});
            share[k] += total > 0.0 ? fmax(0.0, x) / total : 0.0;
            sum[k] += x;
        }
    }
    for (int64_t k = 0; k < rank; ++k) {
        cells[COLUMNS * k] = text_valid(r->known.names[k]);
        cells[COLUMNS * k + 1] = cli_format("%.1f %%", all > 0.0 ? 100.0 * share[k] / all : 0.0);
        cells[COLUMNS * k + 2] = cli_format("%.4g", sum[k] / (double)r->columns);
    }
    free(share);
    return cells;
}

static void free_table(const regression *r, char **cells)
{
    for (int64_t i = 0; i < r->known.count * COLUMNS; ++i)
        free(cells[i]);
    free(cells);
}

void regression_print_scene(const regression *r)
{
    char *const reported = scene_report(&r->scene);
    char **const cells = fill_table(r);
    if (reported != NULL)
        say_lines(stdout, reported);
    print_table(stdout, COLUMNS, (int)r->known.count, header, (const char *const *)cells);
    free_table(r, cells);
    free(reported);
}

static void add_summary(const regression *r, page_rows *rows)
{
    const rlra_nnls_report *const report = &r->report;
    const scene *const s = &r->scene;
    page_rows_add(rows, "scene", text_valid(r->asked->data[1]));
    page_rows_add(rows, "size",
                  cli_format("%" PRId64 " x %" PRId64 " pixels, %" PRId64 " bands", s->height, s->width, s->bands));
    page_rows_add(rows, "known spectra", text_valid(r->asked->data[0]));
    page_rows_add(rows, "stored as", cli_format("%s (%s)", run_stored_dtype(&r->files), run_format(&r->files)));
    if (s->survey.bands < s->bands)
        page_rows_add(rows, "bands left out", cli_format("%" PRId64, s->bands - s->survey.bands));
    if (s->survey.missing_pixels > 0)
        page_rows_add(rows, "pixels without data", cli_format("%" PRId64, s->survey.missing_pixels));
    if (s->masked > 0)
        page_rows_add(rows, "pixels masked", cli_format("%" PRId64, s->masked));
    page_rows_add(rows, "relative error", cli_format("%.6g", report->relative_error));
    page_rows_add(rows, "objective", cli_format("%.9g", report->objective));
    page_rows_add(rows, "KKT residual at most", cli_format("%.3g", report->kkt_residual));
    if (isfinite(report->gap))
        page_rows_add(rows, "gap at most", cli_format("%.3g", report->gap));
    page_rows_add(rows, "open pixels", cli_format("%" PRId64, report->open_columns));
    page_rows_add(rows, "rule", cli_format("%s", report->update));
    page_rows_add(rows, "loss", cli_format("%s", report->loss_name));
    page_rows_add(rows, "seconds", cli_format("%.3g", report->seconds));
    page_rows_add(rows, "precision", cli_format("%s", rlra_dtype_name(r->w.dtype)));
    page_rows_add(rows, "threads", cli_format("%" PRId64, report->threads));
    page_rows_add(rows, "version", cli_format("rlra %s", rlra_build_info()->version));
}

static void add_options(const regression *r, page_rows *rows)
{
    for (int i = 0; i < rlra_option_count(); ++i) {
        const char *const name = rlra_option_at(i)->name;
        char value[64];
        if (!command_uses_option(r->asked->about, rlra_option_at(i)))
            continue;
        rlra_options_get(r->asked->context, &r->options, name, value, sizeof value);
        page_rows_add(rows, name, cli_format("%s", value));
    }
    page_rows_add(rows, "prior", cli_format("%s", r->priors));
}

static void set_entry(const rlra_array *factor, int64_t i, int64_t k, double value)
{
    const int64_t at = i * factor->strides[0] + k * factor->strides[1];
    if (factor->dtype == RLRA_DTYPE_F32)
        ((float *)factor->data)[at] = (float)value;
    else
        ((double *)factor->data)[at] = value;
}

/* The spectra, with gaps in bands that are left out, and the maps, pixel by pixel in rows, as a model. */
static rlra_status make_model(const regression *r, rlra_model **model)
{
    const scene *const s = &r->scene;
    const int64_t dims[] = {s->bands, s->height * s->width};
    const rlra_status status = rlra_model_create(r->asked->context, r->w.dtype, 2, dims, r->known.count, model);
    if (status != RLRA_OK)
        return status;
    const rlra_array bands = rlra_model_factor(*model, 0), pixels = rlra_model_factor(*model, 1);
    const rlra_array weights = rlra_model_weights(*model);
    for (int64_t k = 0; k < r->known.count; ++k) {
        if (weights.dtype == RLRA_DTYPE_F32)
            ((float *)weights.data)[k] = 1.0F;
        else
            ((double *)weights.data)[k] = 1.0;
        for (int64_t b = 0; b < s->bands; ++b)
            set_entry(&bands, b, k, s->use_band[b] ? r->known.values[k * s->bands + b] : NAN);
        for (int64_t p = 0; p < dims[1]; ++p)
            set_entry(&pixels, p, k, rlra_array_get(&r->x_written, (const int64_t[]){k, p / s->width, p % s->width}));
    }
    return RLRA_OK;
}

static rlra_status write_page(const regression *r, const rlra_model *model, char **cells)
{
    static const char *const mode_names[] = {"spectrum", "abundance"};
    const scene *const s = &r->scene;
    page_rows summary = {0}, options = {0};
    add_summary(r, &summary);
    add_options(r, &options);
    char *const line = request_line(r->asked);
    char *const title = cli_format("%s: %" PRId64 " known spectra", r->asked->data[1], r->known.count);
    char *const valid = text_valid(title);
    const rlra_page_table table = {"Known spectra", COLUMNS, (int)r->known.count, header, (const char *const *)cells};
    const rlra_page_scene shown = {.height = s->height,
                                   .width = s->width,
                                   .pixel_factor = 1,
                                   .band_factor = 0,
                                   .cube = s->cube,
                                   .wavelengths = s->wavelengths,
                                   .wavelength_unit = s->unit};
    const rlra_page page = {.title = valid,
                            .subtitle = "abundance maps of known spectra in a hyperspectral scene",
                            .command = line,
                            .summary_count = summary.count,
                            .summary = summary.row,
                            .option_count = options.count,
                            .options = options.row,
                            .table_count = 1,
                            .tables = &table,
                            .model = model,
                            .mode_names = mode_names,
                            .component_names = (const char *const *)r->known.names,
                            .scene = &shown};
    const rlra_status status = rlra_page_write(r->asked->context, &page, r->asked->report);
    free(valid);
    free(title);
    free(line);
    page_rows_clear(&options);
    page_rows_clear(&summary);
    return status;
}

int regression_report(const regression *r)
{
    rlra_model *model = NULL;
    if (r->asked->report == NULL)
        return EXIT_OK;
    char **const cells = fill_table(r);
    rlra_status status = make_model(r, &model);
    if (status == RLRA_OK)
        status = write_page(r, model, cells);
    rlra_model_destroy(model);
    free_table(r, cells);
    return status == RLRA_OK ? EXIT_OK : run_fail(&r->files, status, "--report");
}
