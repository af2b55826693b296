/* io/zip/write.h: write a zip archive of stored members, in one pass over the file. */
#ifndef RLRA_IO_ZIP_WRITE_H
#define RLRA_IO_ZIP_WRITE_H

#include <stdint.h>

#include "io/output.h"

/* A member; all is known before its bytes are written. */
typedef struct zip_entry {
    const char *name; /* borrowed, UTF-8 */
    uint64_t size;
    uint32_t crc; /* checksum of its bytes, as by crc32() of zlib */
    uint64_t offset;
} zip_entry;

/* Write the header of a member and set its offset. The caller writes the bytes. */
rlra_status rlra_zip_begin_member(output *out, zip_entry *entry);

/* Write the directory after all members. */
rlra_status rlra_zip_end(output *out, size_t count, const zip_entry *entries);

#endif
