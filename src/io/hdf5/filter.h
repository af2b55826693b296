/* io/hdf5/filter.h: filters that were applied to chunks before storage, and undoing them. */
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
    uint32_t first; /* the first of its parameters; 0 if it has none */
} h5_filter;

/* Filters in the order in which they were applied. */
typedef struct h5_filters {
    int count;
    h5_filter filter[H5_FILTERS_MOST];
} h5_filters;

/* Parse the message of filters; NULL: no filters. */
rlra_status rlra_h5_filters(const h5_file *file, const h5_message *message, h5_filters *filters);

/* Fail with RLRA_ERR_UNSUPPORTED if a filter cannot be undone, with its name and the remedy; filters skipped by `mask` are
 * ignored. */
rlra_status rlra_h5_filters_check(const h5_file *file, const char *name, const h5_filters *filters, uint32_t mask);

/* State and buffers for undoing filters of all chunks; cleared by rlra_h5_undo_clear(). */
typedef struct h5_undo {
    const h5_filters *filters;
    rlra_context *context;
    size_t plain; /* bytes of a chunk without filters */
    size_t room;  /* size of each buffer */
    unsigned char *buffer[2];
    z_stream z;
    int z_begun;
} h5_undo;

/* Undo all filters except those skipped by `mask`: `stored` becomes exactly `undo->plain` bytes at `to`. `failure` is NULL on
 * success, or the problem with the bytes; the status reports memory only. */
rlra_status rlra_h5_undo(h5_undo *undo, uint32_t mask, const unsigned char *stored, size_t bytes, unsigned char *to,
                         const char **failure);
void rlra_h5_undo_clear(h5_undo *undo);

/* The single steps. Each returns the number of bytes that it made, at most `room`, or -1 if the bytes are damaged. */
int64_t rlra_h5_unlzf(const unsigned char *from, size_t bytes, unsigned char *to, size_t room);
void rlra_h5_unshuffle(const unsigned char *from, size_t bytes, size_t entry_bytes, unsigned char *to);
uint32_t rlra_h5_fletcher32(const unsigned char *bytes, size_t count);

#endif
