/* data/sparse/tensor.h: a sparse tensor as an operator. */
#ifndef RLRA_DATA_SPARSE_TENSOR_H
#define RLRA_DATA_SPARSE_TENSOR_H

#include "data/csf.h"
#include "data/kinds.h"
#include "linalg/fibers.h"

/* A tensor by each of its modes. */
typedef struct csf_set {
    int order;
    csf along[RLRA_MAX_ORDER]; /* the tree with root m */
    sparse_range range;
} csf_set;

/* Statuses as for csf_create(). `*set` is NULL on error. */
rlra_status RLRA(csf_set_create)(rlra_context *context, const rlra_sparse *from, csf_set **set);

/* Destroy a set; NULL is allowed. */
void RLRA(csf_set_destroy)(rlra_context *context, csf_set *set);

/* Entries are borrowed from `set`. */
typedef struct sparse_tensor {
    data base;
    const csf_set *set;
    fibers_kernel fibers;
} sparse_tensor;

/* The workspace of the products of one plan. */
typedef struct tensor_room {
    const sparse_tensor *x;
    ptrdiff_t stride;             /* length of a packed row                                        */
    real *packed[RLRA_MAX_ORDER]; /* factors, row after row                                        */
    double *sums;                 /* one for each thread: right-hand sides of some rows, and of levels */
    double *parts;                /* right-hand sides of pieces                                    */
    double *row_sums;             /* for residual(): two numbers for each row                      */
    double *grams;                /* for residual(): a Gram matrix of each factor                  */
} tensor_room;

void RLRA(sparse_tensor_init)(sparse_tensor *self, const csf_set *set);

#endif
