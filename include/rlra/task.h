/* rlra/task.h: tasks such as "nmf", the options that each takes, and their defaults. */
#ifndef RLRA_TASK_H
#define RLRA_TASK_H

#include "rlra/export.h"
#include "rlra/options.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Commands of the command line and functions of the Python package have the names of tasks. Static memory. */
typedef struct rlra_task {
    const char *name;
    const char *options; /* names of the options that it takes, separated by spaces */
    const char *prior;   /* default of every factor; "" if the task takes no priors       */
} rlra_task;

/** Task `index`, or NULL past the last. */
RLRA_API const rlra_task *rlra_task_at(int index);

/** The task with that name, or NULL. */
RLRA_API const rlra_task *rlra_task_find(const char *name);

/**
 * Row `index` of the options that a task takes, in the order of the option table, with its default and help for this task.
 *
 * @param[out] option  filled in
 * @return 1, or 0 past the last row or if `task` is NULL; then nothing is filled in
 */
RLRA_API int rlra_task_option(const rlra_task *task, int index, rlra_option *option);

/** The defaults of a task, or those of rlra_options_default() where it has none; NULL: the latter only. */
RLRA_API rlra_options rlra_task_defaults(const rlra_task *task);

#ifdef __cplusplus
}
#endif
#endif
