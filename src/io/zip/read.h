/* io/zip/read.h: read a zip archive: its directory, once, and the bytes of its members (APPNOTE.TXT of PKWARE, 6.3.10).
 *
 * Members are stored or deflated. What is stated twice must agree, members share no bytes, and nothing lies outside the file:
 * so all members together are at most DEFLATE_MOST times as long as the file. */
#ifndef RLRA_IO_ZIP_READ_H
#define RLRA_IO_ZIP_READ_H

#include "io/input.h"

/* What the directory says of a member. */
typedef struct zip_member {
    const char *name; /* bytes as they stand: UTF-8, or what the writer's system had */
    uint64_t packed, size;
    uint64_t at, limit; /* of its header; nothing of it lies beyond */
    uint32_t crc;
    uint16_t flags, method;
} zip_member;

typedef struct zip_archive {
    size_t count;
    zip_member *members; /* as the directory has them */
    zip_member **sorted; /* by name */
    char *names;
} zip_archive;

/* Whether the content begins as that of an archive does. */
int rlra_zip_is_archive(const input *in);

/* Read and check the directory; freed by rlra_zip_close(), also after a failure. Memory is that of the input's container. */
rlra_status rlra_zip_open(const input *in, zip_archive *archive);
void rlra_zip_close(rlra_context *context, zip_archive *archive);

/* The member of this name, or NULL. */
const zip_member *rlra_zip_find(const zip_archive *archive, const char *name);

/* The bytes of a member. Those of a read that ends behind its last byte are proved by its checksum. */
typedef struct zip_stream {
    byte_source base;
    const input *in;
    const zip_member *member;
    struct zip_inflater *inflater; /* or NULL: they are stored */
    uint64_t next, packed_left;    /* place in the file, and packed bytes behind it that belong to the member */
    uint64_t left;                 /* plain bytes to come */
    uint32_t crc;                  /* of those that came */
} zip_stream;

/* Begin to read; closed by rlra_zip_end_reading(), for which {.member = NULL} is fine. */
rlra_status rlra_zip_begin_reading(const input *in, const zip_member *member, zip_stream *stream);

/* Read what is left, and so prove all that came. */
rlra_status rlra_zip_finish(zip_stream *stream);

void rlra_zip_end_reading(zip_stream *stream);

#endif
