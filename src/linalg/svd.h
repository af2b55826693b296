/* linalg/svd.h: singular values of small matrices by one-sided Jacobi rotations; in double. */
#ifndef RLRA_LINALG_SVD_H
#define RLRA_LINALG_SVD_H

#include <stddef.h>

/* a = U diag(sigma) V^T, a of `rows` x `size`, column k contiguous at a + k * rows. On return column k of a is that
 * of U (zero where sigma[k] is zero), of v (size x size, column k at v + k * size) that of V; sigma falls. Columns
 * may outnumber rows. Each singular value is found to high relative accuracy if the columns of a differ in scale
 * only (Demmel & Veselic 1992). */
void rlra_svd_small(ptrdiff_t rows, ptrdiff_t size, double *a, double *sigma, double *v);

#endif
