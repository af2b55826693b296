/* solve/budget.c: divide a limit on memory if the data are not in memory. */
#include <math.h>
#include <string.h>

#include "solve/pose.h"
#include "start/start.h"

/* Bytes of model, workspace and start, without windows; the fit has been measured. */
static double bytes_needed(fit *f)
{
    double bytes = (double)f->work.peak + (double)sizeof *f + RLRA(fit_data_bytes)(f);
    for (int n = 0; n < f->factors; n++)
        bytes += (double)f->x[n].stride * (double)f->x[n].rank * sizeof(real);
    RLRA(start_name)(f);
    bytes += RLRA(start_bytes)(f);
    return bytes;
}

/* Bytes of the smallest window, for all rows that are processed together. */
static double least_window(const fit *f)
{
    const windows *const file = f->term[0].x->file;
    double least = RLRA(windows_least)(&f->term[0].plan);
    for (int m = 0; m < file->array.order; m++)
        least = fmax(least, RLRA(window_bytes)(&file->array, m, f->slab[f->term[0].factors[m]]));
    return least;
}

rlra_status RLRA(fit_budget)(fit *f)
{
    windows *const file = f->term[0].x->file;
    const double limit = f->problem->term[0].memory, needed = bytes_needed(f), each = least_window(f);
    const double whole = RLRA(window_bytes)(&file->array, 0, file->array.dims[0]);
    const double least = needed + (2 * each < whole ? 2 * each : whole) + RLRA_ALIGNMENT * 2, mib = 1048576;
    if (limit < least)
        return rlra_fail(f->context, RLRA_ERR_MEMORY,
                         "a memory limit of %.4g MiB is too small: model and workspace of rank %td need %.4g MiB and "
                         "two windows of the data %.4g MiB; give at least %.0f MiB",
                         limit / mib, f->widest, needed / mib, (least - needed) / mib, least / mib + 0.5);
    const int in_order = f->slab[0] == 0 && RLRA(windows_in_order)(&f->term[0].plan);
    RLRA(windows_size)(file, limit - needed, in_order ? fmax(each, WINDOW_ENOUGH) : INFINITY);
    return RLRA_OK;
}
