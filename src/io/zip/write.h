/* io/zip/write.h: write a zip archive of stored members, in one pass over the file. */
#ifndef RLRA_IO_ZIP_WRITE_H
#define RLRA_IO_ZIP_WRITE_H

#include <stdint.h>

#include "io/output.h"

/* What is known of a member before its bytes are written. */
typedef struct zip_entry {
    const char *name; /* borrowed, UTF-8 */
    uint64_t size;
    uint32_t crc; /* of its bytes, as zlib's crc32() */
    uint64_t offset;
} zip_entry;

/* Write what stands before the bytes of a member; sets its offset. The caller writes the bytes. */
rlra_status rlra_zip_begin_member(output *out, zip_entry *entry);

/* Write what stands behind all members. */
rlra_status rlra_zip_end(output *out, size_t count, const zip_entry *entries);

#endif
