/* io/npz_member.h: the members of a .npz archive, each a .npy file. */
#ifndef RLRA_IO_NPZ_MEMBER_H
#define RLRA_IO_NPZ_MEMBER_H

#include <zip.h>

#include "io/npy_header.h"

#define NPZ_NAME_BYTES 256

/* An archive member that is being read. */
typedef struct npz_member {
    byte_source base;
    const input *in;
    zip_t *archive;
    zip_file_t *file;
    int64_t available; /* bytes it can hold at most */
    char name[NPZ_NAME_BYTES];
} npz_member;

/* Whether the content is a zip archive; one that holds arrays, is empty, or is damaged. */
int rlra_npz_is_zip(const input *in);
int rlra_npz_detect(const input *in);

/* Open the archive; closed by zip_discard(). */
rlra_status rlra_npz_open(const input *in, zip_t **archive);

/* Name of entry `index` without ".npy", in NPZ_NAME_BYTES; whether it is an array at all. */
int rlra_npz_name(zip_t *archive, zip_uint64_t index, char *name);

/* Open entry `index`, whose name `member` has, and read its header. */
rlra_status rlra_npz_open_member(const input *in, zip_t *archive, zip_uint64_t index, npz_member *member,
                                 npy_header *header);

/* Open the member of this name in an open archive. */
rlra_status rlra_npz_open_named(const input *in, zip_t *archive, const char *name, npz_member *member,
                                npy_header *header);

/* The checksum is compared when the end is seen: after the last byte of a member. */
rlra_status rlra_npz_check_end(npz_member *member);

/* Close a member; fine if none is open. */
void rlra_npz_close(npz_member *member);

#endif
