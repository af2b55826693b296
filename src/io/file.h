/* io/file.h: the structure of an open file whose variables are listed once. */
#ifndef RLRA_IO_FILE_H
#define RLRA_IO_FILE_H

#include "io/variables.h"

struct rlra_file {
    rlra_context *context;
    rlra_read_options options;
    input in;
    notes opening, reading; /* notes from opening the file, and since */
    const format_ops *format;
    variables all;
    char path[PATH_ROOM];
};

/* Open FILE of "FILE" or "FILE:NAME"; `*name` is NAME, or "", within `spec`. */
rlra_status rlra_file_open_spec(rlra_context *context, const char *spec, const rlra_read_options *options,
                                rlra_file **file, const char **name);

#endif
