/* data/scan.c: norm, range and bad entries of a dense array, in one pass. */
#include "data/scan.h"

#include <math.h>

/* Parts into which the first mode is cut, whatever the number of threads: sums are then the same. */
#define PARTS 64

/* Entries summed before they join the total: the errors of one long sum of equal entries would all go one way. */
#define RUN 128

static void add_entry(dense_scan *scan, real value, ptrdiff_t position)
{
    const double v = (double)value;
    if (!isfinite(v)) {
        if (scan->bad++ == 0)
            scan->first_bad = position;
        return;
    }
    scan->norm2 += v * v;
    scan->sum += v;
    scan->zeros += v == 0;
    scan->least = v < scan->least ? v : scan->least;
    scan->scale = fabs(v) > scan->scale ? fabs(v) : scan->scale;
}

/* Modes `m` and further; `position` counts in row-major order. */
static void scan_modes(const rlra_array *array, int m, const real *at, ptrdiff_t position, dense_scan *scan)
{
    const ptrdiff_t count = array->dims[m], stride = array->strides[m];
    if (m + 1 < array->order) {
        for (ptrdiff_t i = 0; i < count; i++)
            scan_modes(array, m + 1, at + i * stride, (position + i) * array->dims[m + 1], scan);
        return;
    }
    for (ptrdiff_t begin = 0; begin < count; begin += RUN) {
        const ptrdiff_t end = count - begin < RUN ? count : begin + RUN;
        const double before = scan->norm2, sum = scan->sum;
        scan->norm2 = scan->sum = 0;
        for (ptrdiff_t i = begin; i < end; i++)
            add_entry(scan, at[i * stride], position + i);
        scan->norm2 += before;
        scan->sum += sum;
    }
}

static dense_scan scan_part(const rlra_array *array, int part)
{
    rlra_array rows = *array;
    const ptrdiff_t begin = array->dims[0] * part / PARTS;
    const real *const at = (const real *)array->data + begin * array->strides[0];
    dense_scan scan = {.least = INFINITY};
    rows.dims[0] = array->dims[0] * (part + 1) / PARTS - begin;
    if (array->order == 1) {
        scan_modes(&rows, 0, at, begin, &scan);
        return scan;
    }
    for (ptrdiff_t i = 0; i < rows.dims[0]; i++)
        scan_modes(&rows, 1, at + i * array->strides[0], (begin + i) * array->dims[1], &scan);
    return scan;
}

dense_scan RLRA(dense_scan)(const rlra_array *array, int threads)
{
    dense_scan parts[PARTS];
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int part = 0; part < PARTS; part++)
        parts[part] = scan_part(array, part);
    dense_scan total = {.least = INFINITY};
    for (int part = 0; part < PARTS; part++) {
        if (total.bad == 0 && parts[part].bad > 0)
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
