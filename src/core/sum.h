/* core/sum.h: all sums over rows of a factor or of the data, in an order that does not depend on threads. */
#ifndef RLRA_CORE_SUM_H
#define RLRA_CORE_SUM_H

#include <stddef.h>

/* start + numbers[0] + numbers[stride] + .., `count` of them, one after the other. */
double rlra_sum(double start, ptrdiff_t count, ptrdiff_t stride, const double *numbers);

/* sum[e] = parts[e] + parts[count + e] + .. for e < count, over `arrays` arrays, one after the other. */
void rlra_sum_arrays(ptrdiff_t arrays, ptrdiff_t count, const double *parts, double *sum);

#endif
