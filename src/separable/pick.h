/* separable/pick.h: choose the next column, and what the methods share. */
#ifndef RLRA_SEPARABLE_PICK_H
#define RLRA_SEPARABLE_PICK_H

#include "separable/columns.h"

/* Squared residual norms that differ by less than this fraction count as equal, as in Gillis' code: 1e-6, wider in single
 * precision. */
#define PICK_TIE ((double)REAL_EPS * 80.0 > 1e-6 ? (double)REAL_EPS * 80.0 : 1e-6)

/* Input and output of a method; the caller allocates. */
typedef struct selection {
    const columns *x;
    ptrdiff_t rank;      /* most columns to pick */
    double least;        /* squared norm below which a residual counts as zero */
    const double *norms; /* ||scale x_j||^2 */
    double *residuals;   /* the same after projection; stored values may be larger than the true ones */
    ptrdiff_t *picked;
    ptrdiff_t found;
} selection;

/* The squared residual that counts as zero: the tolerance, but at least the rounding error of a column that is generated. */
double RLRA(pick_least)(const selection *s, double tolerance);

double RLRA(pick_largest)(ptrdiff_t count, const double *residuals);

/* The first column whose norm ties with the largest among those whose residual ties with the largest; -1 if no residual is
 * above s->least. */
ptrdiff_t RLRA(pick_column)(const selection *s);

/* Fill s->picked and s->found; `norms` and `residuals` must be set. */
rlra_status RLRA(select_spa)(selection *s);
rlra_status RLRA(select_snpa)(selection *s);

/* Bytes that select_snpa() and the norms of its columns take. */
double RLRA(snpa_bytes)(ptrdiff_t rows, ptrdiff_t count, ptrdiff_t rank, int threads);

/* For entries >= 0; finds at most two columns. */
rlra_status RLRA(select_rank_two)(selection *s);

#endif
