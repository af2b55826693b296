/* fuzz/mutate/mutate.c: what mutators are made of: numbers that are drawn, blobs, packing. */
#include "fuzz/mutate/mutate.h"

#include <string.h>
#include <zlib.h>

uint32_t mutation_draw(mutation *m, uint32_t below)
{
    /* Steele, Lea, Flood (2014), OOPSLA: SplitMix. */
    uint64_t z = m->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ z >> 31) % below);
}

uint64_t mutation_number(mutation *m, uint64_t old, uint64_t limit)
{
    const uint64_t any = (uint64_t)mutation_draw(m, UINT32_MAX) << 32 | mutation_draw(m, UINT32_MAX);
    switch (mutation_draw(m, 12)) {
    case 0:
        return old + 1;
    case 1:
        return old - 1;
    case 2:
        return 0;
    case 3:
        return UINT64_MAX;
    case 4:
        return UINT64_MAX >> 1;
    case 5:
        return UINT64_C(1) << mutation_draw(m, 64);
    case 6:
        return limit;
    case 7:
        return limit - mutation_draw(m, 9);
    case 8:
        return limit == 0 ? any : any % limit;
    case 9:
        return mutation_draw(m, 33);
    case 10:
        return old * (2 + mutation_draw(m, 3));
    default:
        return any;
    }
}

uint64_t number_get(const uint8_t *at, int bytes, int big)
{
    uint64_t value = 0;
    for (int k = 0; k < bytes; k++)
        value = value << 8 | at[big ? k : bytes - 1 - k];
    return value;
}

void number_put(uint8_t *at, int bytes, int big, uint64_t value)
{
    for (int k = 0; k < bytes; k++, value >>= 8)
        at[big ? bytes - 1 - k : k] = (uint8_t)value;
}

void mutation_renumber(mutation *m, uint8_t *at, int bytes, int big, uint64_t limit)
{
    number_put(at, bytes, big, mutation_number(m, number_get(at, bytes, big), limit));
}

void blob_put(blob *b, const void *bytes, size_t size)
{
    if (size > sizeof b->at - b->size) {
        b->full = 1;
        return;
    }
    if (size > 0)
        memcpy(b->at + b->size, bytes, size);
    b->size += size;
}

void blob_number(blob *b, int bytes, int big, uint64_t value)
{
    uint8_t at[8];
    number_put(at, bytes, big, value);
    blob_put(b, at, (size_t)bytes);
}

size_t blob_take(const blob *b, uint8_t *data, size_t room)
{
    if (b->full || b->size > room || b->size == 0)
        return 0;
    memcpy(data, b->at, b->size);
    return b->size;
}

int blob_pack(blob *b, const uint8_t *bytes, size_t size, int window, int level)
{
    z_stream z = {0};
    if (deflateInit2(&z, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)size;
    z.next_out = b->at + b->size;
    z.avail_out = (uInt)(sizeof b->at - b->size);
    const int answer = deflate(&z, Z_FINISH);
    b->size = sizeof b->at - z.avail_out;
    b->full |= answer != Z_STREAM_END;
    deflateEnd(&z);
    return answer == Z_STREAM_END;
}

int blob_unpack(blob *b, const uint8_t *bytes, size_t size, int window, size_t *used)
{
    z_stream z = {0};
    const size_t before = b->size;
    if (inflateInit2(&z, window) != Z_OK)
        return 0;
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)size;
    z.next_out = b->at + b->size;
    z.avail_out = (uInt)(sizeof b->at - b->size);
    const int answer = inflate(&z, Z_FINISH);
    b->size = answer == Z_STREAM_END ? sizeof b->at - z.avail_out : before;
    *used = size - z.avail_in;
    inflateEnd(&z);
    return answer == Z_STREAM_END;
}
