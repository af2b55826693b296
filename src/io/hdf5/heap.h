/* io/hdf5/heap.h: the heaps in which HDF5 keeps names and attributes: local heaps, and objects of fractal heaps. */
#ifndef RLRA_IO_HDF5_HEAP_H
#define RLRA_IO_HDF5_HEAP_H

#include "io/hdf5/bytes.h"

/* A range of the address space of the heap that is stored in one block of the file. */
typedef struct h5_heap_block {
    uint64_t begin, bytes; /* range in the address space of the heap */
    uint64_t address;
    unsigned char *content; /* NULL until it is needed */
} h5_heap_block;

typedef struct h5_huge {
    uint64_t id, address, bytes;
} h5_huge;

/* A fractal heap. Starts as {0}. */
typedef struct h5_heap {
    uint64_t address;
    int id_bytes, checked; /* `checked`: direct blocks have a checksum */
    int position_bytes, count_bytes;
    uint64_t first_bytes, direct_most, object_most; /* sizes of blocks and objects */
    int width, bits;                                /* blocks in a row; bits of a position in the heap */
    h5_heap_block *blocks;                          /* in the order of their positions */
    int count, room;
    int64_t walked;     /* bytes of the blocks found so far */
    uint64_t huge_tree; /* B-tree of objects outside the blocks */
    h5_huge *huge;
    int huge_count, huge_room, huge_listed;
    unsigned char *object; /* the last huge object that was requested */
} h5_heap;

/* Find the blocks of a fractal heap; closed also after a failure. */
rlra_status rlra_h5_heap_open(h5_file *file, uint64_t address, h5_heap *heap);
void rlra_h5_heap_close(h5_file *file, h5_heap *heap);

/* Get the object with an identifier of id_bytes; it is valid until the next call. */
rlra_status rlra_h5_heap_get(h5_file *file, h5_heap *heap, const unsigned char *id, h5_bytes *object);

/* Read the bytes of a local heap, followed by a zero; freed by rlra_free(). */
rlra_status rlra_h5_local_heap(h5_file *file, uint64_t address, unsigned char **block, size_t *bytes);

#endif
