/* io/variables.h: the file and the variable of "FILE:NAME". */
#ifndef RLRA_IO_VARIABLES_H
#define RLRA_IO_VARIABLES_H

#include "io/format.h"

/* Cut a spec: FILE goes to `path` (PATH_ROOM bytes), NAME ("" if none) is a part of the spec. */
rlra_status rlra_spec_split(rlra_context *context, const char *spec, char *path, const char **name);

/* The reported type of a variable that only links to another file. */
#define VARIABLE_ELSEWHERE "link to another file"

/* One variable of a file; owns its strings. */
typedef struct entry {
    char *name;
    char stored[32];
    int order, numeric;
    int was_read; /* already read, so that reading it again does not count: see rlra_file_read() */
    int64_t dims[RLRA_MAX_ORDER];
} entry;

/* The variables of a file. */
typedef struct variables {
    rlra_context *context;
    entry *entries;
    const entry **sorted; /* sorted by name without the first slash, equal names in their order */
    size_t count, room;
    int failed; /* out of memory */
} variables;

/* List the variables of an open file; freed by rlra_variables_clear(), also after a failure. */
rlra_status rlra_variables_collect(const format_ops *format, const input *in, variables *all);

void rlra_variables_clear(variables *all);

/* Choose the variable called `name`, or the only one that fits if `name` is "": with numbers if `numeric` != 0, else text. */
rlra_status rlra_variable_choose(const input *in, const variables *all, const char *name, int numeric,
                                 const entry **chosen);

#endif
