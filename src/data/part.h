/* data/part.h: rows of the data in the layout that suits their storage, with the design that models them. */
#ifndef RLRA_DATA_PART_H
#define RLRA_DATA_PART_H

#include <stddef.h>

#include "core/real.h"
#include "data/sparse/rows.h"
#include "model/factor.h"

/* Most rows that are updated together if they are independent: few enough for the first-level cache. */
#define UPDATE_ROWS 48

/* The model of entry j of a row x is sum_k a_jk x_k. */
struct design {
    factor columns;   /* a, length x rank, component k contiguous */
    const real *rows; /* the same row by row, for stored data laid out as in linalg/gather.h; or NULL */
    ptrdiff_t rows_stride;
    const double *sums;    /* sum_j a_jk over the whole design, including entries left out because y_ij = 0 */
    ptrdiff_t sums_stride; /* 0; or row i has its own sums at sums[i * sums_stride], over observed entries */
};

/* At most UPDATE_ROWS dense rows, along (each contiguous) or across (side by side), or rows that are stored. A row of sparse
 * data may come alone instead, with the design cut down to its stored entries (under kl the others count through the sums
 * only). */
typedef struct data_part {
    const real *y; /* entry j of row i at y[i * y_stride + j], j < design.columns.length */
    ptrdiff_t y_stride;
    ptrdiff_t y_step; /* 0; or rows are across: entry j of row i is y[i + j * y_step], and design.rows is set */

    /* NULL; or row i has the stored entries of row first + i of these, and design.rows is set. */
    const sparse_rows *stored;
    ptrdiff_t first;

    int is_cut; /* the design is cut to the entries of one row that are not zero */
    struct design design;
    double weight; /* weight of their loss */
} data_part;

/* The sums of the design for row i. */
static inline const double *part_sums(const data_part *d, ptrdiff_t i)
{
    return d->design.sums + i * d->design.sums_stride;
}

/* Entry j of row i, or its j-th stored entry. */
static inline real part_entry(const data_part *d, ptrdiff_t i, ptrdiff_t j)
{
    if (d->stored != NULL)
        return d->stored->values[d->stored->starts[d->first + i] + j];
    return d->y_step == 0 ? d->y[i * d->y_stride + j] : d->y[i + j * d->y_step];
}

#endif
