/* io/output.h: a file written under a temporary name in the same folder and renamed when it is complete. */
#ifndef RLRA_IO_OUTPUT_H
#define RLRA_IO_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "core/check.h"
#include "core/context.h"

/* Between the name of a file and what makes its temporary one: the process and a number, PID-N, follow. */
#define TEMPORARY_MARK ".tmp-"

typedef struct output {
    rlra_context *context;
    const char *path; /* borrowed; as the user gave it */
    char *target;     /* the file to replace: `path` with links followed */
    char *temporary;
    int is_open, fd; /* on the temporary */
    int is_settled;  /* all is on the disk */
    char *buffer;
    size_t used;
    int64_t written; /* bytes that rlra_output_write() was given */
} output;

/* Whether `name` is a temporary of what the first `length` bytes of `stem` name; libzip put six letters more behind it. */
int rlra_output_is_temporary(const char *name, const char *stem, size_t length);

/* Remove what killed programs left of the file, and make the temporary, locked until it is renamed. Refuses to replace what is no
 * regular file. */
rlra_status rlra_output_open(rlra_context *context, const char *path, output *out);

rlra_status rlra_output_write(output *out, const void *bytes, size_t size);

/* Bring everything to the disk under its temporary name, so that all that is left to a commit is to rename: for files that belong
 * together, of which none is to be new where another has no room. Nothing is written afterwards. */
rlra_status rlra_output_settle(output *out);

/* Settle and rename; frees. On failure nothing remains. */
rlra_status rlra_output_commit(output *out);

/* Remove the temporary; frees. Fine after commit and on {0}. */
void rlra_output_discard(output *out);

#endif
