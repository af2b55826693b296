/* data/csf.h: the entries of a sparse tensor as a tree (compressed sparse fibers), in the precision of the core. */
#ifndef RLRA_DATA_CSF_H
#define RLRA_DATA_CSF_H

#include <stddef.h>
#include <stdint.h>

#include "core/context.h"
#include "core/real.h"
#include "data/sparse/rows.h"
#include "rlra/sparse.h"

/* Some of the children of one root. */
typedef struct csf_piece {
    ptrdiff_t root;
    int64_t begin, end; /* nodes of level 1 */
} csf_piece;

/* Level l of the tree stands for mode modes[l]: all indices of the first one, and below each node the indices that occur with its
 * own path, rising. Node p of level l < order - 1 has children starts[l][p] .. starts[l][p+1] - 1 on the next level; node p of
 * the last level is an entry with value values[p], never 0. */
typedef struct csf {
    int order;
    int modes[RLRA_MAX_ORDER]; /* the root first, then the others, short ones first: they share most */
    int64_t nodes[RLRA_MAX_ORDER];
    int64_t *starts[RLRA_MAX_ORDER];  /* nodes[l] + 1 each; NULL for the last level */
    int32_t *indices[RLRA_MAX_ORDER]; /* NULL for the root                          */
    real *values;
    int64_t duplicates; /* entries of the view that were added to an earlier one with the same indices */
    int64_t zeros;      /* entries that were dropped, as they were 0 after summing                     */
    csf_piece *pieces;  /* the roots with more than CSF_PIECE entries, cut at their children           */
    ptrdiff_t piece_count;
} csf;

/* Large enough to give one piece to a thread at a time. The cuts depend on the entries alone, and so do sums made of pieces. */
#define CSF_PIECE 8192

/**
 * Store a tensor as the tree of one mode. Entries of equal indices are summed in double, in the order of the view.
 *
 * @param[in]  from  of the precision of the core and order >= 3; it may be freed afterwards
 * @param[out] to    freed by csf_destroy(); empty on error
 * @retval as rlra_sparse_check(); RLRA_ERR_DATA also where a sum of duplicates leaves the range of the precision;
 *         RLRA_ERR_UNSUPPORTED for modes longer than 2^31 - 1
 *
 * Cost: O(order count + dims[root]), a sort by radix. Memory: that of the result, and while it is made 16 bytes for each entry, 32
 * before the result begins; more from 65 bits of indices on.
 */
rlra_status RLRA(csf_create)(rlra_context *context, const rlra_sparse *from, int root, csf *to);

/* Free the arrays of a tree; {0} is allowed. */
void RLRA(csf_destroy)(rlra_context *context, csf *tree);

/* The range of the entries below node p of a level: the first, and one past the last. */
void RLRA(csf_entries)(const csf *tree, int level, int64_t p, int64_t *begin, int64_t *end);

/* The largest number of entries below one root. */
int64_t RLRA(csf_longest)(const csf *tree);

/* Bytes that a tree takes. */
double RLRA(csf_bytes)(const csf *tree);

#endif
