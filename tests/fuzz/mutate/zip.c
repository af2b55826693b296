/* fuzz/mutate/zip.c: mutations of zip archives: members are changed and the archive is written anew, whole or with one lie. */
#include <string.h>
#include <zlib.h>

#include "fuzz/mutate/mutate.h"

#define MEMBERS   24
#define NAME_ROOM 64
#define FIELDS    512

typedef struct member {
    uint8_t name[NAME_ROOM];
    size_t name_bytes, at, bytes; /* of the plain content in the arena */
    int method;                   /* 0 or 8: the content is packed anew; else it stays as it was */
} member;

typedef struct archive {
    member members[MEMBERS];
    int count;
    blob arena;
} archive;

/* Where numbers of the archive lie, so that one can be changed afterwards. */
typedef struct writer {
    blob to;
    size_t at[FIELDS];
    int bytes[FIELDS], count;
} writer;

static void field(writer *w, int bytes, uint64_t value)
{
    if (w->count < FIELDS) {
        w->at[w->count] = w->to.size;
        w->bytes[w->count++] = bytes;
    }
    blob_number(&w->to, bytes, 0, value);
}

static void take_content(archive *a, member *m, const uint8_t *data, size_t size, size_t local, size_t packed)
{
    size_t used;
    m->at = a->arena.size;
    if (local + 30 > size)
        return;
    const size_t begin =
        local + 30 + (size_t)number_get(data + local + 26, 2, 0) + (size_t)number_get(data + local + 28, 2, 0);
    if (begin > size || packed > size - begin)
        return;
    if (m->method != 8 || !blob_unpack(&a->arena, data + begin, packed, -15, &used))
        blob_put(&a->arena, data + begin, packed);
    m->bytes = a->arena.size - m->at;
}

/* The members by the directory; whether there is one. */
static int take_archive(archive *a, const uint8_t *data, size_t size)
{
    a->count = 0;
    a->arena.size = 0;
    a->arena.full = 0;
    size_t end = size < 22 ? 0 : size - 22;
    while (end > 0 && memcmp(data + end, "PK\5\6", 4) != 0)
        end--;
    if (size < 22 || memcmp(data + end, "PK\5\6", 4) != 0)
        return 0;
    size_t at = (size_t)number_get(data + end + 16, 4, 0);
    while (a->count < MEMBERS && at < size && size - at >= 46 && memcmp(data + at, "PK\1\2", 4) == 0) {
        const size_t name = (size_t)number_get(data + at + 28, 2, 0);
        member *const m = &a->members[a->count];
        if (name > size - at - 46)
            break;
        *m = (member){.method = (int)number_get(data + at + 10, 2, 0)};
        m->name_bytes = name < NAME_ROOM ? name : NAME_ROOM;
        memcpy(m->name, data + at + 46, m->name_bytes);
        take_content(a, m, data, size, (size_t)number_get(data + at + 42, 4, 0),
                     (size_t)number_get(data + at + 20, 4, 0));
        a->count++;
        at += 46 + name + (size_t)number_get(data + at + 30, 2, 0) + (size_t)number_get(data + at + 32, 2, 0);
    }
    return a->count > 0;
}

/* What local header and directory have in common, from the version on. */
static void put_common(writer *w, const member *m, int flags, uint64_t sum, uint64_t packed, uint64_t plain, int extra)
{
    field(w, 2, 20);
    field(w, 2, (uint64_t)flags);
    field(w, 2, (uint64_t)m->method);
    field(w, 4, 0);
    field(w, 4, sum);
    field(w, 4, extra ? UINT32_MAX : packed);
    field(w, 4, extra ? UINT32_MAX : plain);
    field(w, 2, m->name_bytes);
    field(w, 2, extra ? 20 : 0);
}

static void put_extra(writer *w, uint64_t packed, uint64_t plain)
{
    field(w, 2, 1);
    field(w, 2, 16);
    field(w, 8, plain);
    field(w, 8, packed);
}

/* Where each member begins, and the sizes that the directory repeats. */
typedef struct placed {
    uint64_t local, packed, sum;
} placed;

static placed put_member(writer *w, const archive *a, const member *m, int late, int wide)
{
    static blob packed;
    const uint8_t *const plain = a->arena.at + m->at;
    placed p = {.local = w->to.size, .sum = crc32(0, plain, (uInt)m->bytes)};
    packed.size = 0;
    packed.full = 0;
    if (m->method == 8)
        blob_pack(&packed, plain, m->bytes, -15, 6);
    else
        blob_put(&packed, plain, m->bytes);
    p.packed = packed.size;
    blob_put(&w->to, "PK\3\4", 4);
    put_common(w, m, late ? 8 : 0, late ? 0 : p.sum, late ? 0 : p.packed, late ? 0 : m->bytes, wide && !late);
    blob_put(&w->to, m->name, m->name_bytes);
    if (wide && !late)
        put_extra(w, p.packed, m->bytes);
    blob_put(&w->to, packed.at, packed.size);
    if (late) {
        blob_put(&w->to, "PK\7\b", 4);
        field(w, 4, p.sum);
        field(w, 4, p.packed);
        field(w, 4, m->bytes);
    }
    return p;
}

static void put_archive(mutation *m, writer *w, const archive *a)
{
    placed places[MEMBERS];
    const int late = mutation_draw(m, 8) == 0, wide = mutation_draw(m, 8) == 0;
    w->to.size = 0;
    w->to.full = 0;
    w->count = 0;
    for (int k = 0; k < a->count; k++)
        places[k] = put_member(w, a, &a->members[k], late, wide);
    const size_t directory = w->to.size;
    for (int k = 0; k < a->count; k++) {
        const member *const one = &a->members[k];
        blob_put(&w->to, "PK\1\2", 4);
        field(w, 2, 20);
        put_common(w, one, late ? 8 : 0, places[k].sum, places[k].packed, one->bytes, wide);
        field(w, 2, 0);
        field(w, 2, 0);
        field(w, 2, 0);
        field(w, 4, 0);
        field(w, 4, places[k].local);
        blob_put(&w->to, one->name, one->name_bytes);
        if (wide)
            put_extra(w, places[k].packed, one->bytes);
    }
    const size_t length = w->to.size - directory;
    blob_put(&w->to, "PK\5\6", 4);
    field(w, 4, 0);
    field(w, 2, (uint64_t)a->count);
    field(w, 2, (uint64_t)a->count);
    field(w, 4, length);
    field(w, 4, directory);
    field(w, 2, 0);
}

static void rename_member(mutation *m, member *one)
{
    static const char *const names[] = {"data.npy",      "indices.npy",     "indptr.npy",
                                        "shape.npy",     "format.npy",      "row.npy",
                                        "col.npy",       "coords.npy",      "fill_value.npy",
                                        "offsets.npy",   "rows.npy",        "compressed_axes.npy",
                                        "a/b.npy",       "../x.npy",        "X",
                                        "adj_data.npy",  "adj_indices.npy", "adj_indptr.npy",
                                        "adj_shape.npy", "_is_array.npy"};
    const char *const name = names[mutation_draw(m, sizeof names / sizeof names[0])];
    one->name_bytes = strlen(name);
    memcpy(one->name, name, one->name_bytes);
    if (mutation_draw(m, 4) == 0)
        one->name_bytes = m->bytes(one->name, one->name_bytes, NAME_ROOM);
}

static void change_content(mutation *m, archive *a, member *one)
{
    static uint8_t changed[1 << 16];
    if (one->bytes > sizeof changed || one->bytes == 0)
        return;
    memcpy(changed, a->arena.at + one->at, one->bytes);
    one->bytes = mutate_npy(m, changed, one->bytes, sizeof changed);
    one->at = a->arena.size;
    blob_put(&a->arena, changed, one->bytes);
    if (a->arena.full)
        one->bytes = 0;
}

static void change_archive(mutation *m, archive *a)
{
    const int k = (int)mutation_draw(m, (uint32_t)a->count), l = (int)mutation_draw(m, (uint32_t)a->count);
    member *const one = &a->members[k];
    const member kept = *one;
    switch (mutation_draw(m, 10)) {
    case 0:
        rename_member(m, one);
        break;
    case 1:
        *one = a->members[l];
        a->members[l] = kept;
        break;
    case 2:
        if (a->count < MEMBERS)
            a->members[a->count++] = kept;
        break;
    case 3:
        if (a->count > 1)
            *one = a->members[--a->count];
        break;
    case 4:
        one->method = one->method == 8 ? 0 : 8;
        break;
    default:
        change_content(m, a, one);
    }
}

/* One number in four archives is a lie. */
static void lie(mutation *m, writer *w)
{
    if (mutation_draw(m, 4) != 0 || w->to.full || w->count == 0)
        return;
    const uint32_t k = mutation_draw(m, (uint32_t)w->count), other = mutation_draw(m, (uint32_t)w->count);
    if (w->bytes[k] == w->bytes[other] && mutation_draw(m, 3) == 0)
        memmove(w->to.at + w->at[k], w->to.at + w->at[other], (size_t)w->bytes[k]);
    else
        mutation_renumber(m, w->to.at + w->at[k], w->bytes[k], 0, w->to.size);
}

size_t mutate_zip(mutation *m, uint8_t *data, size_t size, size_t room)
{
    static archive a;
    static writer w;
    if (mutation_draw(m, 10) == 0 || !take_archive(&a, data, size))
        return m->bytes(data, size, room);
    change_archive(m, &a);
    put_archive(m, &w, &a);
    lie(m, &w);
    const size_t taken = blob_take(&w.to, data, room);
    return taken > 0 ? taken : m->bytes(data, size, room);
}

size_t cross_zip(mutation *m, const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                 size_t room)
{
    static archive left, right;
    static writer w;
    if (!take_archive(&left, a, a_size) || !take_archive(&right, b, b_size))
        return 0;
    const member *const from = &right.members[mutation_draw(m, (uint32_t)right.count)];
    const uint32_t place = mutation_draw(m, (uint32_t)left.count + 1);
    if (place == MEMBERS)
        return 0;
    member *const to = &left.members[place];
    *to = *from;
    to->at = left.arena.size;
    left.count += (int)place == left.count;
    blob_put(&left.arena, right.arena.at + from->at, from->bytes);
    if (left.arena.full)
        return 0;
    put_archive(m, &w, &left);
    return blob_take(&w.to, out, room);
}
