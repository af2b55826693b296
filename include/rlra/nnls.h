/* rlra/nnls.h: regression with nonnegative coefficients: one design, one or many right-hand sides. */
#ifndef RLRA_NNLS_H
#define RLRA_NNLS_H

#include <stdint.h>

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/fit.h"
#include "rlra/options.h"
#include "rlra/sparse.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What one W needs for any number of right-hand sides: a copy of it, its Gram matrix, and what the rule makes
 * of that once (a factor, a bound of its eigenvalues). A plan serves one thread at a time; solving allocates its workspace, about
 * (r + 5) n numbers and a few slabs of Y for each thread. */
typedef struct rlra_nnls_plan rlra_nnls_plan;

/* Certificate of all columns; recomputed from W, Y and the X that is returned, in double whatever the dtype. */
typedef struct rlra_nnls_report {
    rlra_stop stop;           /* RLRA_STOP_KKT if every column met the tolerance, else why not         */
    int64_t columns;          /* of Y                                                                  */
    int64_t open_columns;     /* whose KKT residual is above the tolerance                             */
    int64_t worst_column;     /* the one with the largest                                              */
    int64_t rounds;           /* most rounds that a column took                                        */
    double seconds;           /* wall time, certificate included                                       */
    double objective;         /* loss + penalty, summed over the columns                               */
    double loss;              /* D(Y, W X)                                                             */
    double penalty;           /* sum of the weighted penalties                                         */
    double relative_error;    /* ||Y - W X|| / ||Y||                                                   */
    double relative_loss;     /* kl: D / sum of Y; else D / D(Y, 0), NaN where that is infinite        */
    double tolerance;         /* that columns were held to: the option, or what the precision can reach  */
    double kkt_residual;      /* largest over the columns, see rlra_nnls_plan_solve()                  */
    double gap;               /* objective - a lower bound of it, >= 0; NaN: of some column it is unknown */
    int64_t nodes;            /* of the search over supports                                           */
    int64_t unproved_columns; /* whose search ended at --node-limit: `gap` covers them                 */
    int64_t threads;          /* used                                                                  */
    int64_t threads_refused;  /* that the system did not grant beside: to the same bits without them   */
    const char *update;       /* the rule: what "auto" became                                          */
    const char *loss_name;    /* the loss: "beta" with 0, 1 or 2 has another name                      */
} rlra_nnls_report;

/* Numbers of each column, for those who ask; each NULL or room for one number a column of Y. */
typedef struct rlra_nnls_columns {
    double *loss;
    double *kkt_residual;
    double *gap; /* NaN where it is unknown */
} rlra_nnls_columns;

/** Those of rlra_options_default(), but with a tolerance of 1e-8 and at most 10000 rounds. */
RLRA_API rlra_options rlra_nnls_options_default(void);

/**
 * Prepare to minimise  D(y, W x) + penalties(x)  over x, for any y.
 *
 * @param[in] w        m x r, copied; any strides
 * @param[in] options  NULL for rlra_nnls_options_default(). Read: update, loss, beta, init ("model": start from X), sparsity,
 *                     max_sweeps (rounds of iterative rules on a column), tolerance (of the KKT residual; exact rules go to
 *                     rounding), time_limit, seed, threads, order, gamma, rho, node_limit
 * @param[in] priors   penalties of x such as "nonneg,l1=0.1,upper=1"; NULL for "nonneg". options->sparsity = k > 0 adds
 *                     hard_sparsity=k
 * @param[out] plan    freed by rlra_nnls_plan_destroy(); NULL on error
 * @retval RLRA_ERR_ARGUMENT     an option is out of range, more nonzeros than columns of W are asked for
 * @retval RLRA_ERR_SHAPE        W is no matrix or has an empty side
 * @retval RLRA_ERR_DATA         NaN or Inf in W; a negative entry where the rule or the loss needs W >= 0 (reports where)
 * @retval RLRA_ERR_UNSUPPORTED  the rule cannot treat a penalty or the loss; says which rules can
 * @retval RLRA_ERR_MEMORY       nothing was made
 */
RLRA_API rlra_status rlra_nnls_plan_create(rlra_context *context, const rlra_array *w, const rlra_options *options,
                                           const char *priors, rlra_nnls_plan **plan);

/** The rule that a plan solves with: what "auto" became. */
RLRA_API const char *rlra_nnls_plan_update(const rlra_nnls_plan *plan);

/** Free a plan; NULL is fine. */
RLRA_API void rlra_nnls_plan_destroy(rlra_nnls_plan *plan);

/**
 * Solve for all columns of Y.
 *
 * The KKT residual of column y of the squared loss is  sqrt( sum_k g_kk (x_k - prox(x_k - grad_k / g_kk; 1/g_kk))^2 ) / ||y||  with
 * g the diagonal of W^T W: the step that would make each coefficient optimal, measured in the data. For other losses it is
 * max( sum_k x_k |grad_k| / sum_k x_k down_k, max_k [-grad_k]_+ / down_k ) with grad = down - up, its positive and negative
 * part. Zero exactly at a stationary point. Where coefficients sum to one the prox is that of the whole column, with the largest
 * g_kk for all; a column with as many coefficients as hard_sparsity allows is judged on its support.
 *
 * @param[in]     y        m x n, or m numbers (order 1); the dtype of W; borrowed
 * @param[in,out] x        r x n (or r numbers), the dtype of W, any strides. in: the start, if options->init is "model"
 * @param[out]    columns  NULL, or what to report of each column
 * @param[out]    report   may be NULL
 * @retval RLRA_OK         report->stop says whether all columns met the tolerance; not having converged is no error
 * @retval RLRA_ERR_SHAPE  y or x does not fit W
 * @retval RLRA_ERR_DATA   NaN or Inf, also in a start; y < 0 with kl; y <= 0 with is; y > 0 in a row of W that is zero, whose
 *                         divergence is infinite (reports the row)
 * On error x is unchanged. Results do not depend on the number of threads. An interruption or the time limit ends the work after
 * the current columns; those that are left hold their start.
 */
RLRA_API rlra_status rlra_nnls_plan_solve(rlra_nnls_plan *plan, const rlra_array *y, const rlra_array *x,
                                          const rlra_nnls_columns *columns, rlra_nnls_report *report);

/** The same for sparse Y (order 2). A round of the loss kl costs O(stored entries x r). */
RLRA_API rlra_status rlra_nnls_plan_solve_sparse(rlra_nnls_plan *plan, const rlra_sparse *y, const rlra_array *x,
                                                 const rlra_nnls_columns *columns, rlra_nnls_report *report);

/** Plan, solve, destroy. */
RLRA_API rlra_status rlra_nnls(rlra_context *context, const rlra_array *w, const rlra_array *y,
                               const rlra_options *options, const char *priors, const rlra_array *x,
                               rlra_nnls_report *report);

/**
 * The best supports of every size from one search: for p = 1 .. options->sparsity (0: r) the minimiser with at most p entries that
 * differ from zero, squared loss. Statuses as above.
 *
 * @param[out] x       n x P x r, P = the largest size; column c with at most p + 1 nonzeros is x[c, p, :]
 * @param[out] losses  n x P numbers: 1/2 ||y - W x||^2 of each
 * @param[out] report  may be NULL; of the largest size, but for nodes, unproved_columns and gap (0: all supports are proved best),
 *                     and the KKT residual, which is the largest of all sizes, each within its support
 * @retval RLRA_ERR_UNSUPPORTED  another loss, or a penalty other than nonneg, l1, l2, simplex, hard_sparsity
 */
RLRA_API rlra_status rlra_nnls_plan_front(rlra_nnls_plan *plan, const rlra_array *y, const rlra_array *x,
                                          double *losses, rlra_nnls_report *report);

#ifdef __cplusplus
}
#endif
#endif
