/* fuzz/mutate/npy.c: mutations of .npy and of gzip files: the header is written anew, packed content is changed unpacked. */
#include <stdio.h>
#include <string.h>

#include "fuzz/mutate/mutate.h"

static const char *const types[] = {"<f8",  ">f8",    "<f4", ">f4", "<f2",  "<i8", ">i4",  "<i4",
                                    "<u2",  "|i1",    "|u1", "|b1", "<c16", "<U3", "|S4",  "|O",
                                    "<f16", "<M8[s]", "<i3", "=f8", "|V8",  ">u8", "<u64", "<f99999999999"};
static const char *const shapes[] = {"",
                                     "3,",
                                     "3, 4",
                                     "3, 4, 2",
                                     "0, 5",
                                     "1, 1, 1, 1, 1, 1, 1, 1, 1",
                                     "12,",
                                     "4, 3",
                                     "2, 6",
                                     "-1, 4",
                                     "4294967296, 4294967296",
                                     "3L, 4",
                                     "1000000",
                                     "1, 12",
                                     "9223372036854775807",
                                     "2, 2, 3"};
#define COUNT(list) ((uint32_t)(sizeof(list) / sizeof *(list)))

/* A header that NumPy could have written, or nearly. */
static void put_header(mutation *m, blob *to)
{
    char text[400];
    const int big = mutation_draw(m, 24) == 0;
    const uint32_t version = 1 + mutation_draw(m, 3);
    const int used = snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }",
                              types[mutation_draw(m, mutation_draw(m, 2) == 0 ? 3 : COUNT(types))],
                              mutation_draw(m, 2) == 0 ? "False" : "True", shapes[mutation_draw(m, COUNT(shapes))]);
    const size_t lead = version == 1 ? 10 : 12, padded = (lead + (size_t)used + 64) / 64 * 64 - lead;
    memset(text + used, ' ', padded - (size_t)used);
    text[padded - 1] = '\n';
    blob_put(to, "\x93NUMPY", 6);
    blob_number(to, 1, 0, version);
    blob_number(to, 1, 0, 0);
    blob_number(to, version == 1 ? 2 : 4, big, padded);
    blob_put(to, text, padded);
}

size_t mutate_npy(mutation *m, uint8_t *data, size_t size, size_t room)
{
    static blob made;
    static uint8_t header[512];
    if (size < 10 || memcmp(data, "\x93NUMPY", 6) != 0 || mutation_draw(m, 4) == 0)
        return m->bytes(data, size, room);
    const size_t lead = data[6] == 1 ? 10 : 12, length = (size_t)number_get(data + 8, data[6] == 1 ? 2 : 4, 0);
    const size_t end = lead + length <= size ? lead + length : size;
    made.size = 0;
    made.full = 0;
    if (mutation_draw(m, 2) == 0 || end - lead > sizeof header / 2 || end < lead)
        put_header(m, &made);
    else {
        /* The text is changed and padded; its length is right. */
        memcpy(header, data + lead, end - lead);
        const size_t changed = m->bytes(header, end - lead, sizeof header);
        blob_put(&made, data, 8);
        blob_number(&made, data[6] == 1 ? 2 : 4, 0, changed);
        blob_put(&made, header, changed);
    }
    blob_put(&made, data + end, size - end);
    const size_t taken = blob_take(&made, data, room);
    return taken > 0 ? taken : m->bytes(data, size, room);
}

/* The mutator of what was packed. */
static size_t mutate_content(mutation *m, blob *b)
{
    if (b->size > 6 && memcmp(b->at, "\x93NUMPY", 6) == 0)
        return mutate_npy(m, b->at, b->size, sizeof b->at);
    if (b->size > 6 && memcmp(b->at, "MATLAB", 6) == 0)
        return mutate_matlab(m, b->at, b->size, sizeof b->at);
    return m->bytes(b->at, b->size, sizeof b->at);
}

size_t mutate_gzip(mutation *m, uint8_t *data, size_t size, size_t room)
{
    static blob plain, packed;
    size_t used = 0;
    plain.size = packed.size = 0;
    packed.full = 0;
    if (mutation_draw(m, 4) == 0 || !blob_unpack(&plain, data, size, 31, &used))
        return m->bytes(data, size, room);
    const uint32_t way = mutation_draw(m, 8);
    if (way == 0) {
        /* In two members, or with something behind the only one. */
        const size_t first = mutation_draw(m, (uint32_t)plain.size + 1);
        blob_pack(&packed, plain.at, first, 31, 6);
        blob_pack(&packed, plain.at + first, plain.size - first, 31, 0);
    } else {
        plain.size = mutate_content(m, &plain);
        blob_pack(&packed, plain.at, plain.size, 31, way == 1 ? 0 : 6);
        if (way == 2 && packed.size > 18)
            mutation_renumber(m, packed.at + packed.size - 4 * (1 + mutation_draw(m, 2)), 4, 0, plain.size);
        if (way == 3)
            packed.at[3] = (uint8_t)mutation_draw(m, 256);
    }
    const size_t taken = blob_take(&packed, data, room);
    return taken > 0 ? taken : m->bytes(data, size, room);
}
