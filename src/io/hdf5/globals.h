/* io/hdf5/globals.h: global heaps: where entries of variable length are. */
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
    h5_collection *collections; /* a table of hashed addresses, with at least half of its places free */
    size_t count, room;
    int64_t bytes; /* of all blocks: collections do not overlap, so that it is below the size of the file */
    int64_t given; /* bytes of all objects that were asked for */
} h5_globals;

/* The object with an index in the collection at an address, borrowed until the heaps are cleared. Writers give every entry one
 * of its own: what is asked for in all is limited, so that entries cannot name one object for ever. */
rlra_status rlra_h5_globals_find(h5_globals *globals, uint64_t address, uint32_t index, h5_item *item);
void rlra_h5_globals_clear(h5_globals *globals);

#endif
