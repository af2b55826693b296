/* linalg/quadratic_face.h: the current face of quadratic.c; private to it. */
#ifndef RLRA_LINALG_QUADRATIC_FACE_H
#define RLRA_LINALG_QUADRATIC_FACE_H

#include "linalg/quadratic.h"

/* Marks of unknowns: at zero, inside, at the upper bound; barred ones may not leave their bound for now. */
enum { FACE_FREE, FACE_INSIDE, FACE_BARRED, FACE_HIGH, FACE_HIGH_BARRED };

#define FACE_NONE   (-1)
#define FACE_CUT    (-2) /* sum x <= 1 */
#define FACE_ANCHOR (-3) /* the sign of the anchor */

/* The fraction of a diagonal entry that must be left for an unknown to be certainly independent. */
double rlra_quadratic_tolerance(const quadratic *q);

/* Add unknown i to the support; returns 0 if at most `tolerance` of its diagonal entry is left, as it then depends on the
 * support; lower^-1 of its column is then in row `count` of the factor. q->pivot is what is left. */
int rlra_quadratic_append(quadratic *q, ptrdiff_t i, double tolerance);

/* Remove place `at` from the support: delete its row of the factor and rotate the rest back to triangular. */
void rlra_quadratic_drop(quadratic *q, ptrdiff_t at);

/* Factorise the support again, on the cut sum x = 1 or off it. The anchor is the shortest column, as subtracting it costs the
 * others the least accuracy. Unknowns that are no longer independent become zero. */
void rlra_quadratic_rebuild(quadratic *q, int tight, double *x);

/* goal = minimiser on the support, without the bounds; on the cut the part of the anchor is returned. */
double rlra_quadratic_goal(const quadratic *q);

/* v = lower^-T v. */
void rlra_quadratic_backward(const quadratic *q, double *v);

/* Recompute the right-hand side after unknowns reached or left their upper bounds. */
void rlra_quadratic_rebase(quadratic *q);

#endif
