/* data/dense.h: a dense array as an operator. */
#ifndef RLRA_DATA_DENSE_H
#define RLRA_DATA_DENSE_H

#include "data/layout.h"
#include "data/operator.h"
#include "data/scan.h"

/* Entries are borrowed from `array`; nothing is allocated. */
typedef struct dense {
    data base;
    rlra_array array;
    layout along[RLRA_MAX_ORDER]; /* rows along each mode                     */
    products planned[RLRA_MAX_ORDER];
    factor inner;   /* for each thread: tail contracted                         */
    real *slab_rhs; /* for each thread: one group of rows                       */
    real *gathered; /* rows that are not contiguous: a slab, or some per thread */
    double *sums;   /* for each thread: right-hand sides of a group, in double  */
    double *row_sums;
    int outermost;
} dense;

void RLRA(dense_init)(dense *self, const rlra_array *array, const dense_scan *scan);

extern const data_ops RLRA(data_dense);

#endif
