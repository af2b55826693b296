/* linalg/quadratic.h: exact minimisers of small convex quadratics over the orthant, whole, cut at sum one, or between bounds.
 *
 *   minimise  1/2 x^T G x - c^T x   subject to  x >= 0   [ and  sum x <= 1,  sum x = 1  or  x <= upper ]
 *
 * The active-set method of Lawson & Hanson (1974) on the Gram matrix (Bro & de Jong 1997), with Cholesky up- and
 * downdates and a start from any support. The cut is one more constraint: the corner 0 of the simplex leaves the
 * support. All in double. */
#ifndef RLRA_LINALG_QUADRATIC_H
#define RLRA_LINALG_QUADRATIC_H

#include <stddef.h>

/* Reused for many c with one G; opaque to callers except for its size. */
typedef struct quadratic {
    ptrdiff_t size, stride; /* number of unknowns; stride of the rows of gram */
    const double *gram;
    const double *c;
    const double *upper; /* upper bounds of the unknowns, or NULL */
    double accuracy;     /* relative error of the entries of gram */
    double noise;        /* relative error of the entries of c: 0, unless set after init */
    int capped;          /* the constraint sum x <= 1 holds */
    int equal;           /* the constraint sum x = 1 holds */
    int moved;           /* x has moved since the last unknown entered */
    double pivot;        /* pivot of the last unknown that was to enter */
    int held;            /* the cut may not be left: leaving it last time gained nothing */
    ptrdiff_t anchor;    /* while sum x == 1 holds: the unknown that is one minus the others; else -1 */
    ptrdiff_t count;     /* unknowns in the support */
    ptrdiff_t *support;
    ptrdiff_t *mark; /* for each unknown: at a bound and which, in the support, or barred */
    double *lower;   /* Cholesky factor on the support: of gram, or of the differences to the anchor */
    double *half;    /* lower^-1 of the right-hand side on the support */
    double *goal;    /* minimiser on the face */
    double *slope;   /* c - G x */
    double *base;    /* c less the part of unknowns at upper bounds */
} quadratic;

/* Bytes of workspace for `size` unknowns; aligned as a double. */
size_t rlra_quadratic_bytes(ptrdiff_t size);

/* `gram` (symmetric, only its first `size` rows and columns are read) is borrowed and may change between solves. */
void rlra_quadratic_init(quadratic *q, ptrdiff_t size, const double *gram, ptrdiff_t stride, double accuracy,
                         void *work);

/* x in: its positive entries are the first support (any x is allowed); out: the minimiser. Returns 1/2 x^T G x - c^T x.
 * Singular Gram matrices are allowed: unknowns that depend on the support stay zero. */
double rlra_quadratic_solve(quadratic *q, const double *c, double *x);

/* rlra_quadratic_solve() with sum x <= 1. */
double rlra_quadratic_solve_capped(quadratic *q, const double *c, double *x);

/* rlra_quadratic_solve() with sum x = 1. */
double rlra_quadratic_solve_simplex(quadratic *q, const double *c, double *x);

/* rlra_quadratic_solve() with x <= upper: each entry positive, or INFINITY; NULL for no bounds. */
double rlra_quadratic_solve_bounded(quadratic *q, const double *c, const double *upper, double *x);

#endif
