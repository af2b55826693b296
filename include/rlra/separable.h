/* rlra/separable.h: near-separable factorization: columns of the data that generate all others. */
#ifndef RLRA_SEPARABLE_H
#define RLRA_SEPARABLE_H

#include <stdint.h>

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/model.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rlra_separable_method { RLRA_SEPARABLE_SPA = 0, RLRA_SEPARABLE_SNPA = 1 } rlra_separable_method;

typedef struct rlra_separable_options {
    rlra_separable_method method;
    int64_t rank;         /* columns to pick, >= 1 */
    double tolerance;     /* stop when the largest residual column norm falls below this times the largest column norm; >= 0 */
    int64_t threads;      /* 0: all */
} rlra_separable_options;

typedef struct rlra_separable_report {
    int64_t found;         /* columns picked, <= rank: fewer when the data has no more independent columns */
    double relative_error; /* ||X - X[:,picked] H|| / ||X|| with the H of the model                         */
    double seconds;
} rlra_separable_report;

/** rank 0 (to be filled in), method SNPA, tolerance 1e-12, all threads. */
RLRA_API rlra_separable_options rlra_separable_options_default(void);

/**
 * Pick columns of X (m x n) one after another.
 *
 * SPA (Araujo 2001; Gillis & Vavasis 2014): the column of largest residual norm, residual = orthogonal projection on the
 * complement of the picked ones. SNPA (Gillis 2014, SIAM J. Imaging Sci. 7(2)): residual of the projection on
 * {X[:,picked] h : h >= 0, sum h <= 1}.
 *
 * @param[in]  data     m x n, borrowed; any strides
 * @param[out] columns  room for rank numbers; the first report->found are set, in the order picked
 * @param[out] model    NULL, or an order-2 model of dims {m, n} and the rank asked for: factor 0 gets the picked columns,
 *                      factor 1 the nonnegative least squares coefficients; components beyond `found` are zero
 * @param[out] report   may be NULL
 * @retval RLRA_ERR_ARGUMENT  rank < 1 or > min(m, n) (SPA) or > n (SNPA)
 * @retval RLRA_ERR_DATA      NaN or Inf in the data
 */
RLRA_API rlra_status rlra_separable(rlra_context *context, const rlra_array *data,
                                    const rlra_separable_options *options, int64_t *columns, rlra_model *model,
                                    rlra_separable_report *report);

#ifdef __cplusplus
}
#endif
#endif
