/* data/sparse/rows.h: a sparse matrix stored row by row, or column by column, in the precision of the core. */
#ifndef RLRA_DATA_SPARSE_ROWS_H
#define RLRA_DATA_SPARSE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "core/context.h"
#include "core/real.h"
#include "rlra/sparse.h"

/* Row i holds entries starts[i] .. starts[i+1] - 1: indices[e] along the other mode, rising strictly, and values[e], never 0 unless
 * zeros were kept. */
typedef struct sparse_rows {
    ptrdiff_t rows;   /* length of the mode along which it is compressed */
    ptrdiff_t length; /* length of the other mode */
    ptrdiff_t count;  /* entries, after sums and without zeros */
    int64_t *starts;  /* rows + 1 */
    int32_t *indices;
    real *values;
    int64_t duplicates; /* entries of the view that were added to an earlier one with the same indices */
    int64_t zeros;      /* entries that were dropped, as they were 0 after summing */
} sparse_rows;

/**
 * Store a matrix by its rows (mode 0) or columns (mode 1). Entries of equal indices are summed in double, in the order of the
 * view.
 *
 * @param[in]  from  of order 2 and the precision of the core; it may be freed afterwards
 * @param[out] to    freed by sparse_rows_destroy(); empty on error
 * @retval as rlra_sparse_check(); RLRA_ERR_DATA also where a sum of duplicates leaves the range of the precision;
 *         RLRA_ERR_UNSUPPORTED for more than 2^31 - 1 columns
 *
 * Cost: O(count + rows + length), two counting sorts, or one if entries are in order. Memory: that of the result, and while it
 * is made 12 to 16 bytes more for each entry unless entries are in order.
 */
rlra_status RLRA(sparse_rows_create)(rlra_context *context, const rlra_sparse *from, int mode, sparse_rows *to);

/* Like sparse_rows_create(), but zeros are kept, for data whose other entries are not known. */
rlra_status RLRA(sparse_rows_keep)(rlra_context *context, const rlra_sparse *from, int mode, sparse_rows *to);

/* Free the arrays of the rows; {0} is allowed. */
void RLRA(sparse_rows_destroy)(rlra_context *context, sparse_rows *rows);

/* Sum of squares, in double, and the range of the stored entries and of the zeros between them. */
typedef struct sparse_range {
    double norm2, sum, least, scale; /* as in data/operator.h */
} sparse_range;

sparse_range RLRA(sparse_rows_range)(const sparse_rows *rows);

/* The range of a plain list of values; `is_full` if there are no zeros between them. */
sparse_range RLRA(sparse_range_of)(const real *values, ptrdiff_t count, int is_full);

#endif
