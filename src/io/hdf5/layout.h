/* io/hdf5/layout.h: the storage of the entries of a data set. */
#ifndef RLRA_IO_HDF5_LAYOUT_H
#define RLRA_IO_HDF5_LAYOUT_H

#include "io/hdf5/space.h"

/* Numbered as in the format; H5_NEWER stands for unknown versions. */
typedef enum h5_layout_kind { H5_COMPACT, H5_CONTIGUOUS, H5_CHUNKED, H5_VIRTUAL, H5_NEWER } h5_layout_kind;
typedef enum h5_index {
    H5_INDEX_BTREE1,
    H5_INDEX_SINGLE,
    H5_INDEX_IMPLICIT,
    H5_INDEX_FIXED,
    H5_INDEX_EXTENSIBLE,
    H5_INDEX_BTREE2
} h5_index;

typedef struct h5_layout {
    h5_layout_kind kind;
    uint64_t address; /* address of the entries, or of the index of the chunks; H5_NOWHERE: nothing was written */
    uint64_t bytes;   /* bytes of entries that are not in chunks; H5_NOWHERE if not stated */
    const unsigned char *compact; /* entries in the header, borrowed */

    h5_index index;
    int order; /* order of a chunk, that of the data set */
    uint64_t chunk[H5_ORDER_MOST];
    uint64_t chunk_bytes; /* without filters; below 4 GB */
    int plain_edges;      /* chunks that reach beyond the shape are not filtered */
    uint64_t single_bytes;
    uint32_t single_mask; /* mask of a single chunk that is filtered */
} h5_layout;

/* Parse the message of a layout; `entry_bytes` is that of the type. */
rlra_status rlra_h5_layout(const h5_file *file, const h5_message *message, const h5_space *space, size_t entry_bytes,
                           h5_layout *layout);

#endif
