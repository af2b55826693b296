/* data/dense/dense.h: a dense array as an operator, in memory or read window by window. */
#ifndef RLRA_DATA_DENSE_H
#define RLRA_DATA_DENSE_H

#include "data/kinds.h"
#include "data/layout.h"
#include "data/scan.h"
#include "data/windows.h"

/* Entries are borrowed from `array`; nothing is allocated. */
typedef struct dense {
    data base;
    rlra_array array;
    windows *from;                /* the same array, of which only windows are in memory; or NULL */
    layout along[RLRA_MAX_ORDER]; /* rows along each mode                     */
    int outermost;
} dense;

/* `from` is borrowed; it is NULL or has no source if the entries of `array` are in memory. */
void RLRA(dense_init)(dense *self, const rlra_array *array, windows *from, const dense_scan *scan);

/* The summary that a problem keeps of the array of a term. */
dense_scan RLRA(dense_scan_of)(const problem_term *term);

/* The products of a dense array, for all kinds that use them; see data/operator.h. */
data_plan RLRA(dense_plan)(data *x, ptrdiff_t rank, int threads, arena *work);
void RLRA(dense_pass)(const data_plan *plan, const factor *factors, row_update update, void *user);
void RLRA(dense_contract)(const data_plan *plan, int mode, const factor *factors, factor rhs);
double RLRA(dense_residual)(const data_plan *plan, const factor *factors);

#endif
