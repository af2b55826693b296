/* rlra/sparse.h: borrowed views of sparse arrays of any order. */
#ifndef RLRA_SPARSE_H
#define RLRA_SPARSE_H

#include <stdint.h>

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A view: the library never frees or changes what it points to. Entry e has value values[e] and index indices[m][e] along mode m;
 * entries that are not stored are zero. Coordinates: compressed = -1, starts = NULL, in any order, and entries with equal indices
 * are summed. Compressed along a mode (CSR of a matrix: mode 0, CSC: mode 1): the entries with index i along it are starts[i] ..
 * starts[i+1] - 1, and indices[compressed] is NULL. Indices count from 0. */
typedef struct rlra_sparse {
    rlra_dtype dtype;
    int order; /* 2 .. RLRA_MAX_ORDER */
    int64_t dims[RLRA_MAX_ORDER];
    int64_t count;                          /* stored entries */
    int compressed;                         /* the compressed mode, or -1 */
    const int64_t *starts;                  /* dims[compressed] + 1 numbers, the first 0, the last `count`; or NULL */
    const int64_t *indices[RLRA_MAX_ORDER]; /* `count` numbers each */
    const void *values;                     /* `count` numbers of type dtype */
} rlra_sparse;

/* The contents of a sparse array, filled in by rlra_sparse_summarise(). All numbers are for the stored entries, before entries
 * with equal indices are summed; NaN and Inf do not count in least, most and mean. */
typedef struct rlra_sparse_summary {
    int64_t stored, zeros, negatives, nans, infinities;
    int64_t duplicates;       /* entries with the indices of an earlier one */
    double density;           /* stored entries / places */
    double least, most, mean; /* NaN if no entry is finite */
} rlra_sparse_summary;

/** A view of a matrix stored by rows: the entries of row i have columns indices[e] and values[e], e = starts[i] .. starts[i+1] -
 * 1. */
RLRA_API rlra_sparse rlra_sparse_csr(rlra_dtype dtype, int64_t rows, int64_t columns, const int64_t *starts,
                                     const int64_t *indices, const void *values);

/** A view of a matrix stored by columns: the entries of column j have rows indices[e], e = starts[j] .. starts[j+1] - 1. */
RLRA_API rlra_sparse rlra_sparse_csc(rlra_dtype dtype, int64_t rows, int64_t columns, const int64_t *starts,
                                     const int64_t *indices, const void *values);

/** A view of an array of any order stored by coordinates: `indices` holds `order` arrays of `count` numbers. */
RLRA_API rlra_sparse rlra_sparse_coo(rlra_dtype dtype, int order, const int64_t *dims, int64_t count,
                                     const int64_t *const *indices, const void *values);

/**
 * Count entries, zeros, duplicates, .. and find the range.
 *
 * @retval as rlra_sparse_check(), except that NaN and Inf are counted; RLRA_ERR_MEMORY
 * Cost: O(count). Memory: none if entries are in order of their indices, else 32 to 64 bytes for each entry.
 */
RLRA_API rlra_status rlra_sparse_summarise(rlra_context *context, const rlra_sparse *sparse,
                                           rlra_sparse_summary *summary);

/**
 * Check that a view is a valid sparse array: order, lengths, `starts` that rise from 0 to `count`, indices within the dims,
 * finite values. Unsorted and equal indices are allowed.
 *
 * @retval RLRA_ERR_ARGUMENT  it is not; the message names entry and mode, and what was expected and found
 * @retval RLRA_ERR_SHAPE     an empty mode
 * @retval RLRA_ERR_DATA      entries are NaN or infinite; the message has their number and the first
 * Cost: one pass over the entries.
 */
RLRA_API rlra_status rlra_sparse_check(rlra_context *context, const rlra_sparse *sparse);

#ifdef __cplusplus
}
#endif
#endif
