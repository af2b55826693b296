/* io/input.c: open files for reading and read from them at any position. */
#include "io/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/unpack.h"

static rlra_status check_options(rlra_context *context, const rlra_read_options *options)
{
    const int dtype = (int)options->dtype, first = (int)options->first_column;
    if (dtype < RLRA_READ_AUTO || dtype > RLRA_READ_F64)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "reading: unknown dtype, number %d", dtype);
    if (first < RLRA_FIRST_AUTO || first > RLRA_FIRST_AXIS)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "reading: a first column of unknown kind, number %d", first);
    return RLRA_OK;
}

rlra_status rlra_input_open(rlra_context *context, const char *path, const rlra_read_options *options, notes *kept,
                            input *in)
{
    static const rlra_read_options standard = {0};
    rlra_status status = RLRA_OK;
    struct stat about;
    *in = (input){.context = context, .path = path, .options = options == NULL ? &standard : options, .notes = kept};
    in->fd = -1;
    TRY(check_options(context, in->options));
    /* Non-blocking, as a FIFO would otherwise wait for its other end. */
    in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    REQUIRE(in->fd >= 0, rlra_fail(context, RLRA_ERR_FILE, "cannot open '%s': %s", path, strerror(errno)));
    REQUIRE(fstat(in->fd, &about) == 0,
            rlra_fail(context, RLRA_ERR_FILE, "cannot read '%s': %s", path, strerror(errno)));
    REQUIRE(!S_ISDIR(about.st_mode), rlra_fail(context, RLRA_ERR_FILE, "'%s' is a directory, expected a file", path));
    REQUIRE(S_ISREG(about.st_mode), rlra_fail(context, RLRA_ERR_FILE, "'%s' is not a regular file", path));
    REQUIRE(about.st_size > 0, rlra_fail(context, RLRA_ERR_FORMAT, "'%s' is empty", path));
    TRY(rlra_input_measure(in, about.st_size));
    TRY(rlra_unpack(in));
    if (context != NULL) {
        in->container = rlra_alloc_zero(context, 1, sizeof *in->container);
        REQUIRE(in->container != NULL, rlra_fail_memory(context, 1, sizeof *in->container, path));
        *in->container = (container){.context = context, .notes = kept};
    }
cleanup:
    if (status != RLRA_OK)
        rlra_input_close(in);
    return status;
}

rlra_status rlra_input_measure(input *in, int64_t size)
{
    in->size = size;
    in->head_bytes = in->size < INPUT_HEAD_BYTES ? (size_t)in->size : INPUT_HEAD_BYTES;
    return rlra_input_read(in, 0, in->head, in->head_bytes);
}

static int ends(const char *path, size_t length, const char *ending)
{
    const size_t tail = strlen(ending);
    return length > tail && strncasecmp(path + length - tail, ending, tail) == 0;
}

int rlra_input_ends(const input *in, const char *ending)
{
    size_t length = strlen(in->path);
    if (ends(in->path, length, ".gz"))
        length -= 3;
    return ends(in->path, length, ending);
}

rlra_status rlra_input_note(const input *in, const char *format, ...)
{
    if (in->notes == NULL)
        return RLRA_OK;
    va_list arguments;
    va_start(arguments, format);
    rlra_context *const owner = in->container == NULL ? in->context : in->container->context;
    const rlra_status status = rlra_notes_add(owner, in->notes, format, arguments);
    va_end(arguments);
    return status;
}

rlra_status rlra_input_left_out(const input *in, const char *format, ...)
{
    if (in->container == NULL || in->container->notes == NULL)
        return RLRA_OK;
    va_list arguments;
    va_start(arguments, format);
    const rlra_status status = rlra_notes_add(in->container->context, in->container->notes, format, arguments);
    va_end(arguments);
    return status;
}

void rlra_input_close(input *in)
{
    container *const kept = in->container;
    if (kept != NULL) {
        if (kept->state != NULL)
            kept->close(kept->context, kept->state);
        rlra_free(kept->context, kept);
    }
    in->container = NULL;
    if (in->fd >= 0)
        close(in->fd);
    in->fd = -1;
}

rlra_status rlra_input_read(const input *in, int64_t offset, void *buffer, size_t bytes)
{
    size_t done = 0;
    if (offset < 0 || offset > in->size || bytes > (uint64_t)(in->size - offset))
        return rlra_fail(in->context, RLRA_ERR_FORMAT,
                         "'%s' is truncated: %zu bytes expected at byte %lld, it has %lld", in->path, bytes,
                         (long long)offset, (long long)in->size);
    while (done < bytes) {
        const ssize_t got = pread(in->fd, (char *)buffer + done, bytes - done, (off_t)(offset + (int64_t)done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return rlra_fail(in->context, RLRA_ERR_FILE, "cannot read '%s': %s", in->path, strerror(errno));
        if (got == 0)
            return rlra_fail(in->context, RLRA_ERR_FILE, "'%s' became shorter while it was read", in->path);
        done += (size_t)got;
    }
    return RLRA_OK;
}

/* Allowance for headers and small parts that are read more than once. */
#define ALLOWANCE ((int64_t)1 << 28)

rlra_status rlra_input_count_unpacked(const input *in, int64_t bytes)
{
    const int64_t size = in->size < (INT64_MAX - ALLOWANCE) / DEFLATE_MOST ? in->size * DEFLATE_MOST : INT64_MAX / 2;
    const int64_t most = size + ALLOWANCE;
    if (in->container == NULL)
        return RLRA_OK;
    if (bytes <= most - in->container->unpacked) {
        in->container->unpacked += bytes;
        return RLRA_OK;
    }
    return rlra_fail(in->context, RLRA_ERR_FORMAT,
                     "'%s' unpacks to more than its %lld bytes can stand for (%.3g GB): the same bytes are packed in "
                     "it many times over; read its variables one by one, as FILE:NAME",
                     in->path, (long long)in->size, (double)most / 1e9);
}

rlra_status rlra_input_read_text(const input *in, int64_t most, char **text)
{
    *text = NULL;
    if (in->size > most)
        return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' has %lld bytes, expected at most %lld of text", in->path,
                         (long long)in->size, (long long)most);
    char *const made = rlra_alloc(in->context, (size_t)in->size + 1, 1);
    if (made == NULL)
        return rlra_fail_memory(in->context, (size_t)in->size + 1, 1, in->path);
    const rlra_status status = rlra_input_read(in, 0, made, (size_t)in->size);
    if (status != RLRA_OK) {
        rlra_free(in->context, made);
        return status;
    }
    made[in->size] = '\0';
    *text = made;
    return RLRA_OK;
}

static rlra_status read_file(byte_source *base, void *buffer, size_t bytes)
{
    file_source *const self = (file_source *)base;
    const rlra_status status = rlra_input_read(self->in, self->at, buffer, bytes);
    if (status == RLRA_OK)
        self->at += (int64_t)bytes;
    return status;
}

file_source rlra_file_source(const input *in, int64_t at)
{
    return (file_source){{read_file}, in, at};
}

rlra_status rlra_source_skip(byte_source *source, int64_t bytes)
{
    char sink[4096];
    rlra_status status = RLRA_OK;
    while (bytes > 0 && status == RLRA_OK) {
        const size_t step = bytes < (int64_t)sizeof sink ? (size_t)bytes : sizeof sink;
        status = source->read(source, sink, step);
        bytes -= (int64_t)step;
    }
    return status;
}
