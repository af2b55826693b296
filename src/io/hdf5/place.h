/* io/hdf5/place.h: copy the entries of a chunk to their positions in an array. */
#ifndef RLRA_IO_HDF5_PLACE_H
#define RLRA_IO_HDF5_PLACE_H

#include "io/hdf5/chunks/chunks.h"
#include "io/hdf5/type.h"

/* The resulting array, in the order of the file. */
typedef struct h5_target {
    const h5_space *space;
    const h5_layout *layout;
    const h5_type *type;
    int converts; /* convert to `dtype`; else entries stay as stored */
    rlra_dtype dtype;
    size_t entry_bytes; /* bytes of an entry in the array */
    char *to;
    const unsigned char *fill; /* fill value as an entry of the array; NULL: zeros */
} h5_target;

/* The part of a chunk that is within the shape. */
typedef struct h5_part {
    uint64_t first[H5_ORDER_MOST], length[H5_ORDER_MOST]; /* range in the array */
    int64_t offset;                                       /* offset of its first entry in the array */
    int outer;                                            /* modes that are walked; the others are one run */
    uint64_t run;                                         /* contiguous entries in both chunk and array */
    int is_whole;                                         /* no entry of the chunk is outside */
} h5_part;

h5_part rlra_h5_part(const h5_target *target, const uint64_t *at);

/* Copy the entries of a chunk; `from` is NULL if it was never written. */
void rlra_h5_put(const h5_target *target, const h5_part *part, const unsigned char *from);

/* Copy contiguous entries. */
void rlra_h5_put_run(const h5_target *target, int64_t first, int64_t count, const unsigned char *from);

#endif
