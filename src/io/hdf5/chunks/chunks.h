/* io/hdf5/chunks/chunks.h: the chunks of a data set, found by any of the indexes of HDF5. */
#ifndef RLRA_IO_HDF5_CHUNKS_H
#define RLRA_IO_HDF5_CHUNKS_H

#include "io/hdf5/layout.h"

typedef struct h5_chunk {
    uint64_t address, bytes;
    uint32_t mask;              /* bit k: filter k was skipped */
    uint64_t at[H5_ORDER_MOST]; /* position among the chunks */
} h5_chunk;

typedef rlra_status (*h5_chunk_callback)(void *user, const h5_chunk *chunk);

/* A visit of all chunks. */
typedef struct h5_walk {
    h5_file *file;
    const h5_layout *layout;
    int is_filtered; /* the index has size and mask of each chunk */
    h5_chunk_callback callback;
    void *user;
    int order;
    uint64_t counts[H5_ORDER_MOST]; /* chunks along each mode */
    /* For indexes that number the chunks: the modes from the slowest to the fastest, and the largest number of chunks. */
    int modes[H5_ORDER_MOST];
    uint64_t most[H5_ORDER_MOST];
} h5_walk;

/* Visit every written chunk that is within the shape, in the order of the index. */
rlra_status rlra_h5_chunks_visit(h5_file *file, const h5_layout *layout, const h5_space *space, int is_filtered,
                                 h5_chunk_callback callback, void *user);

/* The number of chunks along a mode. */
uint64_t rlra_h5_chunks_along(const h5_layout *layout, uint64_t length, int mode);

/* Visit the chunks of one kind of index, at layout->address. */
rlra_status rlra_h5_visit_btree1(const h5_walk *walk);
rlra_status rlra_h5_visit_fixed(const h5_walk *walk);
rlra_status rlra_h5_visit_extensible(const h5_walk *walk);

/* Whether a chunk is within the shape. */
int rlra_h5_walk_holds(const h5_walk *walk, const h5_chunk *chunk);

/* Whether elements of arrays (an address, with size and mask if chunks are filtered) can have this many bytes. */
int rlra_h5_element_fits(const h5_walk *walk, size_t bytes);

/* Report chunk number `first` and those after it, from `count` elements of `bytes` bytes. */
rlra_status rlra_h5_walk_elements(const h5_walk *walk, uint64_t first, uint64_t count, const unsigned char *elements,
                                  size_t element_bytes);

#endif
