/* fingerprint/data.h: small arrays whose bits depend on nothing but their name: made by integer arithmetic. */
#ifndef TESTS_FINGERPRINT_DATA_H
#define TESTS_FINGERPRINT_DATA_H

#include "rlra/rlra.h"

#define STORED_MOST 4096

/* Memory of one array: dense entries or stored ones, with room for either precision. */
typedef struct stored {
    rlra_array dense;
    rlra_sparse sparse;
    double values[STORED_MOST];
    int64_t indices[4][STORED_MOST], starts[STORED_MOST];
} stored;

/* Numbers in [0, 1) with 20 bits, the same everywhere. */
double fingerprint_number(uint64_t seed, uint64_t place);

/* Entry number `place` of an array, as it is stored there. */
void fingerprint_put(rlra_dtype dtype, void *data, int64_t place, double number);

/* A nonnegative array of nearly rank 3; `zeros`: about a quarter of its entries are zero, otherwise all are positive. `gap` > 0:
 * strided, modes in the other order and with unused entries between. */
void fingerprint_dense(stored *to, rlra_dtype dtype, int order, const int64_t *dims, uint64_t seed, int zeros, int gap);

/* Sparse: about `part` of all places. `compressed` as of rlra_sparse. */
void fingerprint_sparse(stored *to, rlra_dtype dtype, int order, const int64_t *dims, uint64_t seed, double part,
                        int compressed);

#endif
