/* linalg/cholesky.h: factors of small positive semidefinite matrices, and solutions with them; all in double. */
#ifndef RLRA_LINALG_CHOLESKY_H
#define RLRA_LINALG_CHOLESKY_H

#include <stddef.h>

/* lower lower^T = gram + ridge I, both size x size, row-major; the part above the diagonal of `lower` is zero. `accuracy` is
 * the relative error of the entries of `gram` (REAL_EPS). The ridge, which is returned, is 0 if `gram` is safely positive
 * definite, else the smallest of a rising sequence that makes it so: any symmetric input is factorised, also 0. */
double rlra_cholesky_factor(ptrdiff_t size, const double *gram, double accuracy, double *lower);

/* Solve lower lower^T x = x, in place. */
void rlra_cholesky_solve(ptrdiff_t size, const double *lower, double *x);

/* Solve for `count` right-hand sides stored component-major: entry k of side i is x[k * stride + i]. */
void rlra_cholesky_solve_many(ptrdiff_t size, const double *lower, ptrdiff_t count, double *x, ptrdiff_t stride);

/* Solve gram x_i = rhs_i for `count` sides, component-major with the same stride, given the factor and its ridge. With a ridge,
 * iterated Tikhonov (two corrections) restores the well-determined directions that the ridge has damped, and leaves the
 * undetermined ones near zero: close to the solution of least norm. `scratch` holds size x count entries. */
void rlra_cholesky_solve_gram(ptrdiff_t size, const double *gram, const double *lower, double ridge, ptrdiff_t count,
                              const double *rhs, double *x, ptrdiff_t stride, double *scratch);

/* An upper bound of the largest eigenvalue of a positive semidefinite matrix, at most size^(1/256) times too large
 * (1.8 % for size 100): trace(G^256)^(1/256) by repeated squaring. `scratch` holds 2 size x size entries. */
double rlra_eigenvalue_bound(ptrdiff_t size, const double *gram, double *scratch);

#endif
