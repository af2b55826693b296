/* api/entries.c: check that the entries of an array are finite and in range. */
#include <inttypes.h>
#include <stdio.h>

#include "api/array.h"
#include "core/context.h"

double rlra_entry_where(const rlra_array *array, ptrdiff_t position, char *text)
{
    int64_t index[RLRA_MAX_ORDER];
    size_t used = 0;
    for (int m = array->order - 1; m >= 0; m--) {
        index[m] = position % array->dims[m];
        position /= array->dims[m];
    }
    for (int m = 0; m < array->order; m++)
        used += (size_t)snprintf(text + used, RLRA_WHERE_BYTES - used, "%s%" PRId64, m == 0 ? "" : ", ", index[m]);
    return rlra_array_get(array, index);
}

rlra_status rlra_check_entries(rlra_context *context, const char *what, const rlra_array *data, const dense_scan *scan)
{
    const int single = data->dtype == RLRA_DTYPE_F32;
    const double most = single ? 1e34 : 1e300, least = single ? 1e-30 : 1e-280;
    char where[RLRA_WHERE_BYTES];
    if (scan->bad > 0)
        return rlra_fail(context, RLRA_ERR_DATA,
                         "%s holds %td entries that are NaN or infinite; the first, %g, is at [%s]", what, scan->bad,
                         rlra_entry_where(data, scan->first_bad, where), where);
    if (scan->norm2 > most || (scan->scale > 0 && scan->norm2 < least))
        return rlra_fail(context, RLRA_ERR_DATA,
                         "the sum of squares of %s, %g, leaves the range of %s: rescale %s (largest magnitude "
                         "%g)",
                         what, scan->norm2, rlra_dtype_name(data->dtype), what, scan->scale);
    return RLRA_OK;
}
