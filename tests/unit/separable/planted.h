/* unit/separable/planted.h: separable matrices with known columns, in the precision of the test. */
#ifndef TESTS_UNIT_SEPARABLE_PLANTED_H
#define TESTS_UNIT_SEPARABLE_PLANTED_H

#include <math.h>

#include "core/real.h"
#include "rlra/array.h"
#include "support/meter.h"

#define M 30
#define N 200
#define R 8

/* X = W [I, H'] P + noise, columns of H' on the simplex. */
typedef struct planted {
    real x[M * N];
    ptrdiff_t place[N]; /* of column j of [I, H'] */
} planted;

static inline void plant(planted *p, uint64_t seed, double noise)
{
    static double w[M * R], h[R * N];
    numbers from = {seed, 0};
    for (int i = 0; i < M * R; i++)
        w[i] = uniform(&from);
    for (int j = 0; j < N; j++) {
        double sum = 0;
        for (int k = 0; k < R; k++) {
            h[k * N + j] = j < R ? j == k : -log(uniform(&from));
            sum += h[k * N + j];
        }
        for (int k = 0; k < R; k++)
            h[k * N + j] /= sum;
        p->place[j] = j;
    }
    for (ptrdiff_t j = N - 1; j > 0; j--) {
        const ptrdiff_t other = below(&from, j + 1), kept = p->place[j];
        p->place[j] = p->place[other];
        p->place[other] = kept;
    }
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            double value = noise * normal(&from);
            for (int k = 0; k < R; k++)
                value += w[i * R + k] * h[k * N + j];
            p->x[i * N + p->place[j]] = (real)value;
        }
}

static inline rlra_array matrix(const real *x, ptrdiff_t rows, ptrdiff_t columns)
{
    real *const at = (real *)(uintptr_t)x;
    return (rlra_array){REAL_DTYPE, 2, {rows, columns}, {columns, 1}, at};
}

#endif
