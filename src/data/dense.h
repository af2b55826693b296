/* data/dense.h: a dense array as an operator, in memory or read window by window. */
#ifndef RLRA_DATA_DENSE_H
#define RLRA_DATA_DENSE_H

#include "data/layout.h"
#include "data/operator.h"
#include "data/scan.h"
#include "data/windows.h"

/* Entries are borrowed from `array`; nothing is allocated. Where they cannot be read, `from->status` tells, and what a product
 * leaves is void. */
typedef struct dense {
    data base;
    rlra_array array;
    windows *from;                /* of entries that are not in memory: same array; or NULL */
    layout along[RLRA_MAX_ORDER]; /* rows along each mode                     */
    products planned[RLRA_MAX_ORDER];
    factor inner;   /* for each thread: tail contracted                         */
    real *slab_rhs; /* for each thread: one group of rows                       */
    real *gathered; /* rows that are not contiguous: a slab, or some per thread */
    double *sums; /* right-hand sides of a group for each thread, in double; of all rows where windows cut their sums */
    double *row_sums;
    int outermost;
} dense;

/* `from` is borrowed, and NULL or without a source where the entries are those of `array`. */
void RLRA(dense_init)(dense *self, const rlra_array *array, windows *from, const dense_scan *scan);

/* After plan(): bytes of the largest window that a product needs at least. */
double RLRA(dense_window_bytes)(const dense *self);

/* Whether all its walks go along the outermost mode. */
int RLRA(dense_is_in_order)(const dense *self);

/* Bytes that a product along a mode reads in one go, of data that are not in memory. */
double RLRA(dense_run_bytes)(const dense *self, int mode, int is_pass);

extern const data_ops RLRA(data_dense);

#endif
