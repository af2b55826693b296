/* unit/linalg/supports_brute.h: quadratics over supports of every unpleasant kind, and their minimisers by trying all supports
 * in extended precision. */
#ifndef TESTS_UNIT_LINALG_SUPPORTS_BRUTE_H
#define TESTS_UNIT_LINALG_SUPPORTS_BRUTE_H

#include <float.h>

#include "linalg/supports/supports.h"
#include "support/support.h"

#define MOST 12

enum { CORRELATED, SIGNED, DUPLICATED, ZERO_COLUMN, UNEQUAL, INTEGERS, FAR, KINDS };

typedef struct instance {
    ptrdiff_t size;
    int sum_to_one;
    double gram[MOST * MOST], c[MOST];
} instance;

static inline double draw_entry(numbers *from, int kind)
{
    if (kind == INTEGERS)
        return (double)below(from, 3);
    return kind == SIGNED ? normal(from) : uniform(from);
}

/* G = W^T W and c = W^T y - linear for W of a kind, times a scale, and y near few of its columns or far from them all. */
static inline instance draw_instance(numbers *from, ptrdiff_t size, int kind, double scale, int sum_to_one)
{
    const ptrdiff_t rows = size + 3;
    double w[(MOST + 3) * MOST], y[MOST + 3] = {0};
    instance q = {.size = size, .sum_to_one = sum_to_one};
    for (ptrdiff_t e = 0; e < rows * size; e++)
        w[e] = scale * draw_entry(from, kind);
    for (ptrdiff_t j = 0; j < size; j++) {
        const double by = kind == UNEQUAL ? pow(10, 4 * uniform(from) - 2) : 1;
        const double x = below(from, 3) == 0 ? uniform(from) : 0;
        for (ptrdiff_t i = 0; i < rows; i++) {
            double *const at = &w[i * size + j];
            *at = kind == ZERO_COLUMN && j == size / 2 ? 0 : *at * by;
            *at = kind == DUPLICATED && j + 1 == size ? w[i * size] : *at;
            y[i] += *at * x;
        }
    }
    for (ptrdiff_t i = 0; i < rows; i++)
        y[i] += (kind == FAR ? 3 : 0.1) * scale * normal(from);
    const double linear = below(from, 2) == 0 ? 0 : 0.2 * scale * scale * uniform(from);
    const double ridge = kind == DUPLICATED || below(from, 2) == 0 ? 0 : 0.1 * scale * scale * uniform(from);
    for (ptrdiff_t k = 0; k < size; k++) {
        q.c[k] = -linear;
        for (ptrdiff_t i = 0; i < rows; i++)
            q.c[k] += w[i * size + k] * y[i];
        for (ptrdiff_t l = 0; l < size; l++) {
            q.gram[k * size + l] = k == l ? ridge : 0;
            for (ptrdiff_t i = 0; i < rows; i++)
                q.gram[k * size + l] += w[i * size + k] * w[i * size + l];
        }
    }
    return q;
}

/* 1/2 x^T G x - c^T x; *size gets the magnitudes that are added. */
static inline double value_at(const instance *q, const long double *x, double *size)
{
    long double sum = 0, total = 0;
    for (ptrdiff_t k = 0; k < q->size; k++) {
        sum -= (long double)q->c[k] * x[k];
        total += fabsl((long double)q->c[k] * x[k]);
        for (ptrdiff_t l = 0; l < q->size; l++) {
            const long double part = 0.5L * x[k] * (long double)q->gram[k * q->size + l] * x[l];
            sum += part;
            total += fabsl(part);
        }
    }
    *size = (double)total;
    return (double)sum;
}

/* Gaussian elimination with pivoting on a count x (count + 1) system; 0 if it is singular to double precision. */
static inline int eliminate_long(ptrdiff_t count, long double *a, long double *x)
{
    const ptrdiff_t width = count + 1;
    long double largest = 0;
    for (ptrdiff_t e = 0; e < count * width; e++)
        largest = e % width < count && fabsl(a[e]) > largest ? fabsl(a[e]) : largest;
    for (ptrdiff_t p = 0; p < count; p++) {
        ptrdiff_t pivot = p;
        for (ptrdiff_t r = p + 1; r < count; r++)
            pivot = fabsl(a[r * width + p]) > fabsl(a[pivot * width + p]) ? r : pivot;
        if (!(fabsl(a[pivot * width + p]) > 1e-13L * largest))
            return 0;
        for (ptrdiff_t c = 0; c < width; c++) {
            const long double kept = a[p * width + c];
            a[p * width + c] = a[pivot * width + c];
            a[pivot * width + c] = kept;
        }
        for (ptrdiff_t r = p + 1; r < count; r++) {
            const long double times = a[r * width + p] / a[p * width + p];
            for (ptrdiff_t c = p; c < width; c++)
                a[r * width + c] -= times * a[p * width + c];
        }
    }
    for (ptrdiff_t p = count - 1; p >= 0; p--) {
        x[p] = a[p * width + count];
        for (ptrdiff_t c = p + 1; c < count; c++)
            x[p] -= a[p * width + c] * x[c];
        x[p] /= a[p * width + p];
    }
    return 1;
}

/* The stationary point on a support (bits), with a multiplier for the sum; 0 if there is none or it is not nonnegative. */
static inline int solve_support(const instance *q, unsigned support, long double *x)
{
    long double a[(MOST + 1) * (MOST + 2)], solution[MOST + 1], scale = 0;
    ptrdiff_t at[MOST], count = 0;
    for (ptrdiff_t k = 0; k < q->size; k++) {
        x[k] = 0;
        if ((support >> k & 1) != 0)
            at[count++] = k;
        scale = fmaxl(scale, (long double)q->gram[k * (q->size + 1)]);
    }
    scale = scale > 0 ? scale : 1;
    const ptrdiff_t total = count + q->sum_to_one, width = total + 1;
    memset(a, 0, (size_t)(total * width) * sizeof *a);
    for (ptrdiff_t p = 0; p < count; p++) {
        for (ptrdiff_t s = 0; s < count; s++)
            a[p * width + s] = (long double)q->gram[at[p] * q->size + at[s]];
        a[p * width + total] = (long double)q->c[at[p]];
        if (q->sum_to_one)
            a[p * width + count] = a[count * width + p] = scale;
    }
    if (q->sum_to_one)
        a[count * width + total] = scale;
    if (!eliminate_long(total, a, solution))
        return 0;
    for (ptrdiff_t p = 0; p < count; p++) {
        x[at[p]] = solution[p];
        if (solution[p] < 0)
            return 0;
    }
    return 1;
}

/* best[k - 1]: the least value with at most k entries. */
static inline void brute_force(const instance *q, double *best)
{
    for (ptrdiff_t k = 0; k < q->size; k++)
        best[k] = q->sum_to_one ? INFINITY : 0;
    for (unsigned support = 1; support < 1u << q->size; support++) {
        long double x[MOST];
        double size;
        int count = 0;
        if (!solve_support(q, support, x))
            continue;
        for (ptrdiff_t k = 0; k < q->size; k++)
            count += (support >> k & 1) != 0;
        best[count - 1] = fmin(best[count - 1], value_at(q, x, &size));
    }
    for (ptrdiff_t k = 1; k < q->size; k++)
        best[k] = fmin(best[k], best[k - 1]);
}

#endif
