/* separable/separable.h: near-separable factorization, for the starts of the solver and for the public function. */
#ifndef RLRA_SEPARABLE_SEPARABLE_H
#define RLRA_SEPARABLE_SEPARABLE_H

#include <stddef.h>

#include "core/context.h"
#include "core/real.h"
#include "model/factor.h"
#include "rlra/separable.h"

/* Pick columns of an order-2 array of this precision, exactly by the method. `columns` has room for `rank`; `threads` 0 means
 * all. 1 <= rank <= columns of the data; SPA finds at most min(m, n). NaN and Inf are RLRA_ERR_DATA. */
rlra_status RLRA(separable_select)(rlra_context *context, const rlra_array *data, rlra_separable_method method,
                                   ptrdiff_t rank, double tolerance, int threads, ptrdiff_t *columns, ptrdiff_t *found);

/* Factors for picked columns: w (m x rank) the columns, h (n x rank) their nonnegative least squares coefficients; components
 * beyond `found` become zero. Either may be NULL; `relative_error`, NULL or out: ||X - W H^T|| / ||X||. On error nothing is
 * written. */
rlra_status RLRA(separable_factors)(rlra_context *context, const rlra_array *data, const ptrdiff_t *columns,
                                    ptrdiff_t found, int threads, const factor *w, const factor *h,
                                    double *relative_error);

/* Bytes that the functions above take for contiguous data by SNPA. */
double RLRA(separable_bytes)(ptrdiff_t rows, ptrdiff_t count, ptrdiff_t rank, int threads);

/* The functions of rlra_separable() in one precision: pick columns, compare those of SNPA and SPA, make the factors. `w` and
 * `h` are the factors of the model as arrays, or of order 0. Arguments are already checked. */
typedef struct separable_core {
    rlra_status (*fit)(rlra_context *context, const rlra_array *data, const rlra_separable_options *options,
                       int64_t *columns, const rlra_array *w, const rlra_array *h, rlra_separable_report *report);
} separable_core;

extern const separable_core rlra_f32_separable, rlra_f64_separable;

#endif
