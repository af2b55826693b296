/* linalg/cholesky.c: Cholesky factors that never fail, and a bound of the spectrum. */
#include "linalg/cholesky.h"

#include <math.h>
#include <string.h>

static double trace_of(ptrdiff_t size, const double *gram)
{
    double trace = 0;
    for (ptrdiff_t k = 0; k < size; k++)
        trace += gram[k * size + k];
    return trace;
}

/* Returns 0 as soon as a pivot is lost in rounding. */
static int factor_ridged(ptrdiff_t size, const double *gram, double ridge, double accuracy, double *lower)
{
    for (ptrdiff_t k = 0; k < size; k++) {
        double *const row = lower + k * size;
        double pivot = gram[k * size + k] + ridge;
        const double least = accuracy * (double)(size + 8) * pivot;
        for (ptrdiff_t j = 0; j < k; j++) {
            const double *const above = lower + j * size;
            double sum = gram[k * size + j];
            for (ptrdiff_t l = 0; l < j; l++)
                sum -= row[l] * above[l];
            row[j] = sum / above[j];
            pivot -= row[j] * row[j];
        }
        if (!(pivot > least))
            return 0;
        row[k] = sqrt(pivot);
        memset(row + k + 1, 0, (size_t)(size - k - 1) * sizeof *row);
    }
    return 1;
}

double rlra_cholesky_factor(ptrdiff_t size, const double *gram, double accuracy, double *lower)
{
    if (factor_ridged(size, gram, 0.0, accuracy, lower))
        return 0.0;
    const double trace = trace_of(size, gram);
    double ridge = trace > 0.0 && isfinite(trace) ? trace * accuracy * 16.0 : 1.0;
    while (!factor_ridged(size, gram, ridge, accuracy, lower)) {
        ridge *= 8.0;
        if (isfinite(ridge))
            continue;
        /* Reached only with NaN or Inf in the matrix: return zeros rather than loop. */
        memset(lower, 0, (size_t)(size * size) * sizeof *lower);
        for (ptrdiff_t k = 0; k < size; k++)
            lower[k * size + k] = INFINITY;
        return INFINITY;
    }
    return ridge;
}

void rlra_cholesky_solve(ptrdiff_t size, const double *lower, double *x)
{
    rlra_cholesky_solve_many(size, lower, 1, x, 1);
}

void rlra_cholesky_solve_many(ptrdiff_t size, const double *lower, ptrdiff_t count, double *x, ptrdiff_t stride)
{
    for (ptrdiff_t k = 0; k < size; k++) {
        const double *const row = lower + k * size;
        double *const at = x + k * stride;
        for (ptrdiff_t j = 0; j < k; j++)
            for (ptrdiff_t i = 0; i < count; i++)
                at[i] -= row[j] * x[j * stride + i];
        for (ptrdiff_t i = 0; i < count; i++)
            at[i] /= row[k];
    }
    for (ptrdiff_t k = size - 1; k >= 0; k--) {
        const double *const row = lower + k * size;
        double *const at = x + k * stride;
        for (ptrdiff_t i = 0; i < count; i++)
            at[i] /= row[k];
        for (ptrdiff_t j = 0; j < k; j++)
            for (ptrdiff_t i = 0; i < count; i++)
                x[j * stride + i] -= row[j] * at[i];
    }
}

/* out = rhs - gram x, with out packed (stride count). */
static void subtract_product(ptrdiff_t size, const double *gram, ptrdiff_t count, const double *rhs, const double *x,
                             ptrdiff_t stride, double *out)
{
    for (ptrdiff_t k = 0; k < size; k++) {
        double *const at = out + k * count;
        memcpy(at, rhs + k * stride, (size_t)count * sizeof *at);
        for (ptrdiff_t j = 0; j < size; j++)
            for (ptrdiff_t i = 0; i < count; i++)
                at[i] -= gram[k * size + j] * x[j * stride + i];
    }
}

void rlra_cholesky_solve_gram(ptrdiff_t size, const double *gram, const double *lower, double ridge, ptrdiff_t count,
                              const double *rhs, double *x, ptrdiff_t stride, double *scratch)
{
    const int corrections = ridge > 0.0 ? 2 : 0;
    for (ptrdiff_t k = 0; k < size; k++)
        memmove(x + k * stride, rhs + k * stride, (size_t)count * sizeof *x);
    rlra_cholesky_solve_many(size, lower, count, x, stride);
    for (int round = 0; round < corrections; round++) {
        subtract_product(size, gram, count, rhs, x, stride, scratch);
        rlra_cholesky_solve_many(size, lower, count, scratch, count);
        for (ptrdiff_t k = 0; k < size; k++)
            for (ptrdiff_t i = 0; i < count; i++)
                x[k * stride + i] += scratch[k * count + i];
    }
}

/* out = a a for symmetric a. */
static void square(ptrdiff_t size, const double *a, double *out)
{
    memset(out, 0, (size_t)(size * size) * sizeof *out);
    for (ptrdiff_t i = 0; i < size; i++)
        for (ptrdiff_t l = 0; l < size; l++)
            for (ptrdiff_t j = 0; j < size; j++)
                out[i * size + j] += a[i * size + l] * a[l * size + j];
}

double rlra_eigenvalue_bound(ptrdiff_t size, const double *gram, double *scratch)
{
    const int squarings = 8;
    double *now = scratch, *next = scratch + size * size;
    double bound = 1.0, power = 1.0;
    memcpy(now, gram, (size_t)(size * size) * sizeof *now);
    for (int step = 0;; step++) {
        /* lambda_max(G) <= bound * trace(now)^power with now = (G / bound..)^(1/power); normalised to trace one each
         * time. */
        const double trace = trace_of(size, now);
        if (!(trace > 0.0))
            return 0.0;
        bound *= pow(trace, power);
        if (step == squarings)
            return bound * (1.0 + 1e-13 * (double)size);
        for (ptrdiff_t i = 0; i < size * size; i++)
            now[i] /= trace;
        square(size, now, next);
        double *const swap = now;
        now = next;
        next = swap;
        power *= 0.5;
    }
}
