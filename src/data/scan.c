/* data/scan.c: norm, range and bad entries of a dense array, in one pass in the order of its memory. */
#include "data/scan.h"

#include <math.h>

#include "core/check.h"
#include "data/windows.h"

/* The outermost mode is cut into so many parts, for any number of threads, so that sums are the same. */
#define PARTS 64

/* Entries that are summed before they are added to the total, as errors of one long sum of equal entries would all have the
 * same sign. */
#define RUN 128

static void add_entry(dense_scan *scan, real value, ptrdiff_t position)
{
    const double v = (double)value;
    if (!isfinite(v)) {
        if (scan->bad++ == 0 || position < scan->first_bad)
            scan->first_bad = position;
        return;
    }
    scan->norm2 += v * v;
    scan->sum += v;
    scan->zeros += v == 0;
    scan->least = v < scan->least ? v : scan->least;
    scan->scale = fabs(v) > scan->scale ? fabs(v) : scan->scale;
}

/* A walk over the other modes of a layout from number `o` on; `places` are their strides in row-major positions. */
typedef struct walk {
    layout l;
    ptrdiff_t row_place, places[RLRA_MAX_ORDER];
} walk;

static void scan_modes(const walk *to, int o, const real *at, ptrdiff_t position, dense_scan *scan)
{
    const ptrdiff_t count = o < to->l.others ? to->l.dims[o] : 1, stride = o < to->l.others ? to->l.strides[o] : 0;
    const ptrdiff_t place = o < to->l.others ? to->places[o] : 0;
    if (o + 1 < to->l.others) {
        for (ptrdiff_t i = 0; i < count; i++)
            scan_modes(to, o + 1, at + i * stride, position + i * place, scan);
        return;
    }
    for (ptrdiff_t begin = 0; begin < count; begin += RUN) {
        const ptrdiff_t end = count - begin < RUN ? count : begin + RUN;
        const double before = scan->norm2, sum = scan->sum;
        scan->norm2 = scan->sum = 0;
        for (ptrdiff_t i = begin; i < end; i++)
            add_entry(scan, at[i * stride], position + i * place);
        scan->norm2 += before;
        scan->sum += sum;
    }
}

/* Scan the rows of a window, each into the summary of its part. */
static void scan_window(const walk *whole, const window *w, int threads, dense_scan *parts)
{
    walk to = *whole;
    to.l = RLRA(layout_within)(&whole->l, w);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int part = 0; part < PARTS; part++) {
        const ptrdiff_t first = to.l.rows * part / PARTS, last = to.l.rows * (part + 1) / PARTS;
        for (ptrdiff_t i = first > w->begin ? first : w->begin; i < last && i < w->end; i++)
            scan_modes(&to, 0, w->at + (i - w->begin) * to.l.row_stride, i * to.row_place, &parts[part]);
    }
}

static walk walk_of(const rlra_array *array)
{
    walk to = {.l = RLRA(layout_along)(array, RLRA(layout_outermost)(array))};
    ptrdiff_t place[RLRA_MAX_ORDER], next = 1;
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
    while (RLRA(window_next)(from, array, to.l.mode, 1, &w))
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
    const double least = 2 * RLRA(window_bytes)(array, RLRA(layout_outermost)(array), 1);
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
