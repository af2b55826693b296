/* linalg/pivoting.h: exact minimisers of many small convex quadratics with one Gram matrix, by block principal pivoting.
 *
 *   minimise  1/2 x^T G x - c^T x   subject to  0 <= x <= upper,   or without bounds
 *
 * (Judice & Pires 1994; Kim & Park 2011.) Right-hand sides are taken in groups of equal or equally large supports, one in each
 * lane of the kernels of linalg/faces.h. Rows that do not finish because of rounding are left to the active-set method of
 * linalg/quadratic.h. All in double. */
#ifndef RLRA_LINALG_PIVOTING_H
#define RLRA_LINALG_PIVOTING_H

#include <stddef.h>
#include <stdint.h>

#include "linalg/faces.h"

/* G with entries on the diagonal between 1/2 and 2, or zero with its row: tolerances below are absolute for such a matrix. */
typedef struct face_gram {
    ptrdiff_t size;
    ptrdiff_t stride;       /* rlra_pivoting_stride(size): stride of rows of gram, c and x           */
    const double *gram;     /* size + 1 rows, the last one zero; columns after `size` are zero   */
    const double *diagonal; /* that of gram, followed by 1                                       */
    const double *upper;    /* for each unknown, > 0 or INFINITY; NULL: none has an upper bound  */
    int free;               /* x may have any sign, and there is no upper bound                  */
    double accuracy;        /* fraction of a diagonal entry below which unknowns depend on others */
    double noise;           /* relative error of the entries of c; 0 for double                  */
} face_gram;

typedef struct pivoting pivoting;

/* At least size + 1, a multiple of FACE_MOST_LANES. */
ptrdiff_t rlra_pivoting_stride(ptrdiff_t size);

/* Bytes of workspace for at most `rows` right-hand sides at a time; aligned to 64. */
size_t rlra_pivoting_bytes(ptrdiff_t size, ptrdiff_t rows);

/* The result is in the workspace; `g` and `faces` are borrowed. */
pivoting *rlra_pivoting_init(const face_gram *g, const face_kernels *faces, ptrdiff_t rows, void *work);

/* List in `open` the rows of x (feasible points; entry k of row i at x[i * stride + k]) that are not optimal up to rounding of
 * relative size `epsilon`; returns their number. Entries of c and x after `size` must be zero. */
ptrdiff_t rlra_pivoting_check(pivoting *p, ptrdiff_t rows, const double *c, const double *x, double epsilon,
                              int32_t *open);

/* Minimise for the `count` rows in `open`, starting from the supports of x. */
void rlra_pivoting_solve(pivoting *p, ptrdiff_t count, const int32_t *open, const double *c, double *x);

/* Minimise by the active-set method, one row after the other; not for free unknowns. */
void rlra_pivoting_walk(pivoting *p, ptrdiff_t count, const int32_t *open, const double *c, double *x);

#endif
