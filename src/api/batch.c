/* api/batch.c: many fits at once, each by one thread with memory and messages of its own. */
#include "rlra/batch.h"

#include <inttypes.h>
#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "api/fit.h"
#include "core/check.h"
#include "core/memory.h"
#include "core/room.h"
#include "core/threads.h"

/* What one thread has for itself. */
typedef struct worker {
    rlra_context context;
    room room;
    rlra_problem problem; /* that of the current fit, with this context                        */
    int64_t failed;       /* the first of its fits that failed, of status and message; or -1   */
    rlra_status status;
    char message[RLRA_MESSAGE_BYTES];
    double most; /* bytes that a fit needs beside data and factors */
    int64_t done, current;
} worker;

/* All fits of a call. */
typedef struct batch {
    rlra_context *context;
    int64_t count;
    rlra_batch_fit *fits;
    worker *workers;
    int threads;
    _Atomic int64_t next; /* the first fit that no thread has taken */
} batch;

/* Treat one fit; not RLRA_OK: it failed. */
typedef rlra_status (*treatment)(worker *w, rlra_batch_fit *fit, const rlra_options *options);

static rlra_status check_fit(worker *w, rlra_batch_fit *fit, const rlra_options *options)
{
    rlra_plan plan;
    for (int t = 0; t < w->problem.terms; t++) {
        const problem_term *const term = &w->problem.term[t];
        if (term->source != NULL || term->products.apply != NULL)
            return rlra_fail(&w->context, RLRA_ERR_UNSUPPORTED, "data that %s are fitted one by one, by rlra_fit()",
                             term->source != NULL ? "stay in their file" : "are known by their products");
    }
    const rlra_status status = rlra_fit_check_plan(&w->problem, options, fit->model, &plan);
    if (status == RLRA_OK)
        w->most = fmax(w->most, plan.workspace_bytes + plan.start_bytes);
    return status;
}

static rlra_status run_fit(worker *w, rlra_batch_fit *fit, const rlra_options *options)
{
    const rlra_status status = rlra_fit_run(&w->problem, options, NULL, fit->model, &fit->report);
    fit->done = status == RLRA_OK;
    w->done += fit->done;
    return status;
}

static rlra_status treat(worker *w, rlra_batch_fit *fit, treatment each)
{
    if (fit->problem == NULL || fit->model == NULL)
        return rlra_fail(&w->context, RLRA_ERR_ARGUMENT, "a fit needs a problem and a model, got NULL");
    rlra_options options = fit->options == NULL ? rlra_options_default() : *fit->options;
    options.threads = 1;
    w->problem = *fit->problem;
    w->problem.context = &w->context;
    return each(w, fit, &options);
}

static void note_failure(worker *w, int64_t index, rlra_status status)
{
    if (status == RLRA_OK || w->failed >= 0)
        return;
    w->failed = index;
    w->status = status;
    memcpy(w->message, w->context.message, sizeof w->message);
}

/* Take fit after fit, with rising indices. With `ends` the first that fails is the last: one of a lower index was taken before. */
static void work(batch *b, worker *w, treatment each, int ends)
{
    for (;;) {
        const int64_t index = atomic_fetch_add(&b->next, 1);
        if (index >= b->count || (ends && w->failed >= 0) || (!ends && rlra_context_interrupted(b->context)))
            return;
        w->current = index;
        b->fits[index].status = treat(w, &b->fits[index], each);
        note_failure(w, index, b->fits[index].status);
        rlra_room_renew(&w->room);
    }
}

/* Treat all fits; the status and the message of the first that failed. */
static rlra_status treat_all(batch *b, treatment each, int ends, int64_t *failed)
{
    const worker *first = NULL;
    atomic_store(&b->next, 0);
#pragma omp parallel num_threads(b->threads)
    work(b, &b->workers[omp_get_thread_num()], each, ends);
    for (int t = 0; t < b->threads; t++)
        if (b->workers[t].failed >= 0 && (first == NULL || b->workers[t].failed < first->failed))
            first = &b->workers[t];
    *failed = first == NULL ? -1 : first->failed;
    return first == NULL ? RLRA_OK
                         : rlra_fail(b->context, first->status, "fit %" PRId64 ": %s", first->failed, first->message);
}

/* The sweeps of a fit of the thread of the call. */
static void forward(void *user, const rlra_progress *sweep)
{
    const batch *const b = user;
    rlra_progress reported = *sweep;
    reported.start = b->workers[0].current;
    reported.starts = b->count;
    b->context->progress(b->context->progress_user, &reported);
}

typedef struct model_of {
    const rlra_model *model;
    int64_t index;
} model_of;

static int by_model(const void *a, const void *b)
{
    const model_of *const one = a, *const two = b;
    if (one->model != two->model)
        return (uintptr_t)one->model < (uintptr_t)two->model ? -1 : 1;
    return one->index < two->index ? -1 : one->index > two->index;
}

/* Two threads would write one model. */
static rlra_status check_models(rlra_context *context, int64_t count, const rlra_batch_fit *fits)
{
    rlra_status status = RLRA_OK;
    model_of *const models = rlra_alloc(context, (size_t)count, sizeof *models);
    if (models == NULL)
        return rlra_fail_memory(context, (size_t)count, sizeof *models, "the list of the fits");
    for (int64_t i = 0; i < count; i++)
        models[i] = (model_of){fits[i].model, i};
    qsort(models, (size_t)count, sizeof *models, by_model);
    for (int64_t i = 1; i < count && status == RLRA_OK; i++)
        if (models[i].model != NULL && models[i].model == models[i - 1].model)
            status = rlra_fail(context, RLRA_ERR_ARGUMENT,
                               "fit %" PRId64 ": its model is that of fit %" PRId64 ": each needs one of its own",
                               models[i].index, models[i - 1].index);
    rlra_free(context, models);
    return status;
}

static rlra_status make_workers(batch *b)
{
    b->workers = rlra_alloc_zero(b->context, (size_t)b->threads, sizeof *b->workers);
    if (b->workers == NULL)
        return rlra_fail_memory(b->context, (size_t)b->threads, sizeof *b->workers, "the threads of a batch");
    for (int t = 0; t < b->threads; t++) {
        worker *const w = &b->workers[t];
        w->room.context = b->context;
        const rlra_allocator allocator = rlra_room_allocator(&w->room);
        rlra_context_branch(b->context, &allocator, &w->context);
        w->failed = -1;
    }
    if (b->context->progress != NULL)
        rlra_context_set_progress(&b->workers[0].context, forward, b);
    return RLRA_OK;
}

/* All that the threads hold at once. */
static rlra_status check_memory(const batch *b)
{
    double most = 0;
    for (int t = 0; t < b->threads; t++)
        most = fmax(most, b->workers[t].most);
    const memory_part part = {"workspace of each thread", most * b->threads, 0};
    return rlra_memory_require(b->context, "the batch", 1, &part, "fewer threads need less");
}

static void report_all(const batch *b, double began, rlra_batch_report *report)
{
    for (int t = 0; t < b->threads; t++) {
        report->done += b->workers[t].done;
        report->workspace_bytes += (int64_t)b->workers[t].room.peak;
    }
    report->seconds = rlra_seconds() - began;
}

static rlra_status check(rlra_context *context, int64_t count, rlra_batch_fit *fits, int64_t threads)
{
    if (count < 0 || (count > 0 && fits == NULL))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "a batch needs a number of fits >= 0 and the fits, got %s",
                         count < 0 ? "a negative number" : "NULL");
    if (threads < 0)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the number of threads must be >= 0, got %" PRId64, threads);
    for (int64_t i = 0; i < count; i++) {
        fits[i].done = 0;
        fits[i].status = RLRA_OK;
    }
    return check_models(context, count, fits);
}

rlra_status rlra_fit_batch(rlra_context *context, int64_t count, rlra_batch_fit *fits, int64_t threads,
                           rlra_batch_report *report)
{
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    const double began = rlra_seconds();
    rlra_status status = RLRA_OK;
    rlra_batch_report all = {.first_failed = -1};
    batch b = {.context = context, .count = count, .fits = fits};
    TRY(check(context, count, fits, threads));
    const int useful = rlra_threads(threads) < count ? rlra_threads(threads) : (int)count;
    b.threads = rlra_team_counted(useful > 1 ? useful : 1, &all.threads_refused);
    all.threads = b.threads;
    TRY(make_workers(&b));
    TRY(treat_all(&b, check_fit, 1, &all.first_failed));
    TRY(check_memory(&b));
    status = treat_all(&b, run_fit, 0, &all.first_failed);
    report_all(&b, began, &all);
cleanup:
    for (int t = 0; t < b.threads && b.workers != NULL; t++)
        rlra_room_free(&b.workers[t].room);
    rlra_free(context, b.workers);
    if (report != NULL)
        *report = all;
    return status;
}
