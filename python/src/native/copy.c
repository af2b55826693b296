/* copy.c: arrays of the library into the contiguous memory of numpy; for small ones numpy's own way takes longer than a sweep. */
#include "copy.h"

static void copy(const rlra_array *from, void *target)
{
    const int64_t columns = from->order < 2 ? 1 : from->dims[1];
    const int64_t step = from->order < 2 ? 1 : from->strides[1];
    for (int64_t i = 0; i < from->dims[0]; ++i) {
        for (int64_t k = 0; k < columns; ++k) {
            const int64_t at = i * from->strides[0] + k * step, to = i * columns + k;
            if (from->dtype == RLRA_DTYPE_F32)
                ((float *)target)[to] = ((const float *)from->data)[at];
            else
                ((double *)target)[to] = ((const double *)from->data)[at];
        }
    }
}

void rlra_copy_factor(const rlra_model *model, int n, void *target)
{
    const rlra_array factor = rlra_model_factor(model, n);
    copy(&factor, target);
}

void rlra_copy_weights(const rlra_model *model, void *target)
{
    const rlra_array weights = rlra_model_weights(model);
    copy(&weights, target);
}
