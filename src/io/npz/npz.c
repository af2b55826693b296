/* io/npz/npz.c: the format .npz: a zip archive whose members are .npy files. */
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "io/cursor.h"
#include "io/format.h"
#include "io/npz/group.h"
#include "io/npz/npz.h"
#include "io/zip/write.h"

rlra_status rlra_npz_report(const input *in, npz_archive *archive, int parts, rlra_variable_callback callback,
                            void *user)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.available = 0};
    npy_header header;
    for (size_t index = 0; index < archive->zip.count; index++) {
        if (!rlra_npz_name(archive, index, member.name) || (!parts && rlra_npz_is_part(in, archive, member.name)))
            continue;
        TRY(rlra_npz_open_member(in, &archive->zip.members[index], &member, &header));
        rlra_npz_close(&member);
        rlra_npy_report(member.name, &header, callback, user);
    }
cleanup:
    return status;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    npz_archive *archive;
    const rlra_status status = rlra_npz_open(in, &archive);
    return status == RLRA_OK ? rlra_npz_report(in, archive, 1, callback, user) : status;
}

rlra_status rlra_npz_read(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    npz_archive *archive;
    npz_member member = {.available = 0};
    npy_header header;
    rlra_dataset *made = NULL;
    TRY(rlra_npz_open(in, &archive));
    TRY(rlra_npz_open_named(in, archive, name, &member, &header));
    TRY(rlra_npy_body_read(in, "npz", name, &header, &member.bytes.base, member.available, dtype, &made));
    TRY(rlra_zip_finish(&member.bytes));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    rlra_npz_close(&member);
    return status;
}

rlra_status rlra_npz_text(const input *in, const char *name, char **text)
{
    rlra_status status = RLRA_OK;
    npz_archive *archive;
    npz_member member = {.available = 0};
    npy_header header;
    char *made = NULL;
    TRY(rlra_npz_open(in, &archive));
    TRY(rlra_npz_open_named(in, archive, name, &member, &header));
    TRY(rlra_npy_text_read(in, name, &header, &member.bytes.base, member.available, &made));
    TRY(rlra_zip_finish(&member.bytes));
    *text = made;
    made = NULL;
cleanup:
    rlra_free(in->context, made);
    rlra_npz_close(&member);
    return status;
}

/* Set the name of a member, and the checksum of its bytes to come. */
static rlra_status announce(output *out, const rlra_named_array *named, char *name, zip_entry *entry)
{
    char header[NPY_HEADER_ROOM];
    double buffer[2048];
    const size_t bytes = (size_t)rlra_dtype_bytes(named->array->dtype);
    const size_t header_bytes = rlra_npy_header_compose(named->array, header);
    const size_t length = strlen(named->name);
    if (length >= NPZ_NAME_BYTES)
        return rlra_fail(out->context, RLRA_ERR_ARGUMENT,
                         "cannot write '%s': the name of an array has %zu bytes, "
                         "expected fewer than %d",
                         out->path, length, NPZ_NAME_BYTES);
    snprintf(name, NPZ_NAME_BYTES + 4, "%s.npy", named->name);
    *entry = (zip_entry){.name = name, .size = header_bytes + (uint64_t)rlra_array_count(named->array) * bytes};
    uLong crc = crc32(0, (const Bytef *)header, (uInt)header_bytes);
    cursor left = rlra_cursor(named->array);
    while (left.left > 0) {
        const size_t entries = rlra_cursor_take(&left, sizeof buffer / bytes, buffer);
        if (!rlra_machine_is_little())
            rlra_bytes_swap((int)bytes, entries, buffer);
        crc = crc32(crc, (const Bytef *)buffer, (uInt)(entries * bytes));
    }
    entry->crc = (uint32_t)crc;
    return RLRA_OK;
}

static rlra_status write_member(output *out, const rlra_array *array, zip_entry *entry)
{
    char header[NPY_HEADER_ROOM];
    rlra_status status = RLRA_OK;
    TRY(rlra_zip_begin_member(out, entry));
    TRY(rlra_output_write(out, header, rlra_npy_header_compose(array, header)));
    TRY(rlra_cursor_write(out, array));
cleanup:
    return status;
}

static rlra_status write_arrays(output *out, int count, const rlra_named_array *arrays)
{
    rlra_status status = RLRA_OK;
    zip_entry *const entries = rlra_alloc_zero(out->context, (size_t)count, sizeof *entries);
    char(*const names)[NPZ_NAME_BYTES + 4] = rlra_alloc(out->context, (size_t)count, sizeof *names);
    REQUIRE(entries != NULL && names != NULL,
            rlra_fail_memory(out->context, (size_t)count, sizeof *names, "the names of arrays"));
    for (int k = 0; k < count; k++) {
        TRY(announce(out, &arrays[k], names[k], &entries[k]));
        TRY(write_member(out, arrays[k].array, &entries[k]));
    }
    TRY(rlra_zip_end(out, (size_t)count, entries));
cleanup:
    rlra_free(out->context, entries);
    rlra_free(out->context, names);
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
