/* linalg/faces.h: kernels for linear systems on faces: each right-hand side has its own support.
 *
 * `lanes` systems are solved at once, one in each lane of a vector. Position t of the system in lane s is unknown index[t *
 * lanes + s]. Sizes are multiples of FACE_STEP: shorter systems are padded with an unknown whose row of `gram` is zero and
 * whose `diagonal` is one. All in double. */
#ifndef RLRA_LINALG_FACES_H
#define RLRA_LINALG_FACES_H

#include <stddef.h>
#include <stdint.h>

#define FACE_STEP       4
#define FACE_MOST_LANES 8

typedef struct face_kernels {
    ptrdiff_t lanes; /* at most FACE_MOST_LANES */

    /* L D L^T = A with A_tu = gram[index_t * stride + index_u] and, on the diagonal, diagonal[index_t]. A pivot below accuracy
     * (t + 8) diagonal[index_t] belongs to an unknown that depends on earlier ones: solve() sets it to zero. `lower` holds size
     * (size + 1) / 2 x lanes numbers: L by rows, with 1/D, or 0 for such a pivot, on its diagonal. Cost: size^3/3 flops in each
     * lane. */
    void (*factor)(ptrdiff_t size, const double *gram, ptrdiff_t stride, const double *diagonal, const int32_t *index,
                   double accuracy, double *lower);

    /* L D L^T x = x in place; entry t of lane s is x[t * lanes + s]. */
    void (*solve)(ptrdiff_t size, double *lower, double *x);

    /* out = c - sum_{t < count} x_t gram[index_t], rows of `stride` numbers, a multiple of FACE_MOST_LANES; index_t and x_t are
     * `step` apart. */
    void (*slope)(ptrdiff_t count, const double *gram, ptrdiff_t stride, const int32_t *index, const double *x,
                  ptrdiff_t step, const double *c, double *out);
} face_kernels;

#endif
