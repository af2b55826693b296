/* data/layout.h: a dense array seen as rows along one mode, each row a (head x tail) table of the other modes. */
#ifndef RLRA_DATA_LAYOUT_H
#define RLRA_DATA_LAYOUT_H

#include <stddef.h>

#include "core/arena.h"
#include "core/real.h"
#include "model/factor.h"
#include "rlra/array.h"

/* The other modes are in memory order, the fastest last; `tail` is the product of the last ones: as many as the kernels need to
 * run along it; `head` is that of the others. Entry (i, h, t) belongs to  sum_k a[i,k] head_k[h] tail_k[t]. */
typedef struct layout {
    int mode; /* mode of the rows                                              */
    ptrdiff_t rows, row_stride;
    int others;                /* number of other modes                                         */
    int modes[RLRA_MAX_ORDER]; /* the other modes                                               */
    ptrdiff_t dims[RLRA_MAX_ORDER], strides[RLRA_MAX_ORDER];
    int first_tail; /* modes[first_tail ..] make the tail                            */
    ptrdiff_t head, tail;
    int gathered;          /* rows are not contiguous and must be copied                    */
    int tail_gathered;     /* their tails are not contiguous either                         */
    ptrdiff_t group, slab; /* rows that one thread processes together; rows kept in cache   */
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

/* The tails of head index h of rows begin .. end-1, in place if they are contiguous, else copied to `room`; `stride` gets the
 * distance between rows. */
const real *RLRA(layout_tails)(const layout *l, const real *at, ptrdiff_t h, ptrdiff_t begin, ptrdiff_t end, real *room,
                               ptrdiff_t *stride);

/* The products over the modes of head and tail, rank x head and rank x tail. A product over one mode is the factor itself; for
 * a product over no mode (head of order 2) the length is 1 and `at` is NULL. */
typedef struct products {
    factor head, tail;
} products;

/* Take room for the products from `work`. */
products RLRA(products_plan)(const layout *l, ptrdiff_t rank, arena *work);

/* Form the products; `planned` is the result of products_plan(). */
products RLRA(products_of)(const layout *l, const factor *factors, products planned);

#endif
