/* rlra/closed.h: approximations whose minimiser has a closed form, without an alternating solver. */
#ifndef RLRA_CLOSED_H
#define RLRA_CLOSED_H

#include <stdint.h>

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/fit.h"
#include "rlra/model.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The best approximation of a nonnegative matrix X (m x n) by one nonnegative component w h^T.
 *
 * frobenius: the leading singular triplet, w = sqrt(sigma) |u|, h = sqrt(sigma) |v| (Perron and Frobenius: u and v can be
 * chosen nonnegative, so that the best rank-one matrix is the best nonnegative one). kl: the marginals, w = X 1 / sqrt(S), h =
 * X^T 1 / sqrt(S), S = sum of X. Both are global minimisers. If the largest singular value is multiple, the pair closest to the
 * mean row is taken.
 *
 * @param[in]  data     m x n, borrowed; any strides
 * @param[in]  loss     "frobenius" or "kl"; NULL for "frobenius"
 * @param[in]  threads  0: all
 * @param[out] model    order 2, dims {m, n}, rank 1, the dtype of the data: gets w and h, the weight is one
 * @param[out] report   NULL, or the certificate, recomputed from the data and the model: `loss` is that of the name (also
 *                      `objective`), `relative_error` ||X - w h^T|| / ||X||, `kkt_residual` for frobenius as in rlra_fit(), for
 *                      kl the largest relative difference between a row or column sum of the model and that of the data;
 *                      `sweeps` the rounds of the Lanczos process, `stop` RLRA_STOP_KKT if it met rounding, RLRA_STOP_SWEEPS if
 *                      not (singular values that nearly coincide)
 * @retval RLRA_ERR_ARGUMENT  no data or model, an unknown loss
 * @retval RLRA_ERR_SHAPE     the data is no matrix or has an empty side; the model has other dims, rank or dtype
 * @retval RLRA_ERR_DATA      NaN, Inf or a negative entry (the message has the first), or sums of squares out of range
 * @retval RLRA_ERR_MEMORY    out of memory
 * On any error the model is unchanged.
 *
 * Zero data give zeros. Cost: frobenius 4 m n flops a round, ten to thirty rounds as a rule; kl two reads of the data.
 * Workspace: at most 32 (m + n) and m n / 2 numbers. The result does not depend on the number of threads.
 */
RLRA_API rlra_status rlra_rank_one(rlra_context *context, const rlra_array *data, const char *loss, int64_t threads,
                                   rlra_model *model, rlra_report *report);

#ifdef __cplusplus
}
#endif
#endif
