/* update/exact.h: shared by the exact rules: a block as scaled quadratics between bounds, with a start near the minimiser. */
#ifndef RLRA_UPDATE_EXACT_H
#define RLRA_UPDATE_EXACT_H

#include "linalg/pivoting.h"
#include "update/update.h"

/* The penalties that the exact rules can handle. */
#define EXACT_PENALTIES (PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_BOUND)

/* Each entry is x = origin + direction scale z with 0 <= z <= upper, scale a power of two that brings the diagonal of G near one:
 * units and magnitudes of data do not matter, and nothing is rounded. */
typedef struct exact_block {
    face_gram gram;
    ptrdiff_t rank;
    int split;                /* l1 without nonneg: x = p - q with p, q >= 0, twice the unknowns */
    double origin, direction; /* origin and direction of x                                       */
    double least, most;       /* bounds of x                                                     */
    const double *scale;      /* 0 for unknowns without influence                                */
    const double *shift;      /* constant that origin and l1 subtract from the right-hand side   */
    const real *matrix;       /* gram.gram in the precision of the kernels, packed               */
    double *c, *x;            /* rows of the block, as in linalg/pivoting.h                      */
    int32_t *open;            /* numbers of the rows that are not yet optimal                    */
    real *target, *start;     /* c and x by components                                           */
    void *work;               /* rlra_pivoting_bytes(gram.size, UPDATE_ROWS) bytes               */
} exact_block;

size_t RLRA(exact_scratch_bytes)(ptrdiff_t rows, ptrdiff_t rank);
size_t RLRA(exact_prepared_doubles)(ptrdiff_t rank);
void RLRA(exact_prepare)(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared);

/* Read the block and move rows that are not optimal near their minimisers, by rounds of coordinate descent that never raise the
 * objective. Returns the number of these rows; e->open lists them. */
ptrdiff_t RLRA(exact_begin)(exact_block *e, const block *b, pivoting **work);

/* Write the open rows back. */
void RLRA(exact_end)(const exact_block *e, ptrdiff_t count, const block *b);

#endif
