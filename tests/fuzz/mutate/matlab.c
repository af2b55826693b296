/* fuzz/mutate/matlab.c: mutations of MATLAB files: elements of version 5 are unpacked, changed at any depth, and packed again. */
#include <string.h>

#include "fuzz/mutate/mutate.h"

#define HEADER     128
#define MATRIX     14
#define COMPRESSED 15
#define ELEMENTS   256
#define DEPTH      12

/* An element in the plain form of the file. */
typedef struct element {
    size_t at, bytes; /* with its tag and without what fills it up to 8 bytes */
    int parent;       /* -1: none */
    int small;        /* its data stand in the tag */
} element;

typedef struct plain {
    blob bytes; /* the header, and all elements unpacked */
    element elements[ELEMENTS];
    int count, big;
} plain;

static void find_elements(plain *p, size_t at, size_t end, int parent, int depth)
{
    while (end - at >= 8 && p->count < ELEMENTS) {
        const uint8_t *const tag = p->bytes.at + at;
        const uint64_t first = number_get(tag, 4, p->big);
        const int small = first >> 16 != 0;
        const uint64_t bytes = small ? 0 : number_get(tag + 4, 4, p->big);
        if (bytes > end - at - 8)
            return;
        const int here = p->count++;
        p->elements[here] = (element){at, 8 + (size_t)bytes, parent, small};
        if (!small && first == MATRIX && depth < DEPTH)
            find_elements(p, at + 8, at + 8 + (size_t)bytes, here, depth + 1);
        at += 8 + (size_t)bytes;
        at += parent < 0 ? 0 : (8 - bytes % 8) % 8;
        if (at > end)
            return;
    }
}

/* Whether it is a file of version 5 with at least an element. */
static int take_plain(plain *p, const uint8_t *data, size_t size)
{
    size_t at = HEADER, used;
    p->bytes.size = 0;
    p->bytes.full = p->count = 0;
    if (size < HEADER + 8 || memcmp(data, "MATLAB", 6) != 0)
        return 0;
    p->big = data[126] == 'M';
    blob_put(&p->bytes, data, HEADER);
    while (size - at >= 8) {
        const uint64_t bytes = number_get(data + at + 4, 4, p->big);
        if (bytes > size - at - 8)
            break;
        if (number_get(data + at, 4, p->big) != COMPRESSED ||
            !blob_unpack(&p->bytes, data + at + 8, (size_t)bytes, 15, &used))
            blob_put(&p->bytes, data + at, 8 + (size_t)bytes);
        at += 8 + (size_t)bytes;
    }
    blob_put(&p->bytes, data + at, size - at);
    if (p->bytes.full)
        return 0;
    find_elements(p, HEADER, p->bytes.size, -1, 0);
    return p->count > 0;
}

/* Bytes at the end of an element to the next one. */
static size_t filling(const plain *p, const element *e)
{
    size_t fill = e->parent < 0 ? 0 : (8 - e->bytes % 8) % 8;
    const size_t left = p->bytes.size - e->at - e->bytes;
    fill = fill < left ? fill : left;
    return fill;
}

/* Put other bytes in the place of `from` bytes at `at`, and let all elements around them declare their new size. */
static void splice(plain *p, size_t at, size_t from, const uint8_t *bytes, size_t size, int parent)
{
    static blob made;
    made.size = 0;
    made.full = 0;
    blob_put(&made, p->bytes.at, at);
    blob_put(&made, bytes, size);
    blob_put(&made, p->bytes.at + at + from, p->bytes.size - at - from);
    if (made.full)
        return;
    for (int k = parent; k >= 0; k = p->elements[k].parent) {
        uint8_t *const tag = made.at + p->elements[k].at;
        number_put(tag + 4, 4, p->big, number_get(tag + 4, 4, p->big) + size - from);
    }
    p->bytes = made;
}

/* Other data of an element, of another size where that comes out. */
static void change_data(mutation *m, plain *p, const element *e)
{
    static uint8_t changed[1 << 15];
    if (e->small) {
        m->bytes(p->bytes.at + e->at + 4, 4, 4);
        return;
    }
    if (e->bytes > sizeof changed / 2)
        return;
    memcpy(changed, p->bytes.at + e->at, e->bytes);
    const size_t length =
        m->bytes(changed + 8, e->bytes - 8, mutation_draw(m, 2) == 0 ? e->bytes - 8 : sizeof changed / 2);
    number_put(changed + 4, 4, p->big, length);
    size_t whole = 8 + length;
    while (e->parent >= 0 && whole % 8 != 0)
        changed[whole++] = 0;
    splice(p, e->at, e->bytes + filling(p, e), changed, whole, e->parent);
}

/* A number among its data: dims, flags, indices, lengths of names. */
static void change_number(mutation *m, plain *p, const element *e)
{
    const size_t data = e->small ? 4 : e->bytes - 8;
    const int bytes = data >= 8 && mutation_draw(m, 4) == 0 ? 8 : data >= 4 ? 4 : 1;
    if (data == 0)
        return;
    const size_t place = mutation_draw(m, (uint32_t)(data / (size_t)bytes)) * (size_t)bytes;
    mutation_renumber(m, p->bytes.at + e->at + (e->small ? 4 : 8) + place, bytes, p->big, data / 8);
}

/* A copy of an element stands behind another one, or in its place. */
static void copy_element(mutation *m, plain *p, const plain *from, const element *what, const element *where)
{
    static uint8_t copy[1 << 15];
    size_t size = what->bytes;
    if (size > sizeof copy - 8)
        return;
    memcpy(copy, from->bytes.at + what->at, size);
    while (size % 8 != 0)
        copy[size++] = 0;
    const size_t whole = where->bytes + filling(p, where);
    if (mutation_draw(m, 2) == 0)
        splice(p, where->at, whole, copy, size, where->parent);
    else
        splice(p, where->at + whole, 0, copy, size, where->parent);
}

/* The class of an array, from its flags. */
static void change_class(mutation *m, plain *p, const element *e)
{
    uint8_t *const flags = p->bytes.at + e->at + 16;
    if (number_get(p->bytes.at + e->at, 4, p->big) != MATRIX || e->bytes < 24)
        return;
    const uint64_t old = number_get(flags, 4, p->big);
    number_put(flags, 4, p->big,
               mutation_draw(m, 3) == 0 ? old ^ (UINT64_C(0x100) << mutation_draw(m, 8))
                                        : (old & ~UINT64_C(0xff)) | mutation_draw(m, 20));
}

static void change(mutation *m, plain *p)
{
    const element *const e = &p->elements[mutation_draw(m, (uint32_t)p->count)];
    switch (mutation_draw(m, 10)) {
    case 0:
        number_put(p->bytes.at + e->at, e->small ? 2 : 4, p->big, mutation_draw(m, 20));
        break;
    case 1:
        mutation_renumber(m, p->bytes.at + e->at + (e->small ? 2 : 4), e->small ? 2 : 4, p->big, e->bytes);
        break;
    case 2:
        splice(p, e->at, e->bytes + filling(p, e), NULL, 0, e->parent);
        break;
    case 3:
        copy_element(m, p, p, &p->elements[mutation_draw(m, (uint32_t)p->count)], e);
        break;
    case 4:
        change_class(m, p, e);
        break;
    case 5:
    case 6:
        change_number(m, p, e);
        break;
    default:
        change_data(m, p, e);
    }
}

/* The file again, with some of the outermost elements packed. */
static size_t put_plain(mutation *m, const plain *p, uint8_t *data, size_t room)
{
    static blob made;
    const uint32_t share = mutation_draw(m, 3);
    size_t at = HEADER;
    made.size = 0;
    made.full = 0;
    blob_put(&made, p->bytes.at, HEADER);
    while (p->bytes.size - at >= 8) {
        const uint64_t bytes = number_get(p->bytes.at + at + 4, 4, p->big);
        if (bytes > p->bytes.size - at - 8)
            break;
        if (share == 0 || mutation_draw(m, share + 1) == 0)
            blob_put(&made, p->bytes.at + at, 8 + (size_t)bytes);
        else {
            const size_t tag = made.size;
            blob_number(&made, 4, p->big, COMPRESSED);
            blob_number(&made, 4, p->big, 0);
            blob_pack(&made, p->bytes.at + at, 8 + (size_t)bytes, 15, 6);
            number_put(made.at + tag + 4, 4, p->big, made.size - tag - 8);
        }
        at += 8 + (size_t)bytes;
    }
    blob_put(&made, p->bytes.at + at, p->bytes.size - at);
    return blob_take(&made, data, room);
}

size_t mutate_matlab(mutation *m, uint8_t *data, size_t size, size_t room)
{
    static plain p;
    if (mutation_draw(m, 10) == 0 || !take_plain(&p, data, size))
        return m->bytes(data, size, room);
    change(m, &p);
    const size_t taken = put_plain(m, &p, data, room);
    return taken > 0 ? taken : m->bytes(data, size, room);
}

size_t cross_matlab(mutation *m, const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                    size_t room)
{
    static plain left, right;
    if (!take_plain(&left, a, a_size) || !take_plain(&right, b, b_size))
        return 0;
    copy_element(m, &left, &right, &right.elements[mutation_draw(m, (uint32_t)right.count)],
                 &left.elements[mutation_draw(m, (uint32_t)left.count)]);
    return put_plain(m, &left, out, room);
}

/* Version 4: five numbers, a name and the entries, again and again. */
size_t mutate_matlab4(mutation *m, uint8_t *data, size_t size, size_t room)
{
    size_t heads[32], at = 0;
    uint32_t count = 0;
    const int big = size > 0 && data[0] == 0;
    if (mutation_draw(m, 3) == 0)
        return m->bytes(data, size, room);
    while (at < size && size - at >= 20 && count < 32) {
        static const int widths[] = {8, 4, 4, 2, 2, 1, 0, 0, 0, 0};
        const uint64_t kind = number_get(data + at, 4, big),
                       entries = number_get(data + at + 4, 4, big) * number_get(data + at + 8, 4, big);
        const uint64_t parts = number_get(data + at + 12, 4, big) != 0 ? 2 : 1;
        heads[count++] = at;
        const uint64_t left = size - at, name = number_get(data + at + 16, 4, big);
        if (entries > left || name > left)
            break;
        at += 20 + (size_t)name + (size_t)(entries * parts) * (size_t)widths[kind / 10 % 10];
    }
    if (count == 0)
        return m->bytes(data, size, room);
    uint8_t *const head = data + heads[mutation_draw(m, count)];
    const uint32_t which = mutation_draw(m, 5);
    if (which == 0)
        number_put(head, 4, big, mutation_draw(m, 2) * 1000 + mutation_draw(m, 7) * 10 + mutation_draw(m, 4));
    else
        mutation_renumber(m, head + 4 * which, 4, big, size);
    return size;
}
