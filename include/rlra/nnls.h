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

/* A prepared design W for any number of right-hand sides: a copy of W, its Gram matrix, and what the rule derives from it once
 * (a factor, a bound of its eigenvalues). A plan serves one thread at a time; solving allocates its workspace, about (r + 5) n
 * numbers and a few slabs of Y for each thread. */
typedef struct rlra_nnls_plan rlra_nnls_plan;

/* Certificate of all columns; recomputed from W, Y and the returned X, in double for any dtype. */
typedef struct rlra_nnls_report {
    rlra_stop stop;           /* RLRA_STOP_KKT if every column met the tolerance, else the reason      */
    int64_t columns;          /* columns of Y                                                          */
    int64_t open_columns;     /* columns whose KKT residual is above the tolerance                     */
    int64_t worst_column;     /* the column with the largest KKT residual                              */
    int64_t rounds;           /* most rounds of a column                                               */
    double seconds;           /* wall time, including the certificate                                  */
    double objective;         /* loss + penalty, summed over the columns                               */
    double loss;              /* D(Y, W X)                                                             */
    double penalty;           /* sum of the weighted penalties                                         */
    double relative_error;    /* ||Y - W X|| / ||Y||                                                   */
    double relative_loss;     /* kl: D / sum of Y; else D / D(Y, 0), NaN if that is infinite           */
    double tolerance;         /* tolerance for columns: the option, or what the precision allows         */
    double kkt_residual;      /* largest over the columns, see rlra_nnls_plan_solve()                  */
    double gap;               /* objective - a lower bound of it, >= 0; NaN if it is unknown for some column */
    int64_t nodes;            /* nodes of the search over supports                                     */
    int64_t unproved_columns; /* columns whose search ended at options->node_limit: `gap` includes them */
    int64_t threads;          /* threads used                                                          */
    int64_t threads_refused;  /* threads that the system did not grant; the result does not depend on them */
    const char *update;       /* the rule: the choice for "auto"                                       */
    const char *loss_name;    /* name of the loss: "beta" with 0, 1 or 2 has another name              */
} rlra_nnls_report;

/* Numbers for each column; each array is NULL or has room for one number for each column of Y. */
typedef struct rlra_nnls_columns {
    double *loss;
    double *kkt_residual;
    double *gap; /* NaN if it is unknown */
} rlra_nnls_columns;

/** The options of rlra_options_default(), but with a tolerance of 1e-8 and at most 10000 rounds. */
RLRA_API rlra_options rlra_nnls_options_default(void);

/**
 * Prepare to minimise  D(y, W x) + penalties(x)  over x, for any y.
 *
 * @param[in] w        m x r, copied; any strides
 * @param[in] options  NULL for rlra_nnls_options_default(). Read: update, loss, beta, init ("model": start from X), sparsity,
 *                     max_sweeps (rounds of iterative rules on a column), tolerance (of the KKT residual; exact rules are
 *                     limited by rounding only), time_limit, seed, threads, order, gamma, rho, node_limit
 * @param[in] priors   penalties of x such as "nonneg,l1=0.1,upper=1"; NULL for "nonneg". options->sparsity = k > 0 adds
 *                     hard_sparsity=k
 * @param[out] plan    freed by rlra_nnls_plan_destroy(); NULL on error
 * @retval RLRA_ERR_ARGUMENT     an option is out of range, or more nonzeros are requested than W has columns
 * @retval RLRA_ERR_SHAPE        W is no matrix or has an empty side
 * @retval RLRA_ERR_DATA         NaN or Inf in W; a negative entry if the rule or the loss needs W >= 0 (the message has the
 *                               place)
 * @retval RLRA_ERR_UNSUPPORTED  the rule cannot handle a penalty or the loss; the message names rules that can
 * @retval RLRA_ERR_MEMORY       out of memory; no plan is made
 */
RLRA_API rlra_status rlra_nnls_plan_create(rlra_context *context, const rlra_array *w, const rlra_options *options,
                                           const char *priors, rlra_nnls_plan **plan);

/** The rule that a plan solves with: the choice for "auto". */
RLRA_API const char *rlra_nnls_plan_update(const rlra_nnls_plan *plan);

/** Free a plan; NULL is allowed. */
RLRA_API void rlra_nnls_plan_destroy(rlra_nnls_plan *plan);

/**
 * Solve for all columns of Y.
 *
 * The KKT residual of column y of the squared loss is  sqrt( sum_k g_kk (x_k - prox(x_k - grad_k / g_kk; 1/g_kk))^2 ) / ||y||
 * with g the diagonal of W^T W: the step that would make each coefficient optimal, measured in the data. For other losses it is
 * max( sum_k x_k |grad_k| / sum_k x_k down_k, max_k [-grad_k]_+ / down_k ) with grad = down - up, its positive and negative
 * part. Zero exactly at a stationary point. If coefficients sum to one the prox is that of the whole column, with the largest
 * g_kk for all; a column with as many coefficients as hard_sparsity allows is measured on its support.
 *
 * @param[in]     y        m x n, or m numbers (order 1); the dtype of W; borrowed
 * @param[in,out] x        r x n (or r numbers), the dtype of W, any strides. in: the start, if options->init is "model"
 * @param[out]    columns  NULL, or the numbers to report for each column
 * @param[out]    report   may be NULL
 * @retval RLRA_OK         report->stop shows whether all columns met the tolerance; not to have converged is no error
 * @retval RLRA_ERR_SHAPE  y or x does not fit W
 * @retval RLRA_ERR_DATA   NaN or Inf, also in a start; y < 0 with kl; y <= 0 with is; y > 0 where the row of W is zero, as the
 *                         divergence is then infinite (the message has the row)
 * On error x is unchanged. Results do not depend on the number of threads. An interruption or the time limit ends the work
 * after the current columns; the others keep their start.
 */
RLRA_API rlra_status rlra_nnls_plan_solve(rlra_nnls_plan *plan, const rlra_array *y, const rlra_array *x,
                                          const rlra_nnls_columns *columns, rlra_nnls_report *report);

/** Like rlra_nnls_plan_solve(), for sparse Y (order 2). A round of the loss kl costs O(stored entries x r). */
RLRA_API rlra_status rlra_nnls_plan_solve_sparse(rlra_nnls_plan *plan, const rlra_sparse *y, const rlra_array *x,
                                                 const rlra_nnls_columns *columns, rlra_nnls_report *report);

/** Make a plan, solve, destroy the plan. */
RLRA_API rlra_status rlra_nnls(rlra_context *context, const rlra_array *w, const rlra_array *y,
                               const rlra_options *options, const char *priors, const rlra_array *x,
                               rlra_nnls_report *report);

/**
 * The best supports of every size from one search: for p = 1 .. options->sparsity (0: r) the minimiser with at most p entries
 * that differ from zero, squared loss. Statuses as for rlra_nnls_plan_solve().
 *
 * @param[out] x       n x P x r, P = the largest size; column c with at most p + 1 nonzeros is x[c, p, :]
 * @param[out] losses  n x P numbers: 1/2 ||y - W x||^2 of each
 * @param[out] report  may be NULL; for the largest size, except nodes, unproved_columns and gap (0: all supports are proved to
 *                     be best), and the KKT residual, which is the largest over all sizes, each within its support
 * @retval RLRA_ERR_UNSUPPORTED  another loss, or a penalty other than nonneg, l1, l2, simplex, hard_sparsity
 */
RLRA_API rlra_status rlra_nnls_plan_front(rlra_nnls_plan *plan, const rlra_array *y, const rlra_array *x,
                                          double *losses, rlra_nnls_report *report);

#ifdef __cplusplus
}
#endif
#endif
