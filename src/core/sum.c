/* core/sum.c: sums in order. */
#include "core/sum.h"

#include <string.h>

double rlra_sum(double start, ptrdiff_t count, ptrdiff_t stride, const double *numbers)
{
    double sum = start;
    for (ptrdiff_t i = 0; i < count; i++)
        sum += numbers[i * stride];
    return sum;
}

void rlra_sum_arrays(ptrdiff_t arrays, ptrdiff_t count, const double *parts, double *sum)
{
    memcpy(sum, parts, (size_t)count * sizeof *sum);
    for (ptrdiff_t a = 1; a < arrays; a++)
        for (ptrdiff_t e = 0; e < count; e++)
            sum[e] += parts[a * count + e];
}
