/* watch.h: what the Python module does while the library works: record sweeps, hand signals and progress to Python. */
#ifndef RLRA_WATCH_H
#define RLRA_WATCH_H

#include "rlra/rlra.h"

/* One line of the trace. */
typedef struct rlra_watch_row {
    int64_t start, sweep;
    double seconds, objective, relative_error, kkt_residual;
    int64_t escapes;
} rlra_watch_row;

/* Made by rlra_watch_open(); the caller sets `every`, `handle` and `keeps` before the call that it watches. */
typedef struct rlra_watch {
    rlra_watch_row *rows;
    int64_t count, room;
    double every; /* seconds from one look at Python to the next; 0: after each sweep */
    double told;  /* seconds of the fit at the last look                              */
    void *handle; /* passed to rlra_watch_poll(), or NULL: Python is not asked        */
    rlra_context *context;
    int keeps;   /* each sweep as a row */
    int listens; /* to SIGINT           */
} rlra_watch;

/* Watch the fits of a context. With `listen` SIGINT interrupts them at once, before the handler that was there is called; the
 * caller sees to it that there is only one such watch at a time. A watch is at most as long-lived as its context. */
void rlra_watch_open(rlra_watch *watch, rlra_context *context, int listen);
void rlra_watch_close(rlra_watch *watch);

/* In the child of a fork: parallel regions of this thread take one thread, unless set otherwise. */
void rlra_watch_alone(void);

#endif
