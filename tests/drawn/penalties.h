/* drawn/penalties.h: the penalties by their definitions: what they cost, what they allow, and the step to their minimiser. */
#ifndef TESTS_DRAWN_PENALTIES_H
#define TESTS_DRAWN_PENALTIES_H

#include "drawn/problem.h"

#define MOST_RANK 16

/* What the priors of a factor amount to; a penalty without a definition ends the test. */
typedef struct definition_of_priors {
    long double l1, l2, least, most; /* bounds: -INFINITY and INFINITY where there is none */
    int is_simplex, is_limited;      /* limited: in its entries, whatever their number */
    int64_t entries;                 /* that a row may have */
} definition_of_priors;

definition_of_priors define_priors(rlra_dtype dtype, const drawn_priors *priors, int64_t rank);

long double penalty_of_row(const definition_of_priors *d, int64_t rank, const long double *row);
int is_row_allowed(const definition_of_priors *d, rlra_dtype dtype, int64_t rank, const long double *row);

/* Where the proximal step takes a row: `step` holds x + slope / curvature, with one curvature for all where the row is a simplex.
 * `error` bounds the rounding of each entry of the step; returns 0 where that leaves open which entries are cut. */
int prox_of_row(const definition_of_priors *d, int64_t rank, const long double *row, const long double *curvature,
                const long double *error, long double *step);

#endif
