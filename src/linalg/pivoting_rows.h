/* linalg/pivoting_rows.h: where the rows of a pivoting stand; private to it. */
#ifndef RLRA_LINALG_PIVOTING_ROWS_H
#define RLRA_LINALG_PIVOTING_ROWS_H

#include "linalg/pivoting.h"

/* Exchanges of all that is wrong that may fail to lower their number before single ones are made (Kim & Park 2011). */
#define PIVOTING_TRIES 3

/* Where a row stands. Bit k of `inside`: unknown k is between its bounds; of `high`: at the upper one. */
typedef struct row_state {
    uint64_t *inside, *high;
    int32_t number; /* of the row                                        */
    int32_t count;  /* of bits in `inside`                               */
    int32_t fewest; /* least number of unknowns that were on wrong sides */
    int32_t tries;
    double size; /* largest entry of c */
} row_state;

struct pivoting {
    const face_gram *g;
    const face_kernels *faces;
    ptrdiff_t words;
    row_state *state;
    row_state **queue;
    int32_t *index; /* positions x lanes, see linalg/faces.h */
    double *lower, *part, *slope, *base;
    uint64_t *wrong, *factored;
    void *work; /* of the active-set method */
};

/* How many bits are set. */
int32_t rlra_pivoting_count(const uint64_t *bits, ptrdiff_t words);

/* One pivot of every row in the queue; returns how many are left in it. */
ptrdiff_t rlra_pivoting_step(pivoting *p, ptrdiff_t count, const double *c, double *x);

#endif
