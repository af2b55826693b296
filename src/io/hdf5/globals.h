/* io/hdf5/globals.h: global heaps: storage of entries of variable length. */
#ifndef RLRA_IO_HDF5_GLOBALS_H
#define RLRA_IO_HDF5_GLOBALS_H

#include "io/hdf5/bytes.h"

/* An object of a collection. */
typedef struct h5_item {
    uint32_t index;
    const unsigned char *at;
    uint64_t bytes;
} h5_item;

typedef struct h5_collection {
    uint64_t address;
    unsigned char *block;
    h5_item *items; /* in the order of their indices */
    size_t count;
} h5_collection;

/* Collections that were read; starts as {file}. Each is read once. */
typedef struct h5_globals {
    h5_file *file;
    h5_collection *collections; /* a hash table of addresses, with at least half of its slots free */
    size_t count, room;
    int64_t bytes; /* bytes of all blocks; as collections do not overlap, below the size of the file */
    int64_t given; /* bytes of all requested objects */
} h5_globals;

/* The object with an index in the collection at an address, borrowed until the heaps are cleared. As writers give every entry
 * its own object, the total of requested bytes is limited, so that entries cannot refer to one object forever. */
rlra_status rlra_h5_globals_find(h5_globals *globals, uint64_t address, uint32_t index, h5_item *item);
void rlra_h5_globals_clear(h5_globals *globals);

#endif
