/* block/block.h: the problem that rules solve: some rows of a factor, with all else fixed.
 *
 *   minimise over x   sum_i [ 1/2 x_i G x_i^T - m_i x_i^T  +  sum_p w_p sum_j d(y_ij, sum_k a_jk x_ik) ]  +  penalties(x)
 *
 * The quadratic part is all that the squared loss needs, whatever the data and the other factors are; other losses need the
 * rows of the data themselves and the product of the other factors. */
#ifndef RLRA_BLOCK_BLOCK_H
#define RLRA_BLOCK_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/real.h"
#include "data/part.h"
#include "linalg/kernels.h"
#include "loss/loss.h"
#include "model/factor.h"
#include "penalty/penalty.h"

/* Options for rules; each rule reads those that concern it. */
typedef struct rule_settings {
    double gamma;  /* step of msom, in (0, 2)                              */
    double rho;    /* penalty parameter of admm; 0: trace(G) / rank        */
    int shuffled;  /* components in random order, drawn again in every round */
    uint64_t seed; /* seed of that order                                   */
    int64_t nodes; /* most nodes of a search over supports, for each row   */
} rule_settings;

/* What rules report beyond the result; summed over calls of one thread. */
typedef struct rule_counts {
    int64_t rounds;   /* most rounds any block took                              */
    int64_t nodes;    /* nodes visited by searches over supports                 */
    int64_t unproved; /* rows whose search ended at its limit                    */
    double gap;       /* sum of objective - bound over these rows                */
} rule_counts;

/* What a block is made of, one bit each: rules declare what they take, engines what they pose. */
typedef enum block_shape {
    BLOCK_GRAM = 1,       /* a quadratic part with one Gram matrix for all rows */
    BLOCK_OWN_GRAMS = 2,  /* .. with one Gram matrix for each row, side by side */
    BLOCK_PRODUCTS = 4,   /* .. with one that is known by its products only */
    BLOCK_ROWS = 8,       /* dense rows of data, each contiguous, or one that is cut down */
    BLOCK_ACROSS = 16,    /* rows of data side by side */
    BLOCK_STORED = 32,    /* rows of stored entries */
    BLOCK_OWN_SUMS = 64,  /* rows whose design has its own sums */
    BLOCK_SLOPES = 128,   /* the slopes at the start under kl are known, or wanted */
    BLOCK_PARTS = 256,    /* several parts of data */
    BLOCK_ALL_ROWS = 512, /* a quadratic part for more than UPDATE_ROWS rows, tied to each other */
} block_shape;

/* A symmetric matrix G that is never formed. */
typedef struct gram_products {
    void (*apply)(void *user, factor v, factor out); /* out = v G; rows of v as rows of x */
    void *user;
    const double *diagonal;
    double largest; /* at least its largest eigenvalue */
} gram_products;

/* 1/2 x_i G x_i^T - m_i x_i^T, with G in one of three forms. */
typedef struct quadratic_part {
    factor rhs;         /* m, as long as x; `at` is NULL if the block has no quadratic part */
    const double *wide; /* m before it was rounded, m_ik at wide[k * wide_stride + i]; or NULL */
    ptrdiff_t wide_stride;
    const double *gram; /* rank x rank, full symmetric */
    const real *grams;  /* one for each of at most ROW_GRAMS rows, laid out as in linalg/row_grams.h */
    const gram_products *products;
} quadratic_part;

typedef struct block {
    factor x; /* in: start, out: result; at most UPDATE_ROWS rows, or, where a penalty couples rows, all */
    quadratic_part quadratic;

    const data_part *part; /* rows of data in `parts` parts; x and the designs are >= 0 */
    int parts;
    const posed_loss *loss; /* the loss of all parts */
    factor up;              /* slopes at x under kl (rows.h), known or to be stored by the rule; or `at` is NULL */
    int knows_up;           /* 1: the slopes are known */

    const penalty_list *penalties;
    const double *reach; /* bounds that entries are clipped to later, by component, for KKT residuals; or NULL */
    const kernels *kernels;
    double floor;           /* > 0: least value of the model, and under rules that must stay positive */
    int inner_sweeps;       /* most rounds                                                     */
    uint64_t rounds_before; /* rounds done in earlier calls, from which shuffled orders continue */
    double inner_decrease;  /* stop when a round changes less than this fraction of the first  */
    double tolerance;       /* with data: end a row when its KKT residual (rows.h) is below this; 0: do all rounds */
    const double *prepared; /* what prepare() of the rule made                                 */
    void *scratch;          /* scratch of the size that the rule asks for, aligned to 64 bytes */
    size_t scratch_bytes;   /* bytes of it, where others use the end of it; 0: only the rule uses it */
    const rule_settings *settings;
    rule_counts *counts;
} block;

/* The stride between components in the scratch of a block of `rows` rows. */
static inline ptrdiff_t block_stride(ptrdiff_t rows)
{
    return whole_vectors(rows);
}

/* g_kk, the same for all rows. */
static inline double block_curvature(const block *b, ptrdiff_t k)
{
    const quadratic_part *const q = &b->quadratic;
    return q->products != NULL ? q->products->diagonal[k] : q->gram[k * (b->x.rank + 1)];
}

/* Report the number of rounds done on a block. */
static inline void block_count(const block *b, int64_t rounds)
{
    if (b->counts->rounds < rounds)
        b->counts->rounds = rounds;
}

/* An arena over the scratch of a block; the same code run on an empty arena measures it. */
static inline arena block_scratch(const block *b)
{
    return (arena){.base = b->scratch, .size = SIZE_MAX};
}

/* m_ik for rules that solve in double, and its relative error. */
static inline double block_side(const block *b, ptrdiff_t i, ptrdiff_t k)
{
    const quadratic_part *const q = &b->quadratic;
    return q->wide != NULL ? q->wide[k * q->wide_stride + i] : (double)q->rhs.at[k * q->rhs.stride + i];
}

static inline double block_accuracy(const block *b)
{
    return b->quadratic.wide != NULL ? DBL_EPSILON : (double)REAL_EPS;
}

/* The shapes that a block has: bits of block_shape. */
unsigned RLRA(block_shapes)(const block *b);

/* "one Gram matrix for all rows" and so on, for the lowest of some bits. */
const char *RLRA(block_shape_name)(unsigned shapes);

#endif
