/* io/unpack.h: convert compressed files, and text in other encodings, to plain files before they are read. */
#ifndef RLRA_IO_UNPACK_H
#define RLRA_IO_UNPACK_H

#include "io/input.h"

/* Replace the content of an open file by plain bytes: gzip files are unpacked, and text in UTF-16 or UTF-32 is converted to
 * UTF-8. These bytes are in an unnamed file in TMPDIR or /tmp. Other files do not change. */
rlra_status rlra_unpack(input *in);

/* Whether the content begins like gzip. */
int rlra_is_gzip(const input *in);

/* An unnamed file that is written sequentially. */
typedef struct scratch {
    const input *in; /* input, for messages */
    const char *folder;
    int fd;
    int64_t size;
} scratch;

rlra_status rlra_scratch_open(const input *in, scratch *s);
rlra_status rlra_scratch_write(scratch *s, const void *bytes, size_t count);

/* Make the input read from it instead of the original file. */
rlra_status rlra_scratch_adopt(scratch *s, input *in);

void rlra_scratch_close(scratch *s);

/* Convert text in another encoding to UTF-8, if the content is such text. */
rlra_status rlra_recode(input *in);

#endif
