/* cli/progress.c: follow a fit: progress bar, log of sweeps, and Ctrl-C. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "run.h"
#include "say.h"
#include "signals.h"
#include "text.h"

#define BAR_CELLS    20
#define DRAW_SECONDS 0.1

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Whether a file can be written, without a change to it. */
static int can_write(const char *path)
{
    if (access(path, F_OK) == 0)
        return access(path, W_OK) == 0;
    if (errno != ENOENT)
        return 0;
    char *const folder = files_folder_of(path);
    const int can = access(folder, W_OK | X_OK) == 0;
    free(folder);
    return can;
}

int progress_open(progress *p, const request *asked)
{
    *p = (progress){.bar = !asked->quiet && isatty(STDERR_FILENO), .drawn = -1.0, .first_kkt = NAN};
    p->log_path = asked->log;
    if (asked->log != NULL && !can_write(asked->log))
        return run_error("--log %s cannot be written: %s", asked->log, strerror(errno));
    return EXIT_OK;
}

/* Only with the first sweep: a fit that is refused leaves an older log as it was. */
static void open_log(progress *p)
{
    p->log = p->log_path == NULL ? NULL : fopen(p->log_path, "we");
    p->log_failed = p->log_path != NULL && p->log == NULL;
    p->log_path = NULL;
}

/* The part of the way that is done, by the limit that will be met first; KKT residuals fall about geometrically. */
static double part_done(const progress *p, const rlra_progress *now)
{
    double part = now->max_sweeps > 0 ? (double)now->sweep / (double)now->max_sweeps : 1.0;
    if (isfinite(now->time_limit) && now->time_limit > 0.0)
        part = fmax(part, now->seconds / now->time_limit);
    if (now->tolerance > 0.0 && now->kkt_residual > 0.0 && p->first_kkt > now->tolerance)
        part = fmax(part, log(p->first_kkt / now->kkt_residual) / log(p->first_kkt / now->tolerance));
    return fmin(fmax(part, 0.0), 1.0);
}

static void draw(progress *p, const rlra_progress *now)
{
    char which[64] = "";
    if (now->starts > 1)
        snprintf(which, sizeof which, "start %" PRId64 " of %" PRId64 "  ", now->start + 1, now->starts);
    if (p->drawn >= 0.0 && now->seconds - p->drawn < DRAW_SECONDS)
        return;
    p->drawn = now->seconds;
    const double part = part_done(p, now);
    const int full = (int)(part * BAR_CELLS);
    char bar[BAR_CELLS + 1];
    for (int i = 0; i < BAR_CELLS; ++i)
        bar[i] = i < full ? '#' : '.';
    bar[BAR_CELLS] = '\0';
    say(stderr, "\r[%s] %ssweep %" PRId64 "  cost %.6g  error %.4g", bar, which, now->sweep, now->objective,
        now->relative_error);
    if (isfinite(now->kkt_residual))
        say(stderr, "  kkt %.2g", now->kkt_residual);
    if (part > 0.0)
        say(stderr, "  eta %.0f s", now->seconds * (1.0 - part) / part);
    fputs("\033[K", stderr);
    fflush(stderr);
}

static void log_number(FILE *log, const char *name, double value)
{
    if (isfinite(value))
        fprintf(log, ",\"%s\":%.17g", name, value);
    else
        fprintf(log, ",\"%s\":null", name);
}

static void log_sweep(FILE *log, const rlra_progress *now)
{
    fputc('{', log);
    if (now->starts > 1)
        fprintf(log, "\"start\":%" PRId64 ",", now->start + 1);
    fprintf(log, "\"sweep\":%" PRId64, now->sweep);
    log_number(log, "seconds", now->seconds);
    log_number(log, "objective", now->objective);
    log_number(log, "relative_error", now->relative_error);
    log_number(log, "kkt_residual", now->kkt_residual);
    fprintf(log, ",\"escapes\":%" PRId64, now->escapes);
    fputs("}\n", log);
    fflush(log);
}

/* Sweep 0: times and residuals begin anew. */
static void begin_start(progress *p, int64_t start)
{
    p->begins = cli_realloc(p->begins, (size_t)p->fits + 1, sizeof *p->begins);
    p->owners = cli_realloc(p->owners, (size_t)p->fits + 1, sizeof *p->owners);
    p->begins[p->fits] = p->count;
    p->owners[p->fits++] = start;
    p->first_kkt = NAN;
    p->drawn = -1.0;
}

static void follow(void *user, const rlra_progress *now)
{
    progress *const p = user;
    if (now->sweep == 0)
        begin_start(p, now->start);
    if (p->count == p->room) {
        p->room = 2 * p->room + 64;
        p->rows = cli_realloc(p->rows, (size_t)p->room, sizeof *p->rows);
    }
    p->rows[p->count++] = (rlra_page_sweep){now->sweep,          now->seconds,      now->objective,
                                            now->relative_error, now->kkt_residual, now->escapes};
    if (!isfinite(p->first_kkt))
        p->first_kkt = now->kkt_residual;
    if (p->log_path != NULL)
        open_log(p);
    if (p->log != NULL)
        log_sweep(p->log, now);
    if (p->bar)
        draw(p, now);
}

void progress_begin(progress *p, rlra_context *context)
{
    rlra_context_set_progress(context, follow, p);
    signals_catch(context);
}

void progress_end(progress *p, rlra_context *context)
{
    rlra_context_set_progress(context, NULL, NULL);
    signals_catch(NULL);
    if (p->bar && p->drawn >= 0.0)
        fputs("\r\033[K", stderr);
}

void progress_choose(progress *p, int start, int64_t sweeps)
{
    int64_t begin = 0, end = p->count;
    for (int fit = 0; fit < p->fits; ++fit) {
        const int64_t next = fit + 1 < p->fits ? p->begins[fit + 1] : p->count;
        if (p->owners[fit] != start || next - p->begins[fit] != sweeps + 1)
            continue;
        begin = p->begins[fit];
        end = next;
    }
    p->count = end - begin;
    memmove(p->rows, p->rows + begin, (size_t)p->count * sizeof *p->rows);
}

int progress_close_log(progress *p, const request *asked)
{
    int failed = p->log_failed;
    if (p->log != NULL) {
        failed = ferror(p->log);
        failed |= fclose(p->log) != 0;
    }
    p->log = NULL;
    return failed ? run_error("--log %s could not be written to its end", asked->log) : EXIT_OK;
}

void progress_clear(progress *p)
{
    if (p->log != NULL)
        fclose(p->log);
    free(p->rows);
    free(p->begins);
    free(p->owners);
    *p = (progress){0};
}
