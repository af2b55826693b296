/* io/npz.c: the format .npz: a zip archive whose members are .npy files. */
#include <stdio.h>
#include <string.h>
#include <zip.h>

#include "io/cursor.h"
#include "io/format.h"
#include "io/npy_header.h"

/* No deflated byte can stand for more: RFC 1951, a match of 258 bytes in 2 bits. */
#define DEFLATE_MOST 1032
#define NAME_BYTES   256

static int detect(const input *in)
{
    return in->head_bytes >= 4 && (memcmp(in->head, "PK\3\4", 4) == 0 || memcmp(in->head, "PK\5\6", 4) == 0);
}

/* An archive member that is being read. */
typedef struct zip_member {
    byte_source base;
    const input *in;
    zip_t *archive;
    zip_file_t *file;
    int64_t available; /* bytes it can hold at most */
    char name[NAME_BYTES];
} zip_member;

static rlra_status read_member(byte_source *base, void *buffer, size_t bytes)
{
    zip_member *const self = (zip_member *)base;
    size_t done = 0;
    while (done < bytes) {
        const zip_int64_t got = zip_fread(self->file, (char *)buffer + done, bytes - done);
        if (got < 0)
            return rlra_fail(self->in->context, RLRA_ERR_FORMAT, "'%s:%s' is damaged: %s", self->in->path, self->name,
                             zip_file_strerror(self->file));
        if (got == 0)
            return rlra_fail(self->in->context, RLRA_ERR_FORMAT, "'%s:%s' is truncated", self->in->path, self->name);
        done += (size_t)got;
    }
    return RLRA_OK;
}

/* The checksum is compared when the end is seen. */
static rlra_status check_end(zip_member *member)
{
    char beyond;
    if (zip_fread(member->file, &beyond, 1) >= 0)
        return RLRA_OK;
    return rlra_fail(member->in->context, RLRA_ERR_FORMAT, "'%s:%s' is damaged: %s", member->in->path, member->name,
                     zip_file_strerror(member->file));
}

static rlra_status open_archive(const input *in, zip_t **archive)
{
    int code = 0;
    *archive = zip_open(in->path, ZIP_RDONLY, &code);
    if (*archive != NULL)
        return RLRA_OK;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' is no sound zip archive: %s", in->path, zip_error_strerror(&error));
    zip_error_fini(&error);
    return RLRA_ERR_FORMAT;
}

static void close_member(zip_member *member)
{
    if (member->file != NULL)
        zip_fclose(member->file);
    member->file = NULL;
}

/* Name without ".npy"; whether entry `index` is an array at all. */
static int member_name(zip_t *archive, zip_uint64_t index, char *name)
{
    const char *const full = zip_get_name(archive, index, 0);
    const size_t length = full == NULL ? 0 : strlen(full);
    if (length < 5 || length - 4 >= NAME_BYTES || strcmp(full + length - 4, ".npy") != 0)
        return 0;
    memcpy(name, full, length - 4);
    name[length - 4] = '\0';
    return 1;
}

/* Open entry `index` and read its header. */
static rlra_status open_member(const input *in, zip_t *archive, zip_uint64_t index, zip_member *member,
                               npy_header *header)
{
    rlra_status status = RLRA_OK;
    zip_stat_t about;
    char label[600];
    snprintf(label, sizeof label, "'%.300s:%s'", in->path, member->name);
    REQUIRE(zip_stat_index(archive, index, 0, &about) == 0,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "cannot read %s: %s", label, zip_strerror(archive)));
    REQUIRE(about.comp_method == ZIP_CM_STORE || about.comp_method == ZIP_CM_DEFLATE,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "%s is compressed by method %d, expected stored or deflated", label,
                      about.comp_method));
    REQUIRE(about.comp_size <= (zip_uint64_t)in->size,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "%s is longer than the file", label));
    const int64_t most = (int64_t)about.comp_size * (about.comp_method == ZIP_CM_STORE ? 1 : DEFLATE_MOST);
    member->available = about.size < (zip_uint64_t)most ? (int64_t)about.size : most;
    member->base.read = read_member;
    member->in = in;
    member->archive = archive;
    member->file = zip_fopen_index(archive, index, 0);
    REQUIRE(member->file != NULL,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "cannot read %s: %s", label, zip_strerror(archive)));
    TRY(rlra_npy_header_read(in, label, &member->base, member->available, header));
cleanup:
    if (status != RLRA_OK)
        close_member(member);
    return status;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    zip_t *archive = NULL;
    zip_member member = {.file = NULL};
    npy_header header;
    TRY(open_archive(in, &archive));
    const zip_int64_t entries = zip_get_num_entries(archive, 0);
    for (zip_int64_t index = 0; index < entries; index++) {
        if (!member_name(archive, (zip_uint64_t)index, member.name))
            continue;
        TRY(open_member(in, archive, (zip_uint64_t)index, &member, &header));
        close_member(&member);
        rlra_npy_tell(member.name, &header, callback, user);
    }
cleanup:
    if (archive != NULL)
        zip_discard(archive);
    return status;
}

/* Open the archive and the member of this name. */
static rlra_status open_named(const input *in, const char *name, zip_t **archive, zip_member *member,
                              npy_header *header)
{
    rlra_status status = RLRA_OK;
    TRY(open_archive(in, archive));
    const zip_int64_t entries = zip_get_num_entries(*archive, 0);
    for (zip_int64_t index = 0; index < entries; index++)
        if (member_name(*archive, (zip_uint64_t)index, member->name) && strcmp(member->name, name) == 0)
            return open_member(in, *archive, (zip_uint64_t)index, member, header);
    status = rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no member '%s.npy'", in->path, name);
cleanup:
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    zip_t *archive = NULL;
    zip_member member = {.file = NULL};
    npy_header header;
    rlra_dataset *made = NULL;
    TRY(open_named(in, name, &archive, &member, &header));
    TRY(rlra_npy_body_read(in, "npz", name, &header, &member.base, member.available, dtype, &made));
    TRY(check_end(&member));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    close_member(&member);
    if (archive != NULL)
        zip_discard(archive);
    return status;
}

static rlra_status read_text(const input *in, const char *name, char **text)
{
    rlra_status status = RLRA_OK;
    zip_t *archive = NULL;
    zip_member member = {.file = NULL};
    npy_header header;
    TRY(open_named(in, name, &archive, &member, &header));
    TRY(rlra_npy_text_read(in, name, &header, &member.base, member.available, text));
cleanup:
    close_member(&member);
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
    char name[NAME_BYTES + 4];
    snprintf(name, sizeof name, "%.*s.npy", NAME_BYTES - 1, named->name);
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
    .many = 1,
    .detect = detect,
    .list = list,
    .read = read_array,
    .text = read_text,
    .write = write_arrays,
};
