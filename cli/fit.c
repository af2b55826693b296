/* cli/fit.c: run the fit: one or several starts, with checkpoints or without, and report what came of them. */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "say.h"
#include "text.h"
#include "words.h"

#define COLUMNS 8

/* Between lines of the progress bar. */
static void warn(void *user, const char *sentence)
{
    const run *const r = user;
    say(stderr, "%srlra: note: %s\n", r->progress.bar ? "\r\033[K" : "", sentence);
}

static int starts_asked(const run *r)
{
    return r->asked->starts < 0.0 ? 1 : (int)r->asked->starts;
}

static rlra_status fit(run *r)
{
    const request *const asked = r->asked;
    const int count = starts_asked(r);
    const double standard = strtod(flag_named(asked->about, "checkpoint-every")->standard, NULL);
    const rlra_checkpoint checkpoint = {
        .folder = asked->checkpoint,
        .every = asked->checkpoint_every < 0.0 ? standard : asked->checkpoint_every,
        .resume = asked->resume,
        .warn = warn,
        .user = r,
    };
    const rlra_checkpoint *const kept = asked->checkpoint == NULL ? NULL : &checkpoint;
    if (count > 1) {
        r->starts = cli_alloc((size_t)count, sizeof *r->starts);
        return rlra_fit_starts(r->problem, &r->options, count, kept, r->model, &r->report, r->starts, &r->series);
    }
    if (kept == NULL)
        return rlra_fit(r->problem, &r->options, r->model, &r->report);
    return rlra_fit_checkpointed(r->problem, &r->options, kept, r->model, &r->report, &r->kept);
}

/* One row of the table. */
static void fill_row(const run *r, int i, char **cells)
{
    const rlra_start *const s = &r->starts[i];
    cells[0] = cli_format("%d", i + 1);
    cells[1] = cli_format("%" PRId64, s->seed);
    if (s->status != RLRA_OK) {
        for (int c = 2; c < COLUMNS; ++c)
            cells[c] = cli_format("%s", c == 5 ? "broke down" : "-");
        return;
    }
    cells[2] = cli_format("%s", s->report.init);
    cells[3] = cli_format("%.9g", s->report.objective);
    cells[4] = cli_format("%" PRId64, s->report.sweeps);
    cells[5] = cli_format("%s", rlra_stop_word(s->report.stop));
    cells[6] = i == r->series.best ? cli_format("best") : cli_format("%.4f", s->match.score);
    cells[7] = i == r->series.best ? cli_format("best") : cli_format("%.4f", s->match.least);
}

static void add_table(run *r)
{
    static const char *const header[COLUMNS] = {
        "start", "seed", "init", "objective", "sweeps", "stop", "match with best", "worst component"};
    r->start_cells = cli_alloc((size_t)r->series.done * COLUMNS, sizeof *r->start_cells);
    for (int i = 0; i < r->series.done; ++i)
        fill_row(r, i, r->start_cells + (ptrdiff_t)i * COLUMNS);
    r->tables[r->table_count++] =
        (rlra_page_table){"Starts (match: factor match score, 1 for equal components)", COLUMNS, (int)r->series.done,
                          header, (const char *const *)r->start_cells};
}

/* Data that cannot be read any more take nothing from the sweeps that were done. */
static int fail(run *r, rlra_status status)
{
    const int code = run_fail(r, status, r->asked->data[0]);
    if (r->stream != NULL && r->starts == NULL && r->report.sweeps > 0 && output_factors(r) == EXIT_OK &&
        output_commit(r) == EXIT_OK)
        run_error("the factors of the best of %" PRId64 " sweeps are in %s/factors.npz", r->report.sweeps, r->out);
    return code;
}

int run_fit(run *r)
{
    const double begun = seconds_now();
    progress_begin(&r->progress, r->context);
    const rlra_status status = fit(r);
    progress_end(&r->progress, r->context);
    r->fit_seconds = seconds_now() - begun;
    r->interrupted = rlra_context_interrupted(r->context);
    run_report_threads(r->asked, r->report.threads, r->report.threads_refused);
    r->stop_word = rlra_stop_word(r->report.stop);
    r->stop_text = r->stop_said = words_of(r->asked->about, rlra_stop_text(r->report.stop));
    if (status == RLRA_OK && r->starts != NULL) {
        progress_choose(&r->progress, (int)r->series.best, r->report.sweeps);
        r->kept = r->starts[r->series.best].checkpoint;
        add_table(r);
    }
    return status == RLRA_OK ? EXIT_OK : fail(r, status);
}

static cJSON *start_record(const run *r, int i)
{
    const rlra_start *const s = &r->starts[i];
    cJSON *const record = cJSON_CreateObject();
    cJSON_AddNumberToObject(record, "seed", (double)s->seed);
    cJSON_AddBoolToObject(record, "best", i == r->series.best);
    if (s->status != RLRA_OK) {
        cJSON_AddStringToObject(record, "error", rlra_status_text(s->status));
        return record;
    }
    cJSON_AddStringToObject(record, "init", s->report.init);
    cJSON_AddNumberToObject(record, "objective", s->report.objective);
    cJSON_AddNumberToObject(record, "relative_error", s->report.relative_error);
    cJSON_AddNumberToObject(record, "kkt_residual", s->report.kkt_residual);
    cJSON_AddNumberToObject(record, "sweeps", (double)s->report.sweeps);
    cJSON_AddNumberToObject(record, "seconds", s->report.seconds);
    cJSON_AddStringToObject(record, "stop", rlra_stop_word(s->report.stop));
    cJSON_AddNumberToObject(record, "match_score", s->match.score);
    cJSON_AddNumberToObject(record, "congruence", s->match.congruence);
    cJSON_AddNumberToObject(record, "least_match", s->match.least);
    return record;
}

void fit_record(const run *r, cJSON *root)
{
    if (r->starts != NULL) {
        cJSON *const starts = cJSON_AddArrayToObject(root, "starts");
        for (int i = 0; i < r->series.done; ++i)
            cJSON_AddItemToArray(starts, start_record(r, i));
    }
    if (r->asked->checkpoint == NULL)
        return;
    cJSON *const kept = cJSON_AddObjectToObject(root, "checkpoint");
    cJSON_AddNumberToObject(kept, "resumed_sweeps", (double)r->kept.resumed_sweeps);
    cJSON_AddNumberToObject(kept, "written", (double)r->kept.written);
    cJSON_AddNumberToObject(kept, "failed", (double)r->kept.failed);
    cJSON_AddNumberToObject(kept, "bytes", (double)r->kept.bytes);
    cJSON_AddNumberToObject(kept, "seconds", r->kept.seconds);
}

void fit_clear(run *r)
{
    for (int i = 0; r->start_cells != NULL && i < r->series.done * COLUMNS; ++i)
        free(r->start_cells[i]);
    free(r->start_cells);
    free(r->starts);
}
