/* solve/core.h: what src/api needs of one precision. */
#ifndef RLRA_SOLVE_CORE_H
#define RLRA_SOLVE_CORE_H

#include "data/scan.h"
#include "rlra/fit.h"
#include "rlra/registry.h"
#include "rlra/sparse.h"

typedef struct core_ops {
    rlra_status (*fit)(const rlra_problem *problem, const rlra_options *options, rlra_model *model,
                       rlra_report *report);
    rlra_status (*certify)(const rlra_problem *problem, const rlra_model *model, rlra_report *report);
    dense_scan (*scan)(const rlra_array *array, int threads);
    const char *(*kernels_name)(void);

    /* Keep the entries of a matrix for operators; `scan` is that of the matrix with its zeros. */
    rlra_status (*store)(rlra_context *context, const rlra_sparse *from, void **stored, dense_scan *scan);
    void (*release)(rlra_context *context, void *stored);
} core_ops;

extern const core_ops rlra_f32_core, rlra_f64_core;

#endif
