/* data/stored.h: what a problem keeps of a sparse array, whatever its order. */
#ifndef RLRA_DATA_STORED_H
#define RLRA_DATA_STORED_H

#include "data/scan.h"
#include "data/sparse.h"
#include "data/sparse_tensor.h"

/* One of these two. */
typedef struct stored_array {
    sparse_pair *matrix;
    csf_set *tensor;
} stored_array;

/* Statuses as of sparse_rows_create() and csf_create(). With `only_stored` a matrix keeps zeros and `scan` sees the stored entries
 * alone; else it sees the zeros between them, too. `*stored` is a stored_array for those who know no precision. */
rlra_status RLRA(stored_create)(rlra_context *context, const rlra_sparse *from, int only_stored, void **stored,
                                dense_scan *scan);
void RLRA(stored_destroy)(rlra_context *context, void *stored);

/* A hash of places and values. */
uint64_t RLRA(stored_digest)(const void *stored);

/* The bytes that its entries take. */
double RLRA(stored_bytes)(const stored_array *stored);

#endif
