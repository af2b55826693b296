/* update/coordinate.h: rounds over the coefficients of a row, one Newton step on each: shared by ccd and scalar_newton. */
#ifndef RLRA_UPDATE_COORDINATE_H
#define RLRA_UPDATE_COORDINATE_H

#include "update/row_state.h"

/* One coefficient, with slope and curvature of loss and penalties. */
typedef struct coordinate {
    double x, slope, curvature, speed, power, least, most;
    double weight; /* 1/sqrt of the smallest y > 0, for scalar_newton */
} coordinate;

/* The point at which a step from c ends, between `least` and `most`. */
typedef double (*coordinate_target)(const coordinate *c);

/* One round over the coefficients that are awake (marks of `rank`): those that are off their bound or gain by leaving it.
 * Returns whether any moved. The state must be refreshed, or changed by moves only. */
int RLRA(coordinate_round)(row_state *s, const char *awake, double weight, coordinate_target target);

/* Mark the coefficients that are awake by the slopes of the last refresh. */
void RLRA(coordinate_wake)(const row_state *s, char *awake);

/* Solve all rows of a block by rounds with this step. */
void RLRA(coordinate_regress)(const block *b, coordinate_target target);
size_t RLRA(coordinate_bytes)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length);

/* The step of ccd, also used in the first rounds of newton. */
double RLRA(newton_target)(const coordinate *c);

#endif
