/* data/sparse/weights.h: weights of the stored entries of a sparse matrix. */
#ifndef RLRA_DATA_SPARSE_WEIGHTS_H
#define RLRA_DATA_SPARSE_WEIGHTS_H

#include "data/observed/choice.h"
#include "data/sparse/sparse.h"

/**
 * Store weights by rows and by columns, parallel to the entries that they belong to; entries of weight 0 are removed from
 * both.
 *
 * @param[in]     from     of the shape and precision of the entries, with the same places in any order
 * @param[in,out] entries  made by sparse_pair_keep()
 * @param[out]    weights  NULL on error
 * @retval as rlra_sparse_check(); RLRA_ERR_DATA also for a weight without an entry and the other way round, for two weights at
 *         one place and for weights below zero
 */
rlra_status RLRA(sparse_weights_create)(rlra_context *context, const rlra_sparse *from, sparse_pair *entries,
                                        sparse_pair **weights, observed_summary *summary);

/* A summary of entries and their weights. */
observed_summary RLRA(sparse_weights_summarise)(const sparse_pair *entries, const sparse_pair *weights);

#endif
