/* update/update.h: rules that improve one block: rows of a factor, given the Gram matrix and right-hand side, or, for losses
 * that have none, given the data and the product of the other factors.
 *
 *   apply:    minimise over x   sum_rows 1/2 x_i G x_i^T - m_i x_i^T  +  penalties(x)
 *   regress:  minimise over x   sum_rows sum_j d(y_ij, sum_k a_jk x_ik)  +  penalties(x)  */
#ifndef RLRA_UPDATE_UPDATE_H
#define RLRA_UPDATE_UPDATE_H

#include <stddef.h>
#include <stdint.h>

#include "core/real.h"
#include "data/sparse/rows.h"
#include "linalg/kernels.h"
#include "loss/loss.h"
#include "model/factor.h"
#include "penalty/penalty.h"
#include "rlra/options.h"
#include "rlra/registry.h"

/* What options say to rules; each reads what concerns it. */
typedef struct rule_settings {
    double gamma;  /* step of msom, in (0, 2)                              */
    double rho;    /* penalty parameter of admm; 0: trace(G) / rank        */
    int shuffled;  /* components in random order, anew in every round      */
    uint64_t seed; /* of that order                                        */
    int64_t nodes; /* most nodes of a search over supports, for each row   */
} rule_settings;

/* What rules tell beyond the result; summed over calls of one thread. */
typedef struct rule_counts {
    int64_t rounds;   /* most rounds any block took                              */
    int64_t nodes;    /* of searches over supports                               */
    int64_t unproved; /* rows whose search ended at its limit                    */
    double gap;       /* sum over them of objective - bound                      */
} rule_counts;

typedef struct block {
    factor x;           /* in: start, out: result; at most UPDATE_ROWS rows, or, where a penalty couples rows, all */
    factor rhs;         /* m, as long as x                                                 */
    const double *wide; /* or not NULL: m before it was rounded, m_ik at wide[k * wide_stride + i] */
    ptrdiff_t wide_stride;
    const double *gram; /* G, rank x rank, full symmetric                                  */
    const real *grams;  /* or not NULL: one for each of at most ROW_GRAMS rows, all as linalg/row_grams.h has it */
    const penalty_list *penalties;
    const kernels *kernels;
    double floor;           /* > 0: least value of rules that must stay positive               */
    int inner_sweeps;       /* most rounds                                                     */
    uint64_t rounds_before; /* these; shuffled orders go on from there                         */
    double inner_decrease;  /* stop when a round changes less than this part of the first      */
    const double *prepared; /* what prepare() made                                             */
    void *scratch;          /* scratch_bytes(rows, rank) bytes, aligned to 64                  */
    const rule_settings *settings;
    rule_counts *counts;
} block;

/* m_ik for rules that solve in double, and the relative error of it. */
static inline double block_side(const block *b, ptrdiff_t i, ptrdiff_t k)
{
    return b->wide != NULL ? b->wide[k * b->wide_stride + i] : (double)b->rhs.at[k * b->rhs.stride + i];
}

static inline double block_accuracy(const block *b)
{
    return b->wide != NULL ? DBL_EPSILON : (double)REAL_EPS;
}

/* Rows with their data: dense, at most UPDATE_ROWS of them. A row of sparse data comes alone, with the design cut down to its
 * stored entries (kl sees the others through `sums` only). */
typedef struct row_block {
    factor x;      /* in: start (>= 0), out: result                                                       */
    const real *y; /* entry j of row i at y[i * y_stride + j], j < design.length                          */
    ptrdiff_t y_stride;
    ptrdiff_t y_step;          /* 0; or, for rules that take columns, entry j of row i is y[i + j * y_step]           */
    const sparse_rows *stored; /* NULL; or, for them under kl: row i has the stored entries of row first + i of these */
    ptrdiff_t first;
    const real *design_rows; /* with y_step or `stored`: the design row by row; with `stored` as in linalg/gather.h   */
    ptrdiff_t design_rows_stride;
    factor design;      /* a, length x rank, component k contiguous; >= 0                                           */
    int is_cut;         /* to the entries of one row that are not zero: kl sees the zeros through the sums          */
    const double *sums; /* of each component of the whole design: also of rows j left out because y_ij = 0          */
    ptrdiff_t
        sums_stride; /* 0; or, for rules that take columns under kl, those of row i begin at sums[i * sums_stride]:
                              * entries that are not observed are zeros, and missing in its sums                    */
    factor
        up; /* for rules that take columns under kl: NULL, or slopes (rows.h) at x, known or to be told by the rule */
    int knows_up; /* which of the two                                                                          */
    const posed_loss *loss;
    const penalty_list *penalties;
    const double *reach; /* NULL, or the most that entries of each component will be left at: KKT residuals know it */
    const kernels *kernels;
    double floor;     /* > 0: least value of entries of rules that must stay positive, and of the model       */
    int round;        /* rounds done before, in earlier calls                                                 */
    int inner_sweeps; /* most rounds                                                                          */
    double tolerance; /* end a row when its KKT residual (rows.h) is below this; 0: do all rounds             */
    void *scratch;    /* regress_bytes(rank, length) bytes, aligned to 64                                     */
    const rule_settings *settings;
    rule_counts *counts;
} row_block;

/* Entry j of row i of the data, or of those that are stored. */
static inline real row_entry(const row_block *b, ptrdiff_t i, ptrdiff_t j)
{
    if (b->stored != NULL)
        return b->stored->values[b->stored->starts[b->first + i] + j];
    return b->y_step == 0 ? b->y[i * b->y_stride + j] : b->y[i + j * b->y_step];
}

typedef struct update_ops {
    rlra_member about;
    unsigned takes;      /* kinds of penalties it can treat, bits of penalty_kind             */
    unsigned losses;     /* kinds of losses that regress() can treat, bits of loss_kind; frobenius is that of apply() */
    int needs_nonneg;    /* a nonneg penalty and nonnegative data and start are required      */
    int needs_sparsity;  /* a penalty of kind SPARSITY is required                            */
    int keeps_objective; /* never raises the objective                                        */
    int takes_columns;   /* regress() sees the data through rows_pass() and row_entry() alone */
    int data_rounds;     /* with known slopes, the rule reads the data only in every data_rounds-th round */
    int exact;           /* one application ends at the minimiser                             */

    /* Bytes of scratch that apply() needs for a block of so many rows, at least UPDATE_ROWS and more only for rules that take
     * penalties which couple rows (each thread has its own), and doubles of `prepared`; NULL for none. */
    size_t (*scratch_bytes)(ptrdiff_t rows, ptrdiff_t rank);
    size_t (*prepared_doubles)(ptrdiff_t rank);

    /* Once for each Gram: factorise it, bound its eigenvalues, ..; may be NULL. */
    void (*prepare)(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared);

    /* Whether apply() takes blocks with a Gram for each row under these penalties; NULL: never. */
    int (*own_grams)(const penalty_list *penalties);

    /* Improve the block in place; NULL for rules of other losses only. */
    void (*apply)(const block *b);

    /* The same for rows with their data; NULL for rules of the squared loss only. */
    void (*regress)(const row_block *b);
    size_t (*regress_bytes)(ptrdiff_t rank, ptrdiff_t length);
} update_ops;

rule_settings RLRA(rule_settings_of)(const rlra_options *options);

/* Rows of a block whose rows are independent: the slab in which rules work, small enough for the first-level cache. */
#define UPDATE_ROWS 48

/* Member `index`, or NULL beyond the last. */
const update_ops *RLRA(update_at)(int index);
const update_ops *RLRA(update_find)(const char *name);

#endif
