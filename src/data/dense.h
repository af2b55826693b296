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
    int outermost;
} dense;

/* `from` is borrowed, and NULL or without a source where the entries are those of `array`. */
void RLRA(dense_init)(dense *self, const rlra_array *array, windows *from, const dense_scan *scan);

/* Bytes of the largest window that a product of a plan needs at least. */
double RLRA(dense_window_bytes)(const data_plan *p);

/* Whether all its walks go along the outermost mode. */
int RLRA(dense_is_in_order)(const data_plan *p);

/* Bytes that a product along a mode reads in one go, of data that are not in memory. */
double RLRA(dense_run_bytes)(const data_plan *p, int mode, int is_pass);

extern const data_ops RLRA(data_dense);

#endif
