/* data/scan.c: norm, range and bad entries of a dense array, in one pass in the order of its memory. */
#include "data/scan.h"

#include <math.h>

#include "core/check.h"
#include "data/windows.h"
#include "linalg/kernels.h"

/* The outermost mode is cut into so many parts, for any number of threads, so that sums are the same. */
#define PARTS 64

/* Entries that are summed before they join the total: the errors of one long sum of equal entries would all go one way. */
#define RUN 512

/* Rows are taken in groups of about so many entries, which a window does not cut. */
#define GROUP 2048

/* Shorter runs are summed sooner one by one. */
#define SHORT_RUN 16

/* The rows of an array; `places` are the strides of the other modes in row-major order, in which positions count. */
typedef struct walk {
    layout l;
    const kernels *kernels;
    ptrdiff_t group; /* rows of one */
    ptrdiff_t row_place, places[RLRA_MAX_ORDER];
} walk;

/* Where entry e is, counted along the rows, by the steps of rows and modes. */
static ptrdiff_t step_to(const layout *l, ptrdiff_t row_step, const ptrdiff_t *steps, ptrdiff_t e)
{
    const ptrdiff_t length = layout_length(l);
    ptrdiff_t at = e / length * row_step;
    e %= length;
    for (int o = l->others - 1; o >= 0; o--) {
        at += e % l->dims[o] * steps[o];
        e /= l->dims[o];
    }
    return at;
}

/* Entries begin .. end-1 of some rows, one after the other. */
static const real *gather_run(const layout *l, const real *rows, ptrdiff_t begin, ptrdiff_t end, real *room)
{
    const ptrdiff_t length = layout_length(l);
    if (!l->gathered && (l->row_stride == length || end <= length))
        return rows + begin;
    const int last = l->others - 1;
    const ptrdiff_t line = l->gathered ? l->dims[last] : length, step = l->gathered ? l->strides[last] : 1;
    ptrdiff_t count = 0;
    for (ptrdiff_t e = begin; e < end; e += count) {
        const ptrdiff_t left = line - e % line;
        const real *const from = rows + step_to(l, l->row_stride, l->strides, e);
        real *const to = room + (e - begin);
        count = left < end - e ? left : end - e;
        for (ptrdiff_t i = 0; i < count; i++)
            to[i] = from[i * step];
    }
    return room;
}

/* The same sums, entry by entry, without those that are NaN or infinite; `position` is that of the first row. */
static entry_sums sum_singly(const walk *to, const real *x, ptrdiff_t begin, ptrdiff_t end, ptrdiff_t position,
                             dense_scan *scan)
{
    entry_sums sums = {.least = INFINITY, .most = -INFINITY};
    for (ptrdiff_t e = begin; e < end; e++) {
        const double v = (double)x[e - begin];
        if (!isfinite(v)) {
            const ptrdiff_t at = position + step_to(&to->l, to->row_place, to->places, e);
            scan->first_bad = scan->bad++ == 0 || at < scan->first_bad ? at : scan->first_bad;
            continue;
        }
        sums.norm2 += v * v;
        sums.sum += v;
        sums.zeros += v == 0;
        sums.least = v < sums.least ? v : sums.least;
        sums.most = v > sums.most ? v : sums.most;
    }
    return sums;
}

/* Rows of a group; `position` is that of the first. */
static void scan_rows(const walk *to, const real *rows, ptrdiff_t count, ptrdiff_t position, dense_scan *scan)
{
    const ptrdiff_t entries = count * layout_length(&to->l);
    real room[RUN];
    for (ptrdiff_t begin = 0; begin < entries; begin += RUN) {
        const ptrdiff_t end = entries - begin < RUN ? entries : begin + RUN;
        const real *const x = gather_run(&to->l, rows, begin, end, room);
        entry_sums sums = {.norm2 = INFINITY};
        if (end - begin >= SHORT_RUN)
            to->kernels->entry_sums(end - begin, x, &sums);
        if (!isfinite(sums.norm2))
            sums = sum_singly(to, x, begin, end, position, scan);
        scan->norm2 += sums.norm2;
        scan->sum += sums.sum;
        scan->zeros += sums.zeros;
        scan->least = sums.least < scan->least ? sums.least : scan->least;
        scan->scale = sums.most > scan->scale ? sums.most : scan->scale;
        scan->scale = -sums.least > scan->scale ? -sums.least : scan->scale;
    }
}

/* The groups of a window that belong to each part. */
static void scan_window(const walk *whole, const window *w, int threads, dense_scan *parts)
{
    walk to = *whole;
    to.l = RLRA(layout_within)(&whole->l, w);
    const ptrdiff_t groups = (to.l.rows + to.group - 1) / to.group;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int part = 0; part < PARTS; part++) {
        const ptrdiff_t first = groups * part / PARTS * to.group, last = groups * (part + 1) / PARTS * to.group;
        for (ptrdiff_t i = first > w->begin ? first : w->begin; i < last && i < w->end; i += to.group) {
            const ptrdiff_t end = i + to.group < w->end ? i + to.group : w->end;
            scan_rows(&to, w->at + (i - w->begin) * to.l.row_stride, end - i, i * to.row_place, &parts[part]);
        }
    }
}

static walk walk_of(const rlra_array *array)
{
    walk to = {.l = RLRA(layout_along)(array, RLRA(layout_outermost)(array)), .kernels = RLRA(kernels_best)()};
    const ptrdiff_t length = layout_length(&to.l);
    ptrdiff_t place[RLRA_MAX_ORDER], next = 1;
    to.group = length < GROUP ? GROUP / length : 1;
    for (int m = array->order - 1; m >= 0; m--) {
        place[m] = next;
        next *= array->dims[m];
    }
    to.row_place = place[to.l.mode];
    for (int o = 0; o < to.l.others; o++)
        to.places[o] = place[to.l.modes[o]];
    return to;
}

static dense_scan scan_all(const rlra_array *array, windows *from, int threads)
{
    const walk to = walk_of(array);
    dense_scan parts[PARTS], total = {.least = INFINITY};
    window w = {.end = 0};
    for (int part = 0; part < PARTS; part++)
        parts[part] = (dense_scan){.least = INFINITY};
    while (RLRA(window_next)(from, array, to.l.mode, to.group, &w))
        scan_window(&to, &w, threads, parts);
    for (int part = 0; part < PARTS; part++) {
        if (parts[part].bad > 0 && (total.bad == 0 || parts[part].first_bad < total.first_bad))
            total.first_bad = parts[part].first_bad;
        total.bad += parts[part].bad;
        total.norm2 += parts[part].norm2;
        total.sum += parts[part].sum;
        total.zeros += parts[part].zeros;
        total.least = parts[part].least < total.least ? parts[part].least : total.least;
        total.scale = parts[part].scale > total.scale ? parts[part].scale : total.scale;
    }
    return total;
}

dense_scan RLRA(dense_scan)(const rlra_array *array, int threads)
{
    return scan_all(array, NULL, threads);
}

rlra_status RLRA(dense_scan_stored)(rlra_context *context, const rlra_array *array, entry_source *source, double bytes,
                                    int threads, dense_scan *scan)
{
    rlra_status status = RLRA_OK;
    windows all = {.array = *array, .source = source};
    arena work = {0};
    const double least = 2 * RLRA(window_bytes)(array, RLRA(layout_outermost)(array), walk_of(array).group);
    RLRA(windows_size)(&all, fmax(bytes, least), fmax(WINDOW_ENOUGH, least));
    RLRA(windows_take)(&all, &work);
    TRY(rlra_arena_allocate(context, &work, "windows of the data"));
    RLRA(windows_take)(&all, &work);
    TRY(RLRA(windows_start)(context, &all));
    *scan = scan_all(array, &all, threads);
    status = all.status;
cleanup:
    RLRA(windows_stop)(context, &all);
    rlra_arena_free(context, &work);
    return status;
}
