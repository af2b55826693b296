/* rlra/implicit.h: a matrix that is known only by its products with others. */
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

/* A product that the caller computes: write all entries of `out` for `in`, which must not be changed. Both have order 2, the
 * dtype of the products and strides {1, s} with s >= dims[0]: columns are contiguous. Any return value except 0 means that it
 * failed. It is called in the calling thread, one product at a time. */
typedef int (*rlra_product)(void *user, const rlra_array *in, const rlra_array *out);

/* A matrix X, rows x columns. */
typedef struct rlra_products {
    rlra_dtype dtype;
    int64_t rows, columns;
    double norm2;    /* the sum of the squares of its entries                                                  */
    int nonneg;      /* not 0: X has no negative entries, for rules that need to know                          */
    uint64_t digest; /* a number that identifies the data, for checkpoints; 0: no checkpoints                  */
    void *user;
    rlra_product apply;            /* out = X in:    `in` has `columns` rows, `out` has `rows` */
    rlra_product apply_transposed; /* out = X^T in:  `in` has `rows` rows, `out` has `columns` */
} rlra_products;

/**
 * Add the term  weight * 1/2 ||X - A B^T||^2  of a matrix that is known by its products only: one that is never formed, such as
 * the difference or product of other matrices, or one that another program or machine holds.
 *
 * @param[in] products  copied; `user` must stay valid as long as the problem
 * @param[in] weight    > 0
 * @param[in] factors   two distinct factor numbers; NULL for 0, 1
 * @retval RLRA_ERR_ARGUMENT     a function is NULL, norm2 is negative or not a number, weight or a factor number is out of range
 * @retval RLRA_ERR_SHAPE        as rlra_problem_add_dense()
 * @retval RLRA_ERR_UNSUPPORTED  another dtype than the earlier terms
 *
 * The functions are not called before the fit, which begins with one column through both products: RLRA_ERR_DATA if they do not
 * belong to the same matrix. Each sweep needs one product of `rank` columns with X and one with X^T.
 *
 * Fits of such a term need the squared loss, whole data and a start that is made from products or given: `holdout`, the start
 * 'snpa' and other losses are refused. The loss comes from norm2 and products; it is exact up to the rounding of ||X||^2, and
 * the report never has a smaller value (docs/theory/implicit.md). A product that fails, or has entries that are NaN, infinite
 * or not written, ends the fit with RLRA_ERR_NUMERIC; the model is then the best one so far.
 */
RLRA_API rlra_status rlra_problem_add_implicit(rlra_problem *problem, const rlra_products *products, double weight,
                                               const int *factors);

#ifdef __cplusplus
}
#endif
#endif
