/* linalg/pivoting_rows.h: the state of the rows of a pivoting; private to it. */
#ifndef RLRA_LINALG_PIVOTING_ROWS_H
#define RLRA_LINALG_PIVOTING_ROWS_H

#include "linalg/pivoting.h"

/* Full exchanges that may fail to lower the number of wrong unknowns before single ones are made (Kim & Park 2011). */
#define PIVOTING_TRIES 3

/* The state of a row. Bit k of `inside`: unknown k is between its bounds; of `high`: at the upper one. */
typedef struct row_state {
    uint64_t *inside, *high;
    int32_t number; /* number of the row                                 */
    int32_t count;  /* number of bits in `inside`                        */
    int32_t fewest; /* least number of unknowns on wrong sides so far */
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
    void *work; /* for the active-set method */
};

/* The number of bits that are set. */
int32_t rlra_pivoting_count(const uint64_t *bits, ptrdiff_t words);

/* Do one pivot of every row in the queue; returns the number of rows left in it. */
ptrdiff_t rlra_pivoting_step(pivoting *p, ptrdiff_t count, const double *c, double *x);

#endif
