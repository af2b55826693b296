/* regress/regression.h: regression on a fixed design: one block update for slabs of columns, each column on its own. */
#ifndef RLRA_REGRESS_REGRESSION_H
#define RLRA_REGRESS_REGRESSION_H

#include <stdatomic.h>

#include "core/arena.h"
#include "core/real.h"
#include "data/layout.h"
#include "data/rows/cut.h"
#include "data/scan.h"
#include "data/sparse/rows.h"
#include "model/problem.h"
#include "rlra/nnls.h"
#include "update/update.h"

/* Below this multiple of the precision a residual is rounding. */
#define LEAST_TOLERANCE (64 * (double)REAL_EPS)

/* The largest sum of squares of a column: products with it stay within the precision. */
#define MOST_SQUARES (sizeof(real) == 4 ? 1e34 : 1e300)

/* Data in single precision are multiplied and summed in double: only X is rounded, when it is solved for. */
#define NARROW_DATA (sizeof(real) < sizeof(double))

/* A direction v = W a with w_k v > 0 for each column w_k of W that is not zero: against it, all slopes W^T u fall. */
typedef struct gap_direction {
    double *mix;    /* a */
    double *slopes; /* W^T v */
    double norm2;   /* v^T v, or 0: there is none */
} gap_direction;

/* What is made once for a design W (m x r). */
typedef struct regression {
    rlra_context *context;
    rlra_options options;
    penalty_list penalties;
    posed_loss loss;
    const update_ops *rule;
    rule_settings settings;
    const kernels *kernels;
    ptrdiff_t rank;
    factor design;       /* W, component k contiguous */
    const double *wide;  /* the same in double, for the squared loss */
    real *minus;         /* -W, row by row; for the squared loss */
    double *gram, *sums; /* W^T W, W^T 1 */
    double *prepared;    /* by the rule, for the Gram matrix */
    double *room;        /* while the plan is made */
    double_products products;
    double *curvatures; /* of each column, with that of l2 */
    double
        curvature; /* at most the smallest eigenvalue of the Gram matrix with l2, scaled to one on its diagonal by these */
    gap_direction inward;  /* for gaps, from W */
    double scale;          /* largest magnitude in W */
    ptrdiff_t *empty_rows; /* rows of W that are zero, if the loss is infinite where y > 0 there */
    ptrdiff_t empty_count;
    arena work;
} regression;

/* The state of one solve. */
typedef struct regression_run {
    regression *plan;
    ptrdiff_t columns;
    layout along; /* of dense Y: rows along its columns */
    const real *dense;
    const sparse_rows *sparse;                /* or this */
    factor x;                                 /* columns x rank */
    double *loss, *norm2, *total, *kkt, *gap; /* of each column; total: the sum of y */
    double *penalty;                          /* of each slab */
    ptrdiff_t slab;                           /* columns treated at once */
    ptrdiff_t longest;                        /* entries of a column that a rule may see */
    int across;                               /* rows of Y are contiguous, and columns treated side by side */
    int expands;                              /* columns of sparse Y are made dense */
    int64_t threads_refused;
    int threads, given_start;
    double tolerance, began;
    atomic_int stopped; /* an rlra_stop, or -1: no more columns are solved                     */
    ptrdiff_t *bad;     /* of each slab: its first entry that is not allowed, column * m + row, or -1 */
    char *scratch;      /* of each thread */
    size_t scratch_bytes;
    rule_counts *counts; /* of each thread */
    arena work;
} regression_run;

/* Columns begin .. begin + x.length - 1 and the room of a thread for them. */
typedef struct slab {
    regression_run *run;
    ptrdiff_t begin;
    factor x;
    double floor; /* of rules that must stay positive, and of the model */
    double *
        sides; /* W^T y in double, component k of column i at k * rhs.stride + i; rhs has it for rules in single precision */
    double *falls;  /* W^T (y - W x) likewise, beside slopes */
    double *piece;  /* some rows of narrow columns in double, and x likewise */
    double *column; /* one column of x, and what its gap needs */
    const real *y;  /* dense: one column after the other, y_stride apart */
    ptrdiff_t y_stride;
    real *gathered;   /* slab x m: columns that are not contiguous          */
    real *left;       /* slab x m: residuals; x by rows before that         */
    panel_room panel; /* for a column that is cut down */
    real *weights;    /* x, row by row */
    factor rhs, slopes;
    void *kkt_room, *scratch;
    size_t scratch_bytes;
    rule_counts *counts;
} slab;

/* Solve and certify the columns of a slab, for the squared loss and for others. */
void RLRA(regress_squares)(slab *s);
void RLRA(regress_rows)(slab *s);

/* Bytes that they want in scratch. */
size_t RLRA(regress_rows_bytes)(const regression_run *run);

/* Numbers of `piece`. */
size_t RLRA(regress_piece)(const regression_run *run);

/* Rows of data, `stride` apart, in double: themselves, or in `piece`, `length` apart. */
const double *RLRA(regress_widen)(const slab *s, ptrdiff_t rows, ptrdiff_t length, const real *from, ptrdiff_t *stride);

/* sides = W^T y of dense columns that are contiguous, or of sparse ones. */
void RLRA(regress_sides)(slab *s);

/* After sides or falls are known: rhs or slopes. */
void RLRA(regress_round)(const slab *s, const double *from, factor to);

/* slopes = W^T (y - W x) of columns begin .. end-1, from right-hand sides and Gram matrix in double; and the losses of all of a
 * slab after that, from the same, or from the residual where too few digits are left. */
void RLRA(regress_slopes_gram)(slab *s, ptrdiff_t begin, ptrdiff_t end);
void RLRA(regress_loss_gram)(slab *s);

/* How far column i of a slab is above its least objective at most, by duality (docs/theory/gap.md); NAN where that is not known. */
double RLRA(regress_gap)(const slab *s, ptrdiff_t i);
size_t RLRA(regress_gap_doubles)(ptrdiff_t rank);

/* The direction for a design; `work` holds rank numbers. */
void RLRA(regress_gap_prepare)(regression *plan, double *work);

/* The parts of this for columns side by side: what load() finds, with right-hand sides; slopes and loss; and the numbers of
 * `left` that they want. */
ptrdiff_t RLRA(regress_load_across)(slab *s);
void RLRA(regress_slopes_across)(slab *s);
size_t RLRA(regress_left_across)(const regression_run *run);

/* Whether time is up or somebody asked to stop: `*stopped` becomes an rlra_stop. Columns that are left keep their start. */
void RLRA(regress_look_at_clock)(const regression *plan, double began, atomic_int *stopped);

/* Sum of squares of `length` numbers, in double. */
double RLRA(regress_square)(const regression *plan, ptrdiff_t length, const real *v);

/* Bring the columns into place, sum them up and look for entries that are not allowed: 0 if there are some. */
int RLRA(regress_load)(slab *s);

rlra_status RLRA(regression_solve)(void *plan, const rlra_array *y, const rlra_sparse *sparse, const rlra_array *x,
                                   const rlra_nnls_columns *columns, rlra_nnls_report *report);

/* The best supports of every size: x is n x sizes x rank, losses n x sizes. */
rlra_status RLRA(regression_front)(void *plan, const rlra_array *y, const rlra_array *x, double *losses,
                                   rlra_nnls_report *report);
int64_t RLRA(regression_front_sizes)(const void *plan);

/* For src/api: one of each precision. */
typedef struct regression_core {
    /* `scan` is that of W. */
    rlra_status (*create)(rlra_context *context, const rlra_array *w, const dense_scan *scan,
                          const rlra_options *options, const prior_list *priors, void **plan);
    rlra_status (*solve)(void *plan, const rlra_array *y, const rlra_sparse *sparse, const rlra_array *x,
                         const rlra_nnls_columns *columns, rlra_nnls_report *report);
    void (*destroy)(void *plan);
    rlra_status (*front)(void *plan, const rlra_array *y, const rlra_array *x, double *losses,
                         rlra_nnls_report *report);
    int64_t (*front_sizes)(const void *plan);
    const char *(*update)(const void *plan);
} regression_core;

extern const regression_core rlra_f32_regression, rlra_f64_regression;

#endif
