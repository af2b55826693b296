/* io/output.h: a file written under a temporary name in the same folder and renamed when it is complete. */
#ifndef RLRA_IO_OUTPUT_H
#define RLRA_IO_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "core/check.h"
#include "core/context.h"

typedef struct output {
    rlra_context *context;
    const char *path; /* borrowed; as the user gave it */
    char *target;     /* the file to replace: `path` with links followed */
    char *temporary;
    int is_open, fd; /* on the temporary */
    char *buffer;
    size_t used;
    int64_t written; /* bytes that rlra_output_write() was given */
} output;

/* Make the temporary. Refuses to replace what is not a regular file. */
rlra_status rlra_output_open(rlra_context *context, const char *path, output *out);

rlra_status rlra_output_write(output *out, const void *bytes, size_t size);

/* Bring everything to the disk and rename; frees. On failure nothing remains. */
rlra_status rlra_output_commit(output *out);

/* Remove the temporary; frees. Fine after commit and on {0}. */
void rlra_output_discard(output *out);

#endif
