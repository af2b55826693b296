/* io/npz/member.h: the members of a .npz archive, each a .npy file. */
#ifndef RLRA_IO_NPZ_MEMBER_H
#define RLRA_IO_NPZ_MEMBER_H

#include "io/npy_header.h"
#include "io/places.h"
#include "io/zip/read.h"

#define NPZ_NAME_BYTES 256

/* An archive and its arrays; kept as long as the file is open. */
typedef struct npz_archive {
    zip_archive zip;
    places groups; /* places of the data of sparse arrays among the members; see io/npz/group.h */
    int grouped;   /* they have been searched */
} npz_archive;

/* An archive member that is being read. */
typedef struct npz_member {
    zip_stream bytes;
    int64_t available; /* bytes of its content */
    char name[NPZ_NAME_BYTES];
} npz_member;

/* Whether the content is a zip archive that has arrays, is empty, or is damaged. */
int rlra_npz_detect(const input *in);

/* The archive, opened at the first call. */
rlra_status rlra_npz_open(const input *in, npz_archive **archive);

/* Name of member `index` without ".npy", in NPZ_NAME_BYTES; returns whether it is an array. */
int rlra_npz_name(const npz_archive *archive, size_t index, char *name);

/* Open a member, whose name is in `member`, and read its header. */
rlra_status rlra_npz_open_member(const input *in, const zip_member *from, npz_member *member, npy_header *header);

/* Open the member with this name in an open archive. */
rlra_status rlra_npz_open_named(const input *in, const npz_archive *archive, const char *name, npz_member *member,
                                npy_header *header);

/* Close a member; allowed if none is open, as in {.available = 0}. */
void rlra_npz_close(npz_member *member);

#endif
