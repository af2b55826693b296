/* cli/nnls/write.c: write the coefficients of a regression to a file and report how good they are. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "nnls/pixels.h"
#include "say.h"
#include "text.h"

static const char one_array[] = ".npy .csv .tsv .txt", several_arrays[] = ".npz .mat .h5 .hdf5";

static const char *ending_of(const char *path)
{
    const char *const slash = strrchr(path, '/');
    const char *const dot = strrchr(slash == NULL ? path : slash, '.');
    return dot == NULL ? "" : dot;
}

/* Y-nnls.npz in the current folder, Y being the file's name without folder and ending. */
static char *default_name(const regression *r)
{
    const char *const spec = r->asked->data[1];
    size_t start = 0, end = input_path_length(spec);
    for (size_t i = 0; i + 1 < end; ++i)
        start = spec[i] == '/' ? i + 1 : start;
    for (size_t i = end; i > start + 1; --i)
        if (spec[i - 1] == '.') {
            end = i - 1;
            break;
        }
    return cli_format("%.*s-nnls.npz", (int)(end - start), spec + start);
}

/* The folder of the result must be there. */
static int check_folder(const char *path)
{
    char *const folder = files_folder_of(path);
    struct stat about;
    int code = EXIT_OK;
    if (stat(folder, &about) != 0)
        code = run_error("the folder %s for %s cannot be found: %s", folder, path, strerror(errno));
    else if (!S_ISDIR(about.st_mode))
        code = run_error("%s for %s is not a folder", folder, path);
    else if (access(folder, W_OK | X_OK) != 0)
        code = run_error("the folder %s for %s cannot be written: %s", folder, path, strerror(errno));
    free(folder);
    return code;
}

/* Maps can be written as the bands of an ENVI image. */
static int is_image(const regression *r, const char *ending)
{
    return r->is_scene && strcmp(ending, ".hdr") == 0;
}

int regression_prepare_output(regression *r)
{
    struct stat about;
    r->out = r->asked->out == NULL ? default_name(r) : cli_copy(r->asked->out, strlen(r->asked->out));
    const char *const ending = ending_of(r->out);
    if (r->is_scene && word_in(".csv .tsv .txt", ending))
        return usage_error(r->asked->about, "maps of a scene are an array of order 3, which %s cannot hold", ending);
    if (ending[0] == '\0' || !(word_in(one_array, ending) || word_in(several_arrays, ending) || is_image(r, ending)))
        return usage_error(r->asked->about, "--out needs a file whose name ends with one of: %s %s; got '%s'",
                           several_arrays, one_array, r->out);
    if (r->asked->front && !word_in(several_arrays, ending) && strcmp(ending, ".npy") != 0)
        return usage_error(r->asked->about, "--front gives an array of order 3, which %s cannot hold", ending);
    if (stat(r->out, &about) == 0 && S_ISDIR(about.st_mode))
        return run_error("--out %s is a folder", r->out);
    int code = files_check(r->asked, NULL, r->out);
    if (code == EXIT_OK)
        code = check_folder(r->out);
    return code != EXIT_OK || r->asked->report == NULL ? code : check_folder(r->asked->report);
}

int regression_write(regression *r)
{
    const int64_t dims[] = {r->is_scene ? r->scene.height : r->columns, r->is_scene ? r->scene.width : r->sizes};
    const int order = r->is_scene || r->asked->front ? 2 : 1;
    const rlra_array as_image = rlra_array_permuted(&r->x_written, (const int[]){1, 2, 0});
    const int all = word_in(several_arrays, ending_of(r->out)), front = r->asked->front;
    const rlra_array numbers[] = {rlra_array_contiguous(RLRA_DTYPE_F64, order, dims, r->losses),
                                  rlra_array_contiguous(RLRA_DTYPE_F64, order, dims, r->kkts),
                                  rlra_array_contiguous(RLRA_DTYPE_F64, order, dims, r->gaps)};
    const rlra_named_array arrays[] = {{"X", is_image(r, ending_of(r->out)) ? &as_image : &r->x_written},
                                       {"loss", &numbers[0]},
                                       {"kkt_residual", &numbers[1]},
                                       {"gap", &numbers[2]}};
    const rlra_status status = rlra_file_write(r->asked->context, r->out, !all ? 1 : front ? 2 : 4, arrays);
    return status == RLRA_OK ? EXIT_OK : run_fail(&r->files, status, NULL);
}

static int is_exact(const char *rule)
{
    for (int i = 0; rlra_member_at("update", i) != NULL; ++i)
        if (strcmp(rlra_member_at("update", i)->name, rule) == 0)
            return word_in(rlra_member_at("update", i)->properties, "exact");
    return 0;
}

static int is_open(const regression *r)
{
    return r->report.open_columns > 0;
}

/* What ended the work, in the words of a regression. */
static const char *ending_text(const regression *r)
{
    switch (r->report.stop) {
    case RLRA_STOP_KKT:
        return "every column met the tolerance";
    case RLRA_STOP_TIME:
        return "the time limit was reached";
    case RLRA_STOP_INTERRUPT:
        return "interrupted: columns that were not reached hold their start";
    case RLRA_STOP_SWEEPS:
        return r->report.unproved_columns > 0 ? "the search ended at --node-limit before all columns were proved"
                                              : "stopped at --max-sweeps, more rounds or another --update may help";
    default:
        return "columns could not be solved to the tolerance in this precision";
    }
}

/* Nothing is said of all columns where there is one that nothing is known of; the file has those of the others. */
static void print_gap(const regression *r)
{
    int64_t unknown = 0;
    for (int64_t c = 0; r->gaps != NULL && c < r->columns; ++c)
        unknown += isnan(r->gaps[c]);
    if (isfinite(r->report.gap))
        say(stdout, "  gap             %.3g at most to the least objective\n", r->report.gap);
    else if (unknown > 0)
        say(stdout, "  gap             unknown, for %" PRId64 " of %" PRId64 " columns\n", unknown, r->columns);
    else
        say(stdout, "  gap             unknown\n");
}

static void print_certificate(const regression *r)
{
    const rlra_nnls_report *const report = &r->report;
    say(stdout, "  objective       %.9g\n", report->objective);
    if (isfinite(report->relative_error))
        say(stdout, "  relative error  %.6g\n", report->relative_error);
    else if (isfinite(report->relative_loss))
        say(stdout, "  relative loss   %.6g\n", report->relative_loss);
    char *const worst = regression_place(r, report->worst_column);
    say(stdout, "  KKT residual    %.3g at most, in %s\n", report->kkt_residual, worst);
    free(worst);
    print_gap(r);
    if (report->nodes > 0)
        say(stdout, "  nodes           %" PRId64 ", %" PRId64 " columns not proved to have the best support\n",
            report->nodes, report->unproved_columns);
}

static double loss_of_size(const regression *r, int64_t size)
{
    double sum = 0.0;
    for (int64_t c = 0; c < r->columns; ++c)
        sum += r->losses[c * r->sizes + size];
    return sum;
}

/* The loss of all columns for each size: where it ends to fall, further coefficients say little. */
static void print_front(const regression *r)
{
    static const char *const header[] = {"coefficients", "loss", "relative error"};
    const double all = r->report.loss > 0.0 ? r->report.loss / r->report.relative_loss : 0.0;
    char **const cells = cli_alloc(3 * (size_t)r->sizes, sizeof *cells);
    for (int64_t p = 0; p < r->sizes; ++p) {
        const double loss = loss_of_size(r, p);
        cells[3 * p] = cli_format("%" PRId64, p + 1);
        cells[3 * p + 1] = cli_format("%.9g", loss);
        cells[3 * p + 2] = all > 0.0 ? cli_format("%.6g", sqrt(loss / all)) : cli_format("-");
    }
    print_table(stdout, 3, (int)r->sizes, header, (const char *const *)cells);
    for (int64_t i = 0; i < 3 * r->sizes; ++i)
        free(cells[i]);
    free(cells);
}

static void print_result(const regression *r)
{
    const rlra_nnls_report *const report = &r->report;
    const double seconds = report->seconds;
    char dims[128], other[128];
    print_dims(2, r->w.dims, dims, sizeof dims);
    const rlra_array *const y = r->is_scene ? &r->scene.cube : &r->y;
    print_dims(y->order, y->dims, other, sizeof other);
    say(stdout, "W %s  %s,  Y %s  %s,  %s\n", r->asked->data[0], dims, r->asked->data[1], other,
        rlra_dtype_name(r->w.dtype));
    if (r->w.dims[0] < r->w.dims[1])
        say(stdout, "  (W has fewer rows than columns: X need not be unique)\n");
    say(stdout, "  rule            %s (%s)\n", report->update,
        is_exact(report->update) ? report->unproved_columns > 0 ? "exact but for columns not proved" : "exact"
                                 : "iterative");
    say(stdout, "  loss            %s, penalties: %s\n", report->loss_name, r->priors);
    if (r->options.sparsity > 0)
        say(stdout, "  coefficients    at most %" PRId64 " of a column differ from zero\n", r->options.sparsity);
    say(stdout, "  columns         %" PRId64 " in %.3g s, %.3g a second, %" PRId64 " thread%s\n", report->columns,
        seconds, (double)report->columns / fmax(seconds, 1e-9), report->threads, report->threads == 1 ? "" : "s");
    if (r->asked->front)
        print_front(r);
    if (r->is_scene)
        regression_print_scene(r);
    print_certificate(r);
    say(stdout, "  open columns    %" PRId64 " (%s)\n", report->open_columns, ending_text(r));
    say(stdout, "  result          %s\n", r->out);
    if (r->asked->report != NULL)
        say(stdout, "  report          %s\n", r->asked->report);
}

static void add_text(cJSON *object, const char *name, const char *bytes)
{
    char *const valid = text_valid(bytes);
    cJSON_AddStringToObject(object, name, valid);
    free(valid);
}

static void add_file(cJSON *root, const char *name, const char *spec, const rlra_array *array)
{
    cJSON *const item = cJSON_AddObjectToObject(root, name);
    add_text(item, "file", spec);
    cJSON *const shape = cJSON_AddArrayToObject(item, "shape");
    for (int m = 0; m < array->order; ++m)
        cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)array->dims[m]));
}

static void add_options(const regression *r, cJSON *root)
{
    cJSON *const options = cJSON_AddObjectToObject(root, "options");
    for (int i = 0; i < rlra_option_count(); ++i) {
        const rlra_option *const row = rlra_option_at(i);
        char value[64];
        if (!command_uses_option(r->asked->about, row))
            continue;
        rlra_options_get(r->asked->context, &r->options, row->name, value, sizeof value);
        if (row->kind == RLRA_OPTION_NAME)
            cJSON_AddStringToObject(options, row->name, value);
        else
            cJSON_AddNumberToObject(options, row->name, strtod(value, NULL));
    }
    add_text(options, "prior", r->priors);
}

/* Numbers that are not known are null. */
static void add_report(const rlra_nnls_report *report, cJSON *root)
{
    const struct {
        const char *name;
        double value;
    } numbers[] = {
        {"columns", (double)report->columns},
        {"open_columns", (double)report->open_columns},
        {"worst_column", (double)report->worst_column},
        {"rounds", (double)report->rounds},
        {"seconds", report->seconds},
        {"objective", report->objective},
        {"loss", report->loss},
        {"penalty", report->penalty},
        {"relative_error", report->relative_error},
        {"relative_loss", report->relative_loss},
        {"kkt_residual", report->kkt_residual},
        {"gap", report->gap},
        {"nodes", (double)report->nodes},
        {"unproved_columns", (double)report->unproved_columns},
        {"threads", (double)report->threads},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; ++i)
        cJSON_AddNumberToObject(root, numbers[i].name, numbers[i].value);
    if (report->threads_refused > 0)
        cJSON_AddNumberToObject(root, "threads_refused", (double)report->threads_refused);
}

static int print_json(const regression *r)
{
    cJSON *const root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "command", r->asked->about->name);
    char *const line = request_line(r->asked);
    add_text(root, "command_line", line);
    free(line);
    cJSON_AddStringToObject(root, "version", rlra_build_info()->version);
    add_file(root, "W", r->asked->data[0], &r->w);
    add_file(root, "Y", r->asked->data[1], r->is_scene ? &r->scene.cube : &r->y);
    add_text(root, "result", r->out);
    if (r->asked->report != NULL)
        add_text(root, "report", r->asked->report);
    if (r->is_scene)
        cJSON_AddNumberToObject(root, "bands", (double)r->scene.survey.bands);
    cJSON_AddStringToObject(root, "dtype", rlra_dtype_name(r->w.dtype));
    cJSON_AddStringToObject(root, "update", r->report.update);
    cJSON_AddBoolToObject(root, "exact", is_exact(r->report.update));
    cJSON_AddStringToObject(root, "loss_name", r->report.loss_name);
    cJSON_AddStringToObject(root, "stop", rlra_stop_word(r->report.stop));
    add_report(&r->report, root);
    cJSON *const front = r->asked->front ? cJSON_AddArrayToObject(root, "loss_of_size") : NULL;
    for (int64_t p = 0; p < r->sizes; ++p)
        cJSON_AddItemToArray(front, cJSON_CreateNumber(loss_of_size(r, p)));
    add_options(r, root);
    char *const text = cJSON_Print(root);
    cJSON_Delete(root);
    if (text == NULL)
        return run_error("%s", rlra_status_text(RLRA_ERR_MEMORY));
    say_json(stdout, text);
    fputc('\n', stdout);
    cJSON_free(text);
    return EXIT_OK;
}

int regression_print(const regression *r)
{
    const rlra_nnls_report *const report = &r->report;
    int code = EXIT_OK;
    if (r->asked->json)
        code = print_json(r);
    else if (!r->asked->quiet)
        print_result(r);
    run_report_threads(r->asked, report->threads, report->threads_refused);
    char *const worst = regression_place(r, report->worst_column);
    if (is_open(r) && !r->asked->quiet)
        say(stderr,
            "rlra: note: %" PRId64 " of %" PRId64 " columns are above the tolerance %g, %s"
            " most (KKT residual %.3g): %s\n",
            report->open_columns, report->columns, report->tolerance, worst, report->kkt_residual, ending_text(r));
    free(worst);
    if (report->unproved_columns > 0 && is_exact(report->update) && !r->asked->quiet)
        say(stderr, "rlra: note: better supports may exist for %" PRId64 " of %" PRId64 " columns: %s\n",
            report->unproved_columns, report->columns, ending_text(r));
    return code == EXIT_OK && report->stop == RLRA_STOP_INTERRUPT ? EXIT_INTERRUPTED : code;
}
