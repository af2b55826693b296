/* linalg/condition.h: how nearly dependent the columns of a Gram matrix are, whatever their scales; in double. */
#ifndef RLRA_LINALG_CONDITION_H
#define RLRA_LINALG_CONDITION_H

#include <stddef.h>

/* The ratio of the largest to the smallest eigenvalue of a Gram matrix (size x size, symmetric) scaled to ones on its diagonal, to
 * one part in a thousand; INFINITY where a column is zero or the smallest is rounding, NAN where an entry is not finite.
 * `work` holds rlra_condition_doubles(size) numbers. About 4/3 size^3 operations. */
double rlra_condition(ptrdiff_t size, const double *gram, double *work);
size_t rlra_condition_doubles(ptrdiff_t size);

#endif
