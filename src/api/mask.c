/* api/mask.c: whether a mask may be inverted: 1 where an entry is missing, as in numpy.ma and MATLAB. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "api/terms.h"
#include "core/check.h"
#include "core/context.h"
#include "core/view.h"

rlra_status rlra_missing_check(rlra_context *context, rlra_missing missing)
{
    if (missing == RLRA_MISSING_NONE || missing == RLRA_MISSING_NAN)
        return RLRA_OK;
    return rlra_fail(context, RLRA_ERR_ARGUMENT,
                     "what is missing is RLRA_MISSING_NONE or RLRA_MISSING_NAN, got number %d", (int)missing);
}

/* Summary of the entries that a mask keeps and hides. */
typedef struct sides {
    int64_t kept, kept_nan, hidden, hidden_bad;
    double least, most; /* range of hidden entries that are finite */
} sides;

static void compare_sides(const rlra_array *data, const rlra_array *mask, sides *s)
{
    int64_t index[RLRA_MAX_ORDER] = {0}, count = 1;
    for (int m = 0; m < data->order; m++)
        count *= data->dims[m];
    for (int64_t at = 0; at < count; at++) {
        const double value = rlra_array_get(data, index);
        if (rlra_array_get(mask, index) != 0) {
            s->kept++;
            s->kept_nan += isnan(value) != 0;
        } else {
            s->hidden++;
            s->hidden_bad += !isfinite(value);
            s->least = fmin(s->least, value);
            s->most = fmax(s->most, value);
        }
        for (int m = data->order - 1; m >= 0 && ++index[m] == data->dims[m]; m--)
            index[m] = 0;
    }
}

static rlra_status check_shape(rlra_context *context, const rlra_array *data, const rlra_array *mask,
                               rlra_missing missing)
{
    rlra_status status = RLRA_OK;
    if (data == NULL || mask == NULL || data->data == NULL || mask->data == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the data or the mask is NULL");
    TRY(rlra_missing_check(context, missing));
    TRY(rlra_view_check(context, "the data", data, 0));
    TRY(rlra_view_check(context, "the mask", mask, 1));
    int same = mask->order == data->order;
    for (int m = 0; same && m < data->order; m++)
        same = mask->dims[m] == data->dims[m];
    REQUIRE(same, rlra_fail(context, RLRA_ERR_SHAPE, "the mask must have the shape of the data"));
cleanup:
    return status;
}

rlra_status rlra_mask_check(rlra_context *context, const rlra_array *data, const rlra_array *mask, rlra_missing missing)
{
    rlra_status status = RLRA_OK;
    char nans[64] = "";
    sides s = {.least = INFINITY, .most = -INFINITY};
    TRY(check_shape(context, data, mask, missing));
    compare_sides(data, mask, &s);
    /* A single hidden number is a placeholder for missing entries, so the mask is not inverted. */
    const int hides_numbers = s.hidden > 0 && s.hidden_bad == 0 && s.least < s.most;
    const int keeps_nan = s.kept_nan > 0 && missing != RLRA_MISSING_NAN;
    if (!hides_numbers || (2 * s.kept >= s.kept + s.hidden && !keeps_nan))
        return RLRA_OK;
    if (keeps_nan)
        snprintf(nans, sizeof nans, ", %" PRId64 " of them NaN", s.kept_nan);
    status =
        rlra_fail(context, RLRA_ERR_ARGUMENT,
                  "the mask keeps %" PRId64 " of %" PRId64 " entries%s, and what it hides are numbers from %.6g to "
                  "%.6g: does 1 (true) in it stand for what is missing? Then say `mask_means=missing`, else "
                  "`mask_means=observed`",
                  s.kept, s.kept + s.hidden, nans, s.least, s.most);
cleanup:
    return status;
}
