/* io/npz/group.h: members of a .npz archive that together are one sparse array: PREFIXdata, PREFIXindices, .. */
#ifndef RLRA_IO_NPZ_GROUP_H
#define RLRA_IO_NPZ_GROUP_H

#include "io/npz/member.h"

/* The members that make a sparse array, as bits. */
enum {
    PART_DATA = 1,
    PART_FORMAT = 2,
    PART_SHAPE = 4,
    PART_INDICES = 8,
    PART_INDPTR = 16,
    PART_ROW = 32,
    PART_COL = 64,
    PART_OFFSETS = 128,
    PART_COORDS = 256,
    PART_FILL = 512,
    PART_AXES = 1024
};

typedef struct npz_group {
    const input *in;
    npz_archive *archive;
    int parts;                   /* parts that exist */
    char prefix[NPZ_NAME_BYTES]; /* prefix of their names */
    char name[NPZ_NAME_BYTES];   /* name of the whole: the prefix without its separator */
} npz_group;

/* The group with this prefix; 0 if the members with it are no sparse array. */
int rlra_npz_group_at(const input *in, npz_archive *archive, const char *prefix, size_t length, npz_group *group);

/* The group whose data are member `index` of the archive. A group without a name gets one unless it is alone. */
int rlra_npz_group_begins(const input *in, npz_archive *archive, size_t index, npz_group *group);

/* The group with this name; *found = 0 if there is none. */
rlra_status rlra_npz_group_find(const input *in, npz_archive *archive, const char *name, npz_group *group, int *found);

/* Whether a member is part of a group. */
int rlra_npz_is_part(const input *in, npz_archive *archive, const char *name);

/* Open one part; its name is kept in the member. */
rlra_status rlra_npz_group_open(const npz_group *group, const char *part, npz_member *member, npy_header *header);

#endif
