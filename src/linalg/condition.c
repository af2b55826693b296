/* linalg/condition.c: the extreme eigenvalues of a scaled Gram matrix: Householder reduction to three diagonals (Golub & Van Loan
 * 2013, section 8.3.1), then bisection by counts of Sturm's sequence (section 8.4.1). */
#include "linalg/condition.h"

#include <float.h>
#include <math.h>

/* Relative width of the interval around an eigenvalue at which bisection ends. */
#define WIDTH 1e-4

size_t rlra_condition_doubles(ptrdiff_t size)
{
    return (size_t)(size * size + 3 * size);
}

/* a = D^-1/2 gram D^-1/2. Returns 0 where an entry of it is not finite, as where the diagonal has a zero. */
static int scale(ptrdiff_t size, const double *gram, double *a)
{
    int finite = 1;
    for (ptrdiff_t k = 0; k < size; k++)
        for (ptrdiff_t l = 0; l < size; l++) {
            a[k * size + l] =
                k == l ? 1 : gram[k * size + l] / (sqrt(gram[k * (size + 1)]) * sqrt(gram[l * (size + 1)]));
            finite &= isfinite(a[k * size + l]) != 0;
        }
    return finite;
}

/* One reflection from both sides: row k keeps its diagonal and the entry beside it. v and p hold `size` numbers. */
static double reflect(ptrdiff_t size, ptrdiff_t k, double *a, double *v, double *p)
{
    double norm2 = 0, half = 0;
    for (ptrdiff_t i = k + 1; i < size; i++) {
        v[i] = a[k * size + i];
        norm2 += v[i] * v[i];
    }
    const double first = v[k + 1], beside = first > 0 ? -sqrt(norm2) : sqrt(norm2);
    const double length2 = 2 * (norm2 - first * beside);
    v[k + 1] = first - beside;
    if (!(norm2 > first * first))
        return first;
    for (ptrdiff_t i = k + 1; i < size; i++) {
        p[i] = 0;
        for (ptrdiff_t j = k + 1; j < size; j++)
            p[i] += a[i * size + j] * v[j];
        p[i] *= 2 / length2;
        half += p[i] * v[i] / length2;
    }
    for (ptrdiff_t i = k + 1; i < size; i++)
        p[i] -= half * v[i];
    for (ptrdiff_t i = k + 1; i < size; i++)
        for (ptrdiff_t j = k + 1; j < size; j++)
            a[i * size + j] -= v[i] * p[j] + p[i] * v[j];
    return beside;
}

/* Eigenvalues below x of the matrix with these diagonals. */
static ptrdiff_t count_below(ptrdiff_t size, const double *diagonal, const double *beside, double x)
{
    ptrdiff_t count = 0;
    double q = 1;
    for (ptrdiff_t k = 0; k < size; k++) {
        q = diagonal[k] - x - (k > 0 ? beside[k - 1] * beside[k - 1] / q : 0);
        q = fabs(q) < DBL_EPSILON * DBL_EPSILON ? -DBL_EPSILON * DBL_EPSILON : q;
        count += q < 0;
    }
    return count;
}

/* Eigenvalue number `index`, counted from the smallest; eigenvalues lie in 0 .. size. */
static double eigenvalue(ptrdiff_t size, const double *diagonal, const double *beside, ptrdiff_t index)
{
    double low = 0, high = (double)size * (1 + WIDTH);
    while (high - low > WIDTH * high && high > DBL_EPSILON) {
        const double middle = 0.5 * (low + high);
        if (count_below(size, diagonal, beside, middle) > index)
            high = middle;
        else
            low = middle;
    }
    return 0.5 * (low + high);
}

double rlra_condition(ptrdiff_t size, const double *gram, double *work)
{
    double *const a = work, *const diagonal = a + size * size, *const beside = diagonal + size;
    double *const p = beside + size;
    for (ptrdiff_t e = 0; e < size * size; e++)
        if (!isfinite(gram[e]))
            return NAN;
    if (!scale(size, gram, a))
        return INFINITY;
    for (ptrdiff_t k = 0; k + 1 < size; k++)
        beside[k] = reflect(size, k, a, diagonal, p);
    for (ptrdiff_t k = 0; k < size; k++)
        diagonal[k] = a[k * (size + 1)];
    const double least = eigenvalue(size, diagonal, beside, 0), most = eigenvalue(size, diagonal, beside, size - 1);
    return least > (double)size * DBL_EPSILON * most ? most / least : INFINITY;
}
