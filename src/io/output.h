/* io/output.h: a file written under a temporary name in the same folder and renamed when it is complete. */
#ifndef RLRA_IO_OUTPUT_H
#define RLRA_IO_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "core/check.h"
#include "core/context.h"

/* Mark of temporary files, after the name of the file and before process and number, PID-N. */
#define TEMPORARY_MARK ".tmp-"

typedef struct output {
    rlra_context *context;
    const char *path; /* borrowed; as given by the user */
    char *target;     /* the file to replace: `path` with links followed */
    char *temporary;
    int is_open, fd; /* descriptor of the temporary file */
    int is_settled;  /* everything is on the disk */
    char *buffer;
    size_t used;
    int64_t written; /* bytes passed to rlra_output_write() */
} output;

/* Whether `name` is that of a temporary file for the first `length` bytes of `stem`; libzip added six letters. */
int rlra_output_is_temporary(const char *name, const char *stem, size_t length);

/* Remove leftovers of killed programs for the file, and create the temporary file, locked until it is renamed. Refuses to
 * replace anything but a regular file. */
rlra_status rlra_output_open(rlra_context *context, const char *path, output *out);

rlra_status rlra_output_write(output *out, const void *bytes, size_t size);

/* Sync everything to the disk under the temporary name, so that a commit only needs to rename: for files that belong together,
 * of which either all or none must be new. No more writes are allowed. */
rlra_status rlra_output_settle(output *out);

/* Settle, rename and free. On failure nothing remains. */
rlra_status rlra_output_commit(output *out);

/* Remove the temporary file and free. Allowed after commit and for {0}. */
void rlra_output_discard(output *out);

#endif
