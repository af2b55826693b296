/* data/observed/product.h: some rows of the product of the factors of all modes but one, for entries that are listed by place. */
#ifndef RLRA_DATA_OBSERVED_PRODUCT_H
#define RLRA_DATA_OBSERVED_PRODUCT_H

#include "core/arena.h"
#include "data/observed/observed.h"

typedef struct observed_product {
    const observed *of;
    ptrdiff_t pad;                /* entries of a row in memory          */
    real *packed[RLRA_MAX_ORDER]; /* the factor of each mode, row by row */
} observed_product;

/* The entries that a row of `rank` components takes in memory. */
ptrdiff_t RLRA(observed_product_pad)(ptrdiff_t rank);

/* Take workspace; called twice, to measure and to allocate. */
observed_product RLRA(observed_product_take)(const observed *of, ptrdiff_t rank, arena *from);

/* Lay out the factors of all modes but one. */
void RLRA(observed_product_pack)(const observed_product *p, int mode, const factor *factors, int threads);

/* rows[e] = row number places[e] of the product along a mode; `panel` has room for OBSERVED_RUN rows. */
void RLRA(observed_product_rows)(const observed_product *p, int mode, ptrdiff_t count, const int32_t *places,
                                 real *panel, const real **rows);

#endif
