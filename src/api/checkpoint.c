/* api/checkpoint.c: fits whose state is kept in files: choose the one to resume from, refuse others, report. */
#include "rlra/checkpoint.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/fit.h"
#include "core/check.h"
#include "io/checkpoint.h"
#include "io/checkpoint_folder.h"
#include "model/model.h"
#include "rlra/registry.h"

/* Files and texts of one fit. */
typedef struct book {
    rlra_context *context;
    const rlra_checkpoint *asked;
    char *path, *previous, *identity;
    int lock;
    int failing; /* the last checkpoint could not be written */
    checkpoint_reader reader;
    rlra_checkpoint_report report;
} book;

static void warn(const book *b, const char *sentence)
{
    if (b->asked->warn != NULL)
        b->asked->warn(b->asked->user, sentence);
}

static rlra_status write_state(book *b, int count, const state_part *parts, int64_t *bytes)
{
    rlra_status status = RLRA_OK;
    checkpoint_writer w = {0};
    size_t total = 0;
    for (int p = 0; p < count; p++)
        total += parts[p].bytes;
    TRY(rlra_checkpoint_begin(b->context, b->path, b->identity, total, &w));
    for (int p = 0; p < count; p++)
        TRY(rlra_checkpoint_add(&w, parts[p].at, parts[p].bytes));
    TRY(rlra_checkpoint_end(&w, b->previous));
    *bytes = w.bytes;
cleanup:
    rlra_checkpoint_discard(&w);
    return status;
}

static void keep(void *user, int64_t sweeps, int count, const state_part *parts)
{
    book *const b = user;
    const double begun = rlra_seconds();
    const rlra_status status = write_state(b, count, parts, &b->report.bytes);
    b->report.seconds += rlra_seconds() - begun;
    b->report.written += status == RLRA_OK;
    b->report.failed += status != RLRA_OK;
    if (status != RLRA_OK && !b->failing) {
        char sentence[RLRA_MESSAGE_BYTES + 128];
        snprintf(sentence, sizeof sentence, "no checkpoint after sweep %" PRId64 ": %s; the fit goes on", sweeps,
                 rlra_context_message(b->context));
        warn(b, sentence);
    }
    b->failing = status != RLRA_OK;
}

static void lose(void *user)
{
    book *const b = user;
    char sentence[RLRA_MESSAGE_BYTES + 128];
    snprintf(sentence, sizeof sentence, "no more checkpoints: %s; the fit goes on", rlra_context_message(b->context));
    b->report.failed++;
    warn(b, sentence);
}

static rlra_status read_state(void *user, void *to, size_t bytes)
{
    return rlra_checkpoint_read(&((book *)user)->reader, to, bytes);
}

static rlra_status check_asked(rlra_context *context, const rlra_checkpoint *asked)
{
    if (asked == NULL || asked->folder == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "checkpoints need a folder, got NULL");
    if (!(asked->every >= 0))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the seconds between checkpoints must be at least 0, got %g",
                         asked->every);
    return RLRA_OK;
}

rlra_status rlra_checkpoint_check(rlra_context *context, const rlra_checkpoint *asked, int count)
{
    rlra_status status = check_asked(context, asked);
    for (int number = 0; status == RLRA_OK && !asked->resume && number < count; number++) {
        char *const path = rlra_checkpoint_path(context, asked->folder, number, "checkpoint");
        if (path == NULL)
            return RLRA_ERR_MEMORY;
        if (rlra_checkpoint_exists(path))
            status =
                rlra_fail(context, RLRA_ERR_ARGUMENT,
                          "there is a checkpoint '%s' already: resume it (`resume`), or remove it to begin anew", path);
        rlra_free(context, path);
    }
    return status;
}

/* Open the checkpoint or, if it is damaged, the one before it; `found` is set if there is one. */
static rlra_status open_kept(book *b, int *found)
{
    *found = rlra_checkpoint_exists(b->path);
    rlra_status status = *found ? rlra_checkpoint_open(b->context, b->path, &b->reader) : RLRA_OK;
    const int is_certain = status == RLRA_OK || status == RLRA_ERR_MEMORY || status == RLRA_ERR_UNSUPPORTED;
    if ((*found && is_certain) || !rlra_checkpoint_exists(b->previous))
        return status;
    char sentence[2 * RLRA_MESSAGE_BYTES];
    snprintf(sentence, sizeof sentence, "%s: going on from '%s'",
             *found ? rlra_context_message(b->context) : "the last checkpoint is not there", b->previous);
    const rlra_status second = rlra_checkpoint_open(b->context, b->previous, &b->reader);
    if (second != RLRA_OK && *found)
        return rlra_fail(b->context, status, "neither '%s' nor '%s' is a checkpoint that is not damaged", b->path,
                         b->previous);
    *found = 1;
    if (second == RLRA_OK)
        warn(b, sentence);
    return second;
}

static rlra_status compare(book *b)
{
    const rlra_status status = rlra_fit_same(b->context, b->reader.in.path, b->reader.identity, b->identity);
    const char *const kept = rlra_fit_kernels(b->reader.identity), *const now = rlra_fit_kernels(b->identity);
    if (status == RLRA_OK && strcmp(kept, now) != 0) {
        char sentence[256];
        snprintf(sentence, sizeof sentence,
                 "the checkpoint was made by kernels for %.*s, these are for %.*s: the last digits may differ from "
                 "those of an "
                 "uninterrupted fit",
                 (int)strcspn(kept, "\n"), kept, (int)strcspn(now, "\n"), now);
        warn(b, sentence);
    }
    return status;
}

static rlra_status open_book(book *b, const rlra_problem *problem, const rlra_options *options, const int64_t *ranks,
                             int number)
{
    rlra_status status = RLRA_OK;
    const double begun = rlra_seconds();
    TRY(rlra_checkpoint_folder_open(b->context, b->asked->folder, &b->lock));
    b->path = rlra_checkpoint_path(b->context, b->asked->folder, number, "checkpoint");
    b->previous = rlra_checkpoint_path(b->context, b->asked->folder, number, "previous");
    REQUIRE(b->path != NULL && b->previous != NULL, RLRA_ERR_MEMORY);
    TRY(rlra_fit_identity(problem, options, ranks, &b->identity));
    b->report.seconds += rlra_seconds() - begun;
cleanup:
    return status;
}

static void close_book(book *b)
{
    rlra_checkpoint_close(&b->reader);
    rlra_free(b->context, b->identity);
    rlra_free(b->context, b->path);
    rlra_free(b->context, b->previous);
    rlra_checkpoint_folder_close(b->lock);
}

rlra_status rlra_fit_kept(const rlra_problem *problem, const rlra_options *options, const rlra_checkpoint *asked,
                          int number, rlra_model *model, rlra_report *report, rlra_checkpoint_report *outcome)
{
    rlra_status status = RLRA_OK;
    int found = 0;
    book b = {.context = problem->context, .asked = asked, .lock = -1, .reader = {.in = {.fd = -1}}};
    fit_keeper keeper = {.user = &b, .every = asked->every, .read = read_state, .keep = keep, .lose = lose};
    TRY(open_book(&b, problem, options, model->ranks, number));
    if (asked->resume)
        TRY(open_kept(&b, &found));
    if (found) {
        TRY(compare(&b));
        keeper.state_bytes = b.reader.state_bytes;
        REQUIRE(keeper.state_bytes > 0,
                rlra_fail(b.context, RLRA_ERR_FORMAT, "the checkpoint '%s' holds no state", b.reader.in.path));
    }
    TRY(rlra_fit_run(problem, options, &keeper, model, report));
    b.report.resumed_sweeps = keeper.resumed;
    if (outcome != NULL)
        *outcome = b.report;
cleanup:
    close_book(&b);
    return status;
}

rlra_status rlra_fit_checkpointed(const rlra_problem *problem, const rlra_options *options,
                                  const rlra_checkpoint *checkpoint, rlra_model *model, rlra_report *report,
                                  rlra_checkpoint_report *outcome)
{
    if (!(problem != NULL && model != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a fit needs a problem and a model, got NULL");
    const rlra_options standard = rlra_options_default();
    options = options == NULL ? &standard : options;
    rlra_status status = rlra_fit_check(problem, options, model);
    if (status == RLRA_OK)
        status = rlra_checkpoint_check(problem->context, checkpoint, 1);
    return status == RLRA_OK ? rlra_fit_kept(problem, options, checkpoint, 0, model, report, outcome) : status;
}
