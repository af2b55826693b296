/* rlra/implicit.h: a matrix of which nothing but its products with others is known. */
#ifndef RLRA_IMPLICIT_H
#define RLRA_IMPLICIT_H

#include <stdint.h>

#include "rlra/array.h"
#include "rlra/export.h"
#include "rlra/problem.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A product that the caller computes: write all entries of `out` for `in`, of which nothing is to be changed. Both have
 * order 2, the dtype of the products and strides {1, s} with s >= dims[0]: columns are contiguous. Anything but 0 means
 * that it failed. It is called in the thread that called the library, one product at a time. */
typedef int (*rlra_product)(void *user, const rlra_array *in, const rlra_array *out);

/* A matrix X, rows x columns. */
typedef struct rlra_products {
    rlra_dtype dtype;
    int64_t rows, columns;
    double norm2;    /* the sum of the squares of its entries                                                  */
    int nonneg;      /* not 0: X has no negative entries, for rules that must know                             */
    uint64_t digest; /* a number that other data would not have, for checkpoints; 0: there can be none         */
    void *user;
    rlra_product apply;            /* out = X in:    `in` has `columns` rows, `out` has `rows` */
    rlra_product apply_transposed; /* out = X^T in:  the other way round                       */
} rlra_products;

/**
 * Add the term  weight * 1/2 ||X - A B^T||^2  of a matrix that is known by its products only: one that is never formed, as the
 * difference or product of other matrices, or one that some other program or machine holds.
 *
 * @param[in] products  copied; what `user` points to must outlive the problem
 * @param[in] weight    > 0
 * @param[in] factors   two distinct factor numbers; NULL for 0, 1
 * @retval RLRA_ERR_ARGUMENT     a function is NULL, norm2 is negative or no number, weight or a factor number is out of range
 * @retval RLRA_ERR_SHAPE        as rlra_problem_add_dense()
 * @retval RLRA_ERR_UNSUPPORTED  another dtype than the earlier terms
 *
 * Nothing is called before the fit, which begins with one column through both products: RLRA_ERR_DATA if they do not belong to one
 * matrix. Each sweep takes one product of `rank` columns with X and one with X^T.
 *
 * Fits of such a term need the squared loss, whole data and a start that is made of products or given: `holdout`, the
 * start 'snpa' and other losses are refused. The loss comes from norm2 and products; it is exact up to the rounding of
 * ||X||^2, and the report does not claim less than that (docs/theory/implicit.md). A product that fails, or leaves
 * entries that are NaN, infinite or not written, ends the fit with RLRA_ERR_NUMERIC; the model is then the best one so
 * far.
 */
RLRA_API rlra_status rlra_problem_add_implicit(rlra_problem *problem, const rlra_products *products, double weight,
                                               const int *factors);

#ifdef __cplusplus
}
#endif
#endif
