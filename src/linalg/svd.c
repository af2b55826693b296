/* linalg/svd.c: one-sided Jacobi (Hestenes 1958; de Rijk 1989 for taking the longest columns first). */
#include "linalg/svd.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MOST_SWEEPS 60

static double dot(ptrdiff_t length, const double *x, const double *y)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < length; i++)
        sum += x[i] * y[i];
    return sum;
}

static void rotate(ptrdiff_t length, double *x, double *y, double cosine, double sine)
{
    for (ptrdiff_t i = 0; i < length; i++) {
        const double left = x[i], right = y[i];
        x[i] = cosine * left - sine * right;
        y[i] = sine * left + cosine * right;
    }
}

static void swap_columns(ptrdiff_t length, double *x, double *y)
{
    for (ptrdiff_t i = 0; i < length; i++) {
        const double kept = x[i];
        x[i] = y[i];
        y[i] = kept;
    }
}

/* Make columns k < l orthogonal, the longer one first; returns whether they were not. */
static int rotate_pair(ptrdiff_t rows, ptrdiff_t size, double *a, double *v, ptrdiff_t k, ptrdiff_t l)
{
    double *const x = a + k * rows, *const y = a + l * rows;
    const double product = dot(rows, x, y);
    double xx = dot(rows, x, x), yy = dot(rows, y, y);
    if (xx < yy) {
        const double kept = xx;
        xx = yy;
        yy = kept;
        swap_columns(rows, x, y);
        swap_columns(size, v + k * size, v + l * size);
    }
    if (!(fabs(product) > DBL_EPSILON * sqrt((double)rows) * sqrt(xx) * sqrt(yy)) || product * product < DBL_MIN)
        return 0;
    const double zeta = (yy - xx) / (2.0 * product);
    const double tangent = copysign(1.0, zeta) / (fabs(zeta) + hypot(1.0, zeta));
    const double cosine = 1.0 / hypot(1.0, tangent);
    rotate(rows, x, y, cosine, cosine * tangent);
    rotate(size, v + k * size, v + l * size, cosine, cosine * tangent);
    return 1;
}

/* Scale columns from length sigma to length one, and sort them by falling sigma (insertion: they are nearly sorted). */
static void finish(ptrdiff_t rows, ptrdiff_t size, double *a, double *sigma, double *v)
{
    for (ptrdiff_t k = 0; k < size; k++) {
        sigma[k] = sqrt(dot(rows, a + k * rows, a + k * rows));
        for (ptrdiff_t l = k; l > 0 && sigma[l] > sigma[l - 1]; l--) {
            swap_columns(1, sigma + l, sigma + l - 1);
            swap_columns(rows, a + l * rows, a + (l - 1) * rows);
            swap_columns(size, v + l * size, v + (l - 1) * size);
        }
    }
    for (ptrdiff_t k = 0; k < size; k++)
        for (ptrdiff_t i = 0; i < rows; i++)
            a[k * rows + i] = sigma[k] > 0.0 ? a[k * rows + i] / sigma[k] : 0.0;
}

/* The power of two that brings the largest entry near one: squares then neither overflow nor underflow. */
static double scale_of(ptrdiff_t count, const double *a)
{
    double most = 0.0;
    int exponent;
    for (ptrdiff_t i = 0; i < count; i++)
        most = fmax(most, fabs(a[i]));
    if (!(most > 0.0) || !isfinite(most))
        return 1.0;
    frexp(most, &exponent);
    return ldexp(1.0, exponent > 1000 ? 1000 : exponent < -1000 ? -1000 : exponent);
}

void rlra_svd_small(ptrdiff_t rows, ptrdiff_t size, double *a, double *sigma, double *v)
{
    const double scale = scale_of(rows * size, a);
    memset(v, 0, (size_t)(size * size) * sizeof *v);
    for (ptrdiff_t k = 0; k < size; k++)
        v[k * size + k] = 1.0;
    for (ptrdiff_t i = 0; i < rows * size; i++)
        a[i] /= scale;
    for (int sweep = 0, changed = 1; changed && sweep < MOST_SWEEPS; sweep++) {
        changed = 0;
        for (ptrdiff_t k = 0; k < size; k++)
            for (ptrdiff_t l = k + 1; l < size; l++)
                changed |= rotate_pair(rows, size, a, v, k, l);
    }
    finish(rows, size, a, sigma, v);
    for (ptrdiff_t k = 0; k < size; k++)
        sigma[k] *= scale;
}
