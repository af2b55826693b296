/* io/hdf5/filter.h: what was done to chunks before they were stored, and how it is undone. */
#ifndef RLRA_IO_HDF5_FILTER_H
#define RLRA_IO_HDF5_FILTER_H

#include <zlib.h>

#include "io/hdf5/object.h"

#define H5_FILTERS_MOST 32

typedef enum h5_filter_id {
    H5_FILTER_DEFLATE = 1,
    H5_FILTER_SHUFFLE = 2,
    H5_FILTER_FLETCHER32 = 3,
    H5_FILTER_LZF = 32000 /* h5py's own */
} h5_filter_id;

typedef struct h5_filter {
    int id;
    uint32_t first; /* of its parameters; 0 where it has none */
} h5_filter;

/* In the order in which they were applied. */
typedef struct h5_filters {
    int count;
    h5_filter filter[H5_FILTERS_MOST];
} h5_filters;

/* `message` may be NULL: nothing was done. */
rlra_status rlra_h5_filters(const h5_file *file, const h5_message *message, h5_filters *filters);

/* RLRA_ERR_UNSUPPORTED by the name of a filter that we cannot undo, with the remedy; those that `mask` says were left out do no
 * harm. */
rlra_status rlra_h5_filters_check(const h5_file *file, const char *name, const h5_filters *filters, uint32_t mask);

/* What undoing needs from chunk to chunk; cleared by rlra_h5_undo_clear(). */
typedef struct h5_undo {
    const h5_filters *filters;
    rlra_context *context;
    size_t plain; /* bytes of a chunk when all is undone */
    size_t room;  /* of each buffer */
    unsigned char *buffer[2];
    z_stream z;
    int z_begun;
} h5_undo;

/* Undo what `mask` does not say was left out: `stored` becomes exactly `undo->plain` bytes at `to`. `failure` is NULL on
 * success, or names what was wrong with the bytes; the status is that of memory. */
rlra_status rlra_h5_undo(h5_undo *undo, uint32_t mask, const unsigned char *stored, size_t bytes, unsigned char *to,
                         const char **failure);
void rlra_h5_undo_clear(h5_undo *undo);

/* The single steps. Each returns how many bytes it made, at most `room`, or -1 where the bytes are damaged. */
int64_t rlra_h5_unlzf(const unsigned char *from, size_t bytes, unsigned char *to, size_t room);
void rlra_h5_unshuffle(const unsigned char *from, size_t bytes, size_t entry_bytes, unsigned char *to);
uint32_t rlra_h5_fletcher32(const unsigned char *bytes, size_t count);

#endif
