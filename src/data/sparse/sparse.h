/* data/sparse/sparse.h: a sparse matrix as an operator. */
#ifndef RLRA_DATA_SPARSE_SPARSE_H
#define RLRA_DATA_SPARSE_SPARSE_H

#include "data/kinds.h"
#include "data/sparse/rows.h"
#include "linalg/gather.h"

/* A matrix by its rows and by its columns. */
typedef struct sparse_pair {
    sparse_rows along[2];
    sparse_range range;
} sparse_pair;

/* Store a view of order 2 twice; statuses as for sparse_rows_create(). `*pair` is NULL on error. */
rlra_status RLRA(sparse_pair_create)(rlra_context *context, const rlra_sparse *from, sparse_pair **pair);

/* Like sparse_pair_create(), but zeros are kept, for data whose other entries are not known; the range is that of the stored
 * entries. */
rlra_status RLRA(sparse_pair_keep)(rlra_context *context, const rlra_sparse *from, sparse_pair **pair);

/* Destroy a pair; NULL is allowed. */
void RLRA(sparse_pair_destroy)(rlra_context *context, sparse_pair *pair);

/* Entries are borrowed from `pair`. */
typedef struct sparse {
    data base;
    const sparse_pair *pair;
    gather_kernel gather;
} sparse;

void RLRA(sparse_init)(sparse *self, const sparse_pair *pair);

/* The products of a sparse matrix, for all kinds that use them; see data/operator.h. */
data_plan RLRA(sparse_plan)(data *x, ptrdiff_t rank, int threads, arena *work);
void RLRA(sparse_contract)(const data_plan *plan, int mode, const factor *factors, factor rhs);
double RLRA(sparse_residual)(const data_plan *plan, const factor *factors);

#endif
