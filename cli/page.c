/* cli/page.c: fill in the HTML report of a fit. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "page_rows.h"
#include "run.h"
#include "text.h"

static void add_summary(const run *r, page_rows *rows)
{
    char dims[128];
    const rlra_report *const report = &r->report;
    print_dims(r->data.order, r->data.dims, dims, sizeof dims);
    page_rows_add(rows, "data", text_valid(r->asked->data[0]));
    if (r->scene != NULL)
        page_rows_add(rows, "scene",
                      cli_format("%" PRId64 " x %" PRId64 " pixels, %" PRId64 " bands", r->scene->height,
                                 r->scene->width, r->scene->cube.dims[2]));
    else
        page_rows_add(rows, "shape", cli_format("%s", dims));
    page_rows_add(rows, "stored as", cli_format("%s (%s)", run_stored_dtype(r), run_format(r)));
    for (int i = 0; i < r->fact_count; ++i)
        page_rows_add(rows, r->facts[i].name, cli_format("%.6g", r->facts[i].value));
    page_rows_add(rows, "rank", cli_format("%" PRId64, r->options.rank));
    page_rows_add(rows, "relative error", cli_format("%.6g", report->relative_error));
    if (r->partial || report->held_out > 0)
        page_rows_add(rows, "entries observed", cli_format("%" PRId64, report->observed));
    if (report->held_out > 0)
        page_rows_add(rows, "relative error held out",
                      cli_format("%.6g on %" PRId64 " entries", report->held_out_error, report->held_out));
    if (report->unobserved > 0)
        page_rows_add(rows, "rows without data", cli_format("%" PRId64, report->unobserved));
    if (report->bounded > 0)
        page_rows_add(rows, "components held back", cli_format("%" PRId64, report->bounded));
    page_rows_add(rows, "objective", cli_format("%.9g", report->objective));
    page_rows_add(rows, "KKT residual", cli_format("%.3g", report->kkt_residual));
    page_rows_add(rows, "sweeps", cli_format("%" PRId64, report->sweeps));
    if (report->escapes > 0)
        page_rows_add(rows, "escapes",
                      cli_format("%" PRId64 " tried, %" PRId64 " kept", report->escapes, report->escapes_kept));
    page_rows_add(rows, "seconds", cli_format("%.3g", report->seconds));
    page_rows_add(rows, "stopped because", cli_format("%s", r->stop_text));
    page_rows_add(rows, "precision", cli_format("%s", rlra_dtype_name(r->data.dtype)));
    page_rows_add(rows, "threads", cli_format("%" PRId64, report->threads));
    page_rows_add(rows, "version", cli_format("rlra %s", rlra_build_info()->version));
}

static void add_options(const run *r, page_rows *rows)
{
    for (int i = 0; i < rlra_option_count(); ++i) {
        const char *const name = rlra_option_at(i)->name;
        char value[64];
        if (!command_uses_option(r->asked->about, rlra_option_at(i)))
            continue;
        rlra_options_get(r->context, &r->options, name, value, sizeof value);
        page_rows_add(rows, name, cli_format("%s", value));
    }
    for (int n = 0; n < r->data.order; ++n)
        page_rows_add(rows, "prior", cli_format("%d:%s", n, r->priors[n]));
}

/* What the file says of the indices of each mode; the labels belong to it. */
typedef struct page_modes {
    rlra_page_mode mode[RLRA_MAX_ORDER];
    char **labels[RLRA_MAX_ORDER];
} page_modes;

static void find_modes(const run *r, page_modes *modes)
{
    const rlra_array *const array = r->dataset == NULL ? NULL : rlra_dataset_array(r->dataset);
    for (int m = 0; array != NULL && array->order == r->data.order && m < array->order; ++m) {
        modes->mode[m].places = rlra_dataset_axis(r->dataset, m);
        if (array->dims[m] == 0 || rlra_dataset_label(r->dataset, m, 0) == NULL)
            continue;
        modes->labels[m] = cli_alloc((size_t)array->dims[m], sizeof *modes->labels[m]);
        for (int64_t i = 0; i < array->dims[m]; ++i)
            modes->labels[m][i] = text_valid(rlra_dataset_label(r->dataset, m, i));
        modes->mode[m].labels = (const char *const *)modes->labels[m];
    }
}

static void clear_modes(const run *r, page_modes *modes)
{
    for (int m = 0; m < r->data.order; ++m) {
        for (int64_t i = 0; modes->labels[m] != NULL && i < r->data.dims[m]; ++i)
            free(modes->labels[m][i]);
        free(modes->labels[m]);
    }
}

char *page_write(run *r)
{
    page_modes modes = {0};
    page_rows summary = {0}, options = {0};
    add_summary(r, &summary);
    add_options(r, &options);
    find_modes(r, &modes);
    char *const line = request_line(r->asked);
    char *const data = text_valid(r->asked->data[0]);
    const char *const noun = r->noun != NULL ? r->noun : r->scene != NULL ? "endmembers" : "components";
    char *const title = cli_format("%s: %" PRId64 " %s", data, r->options.rank, noun);
    const rlra_page page = {
        .title = title,
        .subtitle = r->asked->about->summary,
        .command = line,
        .summary_count = summary.count,
        .summary = summary.row,
        .option_count = options.count,
        .options = options.row,
        .table_count = r->table_count,
        .tables = r->tables,
        .sweep_count = r->progress.count,
        .sweeps = r->progress.rows,
        .model = r->bars_count > 0  ? NULL
                 : r->shown != NULL ? r->shown
                                    : run_model(r),
        .mode_names = r->mode_names,
        .modes = r->scene == NULL ? modes.mode : NULL,
        .component_names = r->component_names,
        .scene = r->scene,
        .bars_title = r->bars_title,
        .bars_count = r->bars_count,
        .bars = r->bars,
    };
    char *const path = output_path(r, "report.html");
    const rlra_status status = path == NULL ? RLRA_ERR_FILE : rlra_page_write(r->context, &page, path);
    char *const why = status == RLRA_OK ? NULL : output_why(r, status);
    clear_modes(r, &modes);
    free(path);
    free(title);
    free(data);
    free(line);
    page_rows_clear(&options);
    page_rows_clear(&summary);
    return why;
}
