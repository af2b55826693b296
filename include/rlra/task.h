/* rlra/task.h: what can be asked for, such as "nmf": the options each task takes, and their defaults there. */
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
    const char *options; /* the rows of the option table that mean something to it, words */
    const char *prior;   /* of every factor that is given none; "" if it takes no priors  */
} rlra_task;

/** Task `index`, or NULL beyond the last. */
RLRA_API const rlra_task *rlra_task_at(int index);

/** The task of that name, or NULL. */
RLRA_API const rlra_task *rlra_task_find(const char *name);

/**
 * Row `index` of the options that a task takes, in the order of the option table, with the default and the help that it has there.
 *
 * @param[out] option  filled in
 * @return 1, or 0 beyond the last row and for a task of NULL; then nothing is filled in
 */
RLRA_API int rlra_task_option(const rlra_task *task, int index, rlra_option *option);

/** The defaults of a task, those of rlra_options_default() where it has none of its own; NULL: those alone. */
RLRA_API rlra_options rlra_task_defaults(const rlra_task *task);

#ifdef __cplusplus
}
#endif
#endif
