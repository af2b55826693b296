/* linalg/supports/face.h: the exact minimiser over those unknowns that a search over supports allows.
 *
 *   minimise  1/2 x^T G x - c^T x   subject to  x >= 0,  x_j = 0 where barred  [ and  sum x = 1 ]
 *
 * The active-set method of linalg/quadratic.h, for many related problems with few unknowns: unknowns are barred and freed
 * between them, and the result of one node of the search is the start of the next. With sum x = 1 the shortest column inside is
 * the anchor, one minus the others, and the quadratic is that of the differences to it, which may be solvable if G itself is
 * singular. */
#ifndef RLRA_LINALG_SUPPORTS_FACE_H
#define RLRA_LINALG_SUPPORTS_FACE_H

#include <stddef.h>

typedef struct face {
    ptrdiff_t size;
    const double *gram; /* size x size */
    const double *c;
    double accuracy; /* relative error of the entries of gram */
    int sum_to_one;
    ptrdiff_t anchor; /* -1 without sum_to_one */
    ptrdiff_t count;  /* unknowns inside, without the anchor */
    ptrdiff_t *support;
    unsigned char *barred;  /* set by the caller: this unknown stays zero */
    unsigned char *outside; /* may enter */
    double *lower;          /* Cholesky factor on the support, row t at t (t + 1) / 2 */
    double *inverse;        /* reciprocals of its diagonal */
    double *goal;           /* minimiser on the face; before that lower^-1 of the right-hand side */
    double *slope;          /* c - G x */
} face;

size_t rlra_face_bytes(ptrdiff_t size);
void rlra_face_init(face *f, ptrdiff_t size, const double *gram, double accuracy, int sum_to_one, void *work);

/* x in: its positive entries are the first support (barred ones must be zero); out: the minimiser. Returns the value, INFINITY
 * if all unknowns are barred and must sum to one. */
double rlra_face_minimise(face *f, const double *c, double *x);

/* For the unknowns inside: the increase costs[j] of the value if unknown j is removed, with the others inside without sign
 * constraints. To be called after rlra_face_minimise(); `scratch` holds 2 size entries. */
void rlra_face_costs(const face *f, const double *x, double *costs, double *scratch);

/* The unknown among those with allowed[j] != 0 that lowers the value at x most by its growth, or -1; to be called after
 * rlra_face_minimise(), with its result x. */
ptrdiff_t rlra_face_steepest(face *f, const double *x, const unsigned char *allowed);

#endif
