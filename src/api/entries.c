/* api/entries.c: whether the entries of an array can be computed with. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/array.h"
#include "core/context.h"

static rlra_status fail_bad(rlra_context *context, const char *what, const rlra_array *data, const dense_scan *scan)
{
    char where[24 * RLRA_MAX_ORDER] = "";
    int64_t index[RLRA_MAX_ORDER];
    int64_t position = scan->first_bad;
    for (int m = data->order - 1; m >= 0; m--) {
        index[m] = position % data->dims[m];
        position /= data->dims[m];
    }
    for (int m = 0; m < data->order; m++) {
        const size_t used = strlen(where);
        snprintf(where + used, sizeof where - used, "%s%" PRId64, m == 0 ? "" : ", ", index[m]);
    }
    return rlra_fail(context, RLRA_ERR_DATA, "%s holds %td entries that are NaN or infinite; the first, %g, is at [%s]",
                     what, scan->bad, rlra_array_get(data, index), where);
}

rlra_status rlra_check_entries(rlra_context *context, const char *what, const rlra_array *data, const dense_scan *scan)
{
    const int single = data->dtype == RLRA_DTYPE_F32;
    const double most = single ? 1e34 : 1e300, least = single ? 1e-30 : 1e-280;
    if (scan->bad > 0)
        return fail_bad(context, what, data, scan);
    if (scan->norm2 > most || (scan->scale > 0 && scan->norm2 < least))
        return rlra_fail(context, RLRA_ERR_DATA,
                         "the sum of squares of %s, %g, leaves the range of %s: rescale %s (largest magnitude "
                         "%g)",
                         what, scan->norm2, rlra_dtype_name(data->dtype), what, scan->scale);
    return RLRA_OK;
}
