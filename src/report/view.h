/* report/view.h: entries of arrays of either precision, as double. */
#ifndef RLRA_REPORT_VIEW_H
#define RLRA_REPORT_VIEW_H

#include "rlra/array.h"

static inline double view_at(const rlra_array *array, int64_t offset)
{
    if (array->dtype == RLRA_DTYPE_F32)
        return ((const float *)array->data)[offset];
    return ((const double *)array->data)[offset];
}

static inline double view_at2(const rlra_array *array, int64_t i, int64_t j)
{
    return view_at(array, i * array->strides[0] + j * array->strides[1]);
}

#endif
