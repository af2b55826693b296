/* solve/points.h: the points of a fit: the current one, the best one, and what the rules returned last. */
#ifndef RLRA_SOLVE_POINTS_H
#define RLRA_SOLVE_POINTS_H

#include "engine/fit.h"

/* One factor each. */
void RLRA(points_copy)(const fit *f, const factor *from, const factor *to);

/* The current point is the best one from now on. */
void RLRA(point_keep)(fit *f);

/* Return to the best point. */
void RLRA(point_restore)(fit *f);

/* Begin anew at the current point: no momentum, Gram matrices and all that the engine stores with a point formed again. */
void RLRA(point_begin)(fit *f);

#endif
