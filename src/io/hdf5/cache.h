/* io/hdf5/cache.h: the groups of a file that have been listed, by their address. */
#ifndef RLRA_IO_HDF5_CACHE_H
#define RLRA_IO_HDF5_CACHE_H

#include "io/hdf5/links.h"

typedef struct h5_cache {
    h5_group **slots; /* hash table of a power of two of slots, at most half of them used */
    int room, count;
    int64_t walked; /* bytes of all nodes, and of all names: structures of a valid file do not overlap */
    int64_t named;
} h5_cache;

/* The group at an address, or NULL if it has not been listed. */
const h5_group *rlra_h5_cached(const h5_file *file, uint64_t address);

/* Add a new, empty group. */
rlra_status rlra_h5_cache_add(h5_file *file, uint64_t address, h5_group **group);

/* Count bytes of a node, or of a name; RLRA_ERR_FORMAT if the total exceeds the file. */
rlra_status rlra_h5_cache_walk(h5_file *file, int64_t *counter, size_t bytes);

#endif
