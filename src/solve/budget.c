/* solve/budget.c: what a start holds, and how a limit on memory is shared out where the data are not in memory. */
#include <math.h>
#include <string.h>

#include "engine/fit.h"
#include "start/rank_one.h"
#include "engine/scale.h"
#include "start/sketch.h"

/* Of snpa: picked columns, and for each column products with them and weights (separable/snpa.c). */
static double snpa_bytes(const fit *f)
{
    const double rows = (double)f->term[0].x->dims[0], columns = (double)f->term[0].x->dims[1], rank = (double)f->rank;
    return (rank * (rows + rank) + rows + 4 * columns) * sizeof(double) + 2 * rank * columns * sizeof(real);
}

/* Of starts that have memory of their own. */
static double bytes_of_start(const fit *f)
{
    data *const x = f->term[0].x;
    if (strncmp(f->init, "nndsvd", 6) == 0)
        return RLRA(sketch_bytes)(x, f->rank, f->threads);
    if (strcmp(f->init, "rank_one") == 0)
        return RLRA(rank_one_bytes)(x, f->threads);
    return strcmp(f->init, "snpa") == 0 ? snpa_bytes(f) : 0;
}

double RLRA(fit_start_bytes)(const fit *f)
{
    return fmax(bytes_of_start(f), RLRA(start_scale_bytes)(f));
}

/* Model, workspace and start; the fit has been measured, without windows. */
static double bytes_needed(fit *f)
{
    const fit_term planned = f->term[0];
    double bytes = (double)f->work.peak + (double)sizeof *f;
    for (int n = 0; n < f->factors; n++)
        bytes += (double)f->x[n].stride * (double)f->rank * sizeof(real);
    RLRA(fit_name_start)(f);
    bytes += RLRA(fit_start_bytes)(f);
    f->term[0] = planned;
    return bytes;
}

/* Of all rows that are treated at once. */
static double least_window(const fit *f)
{
    double least = RLRA(dense_window_bytes)(&f->term[0].dense);
    for (int n = 0; RLRA(entries_is_needed)(&f->entries) && n < f->factors; n++)
        least = fmax(least, RLRA(window_bytes)(&f->file.array, f->entries.along[n].mode, f->entries.slab[n]));
    return least;
}

rlra_status RLRA(fit_budget)(fit *f)
{
    const double limit = f->problem->term[0].memory, needed = bytes_needed(f), each = least_window(f);
    const double whole = RLRA(window_bytes)(&f->file.array, 0, f->file.array.dims[0]);
    const double least = needed + (2 * each < whole ? 2 * each : whole) + RLRA_ALIGNMENT * 2, mib = 1048576;
    if (limit < least)
        return rlra_fail(f->context, RLRA_ERR_MEMORY,
                         "a memory limit of %.4g MiB is too small: model and workspace of rank %td need %.4g MiB and "
                         "two windows of the data %.4g MiB; give at least %.0f MiB",
                         limit / mib, f->rank, needed / mib, (least - needed) / mib, least / mib + 0.5);
    const int in_order = !RLRA(entries_is_needed)(&f->entries) && RLRA(dense_is_in_order)(&f->term[0].dense);
    RLRA(windows_size)(&f->file, limit - needed, in_order ? fmax(each, WINDOW_ENOUGH) : INFINITY);
    return RLRA_OK;
}
