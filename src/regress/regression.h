/* regress/regression.h: regression on a fixed design: one block update for slabs of columns, each column on its own. */
#ifndef RLRA_REGRESS_REGRESSION_H
#define RLRA_REGRESS_REGRESSION_H

#include <stdatomic.h>

#include "block/gap.h"
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
    double *wide;        /* the same in double, for the squared loss */
    real *minus;         /* -W, row by row; for the squared loss */
    double *gram, *sums; /* W^T W, W^T 1 */
    double *prepared;    /* by the rule, for the Gram matrix */
    double_products products;
    gap_plan gap;            /* for the Gram matrix */
    double scale;            /* largest magnitude in W */
    unsigned char *is_empty; /* rows of W that are zero, if the loss is infinite where y > 0 there */
    int has_empty;
    arena work;
} regression;

/* An entry that is not allowed, or a column (row < 0) of which y is too large a sum of squares. */
typedef struct bad_entry {
    int found;
    ptrdiff_t row, column;
    double y;
} bad_entry;

/* The state of one solve. */
typedef struct regression_run {
    regression *plan;
    const update_ops *rule;
    struct front *front; /* NULL, or the best supports of every size are searched for: front.c */
    ptrdiff_t columns;
    layout along; /* of dense Y: rows along its columns */
    const real *dense;
    sparse_rows stored; /* or these, */
    const sparse_rows *sparse;
    factor x;                                 /* columns x rank */
    double *loss, *norm2, *total, *kkt, *gap; /* of each column; total: the sum of y */
    double *penalty;                          /* of each slab */
    bad_entry *bad;                           /* of each slab: the first in it */
    ptrdiff_t slab;                           /* columns treated at once */
    ptrdiff_t longest;                        /* entries of a column that a rule may see */
    int across;                               /* rows of Y are contiguous, and columns treated side by side */
    int expands;                              /* columns of sparse Y are made dense */
    int64_t threads_refused;
    int threads, given_start;
    double tolerance, began;
    atomic_int stopped; /* an rlra_stop, or -1: no more columns are solved */
    char *rooms;        /* of each thread */
    size_t room_bytes;
    rule_counts *counts; /* of each thread */
    arena work;
} regression_run;

/* Columns begin .. begin + x.length - 1 and the room of a thread for them. */
typedef struct slab {
    regression_run *run;
    ptrdiff_t begin;
    factor x;
    double floor;  /* of rules that must stay positive, and of the model */
    const real *y; /* dense: entry j of column i at y[i * y_stride + j * y_step] */
    ptrdiff_t y_stride, y_step;
    double *
        sides; /* W^T y in double, component k of column i at k * rhs.stride + i; rhs has it for rules in single precision */
    double *falls;    /* W^T (y - W x) likewise, beside slopes */
    double *piece;    /* some rows of narrow columns in double, and x likewise */
    double *column;   /* one column of x, and what its gap needs */
    real *columns;    /* those that are not contiguous, or are expanded; residuals at last */
    panel_room panel; /* for a column that is cut down */
    factor rhs, slopes;
    void *scratch; /* of the rule, and of those who judge after it */
    size_t scratch_bytes;
    rule_counts *counts;
} slab;

/* Entries of a column, as they are stored: entry e is y[e * step], in row rows[e], or in row e where that is NULL. */
typedef struct column_view {
    const real *y;
    ptrdiff_t count, step;
    const int32_t *rows;
} column_view;

column_view RLRA(regress_column)(const slab *s, ptrdiff_t i);

/* Bring the columns into place, sum them up and look for entries that are not allowed: 0 if there are some. Right-hand sides of
 * columns side by side come with it. */
int RLRA(regress_load)(slab *s);

/* Refuse the first entry that was not allowed. */
rlra_status RLRA(regress_check)(const regression_run *run);

/* Solve and certify the columns of a slab, for the squared loss, for others, and for supports of every size. */
void RLRA(regress_squares)(slab *s);
void RLRA(regress_rows)(slab *s);
void RLRA(regress_front)(slab *s);

/* What a search wants: room of a thread, and of the run. */
size_t RLRA(regress_front_bytes)(const struct front *front);
void RLRA(regress_front_take)(regression_run *run);

/* What rules see of columns begin .. end-1 of the slab, but for their data. */
block RLRA(regress_block)(const slab *s, ptrdiff_t begin, ptrdiff_t end);

/* Rows that are made double at once; and rows of data, `stride` apart, in double: themselves, or in `piece`, `length` apart. */
#define PIECE_ROWS 256
const double *RLRA(regress_widen)(const slab *s, ptrdiff_t rows, ptrdiff_t length, const real *from, ptrdiff_t *stride);

/* sides = W^T y, and rhs. */
void RLRA(regress_sides)(slab *s);

/* slopes = W^T (y - W x) of columns begin .. end-1, from right-hand sides and Gram matrix in double; and the losses of all of a
 * slab after that, from the same, or from the residual where too few digits are left. */
void RLRA(regress_slopes_gram)(slab *s, ptrdiff_t begin, ptrdiff_t end);
void RLRA(regress_loss_gram)(slab *s);

/* ||y - W x||^2 of column i, row by row, and W^T (y - W x), unless `falls` is NULL. */
double RLRA(regress_residual)(const slab *s, ptrdiff_t i, const double *x, double *falls);

/* Whether time is up or somebody asked to stop: run->stopped becomes an rlra_stop. Columns that are left keep their start. */
void RLRA(regress_look_at_clock)(regression_run *run);

/* Rows of the residual of columns side by side that are formed at once: they stay in the first-level cache. */
#define RESIDUAL_ROWS 32

/* Sum of squares of `length` numbers, in double. */
double RLRA(regress_square)(const regression *plan, ptrdiff_t length, const real *v);

/* Settle sizes and take room, for dense Y or a sparse one; treat all columns; report on them. */
rlra_status RLRA(regress_begin)(regression_run *run, const rlra_array *y, const rlra_sparse *sparse);
rlra_status RLRA(regress_all)(regression_run *run);
void RLRA(regress_report)(const regression_run *run, rlra_nnls_report *report);
void RLRA(regress_end)(regression_run *run);

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
