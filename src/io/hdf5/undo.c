/* io/hdf5/undo.c: undo deflate, shuffle, fletcher32 and lzf. */
#include <limits.h>
#include <string.h>

#include "io/hdf5/filter.h"

/* Bytes that a filter may add to a chunk: a checksum, or the overhead of compressing compressed bytes. */
#define STEP_EXTRA  64
#define CHECK_BYTES 4

static void *allocate(void *context, uInt count, uInt size)
{
    return rlra_alloc(context, count, size);
}

static void release(void *context, void *memory)
{
    rlra_free(context, memory);
}

/* Marc Lehmann, liblzf: literal runs, and repetitions of bytes at most 8192 back. */
int64_t rlra_h5_unlzf(const unsigned char *from, size_t bytes, unsigned char *to, size_t room)
{
    const unsigned char *at = from, *const end = from + bytes;
    size_t made = 0;
    while (at < end) {
        const unsigned head = *at++;
        size_t length = head < 32 ? head + 1 : (head >> 5) + 2;
        if (head < 32) {
            if (length > (size_t)(end - at) || length > room - made)
                return -1;
            memcpy(to + made, at, length);
            at += length;
            made += length;
            continue;
        }
        if (head >> 5 == 7) {
            if (at == end)
                return -1;
            length += *at++;
        }
        if (at == end)
            return -1;
        const size_t back = ((size_t)(head & 31) << 8 | *at++) + 1;
        if (back > made || length > room - made)
            return -1;
        /* The repeated bytes may overlap those just written. */
        for (size_t k = 0; k < length; k++, made++)
            to[made] = to[made - back];
    }
    return (int64_t)made;
}

static void gather(const unsigned char *from, size_t count, size_t entry_bytes, unsigned char *to)
{
    for (size_t k = 0; k < count; k++)
        for (size_t b = 0; b < entry_bytes; b++)
            to[k * entry_bytes + b] = from[b * count + k];
}

void rlra_h5_unshuffle(const unsigned char *from, size_t bytes, size_t entry_bytes, unsigned char *to)
{
    const size_t count = entry_bytes > 1 ? bytes / entry_bytes : 0, done = count * entry_bytes;
    /* Constant lengths, so that the loops are unrolled. */
    if (entry_bytes == 8)
        gather(from, count, 8, to);
    else if (entry_bytes == 4)
        gather(from, count, 4, to);
    else if (entry_bytes == 2)
        gather(from, count, 2, to);
    else
        gather(from, count, entry_bytes, to);
    memcpy(to + done, from + done, bytes - done);
}

static uint32_t fold(uint32_t sum)
{
    return (sum & 0xffff) + (sum >> 16);
}

/* Fletcher (1982), for words with the high byte first. */
uint32_t rlra_h5_fletcher32(const unsigned char *bytes, size_t count)
{
    uint32_t low = 0, high = 0;
    size_t words = count / 2;
    while (words > 0) {
        size_t block = words > 360 ? 360 : words; /* as many as 32-bit sums allow */
        words -= block;
        for (; block > 0; block--, bytes += 2) {
            low += (uint32_t)bytes[0] << 8 | bytes[1];
            high += low;
        }
        low = fold(low);
        high = fold(high);
    }
    if (count % 2 == 1) {
        low += (uint32_t)bytes[0] << 8;
        high += low;
        low = fold(low);
        high = fold(high);
    }
    return fold(high) << 16 | fold(low);
}

/* Check the checksum; HDF5 before 1.6.3 wrote both halves with swapped bytes. */
static int is_checked(const unsigned char *bytes, size_t count)
{
    const uint32_t sum = rlra_h5_fletcher32(bytes, count), stored = (uint32_t)rlra_h5_uint(bytes + count, CHECK_BYTES);
    const uint32_t turned = (sum & 0x00ff00ff) << 8 | (sum >> 8 & 0x00ff00ff);
    return stored == sum || stored == turned;
}

static rlra_status begin_inflate(h5_undo *undo)
{
    if (undo->z_begun) {
        inflateReset(&undo->z);
        return RLRA_OK;
    }
    undo->z = (z_stream){.zalloc = allocate, .zfree = release, .opaque = undo->context};
    undo->z_begun = inflateInit(&undo->z) == Z_OK;
    return undo->z_begun ? RLRA_OK
                         : rlra_fail(undo->context, RLRA_ERR_MEMORY, "out of memory: unpacking a chunk of HDF5");
}

/* Inflate all bytes; chunks and buffers are below 4 GB. */
static rlra_status inflate_all(h5_undo *undo, const unsigned char *from, size_t bytes, unsigned char *to, size_t room,
                               int64_t *made)
{
    const rlra_status status = begin_inflate(undo);
    *made = -1;
    if (status != RLRA_OK)
        return status;
    undo->z.next_in = (z_const Bytef *)(uintptr_t)from;
    undo->z.avail_in = (uInt)bytes;
    undo->z.next_out = to;
    undo->z.avail_out = (uInt)(room < UINT_MAX ? room : UINT_MAX);
    const size_t given = undo->z.avail_out;
    const int answer = inflate(&undo->z, Z_FINISH);
    if (answer == Z_MEM_ERROR)
        return rlra_fail(undo->context, RLRA_ERR_MEMORY, "out of memory: unpacking a chunk of HDF5");
    if (answer == Z_STREAM_END)
        *made = (int64_t)(given - undo->z.avail_out);
    return RLRA_OK;
}

/* Undo one filter: `at` and `bytes` become its input. */
static rlra_status undo_one(h5_undo *undo, const h5_filter *filter, const unsigned char **at, size_t *bytes,
                            unsigned char *to, size_t room, const char **failure)
{
    rlra_status status = RLRA_OK;
    int64_t made = -1;
    switch (filter->id) {
    case H5_FILTER_DEFLATE:
        status = inflate_all(undo, *at, *bytes, to, room, &made);
        *failure = made < 0 ? "a chunk packed by gzip" : NULL;
        break;
    case H5_FILTER_LZF:
        made = rlra_h5_unlzf(*at, *bytes, to, room);
        *failure = made < 0 ? "a chunk packed by lzf" : NULL;
        break;
    case H5_FILTER_SHUFFLE:
        made = *bytes <= room ? (int64_t)*bytes : -1;
        *failure = made < 0 ? "a shuffled chunk" : NULL;
        if (made >= 0)
            rlra_h5_unshuffle(*at, *bytes, filter->first, to);
        break;
    default:
        *failure = *bytes < CHECK_BYTES || !is_checked(*at, *bytes - CHECK_BYTES)
                       ? "a chunk, whose checksum (fletcher32) is another,"
                       : NULL;
        if (*failure == NULL)
            *bytes -= CHECK_BYTES;
        return RLRA_OK;
    }
    if (made >= 0) {
        *at = to;
        *bytes = (size_t)made;
    }
    return status;
}

static rlra_status reserve(h5_undo *undo)
{
    const size_t room = undo->plain + (size_t)undo->filters->count * (STEP_EXTRA + undo->plain / 1000);
    if (undo->buffer[0] != NULL)
        return RLRA_OK;
    undo->room = room;
    for (int k = 0; k < 2; k++) {
        undo->buffer[k] = rlra_alloc(undo->context, room, 1);
        if (undo->buffer[k] == NULL)
            return rlra_fail_memory(undo->context, room, 1, "a chunk of HDF5");
    }
    return RLRA_OK;
}

rlra_status rlra_h5_undo(h5_undo *undo, uint32_t mask, const unsigned char *stored, size_t bytes, unsigned char *to,
                         const char **failure)
{
    const h5_filter *const filter = undo->filters->filter;
    rlra_status status = RLRA_OK;
    const unsigned char *at = stored;
    int last = undo->filters->count, active = 0, turn = 0;
    *failure = NULL;
    for (int k = undo->filters->count; k-- > 0;)
        if ((mask >> k & 1) == 0) {
            last = k;
            active++;
        }
    if (active > 1)
        TRY(reserve(undo));
    for (int k = undo->filters->count; k-- > last && *failure == NULL;) {
        if (mask >> k & 1)
            continue;
        /* The last step writes directly to the result. */
        const int is_last = k == last;
        TRY(undo_one(undo, &filter[k], &at, &bytes, is_last ? to : undo->buffer[turn],
                     is_last ? undo->plain : undo->room, failure));
        turn ^= filter[k].id != H5_FILTER_FLETCHER32;
    }
    if (*failure == NULL && bytes != undo->plain)
        *failure = "a chunk that is shorter or longer than it should be";
    if (*failure == NULL && at != to)
        memcpy(to, at, bytes);
cleanup:
    return status;
}

void rlra_h5_undo_clear(h5_undo *undo)
{
    if (undo->z_begun)
        inflateEnd(&undo->z);
    undo->z_begun = 0;
    for (int k = 0; k < 2; k++) {
        rlra_free(undo->context, undo->buffer[k]);
        undo->buffer[k] = NULL;
    }
}
