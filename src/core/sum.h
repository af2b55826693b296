/* core/sum.h: the one door for sums of what the rows of a factor or of the data have added up, in order whatever the threads. */
#ifndef RLRA_CORE_SUM_H
#define RLRA_CORE_SUM_H

#include <stddef.h>

/* start + numbers[0] + numbers[stride] + .., `count` of them, one after the other. */
double rlra_sum(double start, ptrdiff_t count, ptrdiff_t stride, const double *numbers);

/* sum[e] = parts[e] + parts[count + e] + .. for e < count, over so many arrays one behind the other. */
void rlra_sum_arrays(ptrdiff_t arrays, ptrdiff_t count, const double *parts, double *sum);

#endif
