/* io/zip/read.h: read a zip archive: its directory, once, and the bytes of its members (APPNOTE.TXT of PKWARE, 6.3.10).
 *
 * Members are stored or deflated. Redundant values must agree, members share no bytes, and nothing is outside the file: so all
 * members together are at most DEFLATE_MOST times as long as the file. */
#ifndef RLRA_IO_ZIP_READ_H
#define RLRA_IO_ZIP_READ_H

#include "io/input.h"

/* The entry of a member in the directory. */
typedef struct zip_member {
    const char *name; /* bytes as stored: UTF-8, or the encoding of the writer's system */
    uint64_t packed, size;
    uint64_t at, limit; /* position of its header; nothing of it is beyond `limit` */
    uint32_t crc;
    uint16_t flags, method;
} zip_member;

typedef struct zip_archive {
    size_t count;
    zip_member *members; /* in the order of the directory */
    zip_member **sorted; /* sorted by name */
    char *names;
} zip_archive;

/* Whether the content begins like an archive. */
int rlra_zip_is_archive(const input *in);

/* Read and check the directory; freed by rlra_zip_close(), also after a failure. Its memory is from the context of the
 * container of the input. */
rlra_status rlra_zip_open(const input *in, zip_archive *archive);
void rlra_zip_close(rlra_context *context, zip_archive *archive);

/* The member with this name, or NULL. */
const zip_member *rlra_zip_find(const zip_archive *archive, const char *name);

/* A stream of the bytes of a member. A read up to its last byte verifies the checksum. */
typedef struct zip_stream {
    byte_source base;
    const input *in;
    const zip_member *member;
    struct zip_inflater *inflater; /* NULL: bytes are stored */
    uint64_t next, packed_left;    /* position in the file, and compressed bytes of the member from there on */
    uint64_t left;                 /* plain bytes still to come */
    uint32_t crc;                  /* checksum so far */
} zip_stream;

/* Begin to read; closed by rlra_zip_end_reading(), which allows {.member = NULL}. */
rlra_status rlra_zip_begin_reading(const input *in, const zip_member *member, zip_stream *stream);

/* Read the rest, which verifies all bytes. */
rlra_status rlra_zip_finish(zip_stream *stream);

void rlra_zip_end_reading(zip_stream *stream);

#endif
