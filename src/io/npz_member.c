/* io/npz_member.c: open the members of a .npz archive and read from them. */
#include "io/npz_member.h"

#include <stdio.h>
#include <string.h>

int rlra_npz_is_zip(const input *in)
{
    return in->head_bytes >= 4 && (memcmp(in->head, "PK\3\4", 4) == 0 || memcmp(in->head, "PK\5\6", 4) == 0);
}

int rlra_npz_detect(const input *in)
{
    input quiet = *in;
    zip_t *archive = NULL;
    char name[NPZ_NAME_BYTES];
    quiet.context = NULL; /* that it cannot be opened is told by the reader */
    if (!rlra_npz_is_zip(in))
        return 0;
    if (rlra_npz_open(&quiet, &archive) != RLRA_OK)
        return 1;
    const zip_int64_t entries = zip_get_num_entries(archive, 0);
    int found = entries == 0;
    for (zip_int64_t index = 0; index < entries && !found; index++)
        found = rlra_npz_name(archive, (zip_uint64_t)index, name);
    zip_discard(archive);
    return found;
}

static rlra_status read_member(byte_source *base, void *buffer, size_t bytes)
{
    npz_member *const self = (npz_member *)base;
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

rlra_status rlra_npz_check_end(npz_member *member)
{
    char beyond;
    if (zip_fread(member->file, &beyond, 1) >= 0)
        return RLRA_OK;
    return rlra_fail(member->in->context, RLRA_ERR_FORMAT, "'%s:%s' is damaged: %s", member->in->path, member->name,
                     zip_file_strerror(member->file));
}

rlra_status rlra_npz_open(const input *in, zip_t **archive)
{
    int code = 0;
    *archive = zip_open(rlra_input_content(in), ZIP_RDONLY, &code);
    if (*archive != NULL)
        return RLRA_OK;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' is no sound zip archive: %s", in->path, zip_error_strerror(&error));
    zip_error_fini(&error);
    return RLRA_ERR_FORMAT;
}

void rlra_npz_close(npz_member *member)
{
    if (member->file != NULL)
        zip_fclose(member->file);
    member->file = NULL;
}

int rlra_npz_name(zip_t *archive, zip_uint64_t index, char *name)
{
    const char *const full = zip_get_name(archive, index, 0);
    const size_t length = full == NULL ? 0 : strlen(full);
    if (length < 5 || length - 4 >= NPZ_NAME_BYTES || strcmp(full + length - 4, ".npy") != 0)
        return 0;
    memcpy(name, full, length - 4);
    name[length - 4] = '\0';
    return 1;
}

rlra_status rlra_npz_open_member(const input *in, zip_t *archive, zip_uint64_t index, npz_member *member,
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
        rlra_npz_close(member);
    return status;
}

rlra_status rlra_npz_open_named(const input *in, zip_t *archive, const char *name, npz_member *member,
                                npy_header *header)
{
    const zip_int64_t entries = zip_get_num_entries(archive, 0);
    for (zip_int64_t index = 0; index < entries; index++)
        if (rlra_npz_name(archive, (zip_uint64_t)index, member->name) && strcmp(member->name, name) == 0)
            return rlra_npz_open_member(in, archive, (zip_uint64_t)index, member, header);
    return rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no member '%s.npy'", in->path, name);
}
