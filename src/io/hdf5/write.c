/* io/hdf5/write.c: write HDF5 files with contiguous data sets in the root group.
 *
 * Not by libhdf5, which crashes if the disk is full while it closes a file, and needs copies of strided arrays. Format: "HDF5
 * File Format Specification Version 1.1", superblock version 0.
 *
 *   superblock | root header | B-tree node | local heap, names | symbol node | headers of the data sets | their entries */
#include "io/hdf5/write.h"

#include <string.h>

#include "io/cursor.h"

#define NO_ADDRESS     UINT64_MAX
#define SUPERBLOCK     96
#define ROOT_HEADER    40
#define TREE_RANK      16
#define TREE_NODE      (24 + 8 * (4 * TREE_RANK + 1))
#define HEAP_HEADER    32
#define HEAP_FREE_NONE 1
#define SYMBOL         40
#define SET_HEADER     (16 + (8 + 8 + 8 * RLRA_MAX_ORDER) + (8 + 24) + (8 + 8) + (8 + 24))
#define ARRAYS_MOST    10000

/* Writes little-endian numbers one after the other into memory that is large enough. */
typedef struct pen {
    unsigned char *at;
} pen;

static void put(pen *p, int bytes, uint64_t value)
{
    for (int k = 0; k < bytes; k++)
        *p->at++ = (unsigned char)(k < 8 ? value >> (8 * k) & 255 : 0);
}

static void put_text(pen *p, const char *text, size_t bytes)
{
    memcpy(p->at, text, bytes);
    p->at += bytes;
}

/* The positions of all parts in the file. */
typedef struct layout {
    int count;
    uint64_t tree, heap, names, names_bytes, symbols, sets, data;
} layout;

static size_t padded(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

static layout plan(int count, const rlra_named_array *arrays)
{
    layout at = {.count = count, .tree = SUPERBLOCK + ROOT_HEADER, .names_bytes = 8};
    for (int k = 0; k < count; k++)
        at.names_bytes += padded(strlen(arrays[k].name) + 1);
    at.heap = at.tree + TREE_NODE;
    at.names = at.heap + HEAP_HEADER;
    at.symbols = at.names + at.names_bytes;
    at.sets = at.symbols + 8 + (uint64_t)(count + count % 2) * SYMBOL;
    at.data = at.sets + (uint64_t)count * SET_HEADER;
    return at;
}

static uint64_t bytes_of(const rlra_array *array)
{
    return (uint64_t)(rlra_array_count(array) * rlra_dtype_bytes(array->dtype));
}

static void put_superblock(pen *p, const layout *at, uint64_t end)
{
    put_text(p, "\x89HDF\r\n\x1a\n", 8);
    put(p, 5, 0);                             /* versions */
    put(p, 3, 8 | 8 << 8);                    /* bytes of addresses and of lengths */
    put(p, 2, (uint64_t)(at->count + 1) / 2); /* half the symbols of a symbol node */
    put(p, 2, TREE_RANK);
    put(p, 12, 0); /* flags, base address */
    put(p, 8, NO_ADDRESS);
    put(p, 8, end);
    put(p, 8, NO_ADDRESS);
    put(p, 8, 0); /* the root's symbol: no name */
    put(p, 8, SUPERBLOCK);
    put(p, 8, 1); /* its tree and heap follow */
    put(p, 8, at->tree);
    put(p, 8, at->heap);
}

static void put_message(pen *p, int type, int bytes)
{
    put(p, 2, (uint64_t)type);
    put(p, 2, (uint64_t)bytes);
    put(p, 4, 0);
}

static void put_header(pen *p, int messages, int bytes)
{
    put(p, 2, 1); /* version */
    put(p, 2, (uint64_t)messages);
    put(p, 4, 1); /* references */
    put(p, 8, (uint64_t)bytes);
}

/* Write the root group: its header, a tree of one node and the names; `last` is the position of the last name. */
static void put_root(pen *p, const layout *at, uint64_t last, const rlra_named_array *const *sorted)
{
    unsigned char *const tree = p->at + ROOT_HEADER;
    put_header(p, 1, 24);
    put_message(p, 0x11, 16);
    put(p, 8, at->tree);
    put(p, 8, at->heap);
    put_text(p, "TREE", 4);
    put(p, 2, 0);
    put(p, 2, at->count > 0);
    put(p, 8, NO_ADDRESS);
    put(p, 8, NO_ADDRESS);
    put(p, 8, 0);
    put(p, 8, at->symbols);
    put(p, 8, last);
    p->at = tree + TREE_NODE;
    put_text(p, "HEAP", 4);
    put(p, 4, 0);
    put(p, 8, at->names_bytes);
    put(p, 8, HEAP_FREE_NONE);
    put(p, 8, at->names);
    put(p, 8, 0);
    for (int k = 0; k < at->count; k++) {
        unsigned char *const next = p->at + padded(strlen(sorted[k]->name) + 1);
        put_text(p, sorted[k]->name, strlen(sorted[k]->name));
        p->at = next;
    }
}

static void put_symbols(pen *p, const layout *at, const rlra_named_array *const *sorted)
{
    unsigned char *const begin = p->at;
    uint64_t name = 8;
    put_text(p, "SNOD", 4);
    put(p, 2, 1);
    put(p, 2, (uint64_t)at->count);
    for (int k = 0; k < at->count; k++) {
        put(p, 8, name);
        put(p, 8, at->sets + (uint64_t)k * SET_HEADER);
        put(p, 24, 0);
        name += padded(strlen(sorted[k]->name) + 1);
    }
    p->at = begin + (at->sets - at->symbols);
}

/* Write a type in 24 bytes, little-endian: IEEE 754, or signed integers. */
static void put_type(pen *p, rlra_dtype dtype)
{
    const int single = dtype == RLRA_DTYPE_F32;
    if (dtype == RLRA_DTYPE_I64) {
        put(p, 1, 0x10); /* version 1, fixed-point */
        put(p, 3, 0x08); /* signed */
        put(p, 4, 8);
        put(p, 4, 64 << 16); /* bits: first, number */
        put(p, 8, 0);
        put(p, 4, 0);
        return;
    }
    put(p, 1, 0x11); /* version 1, floating */
    put(p, 3, 0x20 | (single ? 31 : 63) << 8);
    put(p, 4, single ? 4 : 8);
    put(p, 4, single ? 32 << 16 : 64 << 16);                                /* bits: first, number */
    put(p, 4, single ? 23 | 8 << 8 | 23u << 24 : 52 | 11 << 8 | 52u << 24); /* exponent, mantissa: first, number */
    put(p, 8, single ? 127 : 1023);
}

/* Write the header of one data set: its shape, type, fill value (none) and address. */
static void put_set(pen *p, const rlra_array *array, uint64_t address)
{
    unsigned char *const end = p->at + SET_HEADER;
    put_header(p, 4, SET_HEADER - 16);
    put_message(p, 0x01, 8 + 8 * RLRA_MAX_ORDER);
    put(p, 8, 1 | (uint64_t)array->order << 8);
    for (int mode = 0; mode < RLRA_MAX_ORDER; mode++)
        put(p, 8, mode < array->order ? (uint64_t)array->dims[mode] : 0);
    put_message(p, 0x03, 24);
    put_type(p, array->dtype);
    put_message(p, 0x05, 8);
    put(p, 8, 2 | 2 << 8 | 2 << 16); /* version; allocated late; written if set */
    put_message(p, 0x08, 24);
    put(p, 2, 3 | 1 << 8); /* version; contiguous */
    put(p, 8, bytes_of(array) == 0 ? NO_ADDRESS : address);
    put(p, 8, bytes_of(array));
    p->at = end;
}

/* Sort symbols by name, by insertion as there are few. */
static void sort(int count, const rlra_named_array *arrays, const rlra_named_array **sorted)
{
    for (int k = 0; k < count; k++) {
        int place = k;
        for (; place > 0 && strcmp(sorted[place - 1]->name, arrays[k].name) > 0; place--)
            sorted[place] = sorted[place - 1];
        sorted[place] = &arrays[k];
    }
}

static rlra_status check(output *out, int count, const rlra_named_array *arrays)
{
    if (count > ARRAYS_MOST)
        return rlra_fail(out->context, RLRA_ERR_ARGUMENT, "cannot write '%s': %d arrays, expected at most %d",
                         out->path, count, ARRAYS_MOST);
    for (int k = 0; k < count; k++)
        if (strchr(arrays[k].name, '/') != NULL || strcmp(arrays[k].name, ".") == 0)
            return rlra_fail(out->context, RLRA_ERR_ARGUMENT,
                             "cannot write '%s': '%s' is no name for a data set in the root group", out->path,
                             arrays[k].name);
    return RLRA_OK;
}

rlra_status rlra_hdf5_write(output *out, int count, const rlra_named_array *arrays)
{
    rlra_status status = RLRA_OK;
    const rlra_named_array **sorted = NULL;
    unsigned char *head = NULL;
    TRY(check(out, count, arrays));
    const layout at = plan(count, arrays);
    head = rlra_alloc_zero(out->context, at.data, 1);
    sorted = rlra_alloc(out->context, (size_t)count, sizeof *sorted);
    REQUIRE(head != NULL && sorted != NULL, rlra_fail_memory(out->context, at.data, 1, "the head of an HDF5 file"));
    sort(count, arrays, sorted);
    uint64_t end = at.data;
    for (int k = 0; k < count; k++)
        end += bytes_of(arrays[k].array);
    pen p = {head};
    const uint64_t last = at.names_bytes - padded(strlen(sorted[count - 1]->name) + 1);
    put_superblock(&p, &at, end);
    put_root(&p, &at, last, sorted);
    put_symbols(&p, &at, sorted);
    uint64_t address = at.data;
    for (int k = 0; k < count; k++) {
        put_set(&p, sorted[k]->array, address);
        address += bytes_of(sorted[k]->array);
    }
    TRY(rlra_output_write(out, head, at.data));
    for (int k = 0; k < count; k++)
        TRY(rlra_cursor_write(out, sorted[k]->array));
cleanup:
    rlra_free(out->context, sorted);
    rlra_free(out->context, head);
    return status;
}
