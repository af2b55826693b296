/* update/coordinate.h: rounds over the coefficients of a row, one Newton step on each: what ccd and scalar_newton share. */
#ifndef RLRA_UPDATE_COORDINATE_H
#define RLRA_UPDATE_COORDINATE_H

#include "update/row_state.h"

/* One coefficient, with the penalties counted in slope and curvature. */
typedef struct coordinate {
    double x, slope, curvature, speed, power, least, most;
    double weight; /* of the smallest y > 0, as 1/sqrt(y): of scalar_newton */
} coordinate;

/* Where a step from there ends, between `least` and `most`. */
typedef double (*coordinate_target)(const coordinate *c);

/* One round over the coefficients that are awake (marks of `rank`): those off their bound, or that gain by leaving it. Returns
 * whether any moved. The state must be fresh or have been moved only. */
int RLRA(coordinate_round)(row_state *s, const char *awake, double weight, coordinate_target target);

/* Mark those that are awake by the slopes of the last refresh. */
void RLRA(coordinate_wake)(const row_state *s, char *awake);

/* All rows of a block by rounds of this kind. */
void RLRA(coordinate_regress)(const block *b, coordinate_target target);
size_t RLRA(coordinate_bytes)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length);

/* The step of ccd, which newton begins with. */
double RLRA(newton_target)(const coordinate *c);

#endif
