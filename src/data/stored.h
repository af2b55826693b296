/* data/stored.h: what a problem keeps of a sparse array, whatever its order. */
#ifndef RLRA_DATA_STORED_H
#define RLRA_DATA_STORED_H

#include "data/observed/choice.h"
#include "data/sparse/sparse.h"
#include "data/sparse/tensor.h"

/* A matrix or a tensor. */
typedef struct stored_array {
    sparse_pair *matrix;
    sparse_pair *weights; /* weights of its entries, at the same places; or NULL */
    csf_set *tensor;
} stored_array;

/* Statuses as for sparse_rows_create(), csf_create() and sparse_weights_create(). Unless choice->only_stored the summary
 * includes the zeros between the entries. `*stored` is a stored_array, passed as void to code without a precision. */
rlra_status RLRA(stored_create)(rlra_context *context, const stored_choice *choice, void **stored,
                                observed_summary *summary);
void RLRA(stored_destroy)(rlra_context *context, void *stored);

/* A hash of places and values. */
uint64_t RLRA(stored_digest)(const void *stored);

/* The bytes that its entries take. */
double RLRA(stored_bytes)(const stored_array *stored);

#endif
