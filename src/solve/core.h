/* solve/core.h: the functions of one precision, for src/api. */
#ifndef RLRA_SOLVE_CORE_H
#define RLRA_SOLVE_CORE_H

#include "data/observed/choice.h"
#include "rlra/fit.h"
#include "rlra/plan.h"
#include "rlra/registry.h"
#include "rlra/sparse.h"
#include "solve/keeper.h"

typedef struct core_ops {
    /* `keeper`, which may be NULL, keeps states and may have one to resume from. */
    rlra_status (*fit)(const rlra_problem *problem, const rlra_options *options, fit_keeper *keeper, rlra_model *model,
                       rlra_report *report);
    rlra_status (*certify)(const rlra_problem *problem, const rlra_model *model, rlra_report *report);
    rlra_status (*plan)(const rlra_problem *problem, const rlra_options *options, const factor_shapes *shapes,
                        rlra_plan *plan);
    dense_scan (*scan)(const rlra_array *array, int threads);
    const char *(*kernels_name)(void);

    /* The summary of an array that is not in memory, using at most `bytes` bytes. */
    rlra_status (*scan_stored)(rlra_context *context, const rlra_array *array, entry_source *source, double bytes,
                               int threads, dense_scan *scan);

    /* Store the entries of a sparse array for operators; see data/stored.h. */
    rlra_status (*store)(rlra_context *context, const stored_choice *choice, void **stored, observed_summary *summary);
    void (*release)(rlra_context *context, void *stored);

    /* A hash of stored entries. */
    uint64_t (*digest)(const void *stored);

    /* A summary of the weights of an array, and of its entries with positive weight. */
    observed_summary (*summarise)(const observed_choice *choice, int threads);
} core_ops;

extern const core_ops rlra_f32_core, rlra_f64_core;

static inline const core_ops *rlra_core_of(rlra_dtype dtype)
{
    return dtype == RLRA_DTYPE_F32 ? &rlra_f32_core : &rlra_f64_core;
}

#endif
