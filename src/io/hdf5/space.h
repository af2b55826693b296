/* io/hdf5/space.h: the shape of a data set or an attribute. */
#ifndef RLRA_IO_HDF5_SPACE_H
#define RLRA_IO_HDF5_SPACE_H

#include "io/hdf5/object.h"

/* Modes that the format allows. */
#define H5_ORDER_MOST 32
/* A length that may grow without end. */
#define H5_UNLIMITED UINT64_MAX

typedef struct h5_space {
    int is_null; /* without entries and shape */
    int order;   /* 0: one entry */
    int64_t dims[H5_ORDER_MOST];
    uint64_t most[H5_ORDER_MOST]; /* lengths up to which the modes may grow */
} h5_space;

rlra_status rlra_h5_space(const h5_file *file, const h5_message *message, h5_space *space);

/* The number of entries; -1 if it is too large. */
int64_t rlra_h5_space_count(const h5_space *space);

#endif
