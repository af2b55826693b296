/* update/update.h: rules that improve one block: rows of a factor, given the Gram matrix and right-hand side.
 *
 *   minimise over x   sum_rows 1/2 x_i G x_i^T - m_i x_i^T  +  penalties(x)  */
#ifndef RLRA_UPDATE_UPDATE_H
#define RLRA_UPDATE_UPDATE_H

#include <stddef.h>

#include "core/real.h"
#include "linalg/kernels.h"
#include "model/factor.h"
#include "penalty/penalty.h"
#include "rlra/registry.h"

typedef struct block {
    factor x;           /* in: start, out: result; at most update_rows() rows              */
    factor rhs;         /* m, as long as x                                                 */
    const double *gram; /* G, rank x rank, full symmetric                                  */
    const penalty_list *penalties;
    const kernels *kernels;
    double floor;           /* > 0: least value of rules that must stay positive               */
    int inner_sweeps;       /* most rounds                                                     */
    double inner_decrease;  /* stop when a round changes less than this part of the first      */
    const double *prepared; /* what prepare() made                                             */
    void *scratch;          /* scratch_bytes(rank) bytes, aligned to 64                        */
} block;

typedef struct update_ops {
    rlra_member about;
    penalty_scope widest; /* the widest scope of penalties it can treat                    */
    int needs_nonneg;     /* a nonneg penalty and nonnegative data and start are required  */
    int keeps_objective;  /* never raises the objective                                    */
    int only_plain;       /* treats no penalty but l2 (and none)                           */

    /* Bytes of scratch that apply() needs for one block (each thread has its own), and doubles of `prepared`; NULL for none. */
    size_t (*scratch_bytes)(ptrdiff_t rank);
    size_t (*prepared_doubles)(ptrdiff_t rank);

    /* Once for each Gram: factorise it, bound its eigenvalues, ..; may be NULL. */
    void (*prepare)(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared);

    /* Improve the block in place. */
    void (*apply)(const block *b);
} update_ops;

/* Rows a block may have: the slab in which rules work, small enough for the first-level cache. */
#define UPDATE_ROWS 48

/* Member `index`, or NULL beyond the last. */
const update_ops *RLRA(update_at)(int index);
const update_ops *RLRA(update_find)(const char *name);

#endif
