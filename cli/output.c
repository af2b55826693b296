/* cli/output.c: the folder of results: factors.npz, run.json, trace.csv and report.html. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "run.h"
#include "text.h"
#include "words.h"

const char *const output_names[] = {"factors.npz", "topics.csv", "trace.csv", "report.html", "run.json", NULL};

/* DATA-COMMAND-rR in the current folder, DATA being the file's name without folder and ending. */
static char *default_folder(const run *r)
{
    const char *const spec = r->asked->data[0];
    const size_t path_length = input_path_length(spec);
    size_t start = 0, end = path_length;
    for (size_t i = 0; i + 1 < path_length; ++i) {
        if (spec[i] == '/')
            start = i + 1;
    }
    for (size_t i = path_length; i > start + 1; --i) {
        if (spec[i - 1] == '.') {
            end = i - 1;
            break;
        }
    }
    return cli_format("%.*s-%s-r%" PRId64, (int)(end - start), spec + start, r->asked->about->name, r->options.rank);
}

/* The folder that is open: where memory ends, a command ends at once, and nothing may be left beside the result. */
static rlra_folder **opened;

static void close_at_exit(void)
{
    if (opened == NULL)
        return;
    rlra_folder_close(*opened);
    *opened = NULL;
}

void output_close(run *r)
{
    opened = NULL;
    rlra_folder_close(r->folder);
    r->folder = NULL;
}

/* Before the long work: a folder that cannot be written should not be learnt after it. */
int output_prepare(run *r)
{
    r->out = r->asked->out == NULL ? default_folder(r) : cli_copy(r->asked->out, strlen(r->asked->out));
    if (r->out[0] == '\0')
        return run_error("--out needs the name of a folder, got ''");
    const int code = files_check(r->asked, r->out, NULL);
    if (code != EXIT_OK)
        return code;
    if (atexit(close_at_exit) != 0)
        return run_error("%s", rlra_status_text(RLRA_ERR_MEMORY));
    const rlra_status status = rlra_folder_open(r->context, r->out, output_names, &r->folder);
    opened = &r->folder;
    return status == RLRA_OK ? EXIT_OK : run_fail(r, status, NULL);
}

char *output_why(const run *r, rlra_status status)
{
    const char *const sentence = rlra_context_message(r->context), *const stage = rlra_folder_stage(r->folder);
    const char *const at = stage == NULL ? NULL : strstr(sentence, stage);
    if (at == NULL)
        return words_reported(r->asked->about, r->context, status);
    return cli_format("%.*s%s%s", (int)(at - sentence), sentence, r->out, at + strlen(stage));
}

int output_fail(const run *r, rlra_status status)
{
    char *const why = output_why(r, status);
    const int code = run_error("%s", why);
    free(why);
    return code;
}

char *output_path(const run *r, const char *name)
{
    const char *const stage = rlra_folder_stage(r->folder);
    if (stage == NULL) {
        run_fail(r, RLRA_ERR_FILE, NULL);
        return NULL;
    }
    return cli_format("%s/%s", stage, name);
}

int output_has(const run *r, const char *name)
{
    char *const path = output_path(r, name);
    const int has = path != NULL && access(path, F_OK) == 0;
    free(path);
    return has;
}

int output_bytes(const run *r, const char *name, const char *bytes, size_t size)
{
    char *const path = output_path(r, name);
    if (path == NULL)
        return EXIT_RUN;
    const rlra_status status = rlra_file_write_bytes(r->context, path, bytes, size);
    free(path);
    return status == RLRA_OK ? EXIT_OK : output_fail(r, status);
}

int output_factors(const run *r)
{
    char names[RLRA_MAX_ORDER][24];
    rlra_array factors[RLRA_MAX_ORDER + 1];
    rlra_named_array arrays[RLRA_MAX_ORDER + 1 + 4];
    const rlra_model *const model = run_model(r);
    const int order = rlra_model_order(model);
    int count = 0;
    for (; count < order; ++count) {
        snprintf(names[count], sizeof names[count], "factor_%d", count);
        factors[count] = rlra_model_factor(model, count);
        arrays[count] = (rlra_named_array){names[count], &factors[count]};
    }
    factors[count] = rlra_model_weights(model);
    arrays[count] = (rlra_named_array){"weights", &factors[count]};
    ++count;
    for (int i = 0; i < r->extra_count; ++i)
        arrays[count++] = r->extra[i];
    char *const path = output_path(r, "factors.npz");
    if (path == NULL)
        return EXIT_RUN;
    const rlra_status status = rlra_file_write(r->context, path, count, arrays);
    free(path);
    return status == RLRA_OK ? EXIT_OK : output_fail(r, status);
}

static void add_csv_number(textbuf *t, double value)
{
    text_add(t, isfinite(value) ? ",%.17g" : ",", value);
}

static int write_trace(const run *r)
{
    textbuf t = {NULL, 0, 0};
    text_add(&t, "sweep,seconds,objective,relative_error,kkt_residual,escapes\n");
    for (int64_t i = 0; i < r->progress.count; ++i) {
        const rlra_page_sweep *const row = &r->progress.rows[i];
        text_add(&t, "%" PRId64, row->sweep);
        add_csv_number(&t, row->seconds);
        add_csv_number(&t, row->objective);
        add_csv_number(&t, row->relative_error);
        add_csv_number(&t, row->kkt_residual);
        text_add(&t, ",%" PRId64 "\n", row->escapes);
    }
    const int code = output_bytes(r, "trace.csv", t.bytes, t.length);
    text_clear(&t);
    return code;
}

int output_commit(const run *r)
{
    const rlra_status status = rlra_folder_commit(r->folder);
    return status == RLRA_OK ? EXIT_OK : run_fail(r, status, NULL);
}

/* The record comes last: it holds the time of writing and the hashes of the others. Where an older result would be lost for it,
 * a result without its page is none; else the numbers are worth more than the page. */
int output_write(run *r)
{
    const double begun = seconds_now();
    int code = output_factors(r);
    if (code == EXIT_OK)
        code = write_trace(r);
    char *const no_page = code == EXIT_OK && !r->asked->no_report ? page_write(r) : NULL;
    r->write_seconds = seconds_now() - begun;
    if (no_page != NULL && rlra_folder_has_result(r->folder))
        code = run_error("%s; the older result in %s is kept as it was", no_page, r->out);
    if (code == EXIT_OK)
        code = record_write(r);
    if (code == EXIT_OK)
        code = output_commit(r);
    if (code == EXIT_OK && no_page != NULL)
        code = run_error("%s; %s holds the numbers and their record, and no report", no_page, r->out);
    free(no_page);
    return code;
}
