/* io/npz.c: the format .npz: a zip archive whose members are .npy files. */
#include <stdio.h>
#include <string.h>

#include "io/cursor.h"
#include "io/format.h"
#include "io/npz.h"
#include "io/npz_group.h"

rlra_status rlra_npz_tell(const input *in, zip_t *archive, int parts, rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.file = NULL};
    npy_header header;
    const zip_int64_t entries = zip_get_num_entries(archive, 0);
    for (zip_int64_t index = 0; index < entries; index++) {
        if (!rlra_npz_name(archive, (zip_uint64_t)index, member.name) ||
            (!parts && rlra_npz_is_part(in, archive, member.name)))
            continue;
        TRY(rlra_npz_open_member(in, archive, (zip_uint64_t)index, &member, &header));
        rlra_npz_close(&member);
        rlra_npy_tell(member.name, &header, callback, user);
    }
cleanup:
    return status;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    zip_t *archive = NULL;
    rlra_status status = rlra_npz_open(in, &archive);
    if (status != RLRA_OK)
        return status;
    status = rlra_npz_tell(in, archive, 1, callback, user);
    zip_discard(archive);
    return status;
}

rlra_status rlra_npz_read(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    zip_t *archive = NULL;
    npz_member member = {.file = NULL};
    npy_header header;
    rlra_dataset *made = NULL;
    TRY(rlra_npz_open(in, &archive));
    TRY(rlra_npz_open_named(in, archive, name, &member, &header));
    TRY(rlra_npy_body_read(in, "npz", name, &header, &member.base, member.available, dtype, &made));
    TRY(rlra_npz_check_end(&member));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    rlra_npz_close(&member);
    if (archive != NULL)
        zip_discard(archive);
    return status;
}

rlra_status rlra_npz_text(const input *in, const char *name, char **text)
{
    rlra_status status = RLRA_OK;
    zip_t *archive = NULL;
    npz_member member = {.file = NULL};
    npy_header header;
    TRY(rlra_npz_open(in, &archive));
    TRY(rlra_npz_open_named(in, archive, name, &member, &header));
    TRY(rlra_npy_text_read(in, name, &header, &member.base, member.available, text));
cleanup:
    rlra_npz_close(&member);
    if (archive != NULL)
        zip_discard(archive);
    return status;
}

/* An array on its way into an archive: header, then entries. */
typedef struct array_source {
    const rlra_array *array;
    cursor left;
    char header[NPY_HEADER_ROOM];
    size_t header_bytes, header_done;
    zip_error_t error;
    double buffer[1024]; /* the archive's own buffer may not be aligned */
} array_source;

static zip_int64_t source_take(array_source *self, char *to, size_t room)
{
    const size_t bytes = (size_t)rlra_dtype_bytes(self->array->dtype);
    const size_t header_left = self->header_bytes - self->header_done;
    if (header_left > 0) {
        const size_t part = header_left < room ? header_left : room;
        memcpy(to, self->header + self->header_done, part);
        self->header_done += part;
        return (zip_int64_t)part;
    }
    const size_t most = room < sizeof self->buffer ? room : sizeof self->buffer;
    const size_t entries = rlra_cursor_take(&self->left, most / bytes, self->buffer);
    if (!rlra_machine_is_little())
        rlra_bytes_swap((int)bytes, entries, self->buffer);
    memcpy(to, self->buffer, entries * bytes);
    return (zip_int64_t)(entries * bytes);
}

static zip_int64_t source_callback(void *user, void *data, zip_uint64_t length, zip_source_cmd_t command)
{
    array_source *const self = user;
    switch (command) {
    case ZIP_SOURCE_SUPPORTS:
        return ZIP_SOURCE_SUPPORTS_READABLE;
    case ZIP_SOURCE_OPEN:
        self->left = rlra_cursor(self->array);
        self->header_done = 0;
        return 0;
    case ZIP_SOURCE_READ:
        return source_take(self, data, length);
    case ZIP_SOURCE_STAT: {
        zip_stat_t *const about = data;
        zip_stat_init(about);
        about->size =
            self->header_bytes + (zip_uint64_t)(rlra_array_count(self->array) * rlra_dtype_bytes(self->array->dtype));
        about->valid = ZIP_STAT_SIZE;
        return sizeof *about;
    }
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&self->error, data, length);
    default:
        return 0;
    }
}

static rlra_status add_array(output *out, zip_t *archive, const rlra_named_array *named, array_source *source)
{
    char name[NPZ_NAME_BYTES + 4];
    snprintf(name, sizeof name, "%.*s.npy", NPZ_NAME_BYTES - 1, named->name);
    source->array = named->array;
    source->header_bytes = rlra_npy_header_compose(named->array, source->header);
    zip_error_init(&source->error);
    zip_source_t *const from = zip_source_function(archive, source_callback, source);
    if (from == NULL)
        return rlra_fail(out->context, RLRA_ERR_MEMORY, "cannot write '%s': %s", out->path, zip_strerror(archive));
    const zip_int64_t index = zip_file_add(archive, name, from, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(from);
        return rlra_fail(out->context, RLRA_ERR_ARGUMENT, "cannot write '%s': array '%s': %s", out->path, named->name,
                         zip_strerror(archive));
    }
    zip_set_file_compression(archive, (zip_uint64_t)index, ZIP_CM_STORE, 0);
    /* The time of every member is the first that zip can hold: same arrays, same bytes. */
    zip_file_set_dostime(archive, (zip_uint64_t)index, 0, 0x21, 0);
    return RLRA_OK;
}

static rlra_status write_arrays(output *out, int count, const rlra_named_array *arrays)
{
    rlra_status status = RLRA_OK;
    int code = 0;
    array_source *const sources = rlra_alloc_zero(out->context, (size_t)count, sizeof *sources);
    zip_t *archive = NULL;
    REQUIRE(sources != NULL, rlra_fail_memory(out->context, (size_t)count, sizeof *sources, "buffers for writing"));
    archive = zip_open(out->temporary, ZIP_CREATE | ZIP_TRUNCATE, &code);
    REQUIRE(archive != NULL, rlra_fail(out->context, RLRA_ERR_FILE, "cannot write '%s' as a zip archive", out->path));
    for (int k = 0; k < count; k++)
        TRY(add_array(out, archive, &arrays[k], &sources[k]));
    REQUIRE(zip_close(archive) == 0,
            rlra_fail(out->context, RLRA_ERR_FILE, "cannot write '%s': %s", out->path, zip_strerror(archive)));
    archive = NULL;
cleanup:
    if (archive != NULL)
        zip_discard(archive);
    rlra_free(out->context, sources);
    return status;
}

const format_ops rlra_format_npz = {
    .about = {"npz", "named arrays of NumPy in a zip archive, stored or deflated", "read write several",
              "numpy.savez; APPNOTE.TXT of PKWARE"},
    .endings = ".npz",
    .claims = ".npz",
    .many = 1,
    .detect = rlra_npz_detect,
    .list = list,
    .read = rlra_npz_read,
    .text = rlra_npz_text,
    .write = write_arrays,
};
