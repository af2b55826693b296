/* rlra/problem.h: what to minimise: data terms that tie arrays to factors, and penalties on the factors. */
#ifndef RLRA_PROBLEM_H
#define RLRA_PROBLEM_H

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/sparse.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* minimise  sum_t w_t 1/2 ||X_t - [[F_{t,0}, F_{t,1}, ..]]||^2  +  sum_n sum_p weight_p g_p(F_n).  */
typedef struct rlra_problem rlra_problem;

/** Make an empty problem; it keeps `context`, which must outlive it. */
RLRA_API rlra_status rlra_problem_create(rlra_context *context, rlra_problem **problem);

/** Free a problem; NULL is allowed. Borrowed arrays are not changed. */
RLRA_API void rlra_problem_destroy(rlra_problem *problem);

/**
 * Add the term  weight * 1/2 ||X - [[factors]]||^2.
 *
 * @param[in] data     borrowed, not copied: must stay valid and unchanged as long as the problem is used. Order >= 2,
 *                     any strides; all terms of a problem share one dtype.
 * @param[in] weight   > 0
 * @param[in] factors  data.order distinct factor numbers, factors[m] is tied to mode m; NULL for 0, 1, 2, ..
 * @retval RLRA_ERR_ARGUMENT     order, weight or a factor number is out of range
 * @retval RLRA_ERR_SHAPE        an empty mode, or a shared factor has another length in an earlier term
 * @retval RLRA_ERR_DATA         the data have NaN or Inf (the message has their number and the first)
 * @retval RLRA_ERR_UNSUPPORTED  another dtype than the earlier terms, or a factor that is the core of one (rlra/form.h)
 * On error the problem is unchanged. Cost: one pass over the data.
 */
RLRA_API rlra_status rlra_problem_add_dense(rlra_problem *problem, const rlra_array *data, double weight,
                                            const int *factors);

/* How missing entries are marked in the data. */
typedef enum rlra_missing { RLRA_MISSING_NONE, RLRA_MISSING_NAN } rlra_missing;

/**
 * Add a term of data in which some entries are missing or have less weight than others:  weight * sum_j w_j d(x_j,
 * [[factors]]_j)  with 1/2 (x - v)^2 as d, or any other loss.
 *
 * @param[in] data     as for rlra_problem_add_dense(); entries of weight 0 may have any value, also NaN
 * @param[in] weights  w >= 0 for each entry, of the shape and dtype of the data, any strides, borrowed: 0 where an
 *                     entry is missing, 1 where it is observed (a mask), or any numbers; NULL: 1 each
 * @param[in] missing  RLRA_MISSING_NAN: entries that are NaN are missing, for any weight
 * @retval as rlra_problem_add_dense(); RLRA_ERR_SHAPE and RLRA_ERR_UNSUPPORTED also for weights of another shape or dtype;
 *         RLRA_ERR_DATA also for weights that are negative or not numbers, and if no entry is observed
 *
 * A fit holds one copy of the data and lists of missing entries; see docs/theory/missing.md.
 */
RLRA_API rlra_status rlra_problem_add_weighted(rlra_problem *problem, const rlra_array *data, const rlra_array *weights,
                                               rlra_missing missing, double weight, const int *factors);

/**
 * Check whether a mask may be inverted, with 1 for missing entries, as in numpy.ma and MATLAB. No other function checks this:
 * rlra_problem_add_weighted() uses weights as given. The command line and Python check it unless the meaning of the mask is
 * stated.
 *
 * @param[in] mask     of the shape of the data; all values except 0 count as 1
 * @param[in] missing  as for rlra_problem_add_weighted()
 * @retval RLRA_ERR_ARGUMENT  it may be: the entries that it hides are finite and not all equal, and it keeps less than half
 *                            of the entries, or some that are NaN. Data with few known entries give this, too, unless
 *                            the other entries are zero or NaN
 * @retval RLRA_ERR_SHAPE     the mask has another shape
 */
RLRA_API rlra_status rlra_mask_check(rlra_context *context, const rlra_array *data, const rlra_array *mask,
                                     rlra_missing missing);

/**
 * Add the term of a sparse matrix (order 2) whose stored entries, including zeros, are the observed ones; the others are
 * missing.
 *
 * @retval as rlra_problem_add_sparse(); RLRA_ERR_DATA also if nothing is stored
 */
RLRA_API rlra_status rlra_problem_add_observed(rlra_problem *problem, const rlra_sparse *data, double weight,
                                               const int *factors);

/**
 * Like rlra_problem_add_observed(), with a weight for each stored entry.
 *
 * @param[in] weights  w >= 0, of the shape and dtype of the data and at the same places, in any order and storage; an entry of
 *                     weight 0 is missing. NULL: 1 each. Copied, like the data
 * @retval as rlra_problem_add_observed(); RLRA_ERR_SHAPE and RLRA_ERR_UNSUPPORTED also for weights of another shape or dtype;
 *         RLRA_ERR_DATA also for an entry without a weight or a weight without an entry (the message has the place), for two
 *         weights at one place, for weights below zero, and if all are 0
 */
RLRA_API rlra_status rlra_problem_add_observed_weighted(rlra_problem *problem, const rlra_sparse *data,
                                                        const rlra_sparse *weights, double weight, const int *factors);

/**
 * Add the term  weight * 1/2 ||X - [[factors]]||^2, or that of the loss 'kl', of a sparse array of any order; entries that are
 * not stored are zeros. A sweep costs O(order count rank), not the product of the dims times rank.
 *
 * @param[in] data  modes of at most 2^31 - 1 indices each. It is copied once for each mode, sorted: 4 bytes and those of a
 *                  value for each entry, and from order 3 on up to 12 bytes more for each mode between the first and the last
 *                  one (docs/theory/sparse_tensors.md); entries with equal indices are summed and zeros dropped
 * @retval as rlra_problem_add_dense() and rlra_sparse_check(); RLRA_ERR_UNSUPPORTED also for longer modes; RLRA_ERR_MEMORY
 * On error the problem is unchanged. Cost: a sort for each mode, by counting or, from order 3 on, by radix.
 */
RLRA_API rlra_status rlra_problem_add_sparse(rlra_problem *problem, const rlra_sparse *data, double weight,
                                             const int *factors);

/**
 * Add a penalty to a factor: `weight` times g(F). Names are those of rlra_member_at("penalty", i).
 *
 * @param[in] weight  >= 0; ignored by constraints such as nonneg and simplex. For lower and upper it is the bound itself, any
 *                    finite number
 * @retval RLRA_ERR_ARGUMENT     no such penalty or factor, a bad weight, or bounds that leave an empty interval
 * @retval RLRA_ERR_UNSUPPORTED  the penalties of this factor cannot be combined; the message names those that can
 */
RLRA_API rlra_status rlra_problem_add_penalty(rlra_problem *problem, int factor, const char *name, double weight);

/** Add penalties to a factor from text such as "nonneg,l1=0.1"; "none" adds nothing. */
RLRA_API rlra_status rlra_problem_add_prior(rlra_problem *problem, int factor, const char *text);

#ifdef __cplusplus
}
#endif
#endif
