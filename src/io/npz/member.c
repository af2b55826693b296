/* io/npz/member.c: open the members of a .npz archive and read from them. */
#include "io/npz/member.h"

#include <stdio.h>
#include <string.h>

#define ENDING ".npy"

int rlra_npz_detect(const input *in)
{
    npz_archive *archive;
    char name[NPZ_NAME_BYTES];
    if (!rlra_zip_is_archive(in))
        return 0;
    if (rlra_npz_open(in, &archive) != RLRA_OK)
        return 1;
    int found = archive->zip.count == 0;
    for (size_t index = 0; index < archive->zip.count && !found; index++)
        found = rlra_npz_name(archive, index, name);
    return found;
}

static void close_archive(rlra_context *context, void *state)
{
    npz_archive *const archive = state;
    rlra_places_clear(&archive->groups);
    rlra_zip_close(context, &archive->zip);
    rlra_free(context, archive);
}

/* Report members that are left out because their names are too long for an array. */
static rlra_status report_names(const input *in, const npz_archive *archive)
{
    rlra_status status = RLRA_OK;
    const size_t ending = strlen(ENDING);
    for (size_t index = 0; index < archive->zip.count; index++) {
        const char *const name = archive->zip.members[index].name;
        const size_t length = strlen(name);
        if (length >= NPZ_NAME_BYTES + ending && strcmp(name + length - ending, ENDING) == 0)
            TRY(rlra_input_left_out(in,
                                    "the array '%.40s..' is left out: its name has %zu bytes, expected fewer than %d",
                                    name, length - ending, NPZ_NAME_BYTES));
    }
cleanup:
    return status;
}

rlra_status rlra_npz_open(const input *in, npz_archive **archive)
{
    rlra_status status = RLRA_OK;
    container *const kept = in->container;
    npz_archive *made = NULL;
    *archive = kept->state;
    if (*archive != NULL || kept->broken != RLRA_OK)
        return kept->broken;
    made = rlra_alloc_zero(kept->context, 1, sizeof *made);
    REQUIRE(made != NULL, rlra_fail_memory(in->context, 1, sizeof *made, "a zip archive"));
    made->groups = (places){.context = kept->context};
    TRY(rlra_zip_open(in, &made->zip));
    TRY(report_names(in, made));
    *archive = kept->state = made;
    kept->close = close_archive;
    made = NULL;
cleanup:
    if (made != NULL)
        close_archive(kept->context, made);
    kept->broken = status;
    return status;
}

void rlra_npz_close(npz_member *member)
{
    rlra_zip_end_reading(&member->bytes);
}

int rlra_npz_name(const npz_archive *archive, size_t index, char *name)
{
    const char *const full = archive->zip.members[index].name;
    const size_t length = strlen(full), ending = strlen(ENDING);
    if (length <= ending || length - ending >= NPZ_NAME_BYTES || strcmp(full + length - ending, ENDING) != 0)
        return 0;
    memcpy(name, full, length - ending);
    name[length - ending] = '\0';
    return 1;
}

rlra_status rlra_npz_open_member(const input *in, const zip_member *from, npz_member *member, npy_header *header)
{
    rlra_status status = RLRA_OK;
    char label[600];
    snprintf(label, sizeof label, "'%.300s:%s'", in->path, member->name);
    TRY(rlra_zip_begin_reading(in, from, &member->bytes));
    member->available = (int64_t)from->size;
    TRY(rlra_npy_header_read(in, label, &member->bytes.base, member->available, header));
cleanup:
    if (status != RLRA_OK)
        rlra_npz_close(member);
    return status;
}

rlra_status rlra_npz_open_named(const input *in, const npz_archive *archive, const char *name, npz_member *member,
                                npy_header *header)
{
    char full[NPZ_NAME_BYTES + 32];
    snprintf(full, sizeof full, "%.*s" ENDING, NPZ_NAME_BYTES + 16, name);
    const zip_member *const from = rlra_zip_find(&archive->zip, full);
    if (from == NULL || strlen(name) >= NPZ_NAME_BYTES)
        return rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no member '%s" ENDING "'", in->path, name);
    snprintf(member->name, sizeof member->name, "%s", name);
    return rlra_npz_open_member(in, from, member, header);
}
