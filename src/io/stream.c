/* io/stream.c: read an array piece by piece from the file in which its entries are contiguous. */
#include "io/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/file.h"

/* Stored numbers that are read and converted together. */
#define BLOCK_BYTES 65536

struct rlra_stream {
    entry_source base;
    rlra_context *context;
    input in;
    located where;
    struct timespec changed; /* modification time of the file when it was opened */
    rlra_array array;
    char *name;
    const char *format; /* static */
    notes notes;
    void *block; /* NULL: entries are stored in the type that is read */
};

/* Convert the entries in the block, of which the first is number `first` of the file. */
static void convert(const rlra_stream *self, int64_t first, int64_t entries, void *to)
{
    const calibration *const how = self->where.calibration;
    int64_t missing = 0;
    if (how == NULL)
        rlra_scalar_convert(self->where.type, (size_t)entries, self->block, self->array.dtype, to);
    else
        rlra_calibration_convert(how, self->where.type, first, (size_t)entries, self->block, self->array.dtype, to,
                                 &missing);
}

static rlra_status read_entries(entry_source *base, int quiet, int64_t first, int64_t count, void *to)
{
    rlra_stream *const self = (rlra_stream *)base;
    const scalar type = self->where.type;
    const int64_t bytes = rlra_dtype_bytes(self->array.dtype), step = BLOCK_BYTES / type.bytes;
    rlra_status status = RLRA_OK;
    input in = self->in;
    in.context = quiet ? NULL : self->context;
    const int64_t at = self->where.offset + first * type.bytes;
    if (self->block == NULL)
        return rlra_input_read(&in, at, to, (size_t)(count * bytes));
    for (int64_t begin = 0; begin < count; begin += step) {
        const int64_t entries = count - begin < step ? count - begin : step;
        TRY(rlra_input_read(&in, at + begin * type.bytes, self->block, (size_t)(entries * type.bytes)));
        convert(self, first + begin, entries, (char *)to + begin * bytes);
    }
cleanup:
    return status;
}

static rlra_status check_file(entry_source *base)
{
    const rlra_stream *const self = (const rlra_stream *)base;
    struct stat now;
    if (fstat(self->in.fd, &now) != 0)
        return rlra_fail(self->context, RLRA_ERR_FILE, "cannot read '%s': %s", self->where.path, strerror(errno));
    if (now.st_size != self->in.size)
        return rlra_fail(self->context, RLRA_ERR_FILE,
                         "'%s' was changed while it was in use: it had %lld bytes, now %lld", self->where.path,
                         (long long)self->in.size, (long long)now.st_size);
    if (now.st_mtim.tv_sec != self->changed.tv_sec || now.st_mtim.tv_nsec != self->changed.tv_nsec)
        return rlra_fail(self->context, RLRA_ERR_FILE, "'%s' was written to while it was in use", self->where.path);
    return RLRA_OK;
}

/* Find the file, the variable and the position of its entries. */
static rlra_status locate(rlra_stream *made, const char *spec, const rlra_read_options *options)
{
    rlra_context *const context = made->context;
    located *const where = &made->where;
    rlra_status status = RLRA_OK;
    rlra_file *file = NULL;
    const entry *chosen;
    const char *name;
    TRY(rlra_file_open_spec(context, spec, options, &file, &name));
    TRY(rlra_variable_choose(&file->in, &file->all, name, 1, &chosen));
    REQUIRE(
        file->format->locate != NULL,
        rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                  "'%s' cannot be read piece by piece, as it is a %s file: write the array to a .npy file, ENVI, or "
                  "HDF5 without chunks",
                  file->path, file->format->about.name));
    snprintf(where->path, sizeof where->path, "%s", file->path);
    TRY(rlra_notes_copy(context, &file->opening, &file->reading));
    TRY(file->format->locate(&file->in, chosen->name, where));
    rlra_notes_move(&file->reading, &made->notes);
    made->format = file->format->about.name;
    made->name = rlra_text_copy(context, chosen->name, strlen(chosen->name));
    REQUIRE(made->name != NULL, rlra_fail_memory(context, strlen(chosen->name) + 1, 1, "the name of an array"));
cleanup:
    rlra_file_close(file);
    return status;
}

static rlra_status open_file(rlra_stream *made, const rlra_read_options *options)
{
    rlra_status status = RLRA_OK;
    struct stat about;
    int64_t stride = 1;
    const shape *const s = &made->where.shape;
    TRY(rlra_input_open(made->context, made->where.path, options, NULL, &made->in));
    REQUIRE(fstat(made->in.fd, &about) == 0,
            rlra_fail(made->context, RLRA_ERR_FILE, "cannot read '%s': %s", made->where.path, strerror(errno)));
    made->changed = about.st_mtim;
    made->array =
        (rlra_array){.dtype = rlra_scalar_target(made->where.type, made->in.options->dtype), .order = s->order};
    for (int k = s->order - 1; k >= 0; k--) {
        made->array.dims[s->memory[k]] = s->dims[s->memory[k]];
        made->array.strides[s->memory[k]] = stride;
        stride *= s->dims[s->memory[k]];
    }
    REQUIRE(made->where.offset + stride * made->where.type.bytes <= made->in.size,
            rlra_fail(made->context, RLRA_ERR_FILE, "'%s' became shorter while it was opened", made->where.path));
    const scalar type = made->where.type;
    if (type.kind == SCALAR_FLOAT && type.bytes == rlra_dtype_bytes(made->array.dtype) && !type.swap &&
        made->where.calibration == NULL)
        goto cleanup;
    made->block = rlra_alloc(made->context, BLOCK_BYTES, 1);
    REQUIRE(made->block != NULL, rlra_fail_memory(made->context, BLOCK_BYTES, 1, "a buffer for reading"));
cleanup:
    return status;
}

rlra_status rlra_stream_open(rlra_context *context, const char *spec, const rlra_read_options *options,
                             rlra_stream **stream)
{
    rlra_status status = RLRA_OK;
    if (stream == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "opening an array needs a place for the stream");
    *stream = NULL;
    if (context == NULL || spec == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "opening an array needs a context and the name of a file");
    rlra_stream *made = rlra_alloc_zero(context, 1, sizeof *made);
    REQUIRE(made != NULL, rlra_fail_memory(context, 1, sizeof *made, "an open array"));
    made->base = (entry_source){read_entries, check_file};
    made->context = context;
    made->in.fd = -1;
    TRY(locate(made, spec, options));
    TRY(open_file(made, options));
    made->in.options = NULL; /* borrowed until here */
    *stream = made;
    made = NULL;
cleanup:
    rlra_stream_close(made);
    return status;
}

void rlra_stream_close(rlra_stream *stream)
{
    if (stream == NULL)
        return;
    rlra_input_close(&stream->in);
    rlra_notes_clear(stream->context, &stream->notes);
    rlra_free(stream->context, stream->where.calibration);
    rlra_free(stream->context, stream->name);
    rlra_free(stream->context, stream->block);
    rlra_free(stream->context, stream);
}

const rlra_array *rlra_stream_array(const rlra_stream *stream)
{
    if (stream == NULL)
        return NULL;
    return &stream->array;
}

const char *rlra_stream_name(const rlra_stream *stream)
{
    if (stream == NULL)
        return NULL;
    return stream->name;
}

const char *rlra_stream_note(const rlra_stream *stream, int index)
{
    if (stream == NULL)
        return NULL;
    return rlra_notes_at(&stream->notes, index);
}

const char *rlra_stream_format(const rlra_stream *stream)
{
    if (stream == NULL)
        return NULL;
    return stream->format;
}

const char *rlra_stream_stored_dtype(const rlra_stream *stream)
{
    if (stream == NULL)
        return NULL;
    return rlra_scalar_name(stream->where.type);
}

entry_source *rlra_stream_source(rlra_stream *stream)
{
    return &stream->base;
}
