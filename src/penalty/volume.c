/* penalty/volume.c: components that span a small volume: log det(X^T X + delta I) of a factor X. */
#include <math.h>
#include <string.h>

#include "linalg/cholesky.h"
#include "linalg/kernels.h"
#include "penalty/members.h"

/* Bounds the logarithm from below; a usual size in the literature for columns with entries up to one. */
#define DELTA 0.1

/* X^T X + delta I and its Cholesky factor; one column of the inverse. */
static size_t room(ptrdiff_t length, ptrdiff_t rank)
{
    (void)length;
    return 2 * (size_t)(rank * rank) + (size_t)rank;
}

/* The logarithm is concave: with Q = (X^T X + delta I)^-1 at the current X it is at most its tangent, whose variable part is
 * tr(Q U^T U) (Fu, Huang, Yang, Ma & Sidiropoulos 2016). */
static double majorise(double weight, factor x, double *gram, double *room)
{
    const ptrdiff_t rank = x.rank;
    double *const matrix = room, *const lower = room + rank * rank, *const column = lower + rank * rank;
    double value = 0;
    RLRA(kernels_best)()->gram(x.length, rank, x.at, x.stride, x.at, x.stride, matrix, 0);
    for (ptrdiff_t k = 0; k < rank; k++)
        matrix[k * rank + k] += DELTA;
    rlra_cholesky_factor(rank, matrix, DBL_EPSILON, lower);
    for (ptrdiff_t k = 0; k < rank; k++)
        value += 2 * weight * log(lower[k * rank + k]);
    for (ptrdiff_t k = 0; gram != NULL && k < rank; k++) {
        memset(column, 0, (size_t)rank * sizeof *column);
        column[k] = 1;
        rlra_cholesky_solve(rank, lower, column);
        for (ptrdiff_t l = 0; l < rank; l++)
            gram[k * rank + l] += 2 * weight * column[l];
    }
    return value;
}

const penalty_ops RLRA(penalty_volume) = {
    .about = {"volume", "components that span a small volume; weight x log det(X^T X + 0.1 I)", "majorised concave",
              "Fu, Huang, Yang, Ma & Sidiropoulos 2016; Leplat, Ang & Gillis 2019"},
    .kind = PENALTY_MAJORISED,
    .scope = PENALTY_ENTRY,
    .degree = -1,
    .majorise = majorise,
    .room = room,
};
