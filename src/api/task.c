/* api/task.c: the table of tasks, and where their options differ from the option table. */
#include "rlra/task.h"

#include <stddef.h>
#include <string.h>

#define FIT_OPTIONS                                                                                                    \
    "rank update init max_sweeps inner_sweeps tolerance decrease remaining escapes time_limit seed threads "           \
    "extrapolate pass "                                                                                                \
    "loss beta "                                                                                                       \
    "order gamma rho node_limit holdout holdout_seed reach"

static const rlra_task tasks[] = {
    {"nmf", FIT_OPTIONS, "nonneg"},
    {"cp", FIT_OPTIONS, "nonneg"},
    {"unmix", FIT_OPTIONS, "nonneg"},
    {"separable", "rank threads", ""},
    {"topics",
     "rank update init max_sweeps inner_sweeps tolerance decrease remaining escapes time_limit seed threads "
     "extrapolate loss",
     "nonneg"},
    {"nnls", "update loss beta sparsity max_sweeps tolerance time_limit seed threads order gamma rho node_limit",
     "nonneg"},
};

/* values that differ from the option table; NULL: as there */
static const struct {
    const char *task, *option, *standard, *help;
} own[] = {
    {"unmix", "tolerance", "2e-3", NULL},
    {"unmix", "remaining", "inf", NULL},
    {"unmix", "init", "snpa", NULL},
    {"topics", "loss", "kl", NULL},
    {"topics", "init", "nndsvdar", NULL},
    {"topics", "decrease", "1e-4", NULL},
    {"topics", "remaining", "inf", NULL},
    {"nmf", "escapes", "-1", NULL},
    {"cp", "escapes", "-1", NULL},
    {"topics", "escapes", "-1", NULL},
    {"nnls", "max_sweeps", "10000", "most rounds of an iterative rule on a column"},
    {"nnls", "tolerance", "1e-8",
     "a column is solved when its relative KKT residual falls below; exact rules go to rounding"},
    {"nnls", "update", NULL, "rule that solves a column; auto: an exact one where loss and penalties have one"},
    {"nnls", "loss", NULL, "how far W X is from Y"},
    {"nnls", "order", NULL, "in which hals takes the coefficients"},
};

static int word_in(const char *list, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = list; *at != '\0'; at += *at == ' ') {
        const size_t here = strcspn(at, " ");
        if (here == length && memcmp(at, word, length) == 0)
            return 1;
        at += here;
    }
    return 0;
}

const rlra_task *rlra_task_at(int index)
{
    return index < 0 || index >= (int)(sizeof tasks / sizeof tasks[0]) ? NULL : &tasks[index];
}

const rlra_task *rlra_task_find(const char *name)
{
    for (int i = 0; name != NULL && rlra_task_at(i) != NULL; ++i) {
        if (strcmp(tasks[i].name, name) == 0)
            return &tasks[i];
    }
    return NULL;
}

int rlra_task_option(const rlra_task *task, int index, rlra_option *option)
{
    if (option == NULL)
        return 0;
    const rlra_option *row = NULL;
    for (int i = 0, left = index; task != NULL && index >= 0 && left >= 0; ++i) {
        row = rlra_option_at(i);
        if (row == NULL)
            return 0;
        left -= word_in(task->options, row->name);
    }
    if (row == NULL)
        return 0;
    *option = *row;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; ++i) {
        if (strcmp(own[i].task, task->name) != 0 || strcmp(own[i].option, row->name) != 0)
            continue;
        option->standard = own[i].standard == NULL ? row->standard : own[i].standard;
        option->help = own[i].help == NULL ? row->help : own[i].help;
    }
    return 1;
}

rlra_options rlra_task_defaults(const rlra_task *task)
{
    rlra_options options = rlra_options_default();
    rlra_option row;
    for (int i = 0; rlra_task_option(task, i, &row); ++i)
        rlra_options_set(NULL, &options, row.name, row.standard);
    return options;
}
