/* model/model.h: the structure of a model. */
#ifndef RLRA_MODEL_MODEL_H
#define RLRA_MODEL_MODEL_H

#include <string.h>

#include "core/context.h"
#include "model/problem.h"
#include "rlra/array.h"
#include "rlra/model.h"

struct rlra_model {
    rlra_context *context;
    rlra_dtype dtype;
    int order;
    int64_t rank; /* number of components and of weights; 0 where factors have their own ranks */
    int64_t ranks[RLRA_MAX_FACTORS];
    int64_t dims[RLRA_MAX_FACTORS];
    int64_t strides[RLRA_MAX_FACTORS]; /* stride between the components of a factor */
    void *factors[RLRA_MAX_FACTORS];   /* component-major */
    void *weights;
};

static inline factor_shapes model_shapes(const rlra_model *model)
{
    factor_shapes shapes;
    memcpy(shapes.dims, model->dims, sizeof shapes.dims);
    memcpy(shapes.ranks, model->ranks, sizeof shapes.ranks);
    return shapes;
}

#endif
