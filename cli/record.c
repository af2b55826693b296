/* cli/record.c: run.json: what was asked, what came, and which files belong to it. */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "text.h"

static void add_text(cJSON *object, const char *name, const char *bytes)
{
    char *const valid = text_valid(bytes == NULL ? "" : bytes);
    cJSON_AddStringToObject(object, name, valid);
    free(valid);
}

/* An option that only the command line has; nothing for one that is not given and has no default in one word. */
static void add_flag(const run *r, const flag *f, cJSON *options)
{
    const char *const field = (const char *)r->asked + f->offset;
    if (f->kind == FLAG_NUMBER) {
        const double given = *(const double *)field;
        cJSON_AddNumberToObject(options, f->name, given < 0.0 ? strtod(f->standard, NULL) : given);
        return;
    }
    const char *const given = *(const char *const *)field;
    if (given != NULL)
        add_text(options, f->name, given);
    else if (f->kind == FLAG_CHOICE && word_in(f->choices, f->standard))
        add_text(options, f->name, f->standard);
}

static void add_options(const run *r, cJSON *root)
{
    cJSON *const options = cJSON_AddObjectToObject(root, "options");
    for (int i = 0; i < rlra_option_count(); ++i) {
        const rlra_option *const row = rlra_option_at(i);
        char value[64];
        if (!command_uses_option(r->asked->about, row))
            continue;
        rlra_options_get(r->context, &r->options, row->name, value, sizeof value);
        if (row->kind == RLRA_OPTION_NAME)
            cJSON_AddStringToObject(options, row->name, value);
        else
            cJSON_AddNumberToObject(options, row->name, strtod(value, NULL));
    }
    cJSON *const priors = cJSON_AddArrayToObject(options, "prior");
    for (int n = 0; n < r->data.order; ++n) {
        char *const prior = cli_format("%d:%s", n, r->priors[n]);
        cJSON_AddItemToArray(priors, cJSON_CreateString(prior));
        free(prior);
    }
    if (r->asked->init_file != NULL)
        add_text(options, "init_file", r->asked->init_file);
    for (int i = 0; flag_at(i) != NULL; ++i) {
        const flag *const f = flag_at(i);
        const int has_value = flag_is_text(f) || f->kind == FLAG_NUMBER;
        if (has_value && command_takes_flag(r->asked->about, f) && strcmp(f->name, "init") != 0)
            add_flag(r, f, options);
    }
    if (r->asked->sum_to_one)
        cJSON_AddTrueToObject(options, "sum-to-one");
}

static void add_data(const run *r, cJSON *root)
{
    cJSON *const data = cJSON_AddObjectToObject(root, "data");
    add_text(data, "file", r->asked->data[0]);
    add_text(data, "variable", run_variable(r));
    add_text(data, "format", run_format(r));
    add_text(data, "stored_dtype", run_stored_dtype(r));
    cJSON *const shape = cJSON_AddArrayToObject(data, "shape");
    for (int m = 0; m < r->data.order; ++m)
        cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)run_whole(r)->dims[m]));
    if (r->scene != NULL) {
        cJSON *const scene = cJSON_AddArrayToObject(data, "scene");
        for (int m = 0; m < 3; ++m)
            cJSON_AddItemToArray(scene, cJSON_CreateNumber((double)r->scene->cube.dims[m]));
    }
}

static void add_tables(const run *r, cJSON *root)
{
    cJSON *const tables = cJSON_AddObjectToObject(root, "tables");
    for (int t = 0; t < r->table_count; ++t) {
        const rlra_page_table *const table = &r->tables[t];
        cJSON *const rows = cJSON_AddArrayToObject(tables, table->title);
        for (int i = 0; i < table->rows; ++i) {
            cJSON *const row = cJSON_CreateObject();
            for (int c = 0; c < table->columns; ++c)
                add_text(row, table->header[c], table->cells[i * table->columns + c]);
            cJSON_AddItemToArray(rows, row);
        }
    }
}

static void add_facts(const run *r, cJSON *root)
{
    cJSON *const facts = cJSON_AddObjectToObject(root, "facts");
    for (int i = 0; i < r->fact_count; ++i)
        cJSON_AddNumberToObject(facts, r->facts[i].name, r->facts[i].value);
}

static void add_timings(const run *r, cJSON *root)
{
    cJSON *const timings = cJSON_AddObjectToObject(root, "timings");
    cJSON_AddNumberToObject(timings, "read", r->read_seconds);
    cJSON_AddNumberToObject(timings, "prepare", r->prepare_seconds);
    cJSON_AddNumberToObject(timings, "start", r->report.start_seconds);
    cJSON_AddNumberToObject(timings, "fit", r->fit_seconds);
    cJSON_AddNumberToObject(timings, "write", r->write_seconds);
}

/* A number that may not be known. */
static void add_number(cJSON *to, const char *name, double value)
{
    if (isfinite(value))
        cJSON_AddNumberToObject(to, name, value);
    else
        cJSON_AddNullToObject(to, name);
}

/* The changes of rules that a report lists. */
static void add_changes(const rlra_report *report, cJSON *root)
{
    cJSON_AddNumberToObject(root, "rule_changes", (double)report->rule_changes);
    cJSON *const list = cJSON_AddArrayToObject(root, "changes");
    for (int c = 0; c < RLRA_REPORTED_CHANGES && report->change[c].update != NULL; ++c) {
        cJSON *const change = cJSON_CreateObject();
        cJSON_AddStringToObject(change, "update", report->change[c].update);
        cJSON_AddNumberToObject(change, "sweep", (double)report->change[c].sweep);
        add_number(change, "number", report->change[c].number);
        cJSON_AddItemToArray(list, change);
    }
}

static void add_result(const run *r, cJSON *root)
{
    const rlra_report *const report = &r->report;
    cJSON_AddNumberToObject(root, "rank", (double)r->options.rank);
    cJSON_AddNumberToObject(root, "objective", report->objective);
    cJSON_AddNumberToObject(root, "loss", report->loss);
    cJSON_AddNumberToObject(root, "penalty", report->penalty);
    cJSON_AddNumberToObject(root, "relative_error", report->relative_error);
    cJSON_AddNumberToObject(root, "kkt_residual", report->kkt_residual);
    cJSON_AddNumberToObject(root, "sweeps", (double)report->sweeps);
    cJSON_AddNumberToObject(root, "seconds", report->seconds);
    cJSON_AddStringToObject(root, "stop", r->stop_word);
    cJSON_AddNumberToObject(root, "seed", (double)r->options.seed);
    cJSON_AddNumberToObject(root, "threads", (double)report->threads);
    if (report->threads_refused > 0)
        cJSON_AddNumberToObject(root, "threads_refused", (double)report->threads_refused);
    cJSON_AddStringToObject(root, "dtype", rlra_dtype_name(r->data.dtype));
    cJSON_AddStringToObject(root, "pass", report->pass == NULL ? "" : report->pass);
    cJSON_AddStringToObject(root, "update", report->update == NULL ? "" : report->update);
    add_changes(report, root);
    cJSON_AddNumberToObject(root, "escapes", (double)report->escapes);
    cJSON_AddNumberToObject(root, "escapes_kept", (double)report->escapes_kept);
    add_number(root, "remaining", report->remaining);
    add_number(root, "condition", report->condition);
    add_number(root, "slack", report->slack);
    char verdict[512];
    rlra_verdict(report, verdict, sizeof verdict);
    cJSON_AddStringToObject(root, "verdict", verdict);
    cJSON_AddStringToObject(root, "init", report->init == NULL ? "" : report->init);
    cJSON_AddNumberToObject(root, "start_objective", report->start_objective);
    if (r->asked->floor >= 0.0)
        cJSON_AddNumberToObject(root, "raised", (double)r->raised);
    if (r->partial || report->held_out > 0) {
        cJSON_AddNumberToObject(root, "observed", (double)report->observed);
        cJSON_AddNumberToObject(root, "unobserved_rows", (double)report->unobserved);
        cJSON_AddNumberToObject(root, "bounded_components", (double)report->bounded);
    }
    if (report->held_out > 0) {
        cJSON_AddNumberToObject(root, "held_out", (double)report->held_out);
        cJSON_AddNumberToObject(root, "held_out_loss", report->held_out_loss);
        cJSON_AddNumberToObject(root, "held_out_error", report->held_out_error);
    }
    cJSON_AddNumberToObject(root, "workspace_bytes", (double)report->workspace_bytes);
}

/* Size and hash of the other files, so that any program can check whether they belong together. */
static int add_files(const run *r, cJSON *root)
{
    cJSON *const files = cJSON_AddObjectToObject(root, "files");
    for (int i = 0; output_names[i] != NULL; ++i) {
        int64_t bytes = 0;
        uint64_t hash = 0;
        if (!output_has(r, output_names[i]))
            continue;
        char *const path = output_path(r, output_names[i]);
        const rlra_status status = path == NULL ? RLRA_ERR_MEMORY : rlra_file_hash(r->context, path, &bytes, &hash);
        free(path);
        if (status != RLRA_OK)
            return output_fail(r, status);
        char text[17];
        snprintf(text, sizeof text, "%016" PRIx64, hash);
        cJSON *const file = cJSON_AddObjectToObject(files, output_names[i]);
        cJSON_AddNumberToObject(file, "bytes", (double)bytes);
        cJSON_AddStringToObject(file, "xxh64", text);
    }
    return EXIT_OK;
}

int record_write(const run *r)
{
    const rlra_build *const build = rlra_build_info();
    cJSON *const root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "command", r->asked->about->name);
    char *const line = request_line(r->asked);
    add_text(root, "command_line", line);
    free(line);
    cJSON_AddStringToObject(root, "version", build->version);
    cJSON_AddStringToObject(root, "blas", build->blas);
    cJSON_AddStringToObject(root, "kernels", build->kernels);
    add_data(r, root);
    add_result(r, root);
    add_options(r, root);
    fit_record(r, root);
    if (r->fact_count > 0)
        add_facts(r, root);
    if (r->table_count > 0)
        add_tables(r, root);
    add_timings(r, root);
    const int added = add_files(r, root);
    char *const text = added == EXIT_OK ? cJSON_Print(root) : NULL;
    cJSON_Delete(root);
    if (added != EXIT_OK)
        return added;
    if (text == NULL)
        return run_error("%s", rlra_status_text(RLRA_ERR_MEMORY));
    char *const lines = cli_format("%s\n", text);
    cJSON_free(text);
    const int code = output_bytes(r, "run.json", lines, strlen(lines));
    free(lines);
    return code;
}
