/* core/hash.c: XXH64, step by step as in its specification. */
#include "core/hash.h"

#include <string.h>

#define PRIME1 UINT64_C(0x9E3779B185EBCA87)
#define PRIME2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define PRIME3 UINT64_C(0x165667B19E3779F9)
#define PRIME4 UINT64_C(0x85EBCA77C2B2AE63)
#define PRIME5 UINT64_C(0x27D4EB2F165667C5)

#define STRIPE 32

static uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

/* Load a little-endian number on any machine. */
static uint64_t load(const unsigned char *at, int bytes)
{
    uint64_t value = 0;
    for (int b = bytes - 1; b >= 0; b--)
        value = value << 8 | at[b];
    return value;
}

static uint64_t round_of(uint64_t lane, uint64_t input)
{
    return rotate(lane + input * PRIME2, 31) * PRIME1;
}

static void add_stripe(hash *h, const unsigned char *at)
{
    for (int lane = 0; lane < 4; lane++)
        h->lane[lane] = round_of(h->lane[lane], load(at + 8 * lane, 8));
}

void rlra_hash_begin(hash *h)
{
    *h = (hash){.lane = {PRIME1 + PRIME2, PRIME2, 0, 0 - PRIME1}};
}

void rlra_hash_add(hash *h, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    const size_t held = (size_t)(h->length % STRIPE);
    h->length += size;
    if (held + size < STRIPE) {
        if (size > 0)
            memcpy(h->rest + held, at, size);
        return;
    }
    if (held > 0) {
        memcpy(h->rest + held, at, STRIPE - held);
        add_stripe(h, h->rest);
        at += STRIPE - held;
        size -= STRIPE - held;
    }
    for (; size >= STRIPE; at += STRIPE, size -= STRIPE)
        add_stripe(h, at);
    if (size > 0)
        memcpy(h->rest, at, size);
}

static uint64_t merge(const hash *h)
{
    uint64_t sum = rotate(h->lane[0], 1) + rotate(h->lane[1], 7) + rotate(h->lane[2], 12) + rotate(h->lane[3], 18);
    for (int lane = 0; lane < 4; lane++)
        sum = (sum ^ round_of(0, h->lane[lane])) * PRIME1 + PRIME4;
    return sum;
}

uint64_t rlra_hash_end(const hash *h)
{
    const unsigned char *at = h->rest;
    size_t left = (size_t)(h->length % STRIPE);
    uint64_t sum = (h->length >= STRIPE ? merge(h) : PRIME5) + h->length;
    for (; left >= 8; at += 8, left -= 8)
        sum = rotate(sum ^ round_of(0, load(at, 8)), 27) * PRIME1 + PRIME4;
    if (left >= 4) {
        sum = rotate(sum ^ load(at, 4) * PRIME1, 23) * PRIME2 + PRIME3;
        at += 4;
        left -= 4;
    }
    for (; left > 0; at++, left--)
        sum = rotate(sum ^ *at * PRIME5, 11) * PRIME1;
    sum = (sum ^ sum >> 33) * PRIME2;
    sum = (sum ^ sum >> 29) * PRIME3;
    return sum ^ sum >> 32;
}
