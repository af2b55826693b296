/* io/hdf5/superblock.c: find and read the superblock of an HDF5 file, versions 0 to 3. */
#include <inttypes.h>
#include <string.h>

#include "io/hdf5/bytes.h"
#include "io/hdf5/links.h"
#include "io/hdf5/object.h"

#define OPEN_FOR_WRITING 1

/* The position of the mark, or -1. */
static int64_t find_mark(const input *in)
{
    static const char mark[] = "\x89HDF\r\n\x1a\n";
    unsigned char found[8];
    for (int64_t at = 0; at <= in->size - 8; at = at == 0 ? 512 : 2 * at)
        if (rlra_input_read(in, at, found, sizeof found) == RLRA_OK && memcmp(found, mark, sizeof found) == 0)
            return at;
    return -1;
}

int rlra_h5_detect(const input *in)
{
    return find_mark(in) >= 0;
}

static rlra_status refuse(const h5_file *file, const char *why)
{
    return rlra_fail(file->in->context, RLRA_ERR_UNSUPPORTED, "'%s' cannot be read: %s", file->in->path, why);
}

static rlra_status set_widths(h5_file *file, int offset_bytes, int length_bytes)
{
    file->offset_bytes = offset_bytes;
    file->length_bytes = length_bytes;
    if ((offset_bytes == 2 || offset_bytes == 4 || offset_bytes == 8) &&
        (length_bytes == 2 || length_bytes == 4 || length_bytes == 8))
        return RLRA_OK;
    return rlra_h5_damaged(file, "its addresses have no known width", 0);
}

/* Read versions 0 and 1; `end` gets the stated end of the file, relative to its base. */
static rlra_status read_old(h5_file *file, int version, h5_bytes b, uint64_t *end)
{
    rlra_status status = RLRA_OK;
    rlra_h5_skip(&b, 4);
    const int offset_bytes = (int)rlra_h5_take(&b, 1), length_bytes = (int)rlra_h5_take(&b, 1);
    TRY(set_widths(file, offset_bytes, length_bytes));
    rlra_h5_skip(&b, version == 0 ? 9 : 13);
    const uint64_t base = rlra_h5_take_address(file, &b);
    rlra_h5_skip(&b, (size_t)offset_bytes); /* free space */
    *end = rlra_h5_take_address(file, &b) - base;
    REQUIRE(rlra_h5_take_address(file, &b) == H5_NOWHERE, refuse(file, "it is one of several files of an HDF5 driver"));
    rlra_h5_skip(&b, (size_t)length_bytes); /* the name of the root */
    file->root = rlra_h5_take_address(file, &b);
    REQUIRE(!b.failed, rlra_h5_damaged(file, "it ends in its superblock", 0));
cleanup:
    return status;
}

/* Check the extension of the superblock for messages that matter here. */
static rlra_status check_extension(h5_file *file, uint64_t address)
{
    rlra_status status = RLRA_OK;
    h5_object extension = {0};
    TRY(rlra_h5_object_open(file, address, &extension));
    REQUIRE(rlra_h5_message(&extension, H5_MESSAGE_DRIVER) == NULL,
            refuse(file, "it is one of several files of an HDF5 driver"));
    REQUIRE(rlra_h5_message(&extension, H5_MESSAGE_CACHE_IMAGE) == NULL,
            refuse(file, "it holds an image of a cache; copy it with h5repack, for example"));
cleanup:
    rlra_h5_object_close(file, &extension);
    return status;
}

/* Read versions 2 and 3. */
static rlra_status read_new(h5_file *file, const unsigned char *head, size_t bytes, uint64_t *end)
{
    rlra_status status = RLRA_OK;
    h5_bytes b = rlra_h5_bytes(head + 9, bytes - 9);
    const int offset_bytes = (int)rlra_h5_take(&b, 1), length_bytes = (int)rlra_h5_take(&b, 1);
    const int flags = (int)rlra_h5_take(&b, 1);
    TRY(set_widths(file, offset_bytes, length_bytes));
    const size_t whole = 16 + 4 * (size_t)offset_bytes;
    REQUIRE(whole <= bytes && rlra_h5_is_sound(head, whole),
            rlra_h5_damaged(file, "the checksum of its superblock is wrong", 0));
    REQUIRE(!(flags & OPEN_FOR_WRITING),
            refuse(file, "a program is writing it, or ended while it did: close that, or mend it with h5clear -s"));
    const uint64_t base = rlra_h5_take_address(file, &b), extension = rlra_h5_take_address(file, &b);
    *end = rlra_h5_take_address(file, &b) - base;
    file->root = rlra_h5_take_address(file, &b);
    if (extension != H5_NOWHERE)
        TRY(check_extension(file, extension));
cleanup:
    return status;
}

rlra_status rlra_h5_open(const input *in, h5_file *file)
{
    rlra_status status = RLRA_OK;
    unsigned char head[128];
    uint64_t end = 0;
    *file = (h5_file){.in = in, .context = in->context, .base = find_mark(in)};
    REQUIRE(file->base >= 0, rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' is no HDF5 file", in->path));
    const int64_t left = in->size - file->base;
    const size_t bytes = left < (int64_t)sizeof head ? (size_t)left : sizeof head;
    TRY(rlra_input_read(in, file->base, head, bytes));
    const int version = bytes < 24 ? -1 : head[8];
    REQUIRE(version >= 0, rlra_h5_damaged(file, "it ends in its superblock", 0));
    REQUIRE(version <= 3, refuse(file, "its superblock is of a version above 3"));
    TRY(version < 2 ? read_old(file, version, rlra_h5_bytes(head + 9, bytes - 9), &end)
                    : read_new(file, head, bytes, &end));
    REQUIRE(end <= (uint64_t)left,
            rlra_fail(in->context, RLRA_ERR_FORMAT,
                      "'%s' is truncated: it says that it has %" PRIu64 " bytes, it has %" PRId64, in->path,
                      end + (uint64_t)file->base, in->size));
    REQUIRE(file->root != H5_NOWHERE, rlra_h5_damaged(file, "it has no root group", 0));
cleanup:
    return status;
}

void rlra_h5_close(h5_file *file)
{
    rlra_h5_forget(file);
}
