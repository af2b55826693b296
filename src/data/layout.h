/* data/layout.h: a dense array seen as rows along one mode, each row a (head x tail) table of the other modes. */
#ifndef RLRA_DATA_LAYOUT_H
#define RLRA_DATA_LAYOUT_H

#include <stddef.h>

#include "core/arena.h"
#include "core/real.h"
#include "model/factor.h"
#include "rlra/array.h"

/* The other modes are in memory order, the fastest last; `tail` is the product of the last ones: long enough for the kernels to
 * run along it, and `head` that of the others. Entry (i, h, t) belongs to  sum_k a[i,k] head_k[h] tail_k[t]. */
typedef struct layout {
    int mode; /* that of the rows                                              */
    ptrdiff_t rows, row_stride;
    int others;                /* number of other modes                                         */
    int modes[RLRA_MAX_ORDER]; /* which they are                                                */
    ptrdiff_t dims[RLRA_MAX_ORDER], strides[RLRA_MAX_ORDER];
    int first_tail; /* modes[first_tail ..] make the tail                            */
    ptrdiff_t head, tail;
    int gathered;          /* rows are not contiguous: they must be copied to be worked on  */
    int tail_gathered;     /* nor are their tails                                           */
    ptrdiff_t group, slab; /* rows that one thread treats at once; rows kept in cache       */
} layout;

/* Entries of a row. */
static inline ptrdiff_t layout_length(const layout *l)
{
    return l->head * l->tail;
}

/* The rows along `mode` of an array whose dims and strides are given. */
layout RLRA(layout_along)(const rlra_array *array, int mode);

/* The mode with the largest stride: rows along it are contiguous in a packed array. */
int RLRA(layout_outermost)(const rlra_array *array);

/* Rows begin .. end-1, contiguous, into out (one row after the other). */
void RLRA(layout_gather)(const layout *l, const real *at, ptrdiff_t begin, ptrdiff_t end, real *out);

/* One tail of rows begin .. end-1, that of head index h, contiguous in `room` if it is not so in place; `stride` tells where the
 * next row is. */
const real *RLRA(layout_tails)(const layout *l, const real *at, ptrdiff_t h, ptrdiff_t begin, ptrdiff_t end, real *room,
                               ptrdiff_t *stride);

/* The products over the modes of head and tail, rank x head and rank x tail. Where one mode makes the product it is the factor
 * itself; where none does (head of order 2) length is 1 and `at` is NULL. */
typedef struct products {
    factor head, tail;
} products;

/* Room for the products, from `work`. */
products RLRA(products_plan)(const layout *l, ptrdiff_t rank, arena *work);

/* Fill them; `planned` is what products_plan() gave. */
products RLRA(products_of)(const layout *l, const factor *factors, products planned);

#endif
