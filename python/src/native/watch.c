/* watch.c: records sweeps without Python, and asks Python now and then: signals, progress. */
#include "watch.h"

#include <omp.h>
#include <signal.h>
#include <stdlib.h>

/* Written by cffi; it takes the interpreter's lock. */
void rlra_watch_poll(void *handle, const rlra_progress *progress);

/* Only the main thread listens, so there is one of each. The handler that was there stays while nobody listens. */
static rlra_context *volatile listening;
static struct sigaction before;

static void on_interrupt(int number)
{
    rlra_context *const context = listening;
    if (context != NULL)
        rlra_context_interrupt(context);
    if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
        before.sa_handler(number);
}

static void listen_to_interrupts(rlra_watch *watch)
{
    struct sigaction action;
    /* A call within a call, from a function that progress is passed to, leaves it to the outer one; handlers of other kinds are not
     * those of Python and are left alone. */
    if (listening != NULL || sigaction(SIGINT, NULL, &before) != 0 || (before.sa_flags & SA_SIGINFO) != 0)
        return;
    action = before;
    action.sa_handler = on_interrupt;
    listening = watch->context;
    watch->listens = sigaction(SIGINT, &action, NULL) == 0;
}

static int grow(rlra_watch *watch)
{
    const int64_t room = watch->room == 0 ? 16 : 2 * watch->room;
    rlra_watch_row *const rows = realloc(watch->rows, (size_t)room * sizeof *rows);
    if (rows == NULL)
        return 0;
    watch->rows = rows;
    watch->room = room;
    return 1;
}

static void record(void *user, const rlra_progress *progress)
{
    rlra_watch *const watch = user;
    /* Without memory the trace ends early; the fit goes on. */
    if (watch->keeps && (watch->count < watch->room || grow(watch))) {
        watch->rows[watch->count++] =
            (rlra_watch_row){progress->start,          progress->sweep,        progress->seconds, progress->objective,
                             progress->relative_error, progress->kkt_residual, progress->escapes};
    }
    if (watch->handle == NULL || (progress->sweep > 0 && progress->seconds - watch->told < watch->every))
        return;
    watch->told = progress->seconds;
    rlra_watch_poll(watch->handle, progress);
}

void rlra_watch_open(rlra_watch *watch, rlra_context *context, int listen)
{
    watch->context = context;
    rlra_context_set_progress(context, record, watch);
    if (listen)
        listen_to_interrupts(watch);
}

void rlra_watch_close(rlra_watch *watch)
{
    if (watch->listens)
        sigaction(SIGINT, &before, NULL);
    listening = watch->listens ? NULL : listening;
    watch->listens = 0;
    rlra_context_set_progress(watch->context, NULL, NULL);
    free(watch->rows);
    watch->rows = NULL;
    watch->count = watch->room = 0;
}

void rlra_watch_alone(void)
{
    omp_set_num_threads(1);
}
