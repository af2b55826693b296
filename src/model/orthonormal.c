/* model/orthonormal.c: Gram-Schmidt with a second projection, and products with small matrices. */
#include "model/orthonormal.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#define LANES 8

/* Eight partial sums, so that it vectorises; always the same order of summation. */
static double dot(ptrdiff_t length, const real *x, const real *y)
{
    double part[LANES] = {0};
    ptrdiff_t i = 0;
    for (; i + LANES <= length; i += LANES)
        for (int lane = 0; lane < LANES; lane++)
            part[lane] += (double)x[i + lane] * (double)y[i + lane];
    for (int lane = 0; i < length; i++, lane++)
        part[lane] += (double)x[i] * (double)y[i];
    return ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
}

static void scale_column(real *x, ptrdiff_t length, double by)
{
    for (ptrdiff_t i = 0; i < length; i++)
        x[i] = (real)((double)x[i] * by);
}

/* column k -= sum_{j < k} (q_j . column k) q_j; the products are left in `products`. */
static void project_out(factor x, ptrdiff_t k, int threads, double *products)
{
    const ptrdiff_t slab = 1024, slabs = (x.length + slab - 1) / slab;
    real *const column = x.at + k * x.stride;
    const int team = x.length * k < 65536 ? 1 : threads;
#pragma omp parallel num_threads(team) if (team > 1)
    {
#pragma omp for schedule(static)
        for (ptrdiff_t j = 0; j < k; j++)
            products[j] = dot(x.length, x.at + j * x.stride, column);
#pragma omp for schedule(static)
        for (ptrdiff_t s = 0; s < slabs; s++) {
            const ptrdiff_t begin = s * slab, end = begin + slab < x.length ? begin + slab : x.length;
            for (ptrdiff_t j = 0; j < k; j++) {
                const real *const q = x.at + j * x.stride;
                const real by = (real)products[j];
                for (ptrdiff_t i = begin; i < end; i++)
                    column[i] -= by * q[i];
            }
        }
    }
}

/* Powers of two keep squares of extreme data within range and cost no digits. */
static double largest_scaled(factor x)
{
    double most = 0.0;
    int exponent;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            most = fmax(most, fabs((double)x.at[k * x.stride + i]));
    if (!(most > 0.0) || !isfinite(most))
        return 1.0;
    frexp(most, &exponent);
    return ldexp(1.0, exponent > 1000 ? 1000 : exponent < -1000 ? -1000 : exponent);
}

void RLRA(orthonormalise)(factor x, int threads, double *r, double *scratch)
{
    const double scale = largest_scaled(x);
    if (r != NULL)
        memset(r, 0, (size_t)(x.rank * x.rank) * sizeof *r);
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        real *const column = x.at + k * x.stride;
        scale_column(column, x.length, 1.0 / scale);
        const double before = sqrt(dot(x.length, column, column));
        for (int round = 0; round < 2; round++) {
            project_out(x, k, threads, scratch);
            for (ptrdiff_t j = 0; r != NULL && j < k; j++)
                r[j * x.rank + k] += scale * scratch[j];
        }
        const double after = sqrt(dot(x.length, column, column));
        if (!(after > 8.0 * (double)REAL_EPS * sqrt((double)(k + 1)) * before)) {
            memset(column, 0, (size_t)x.length * sizeof *column);
            continue;
        }
        scale_column(column, x.length, 1.0 / after);
        /* A column that lost nearly all its length is mostly rounding errors of the projections: project once more. */
        if (after < 1e-3 * before) {
            project_out(x, k, threads, scratch);
            scale_column(column, x.length, 1.0 / sqrt(dot(x.length, column, column)));
        }
        if (r != NULL)
            r[k * x.rank + k] = scale * after;
    }
}

void RLRA(transform_columns)(factor x, ptrdiff_t to, const double *t, int threads, double *scratch)
{
    const ptrdiff_t slab = ORTHONORMAL_SLAB, slabs = (x.length + slab - 1) / slab;
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (ptrdiff_t s = 0; s < slabs; s++) {
        const ptrdiff_t begin = s * slab, length = begin + slab < x.length ? slab : x.length - begin;
        double *const part = scratch + omp_get_thread_num() * slab * x.rank;
        memset(part, 0, (size_t)(length * to) * sizeof *part);
        for (ptrdiff_t k = 0; k < to; k++)
            for (ptrdiff_t j = 0; j < x.rank; j++)
                for (ptrdiff_t i = 0; i < length; i++)
                    part[k * length + i] += t[j * to + k] * (double)x.at[j * x.stride + begin + i];
        for (ptrdiff_t k = 0; k < to; k++)
            for (ptrdiff_t i = 0; i < length; i++)
                x.at[k * x.stride + begin + i] = (real)part[k * length + i];
    }
}
