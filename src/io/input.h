/* io/input.h: a file opened for reading, and streams of bytes that start somewhere in it. */
#ifndef RLRA_IO_INPUT_H
#define RLRA_IO_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "core/check.h"
#include "core/context.h"
#include "io/notes.h"
#include "rlra/io.h"

#define INPUT_HEAD_BYTES 1024

/* No deflated byte can stand for more: RFC 1951, a match of 258 bytes in 2 bits. */
#define DEFLATE_MOST 1032

/* What a format keeps of an opened file, such as its directory: made at the first need, used by all reads that follow. All copies
 * of an `input` share it, and so it must not point to one of them: whoever takes it out binds it to the `input` at hand. Its
 * memory is of `context`, which is there even where the messages of a copy go nowhere. A format that needs it to know its files
 * claims those of which it cannot be made; whoever reads them then gives the status that was kept. */
typedef struct container {
    rlra_context *context;
    void *state;        /* or NULL */
    rlra_status broken; /* why there is none and will be none: the message was left where the first asked for it */
    void (*close)(rlra_context *context, void *state);
    int64_t unpacked; /* bytes in all: see rlra_input_count_unpacked() */
    int64_t fetched;  /* the same of bytes that were read, where a format counts them */
    notes *notes;     /* on the file as a whole, or NULL: see rlra_input_left_out() */
} container;

typedef struct input {
    rlra_context *context;
    const char *path;                 /* borrowed */
    const rlra_read_options *options; /* borrowed; never NULL */
    notes *notes;         /* what was left out or guessed, or NULL where nobody asks; see rlra_input_note() */
    int fd;               /* of the plain content: see io/unpack.h */
    container *container; /* or NULL, where there is no context */
    int64_t size;
    size_t head_bytes;
    unsigned char head[INPUT_HEAD_BYTES]; /* the beginning of the file, for detection */
} input;

/* Open a regular file, and unpack it; refuses directories, devices and empty files. `options` and `kept` may be NULL. */
rlra_status rlra_input_open(rlra_context *context, const char *path, const rlra_read_options *options, notes *kept,
                            input *in);

/* Keep a sentence on what was left out or guessed; said twice, it is kept once. */
rlra_status rlra_input_note(const input *in, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for what lists the variables and leaves out some of them: kept with the file, and so reported with each that is read. */
rlra_status rlra_input_left_out(const input *in, const char *format, ...) __attribute__((format(printf, 2, 3)));

void rlra_input_close(input *in);

/* Take note of the size, and of the beginning. */
rlra_status rlra_input_measure(input *in, int64_t size);

/* Whether the name of the file ends so, in letters of either case; what gzip adds to it does not count. */
int rlra_input_ends(const input *in, const char *ending);

/* Read exactly `bytes` at `offset`, or fail with RLRA_ERR_FORMAT because the file ends before. */
rlra_status rlra_input_read(const input *in, int64_t offset, void *buffer, size_t bytes);

/* Count bytes that are about to be unpacked from the file: all that is read of one opened file may be as many as its size can stand
 * for and an allowance; what is more is refused. For what lies in the file once, and is read once, there is no need to count. */
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

/* Read and forget. */
rlra_status rlra_source_skip(byte_source *source, int64_t bytes);

#endif
