/* linalg/quadratic_face.h: what quadratic.c needs of the face on which it stands; private to it. */
#ifndef RLRA_LINALG_QUADRATIC_FACE_H
#define RLRA_LINALG_QUADRATIC_FACE_H

#include "linalg/quadratic.h"

/* Marks of unknowns: at zero, inside, at the upper bound; barred ones may not leave their bound for now. */
enum { FACE_FREE, FACE_INSIDE, FACE_BARRED, FACE_HIGH, FACE_HIGH_BARRED };

#define FACE_NONE   (-1)
#define FACE_CUT    (-2) /* sum x <= 1 */
#define FACE_ANCHOR (-3) /* the sign of the anchor */

/* The part of a diagonal entry that must be left of it for an unknown to be independent beyond doubt. */
double rlra_quadratic_tolerance(const quadratic *q);

/* Add unknown i to the support; 0 if no more than `tolerance` of its diagonal entry is left: it depends on those in it. Then
 * lower^-1 of its column stays in row `count` of the factor. What is left is q->pivot. */
int rlra_quadratic_append(quadratic *q, ptrdiff_t i, double tolerance);

/* Take place `at` out of the support: delete its row of the factor, rotate the rest back to triangular. */
void rlra_quadratic_drop(quadratic *q, ptrdiff_t at);

/* Factorise anew, on the cut sum x = 1 or off it, what is inside. The anchor is the shortest column: the others lose
 * least by the difference. Unknowns that no longer fit become zero. */
void rlra_quadratic_rebuild(quadratic *q, int tight, double *x);

/* goal = minimiser on the support, without the bounds; on the cut the anchor's part is returned. */
double rlra_quadratic_goal(const quadratic *q);

/* v = lower^-T v. */
void rlra_quadratic_backward(const quadratic *q, double *v);

/* The right-hand side anew after unknowns came to their upper bounds or left them. */
void rlra_quadratic_rebase(quadratic *q);

#endif
