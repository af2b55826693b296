/* core/view.h: check views of arrays, and whether two share memory; called by every public function. */
#ifndef RLRA_CORE_VIEW_H
#define RLRA_CORE_VIEW_H

#include "core/context.h"
#include "rlra/array.h"

/* Whether `dtype` is a type for computations: f32 or f64. */
int rlra_dtype_computes(rlra_dtype dtype);

/* Fail with RLRA_ERR_ARGUMENT or RLRA_ERR_SHAPE, and a message that begins with `what`, for an unknown dtype, an order out of
 * range, negative lengths, and entries that are too many or too far apart to be addressed. Lengths of 0 and NULL in `data` are
 * allowed here. Integers occur in results only: `integers` allows them. */
rlra_status rlra_view_check(rlra_context *context, const char *what, const rlra_array *array, int integers);

/* A view of contiguous numbers. */
rlra_array rlra_view_of(rlra_dtype dtype, int64_t count, const void *data);

/* Whether an entry of one overlaps an entry of the other; both must have passed the check. Returns 1 for interleaved views that
 * are too intricate to decide. */
int rlra_view_overlap(const rlra_array *a, const rlra_array *b);

/* Fail with RLRA_ERR_ARGUMENT if an output shares memory with another view. */
rlra_status rlra_view_apart(rlra_context *context, const char *output, const rlra_array *a, const char *other,
                            const rlra_array *b);

#endif
