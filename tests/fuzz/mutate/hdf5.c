/* fuzz/mutate/hdf5.c: mutations of HDF5 files: a number of one structure is changed, and the checksum that guards it made right.
 *
 * "HDF5 File Format Specification Version 3.0", The HDF Group. Where a checksum stands is not derived from the format but tried
 * out on the file as it was: this knows nothing of what readers take for granted. */
#include <string.h>

#include "fuzz/mutate/mutate.h"

#define STRUCTURES  512
#define MOST_SUMMED 640 /* bytes before a checksum that is searched for */

typedef struct structure {
    size_t at;
    size_t summed; /* bytes before its checksum; 0: it has none that was found */
    size_t hole;   /* of a heap block, whose checksum stands inside; else 0 */
    int kind;      /* of signatures */
} structure;

typedef struct structures {
    structure all[STRUCTURES];
    int count;
} structures;

static const char signatures[][5] = {"\x89HDF", "OHDR", "OCHK", "TREE", "SNOD", "HEAP", "GCOL", "FRHP",
                                     "FHDB",    "FHIB", "BTHD", "BTIN", "BTLF", "FAHD", "FADB", "EAHD",
                                     "EAIB",    "EASB", "EADB", "SMTB", "FSHD", "\1\0"};
#define KINDS        ((int)(sizeof signatures / sizeof signatures[0]))
#define OLD_HEADER   (KINDS - 1)
#define FIRST_SUMMED 7 /* FRHP and those behind it, and OHDR and OCHK */

#define ROTATE(x, k) ((x) << (k) | (x) >> (32 - (k)))

/* lookup3, hashlittle() with 0: Jenkins (2006), public domain. */
static uint32_t lookup3(const uint8_t *at, size_t left)
{
    uint32_t a = 0xdeadbeef + (uint32_t)left, b = a, c = a;
    for (; left > 12; left -= 12, at += 12) {
        a += (uint32_t)number_get(at, 4, 0);
        b += (uint32_t)number_get(at + 4, 4, 0);
        c += (uint32_t)number_get(at + 8, 4, 0);
        a -= c, a ^= ROTATE(c, 4), c += b;
        b -= a, b ^= ROTATE(a, 6), a += c;
        c -= b, c ^= ROTATE(b, 8), b += a;
        a -= c, a ^= ROTATE(c, 16), c += b;
        b -= a, b ^= ROTATE(a, 19), a += c;
        c -= b, c ^= ROTATE(b, 4), b += a;
    }
    uint8_t rest[12] = {0};
    if (left == 0)
        return c;
    memcpy(rest, at, left);
    a += (uint32_t)number_get(rest, 4, 0);
    b += (uint32_t)number_get(rest + 4, 4, 0);
    c += (uint32_t)number_get(rest + 8, 4, 0);
    c ^= b, c -= ROTATE(b, 14);
    a ^= c, a -= ROTATE(c, 11);
    b ^= a, b -= ROTATE(a, 25);
    c ^= b, c -= ROTATE(b, 16);
    a ^= c, a -= ROTATE(c, 4);
    b ^= a, b -= ROTATE(a, 14);
    c ^= b, c -= ROTATE(b, 24);
    return c;
}

static int is_summed(const uint8_t *at, size_t bytes, size_t left)
{
    return bytes + 4 <= left && lookup3(at, bytes) == number_get(at + bytes, 4, 0);
}

/* Bytes of an object header up to its checksum, from the size that it states. */
static size_t header_bytes(const uint8_t *at, size_t left)
{
    if (left < 16)
        return 0;
    const int flags = at[5], width = 1 << (flags & 3);
    const size_t lead = 6 + (flags & 32 ? 16u : 0u) + (flags & 16 ? 4u : 0u);
    if (lead + (size_t)width > left)
        return 0;
    const uint64_t bytes = number_get(at + lead, width, 0);
    return bytes > left ? 0 : lead + (size_t)width + (size_t)bytes;
}

/* The checksum of a heap block counts as 0 in it. */
static int is_block_summed(const uint8_t *at, size_t hole, size_t bytes)
{
    static uint8_t copy[1 << 16];
    if (bytes > sizeof copy)
        return 0;
    memcpy(copy, at, bytes);
    memset(copy + hole, 0, 4);
    return lookup3(copy, bytes) == number_get(at + hole, 4, 0);
}

static void find_block_sum(structure *s, const uint8_t *at, size_t left)
{
    for (size_t bytes = 512; bytes <= left && bytes <= 8192; bytes *= 2)
        for (size_t hole = 14; hole <= 21; hole++)
            if (is_block_summed(at, hole, bytes)) {
                s->hole = hole;
                s->summed = bytes;
                return;
            }
}

static void find_sum(structure *s, const uint8_t *data, size_t size)
{
    const uint8_t *const at = data + s->at;
    const size_t left = size - s->at;
    if (s->kind == 1)
        s->summed = header_bytes(at, left);
    if (s->kind == 8)
        find_block_sum(s, at, left);
    if (s->summed > 0 || s->kind == OLD_HEADER || (s->kind > 2 && s->kind < FIRST_SUMMED))
        return;
    for (size_t bytes = 8; bytes <= MOST_SUMMED; bytes++)
        if (is_summed(at, bytes, left)) {
            s->summed = bytes;
            return;
        }
}

/* An object header of version 1 has no signature: a reference count and a size that are plausible make one. */
static int is_old_header(const uint8_t *at, size_t left)
{
    if (left < 24 || at[0] != 1 || at[1] != 0)
        return 0;
    const uint64_t messages = number_get(at + 2, 2, 0), links = number_get(at + 4, 4, 0),
                   bytes = number_get(at + 8, 4, 0);
    return messages > 0 && messages < 200 && links > 0 && links < 20 && bytes >= 8 * messages && bytes % 8 == 0 &&
           bytes < left && number_get(at + 12, 4, 0) == 0;
}

static int kind_at(const uint8_t *at, size_t left, size_t place)
{
    for (int k = 0; k < OLD_HEADER; k++)
        if (left >= 16 && memcmp(at, signatures[k], 4) == 0)
            return k;
    return place % 8 == 0 && is_old_header(at, left) ? OLD_HEADER : -1;
}

static void find_structures(structures *found, const uint8_t *data, size_t size)
{
    found->count = 0;
    for (size_t at = 0; at < size && found->count < STRUCTURES; at++) {
        const int kind = kind_at(data + at, size - at, at);
        if (kind >= 0)
            found->all[found->count++] = (structure){.at = at, .kind = kind};
    }
}

static void repair(const structure *s, uint8_t *data, size_t size)
{
    uint8_t *const at = data + s->at;
    if (s->summed == 0)
        return;
    if (s->hole > 0) {
        memset(at + s->hole, 0, 4);
        number_put(at + s->hole, 4, 0, lookup3(at, s->summed));
        return;
    }
    number_put(at + s->summed, 4, 0, lookup3(at, s->summed));
    /* A header that states another size has its checksum elsewhere. */
    const size_t other = s->kind == 1 ? header_bytes(at, size - s->at) : 0;
    if (other > 0 && s->at + other + 4 <= size)
        number_put(at + other, 4, 0, lookup3(at, other));
}

/* Bytes of a structure that are worth a change. */
static size_t extent(const structures *found, int k, size_t size)
{
    const structure *const s = &found->all[k];
    const size_t next = k + 1 < found->count ? found->all[k + 1].at : size;
    const size_t most = s->kind == OLD_HEADER || s->kind == 1 ? 512 : 160;
    size_t bytes = s->summed > 0 && s->hole == 0 ? s->summed : next - s->at;
    bytes = bytes < most ? bytes : most;
    return bytes < size - s->at ? bytes : size - s->at;
}

static void change_structure(mutation *m, uint8_t *at, size_t bytes, size_t size)
{
    static const int widths[] = {1, 1, 2, 2, 4, 8, 8};
    const int width = widths[mutation_draw(m, 7)];
    if (bytes < 5 + (size_t)width)
        return;
    size_t place = 4 + mutation_draw(m, (uint32_t)(bytes - 3 - (size_t)width));
    if (mutation_draw(m, 2) == 0 && place >= 8)
        place -= place % (size_t)width;
    if (mutation_draw(m, 6) == 0)
        m->bytes(at + place, (size_t)width, (size_t)width);
    else
        mutation_renumber(m, at + place, width, 0, size);
}

size_t mutate_hdf5(mutation *m, uint8_t *data, size_t size, size_t room)
{
    static structures found;
    find_structures(&found, data, size);
    if (found.count == 0 || mutation_draw(m, 12) == 0)
        return m->bytes(data, size, room);
    for (uint32_t changes = 1 + mutation_draw(m, 2) * mutation_draw(m, 2); changes > 0; changes--) {
        const int k = (int)mutation_draw(m, (uint32_t)found.count);
        structure *const s = &found.all[k];
        find_sum(s, data, size);
        change_structure(m, data + s->at, extent(&found, k, size), size);
        /* A wrong checksum must be met as well. */
        if (mutation_draw(m, 16) != 0)
            repair(s, data, size);
    }
    return size;
}

/* A structure of one file in the place of one of its kind in the other. */
size_t cross_hdf5(mutation *m, const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                  size_t room)
{
    static structures left, right;
    find_structures(&left, a, a_size);
    find_structures(&right, b, b_size);
    if (left.count == 0 || right.count == 0 || a_size > room)
        return 0;
    memcpy(out, a, a_size);
    const int k = (int)mutation_draw(m, (uint32_t)left.count), start = (int)mutation_draw(m, (uint32_t)right.count);
    for (int step = 0; step < right.count; step++) {
        const int l = (start + step) % right.count;
        if (right.all[l].kind != left.all[k].kind)
            continue;
        const size_t there = extent(&right, l, b_size), here = a_size - left.all[k].at;
        find_sum(&left.all[k], out, a_size);
        memcpy(out + left.all[k].at, b + right.all[l].at, there < here ? there : here);
        repair(&left.all[k], out, a_size);
        break;
    }
    return a_size;
}
