/* rlra/order.h: order computed numbers: those that differ by no more than rounding count as equal. */
#ifndef RLRA_ORDER_H
#define RLRA_ORDER_H

#include <stdint.h>

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The relative difference up to which two numbers computed in this precision count as equal: eps^(3/4), which is 1.8e-12 for
 * f64 and 6.4e-6 for f32. This is more than rounding errors and less than any difference that matters to readers.
 */
RLRA_API double rlra_tie(rlra_dtype dtype);

/**
 * order[0 .. count - 1]: the places of `values`, the largest first.
 *
 * The largest remaining number and all that tie with it come in the order of their places, and so on: an order that does not
 * depend on last digits, on any processor. NaN comes last.
 */
RLRA_API rlra_status rlra_order_falling(rlra_context *context, rlra_dtype dtype, int64_t count, const double *values,
                                        int64_t *order);

/** The first of these places, found without extra memory; -1 if there is no number. */
RLRA_API int64_t rlra_order_first(rlra_dtype dtype, int64_t count, const double *values);

#ifdef __cplusplus
}
#endif
#endif
