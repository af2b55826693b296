/* io/npz/group.c: find the members of a .npz archive that together are one sparse array. */
#include "io/npz/group.h"

#include <stdio.h>
#include <string.h>

static const char *const part_names[] = {"data", "format",  "shape",  "indices",    "indptr",         "row",
                                         "col",  "offsets", "coords", "fill_value", "compressed_axes"};

#define PARTS ((int)(sizeof part_names / sizeof part_names[0]))

/* Whether parts make a sparse array: arrays with these names are of this format, even if the storage is not supported. */
static int is_sparse(int parts)
{
    const int coordinates = PART_DATA | PART_SHAPE, compressed = PART_DATA | PART_INDICES | PART_INDPTR;
    return (parts & (coordinates | PART_FORMAT)) == (coordinates | PART_FORMAT) ||
           (parts & (coordinates | PART_COORDS)) == (coordinates | PART_COORDS) ||
           (parts & (coordinates | PART_ROW | PART_COL)) == (coordinates | PART_ROW | PART_COL) ||
           (parts & compressed) == compressed;
}

/* The position of the name of part k at the end of a name; NULL if the name does not end with it. */
static const char *find_part(const char *name, int k)
{
    const size_t length = strlen(name), tail = strlen(part_names[k]);
    return length >= tail && strcmp(name + length - tail, part_names[k]) == 0 ? name + length - tail : NULL;
}

int rlra_npz_group_at(const input *in, npz_archive *archive, const char *prefix, size_t length, npz_group *group)
{
    char name[NPZ_NAME_BYTES + 32];
    *group = (npz_group){.in = in, .archive = archive};
    memcpy(group->prefix, prefix, length);
    for (int k = 0; k < PARTS; k++) {
        snprintf(name, sizeof name, "%s%s.npy", group->prefix, part_names[k]);
        group->parts |= rlra_zip_find(&archive->zip, name) != NULL ? 1 << k : 0;
    }
    memcpy(group->name, prefix, length);
    while (length > 0 && strchr("_-./", group->name[length - 1]) != NULL)
        group->name[--length] = '\0';
    return is_sparse(group->parts);
}

static int is_part_of(const npz_group *group, const char *name)
{
    const size_t length = strlen(group->prefix);
    if (strncmp(name, group->prefix, length) != 0)
        return 0;
    for (int k = 0; k < PARTS; k++)
        if (strcmp(name + length, part_names[k]) == 0)
            return 1;
    return length == 0 && strcmp(name, "_is_array") == 0;
}

/* Whether all arrays belong to this group; quick, as it has few parts and the search ends at the first other array. */
static int is_alone(const npz_archive *archive, const npz_group *group)
{
    char name[NPZ_NAME_BYTES];
    for (size_t k = 0; k < archive->zip.count; k++)
        if (rlra_npz_name(archive, k, name) && !is_part_of(group, name))
            return 0;
    return 1;
}

int rlra_npz_group_begins(const input *in, npz_archive *archive, size_t index, npz_group *group)
{
    char name[NPZ_NAME_BYTES];
    if (!rlra_npz_name(archive, index, name))
        return 0;
    const char *const part = find_part(name, 0);
    if (part == NULL || !rlra_npz_group_at(in, archive, name, (size_t)(part - name), group))
        return 0;
    if (group->name[0] == '\0' && !is_alone(archive, group))
        snprintf(group->name, sizeof group->name, "sparse");
    return 1;
}

rlra_status rlra_npz_group_find(const input *in, npz_archive *archive, const char *name, npz_group *group, int *found)
{
    rlra_status status = RLRA_OK;
    for (size_t index = 0; !archive->grouped && index < archive->zip.count; index++)
        if (rlra_npz_group_begins(in, archive, index, group))
            TRY(rlra_places_add(in, &archive->groups, group->name, (place){(int64_t)index, 0}));
    archive->grouped = 1;
    const place *const where = rlra_places_find(&archive->groups, name);
    *found = where != NULL && rlra_npz_group_begins(in, archive, (size_t)where->at, group);
cleanup:
    if (status != RLRA_OK)
        rlra_places_clear(&archive->groups);
    return status;
}

int rlra_npz_is_part(const input *in, npz_archive *archive, const char *name)
{
    npz_group group;
    if (strcmp(name, "_is_array") == 0)
        return rlra_npz_group_at(in, archive, "", 0, &group);
    for (int k = 0; k < PARTS; k++) {
        const char *const part = find_part(name, k);
        if (part != NULL && rlra_npz_group_at(in, archive, name, (size_t)(part - name), &group))
            return 1;
    }
    return 0;
}

rlra_status rlra_npz_group_open(const npz_group *group, const char *part, npz_member *member, npy_header *header)
{
    char name[NPZ_NAME_BYTES + 32];
    snprintf(name, sizeof name, "%s%s", group->prefix, part);
    return rlra_npz_open_named(group->in, group->archive, name, member, header);
}
