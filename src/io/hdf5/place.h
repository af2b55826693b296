/* io/hdf5/place.h: put the entries of a chunk where they belong in an array. */
#ifndef RLRA_IO_HDF5_PLACE_H
#define RLRA_IO_HDF5_PLACE_H

#include "io/hdf5/chunks/chunks.h"
#include "io/hdf5/type.h"

/* The array that is made, in the order of the file. */
typedef struct h5_target {
    const h5_space *space;
    const h5_layout *layout;
    const h5_type *type;
    int converts; /* to `dtype`; else entries are kept as they are stored */
    rlra_dtype dtype;
    size_t entry_bytes; /* in the array */
    char *to;
    const unsigned char *fill; /* an entry as it is in the array; NULL: zeros */
} h5_target;

/* The part of a chunk that is within the shape. */
typedef struct h5_part {
    uint64_t first[H5_ORDER_MOST], length[H5_ORDER_MOST]; /* in the array */
    int64_t offset;                                       /* of its first entry in the array */
    int outer;                                            /* modes that are walked; the others are one run */
    uint64_t run;                                         /* entries that follow each other in chunk and array */
    int is_whole;                                         /* no entry of the chunk is outside */
} h5_part;

h5_part rlra_h5_part(const h5_target *target, const uint64_t *at);

/* Put the entries of a chunk; `from` is NULL where it was never written. */
void rlra_h5_put(const h5_target *target, const h5_part *part, const unsigned char *from);

/* Put entries one behind the other. */
void rlra_h5_put_run(const h5_target *target, int64_t first, int64_t count, const unsigned char *from);

#endif
