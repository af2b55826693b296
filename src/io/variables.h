/* io/variables.h: which file and which of its variables "FILE:NAME" means. */
#ifndef RLRA_IO_VARIABLES_H
#define RLRA_IO_VARIABLES_H

#include "io/format.h"

/* Cut a spec: FILE goes to `path` (PATH_ROOM bytes), NAME ("" if none) is a part of the spec. */
rlra_status rlra_spec_split(rlra_context *context, const char *spec, char *path, const char **name);

/* What formats report as the type of a variable that only links to another file. */
#define VARIABLE_ELSEWHERE "link to another file"

/* One variable of a file, with memory of its own. */
typedef struct entry {
    char *name;
    char stored[32];
    int order, numeric;
    int was_read; /* once before, so that another time does not count: see rlra_file_read() */
    int64_t dims[RLRA_MAX_ORDER];
} entry;

/* The variables of a file. */
typedef struct variables {
    rlra_context *context;
    entry *entries;
    const entry **sorted; /* by their names without the first slash, the same names as they come */
    size_t count, room;
    int failed; /* out of memory */
} variables;

/* List the variables of an open file; freed by rlra_variables_clear(), also after a failure. */
rlra_status rlra_variables_collect(const format_ops *format, const input *in, variables *all);

void rlra_variables_clear(variables *all);

/* The variable called `name`, or the only one that fits if `name` is "". `numeric` != 0 asks for numbers, else for text. */
rlra_status rlra_variable_choose(const input *in, const variables *all, const char *name, int numeric,
                                 const entry **chosen);

#endif
