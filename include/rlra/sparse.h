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
    int compressed;                         /* a mode, or -1 */
    const int64_t *starts;                  /* dims[compressed] + 1 numbers, the first 0, the last `count`; or NULL */
    const int64_t *indices[RLRA_MAX_ORDER]; /* `count` numbers each */
    const void *values;                     /* `count` numbers of type dtype */
} rlra_sparse;

/**
 * Whether a view is a sparse array: order, lengths, `starts` that rise from 0 to `count`, indices within the dims, finite values.
 * Unsorted and equal indices are fine.
 *
 * @retval RLRA_ERR_ARGUMENT  not so; the message tells which entry and mode, what was expected and what came
 * @retval RLRA_ERR_SHAPE     an empty mode
 * @retval RLRA_ERR_DATA      entries are NaN or infinite: how many, and where the first is
 * Cost: one pass over the entries.
 */
RLRA_API rlra_status rlra_sparse_check(rlra_context *context, const rlra_sparse *sparse);

#ifdef __cplusplus
}
#endif
#endif
