/* io/unpack.h: files that are packed, or are text in another encoding, made plain before any reader sees them. */
#ifndef RLRA_IO_UNPACK_H
#define RLRA_IO_UNPACK_H

#include "io/input.h"

/* Put plain bytes in the place of those of an open file: of gzip, unpacked; of text in UTF-16 or UTF-32, in UTF-8. They go to a
 * file without a name in TMPDIR or /tmp. Other files stay as they are. */
rlra_status rlra_unpack(input *in);

/* Whether the content begins as gzip does. */
int rlra_is_gzip(const input *in);

/* A file without a name that is written from its beginning. */
typedef struct scratch {
    const input *in; /* for messages */
    const char *folder;
    int fd;
    int64_t size;
} scratch;

rlra_status rlra_scratch_open(const input *in, scratch *s);
rlra_status rlra_scratch_write(scratch *s, const void *bytes, size_t count);

/* Read from it instead of the file it was made from. */
rlra_status rlra_scratch_adopt(scratch *s, input *in);

void rlra_scratch_close(scratch *s);

/* Turn text of another encoding into UTF-8, if that is what the content is. */
rlra_status rlra_recode(input *in);

#endif
