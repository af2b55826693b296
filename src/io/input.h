/* io/input.h: a file opened for reading, and streams of bytes from a position in it. */
#ifndef RLRA_IO_INPUT_H
#define RLRA_IO_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "core/check.h"
#include "core/context.h"
#include "io/notes.h"
#include "rlra/io.h"

#define INPUT_HEAD_BYTES 1024

/* The most bytes that a deflated byte can unpack to: RFC 1951, a match of 258 bytes in 2 bits. */
#define DEFLATE_MOST 1032

/* State that a format keeps for an open file, such as its directory; made when first needed and used by all later reads. All
 * copies of an `input` share it, so that it must not point to one of them: each use binds it to the current `input`. Its memory
 * is from `context`, which exists even if the messages of a copy are dropped. A format that needs this state to detect its
 * files claims those for which it cannot be made; reading them then returns the stored status. */
typedef struct container {
    rlra_context *context;
    void *state;        /* NULL: not made */
    rlra_status broken; /* failure to make it, which is permanent; the first user has the message */
    void (*close)(rlra_context *context, void *state);
    int64_t unpacked; /* total bytes: see rlra_input_count_unpacked() */
    int64_t fetched;  /* total bytes read, if a format counts them */
    notes *notes;     /* notes on the file as a whole, or NULL: see rlra_input_left_out() */
} container;

typedef struct input {
    rlra_context *context;
    const char *path;                 /* borrowed */
    const rlra_read_options *options; /* borrowed; never NULL */
    notes *notes;                     /* what was left out or guessed, or NULL if not wanted; see rlra_input_note() */
    int fd;                           /* descriptor of the plain content: see io/unpack.h */
    container *container;             /* NULL without a context */
    int64_t size;
    size_t head_bytes;
    unsigned char head[INPUT_HEAD_BYTES]; /* the beginning of the file, for detection */
} input;

/* Open a regular file, and unpack it; refuses directories, devices and empty files. `options` and `kept` may be NULL. */
rlra_status rlra_input_open(rlra_context *context, const char *path, const rlra_read_options *options, notes *kept,
                            input *in);

/* Add a note on what was left out or guessed; duplicates are kept once. */
rlra_status rlra_input_note(const input *in, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Add a note on variables left out of a listing: kept with the file, and reported with each variable that is read. */
rlra_status rlra_input_left_out(const input *in, const char *format, ...) __attribute__((format(printf, 2, 3)));

void rlra_input_close(input *in);

/* Set the size, and read the beginning. */
rlra_status rlra_input_measure(input *in, int64_t size);

/* Whether the name of the file has this ending, in any case, without the ending of gzip. */
int rlra_input_ends(const input *in, const char *ending);

/* Read exactly `bytes` at `offset`, or fail with RLRA_ERR_FORMAT because the file ends before. */
rlra_status rlra_input_read(const input *in, int64_t offset, void *buffer, size_t bytes);

/* Count bytes that are about to be unpacked from the file: the total for an open file may be as many as its size can unpack to
 * plus an allowance; more are refused. Parts that do not overlap and are read once need not be counted. */
rlra_status rlra_input_count_unpacked(const input *in, int64_t bytes);

/* The whole file as a string, terminated by an additional zero; refused above `most` bytes. Freed by rlra_free(). */
rlra_status rlra_input_read_text(const input *in, int64_t most, char **text);

/* Bytes one after the other, from a file or a decompressor. read() delivers exactly `bytes` or fails with a message. */
typedef struct byte_source {
    rlra_status (*read)(struct byte_source *self, void *buffer, size_t bytes);
} byte_source;

typedef struct file_source {
    byte_source base;
    const input *in;
    int64_t at;
} file_source;

file_source rlra_file_source(const input *in, int64_t at);

/* Read bytes and drop them. */
rlra_status rlra_source_skip(byte_source *source, int64_t bytes);

#endif
