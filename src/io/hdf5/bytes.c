/* io/hdf5/bytes.c: checked reads of an HDF5 file, its numbers and checksums. */
#include "io/hdf5/bytes.h"

#include <inttypes.h>
#include <string.h>

/* Bytes that may be read from a file in total: its size this many times, plus an allowance for small files. Every variable is
 * read a few times with a few reads, far below this. */
#define FETCH_TIMES  64
#define FETCH_SPARE  (256 << 20)
#define FETCH_CHARGE 256

rlra_status rlra_h5_place(const h5_file *file, uint64_t address, uint64_t bytes, int64_t *offset)
{
    const uint64_t room = (uint64_t)(file->in->size - file->base);
    *offset = 0;
    if (address > room || bytes > room - address)
        return rlra_fail(file->in->context, RLRA_ERR_FORMAT,
                         "'%s' is damaged: %" PRIu64 " bytes expected at byte %" PRIu64 ", it has %" PRId64,
                         file->in->path, bytes, address + (uint64_t)file->base, file->in->size);
    *offset = file->base + (int64_t)address;
    return RLRA_OK;
}

/* Serve small reads from the window, which moves to their beginning. */
static rlra_status read_small(h5_file *file, int64_t offset, void *buffer, size_t bytes)
{
    h5_window *const w = &file->window;
    const int64_t left = file->in->size - offset;
    if (offset < w->begin || offset + (int64_t)bytes > w->begin + (int64_t)w->bytes) {
        w->begin = offset;
        w->bytes = left < H5_WINDOW_BYTES ? (size_t)left : H5_WINDOW_BYTES;
        const rlra_status status = rlra_input_read(file->in, offset, w->at, w->bytes);
        if (status != RLRA_OK) {
            w->bytes = 0;
            return status;
        }
    }
    memcpy(buffer, w->at + (offset - w->begin), bytes);
    return RLRA_OK;
}

rlra_status rlra_h5_read(h5_file *file, uint64_t address, void *buffer, size_t bytes)
{
    const int64_t size = file->in->size;
    const int64_t most = (size < INT64_MAX / (2 * FETCH_TIMES) ? size * FETCH_TIMES : INT64_MAX / 2) + FETCH_SPARE;
    int64_t offset;
    const rlra_status status = rlra_h5_place(file, address, bytes, &offset);
    if (status != RLRA_OK || bytes == 0)
        return status;
    container *const counts = file->in->container;
    if (counts != NULL && (int64_t)bytes + FETCH_CHARGE > most - counts->fetched)
        return rlra_fail(file->in->context, RLRA_ERR_FORMAT,
                         "'%s' names the same bytes again and again: more than %" PRId64 " bytes were read of %" PRId64,
                         file->in->path, most, size);
    if (counts != NULL)
        counts->fetched += (int64_t)bytes + FETCH_CHARGE;
    return bytes <= H5_WINDOW_BYTES / 8 ? read_small(file, offset, buffer, bytes)
                                        : rlra_input_read(file->in, offset, buffer, bytes);
}

rlra_status rlra_h5_load(h5_file *file, uint64_t address, uint64_t bytes, unsigned char **block)
{
    int64_t offset;
    *block = NULL;
    rlra_status status = rlra_h5_place(file, address, bytes, &offset);
    if (status != RLRA_OK)
        return status;
    unsigned char *const made = rlra_alloc(file->context, (size_t)bytes + 1, 1);
    if (made == NULL)
        return rlra_fail_memory(file->context, (size_t)bytes + 1, 1, "a block of an HDF5 file");
    status = rlra_h5_read(file, address, made, (size_t)bytes);
    if (status == RLRA_OK)
        *block = made;
    else
        rlra_free(file->context, made);
    return status;
}

rlra_status rlra_h5_grow(h5_file *file, void **list, int *room, int used, size_t size)
{
    if (used < *room)
        return RLRA_OK;
    const int more = 2 * *room + 8;
    void *const grown = rlra_alloc(file->context, (size_t)more, size);
    if (grown == NULL)
        return rlra_fail_memory(file->context, (size_t)more, size, "an object of an HDF5 file");
    if (used > 0)
        memcpy(grown, *list, (size_t)used * size);
    rlra_free(file->context, *list);
    *list = grown;
    *room = more;
    return RLRA_OK;
}

uint64_t rlra_h5_uint(const unsigned char *at, int bytes)
{
    uint64_t value = 0;
    for (int k = bytes < 8 ? bytes : 8; k-- > 0;)
        value = value << 8 | at[k];
    return value;
}

uint64_t rlra_h5_address(const h5_file *file, const unsigned char *at)
{
    const uint64_t address = rlra_h5_uint(at, file->offset_bytes);
    const uint64_t ones = file->offset_bytes >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * file->offset_bytes)) - 1;
    return address == ones ? H5_NOWHERE : address;
}

h5_bytes rlra_h5_bytes(const void *at, size_t bytes)
{
    return (h5_bytes){at, (const unsigned char *)at + bytes, 0};
}

size_t rlra_h5_left(const h5_bytes *b)
{
    return b->failed ? 0 : (size_t)(b->end - b->at);
}

const unsigned char *rlra_h5_take_block(h5_bytes *b, size_t bytes)
{
    const unsigned char *const at = b->at;
    if (b->failed || bytes > (size_t)(b->end - b->at)) {
        b->failed = 1;
        return NULL;
    }
    b->at += bytes;
    return at;
}

void rlra_h5_skip(h5_bytes *b, size_t bytes)
{
    rlra_h5_take_block(b, bytes);
}

uint64_t rlra_h5_take(h5_bytes *b, int bytes)
{
    const unsigned char *const at = rlra_h5_take_block(b, (size_t)bytes);
    return at == NULL ? 0 : rlra_h5_uint(at, bytes);
}

uint64_t rlra_h5_take_address(const h5_file *file, h5_bytes *b)
{
    const unsigned char *const at = rlra_h5_take_block(b, (size_t)file->offset_bytes);
    return at == NULL ? H5_NOWHERE : rlra_h5_address(file, at);
}

uint64_t rlra_h5_take_length(const h5_file *file, h5_bytes *b)
{
    return rlra_h5_take(b, file->length_bytes);
}

int rlra_h5_bytes_for(uint64_t most)
{
    int bytes = 1;
    while (bytes < 8 && most >> (8 * bytes) != 0)
        bytes++;
    return bytes;
}

static uint32_t turn(uint32_t x, int bits)
{
    return x << bits | x >> (32 - bits);
}

static void mix(uint32_t s[3])
{
    static const int bits[] = {4, 6, 8, 16, 19, 4};
    for (int k = 0; k < 6; k++) {
        uint32_t *const a = &s[k % 3], *const b = &s[(k + 1) % 3], *const c = &s[(k + 2) % 3];
        *a -= *c;
        *a ^= turn(*c, bits[k]);
        *c += *b;
    }
}

static void finish(uint32_t s[3])
{
    static const int bits[] = {14, 11, 25, 16, 4, 14, 24};
    for (int k = 0; k < 7; k++) {
        uint32_t *const x = &s[(k + 2) % 3], *const y = &s[(k + 1) % 3];
        *x ^= *y;
        *x -= turn(*y, bits[k]);
    }
}

uint32_t rlra_h5_checksum(const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    const uint32_t start = 0xdeadbeef + (uint32_t)count;
    uint32_t s[3] = {start, start, start};
    for (; count > 12; count -= 12, at += 12) {
        for (int k = 0; k < 3; k++)
            s[k] += (uint32_t)rlra_h5_uint(at + 4 * k, 4);
        mix(s);
    }
    if (count == 0)
        return s[2];
    unsigned char last[12] = {0};
    memcpy(last, at, count);
    for (int k = 0; k < 3; k++)
        s[k] += (uint32_t)rlra_h5_uint(last + 4 * k, 4);
    finish(s);
    return s[2];
}

int rlra_h5_is_sound(const unsigned char *block, size_t bytes)
{
    return bytes >= 4 && rlra_h5_checksum(block, bytes - 4) == rlra_h5_uint(block + bytes - 4, 4);
}

rlra_status rlra_h5_damaged(const h5_file *file, const char *what, uint64_t address)
{
    rlra_context *const context = file->in->context;
    if (address == H5_NOWHERE)
        return rlra_fail(context, RLRA_ERR_FORMAT, "'%s' is damaged: %s", file->in->path, what);
    return rlra_fail(context, RLRA_ERR_FORMAT, "'%s' is damaged: %s at byte %" PRIu64, file->in->path, what,
                     address + (uint64_t)file->base);
}
