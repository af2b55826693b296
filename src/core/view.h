/* core/view.h: whether a view of an array is one, and whether two share memory: asked at every public entry. */
#ifndef RLRA_CORE_VIEW_H
#define RLRA_CORE_VIEW_H

#include "core/context.h"
#include "rlra/array.h"

/* Whether `dtype` is one that is computed with: f32 or f64. */
int rlra_dtype_computes(rlra_dtype dtype);

/* RLRA_ERR_ARGUMENT or RLRA_ERR_SHAPE, with a sentence that begins with `what`: for an unknown dtype, an order out of range,
 * negative lengths, and more entries, or entries further apart, than memory can be addressed. Lengths of 0 and NULL in `data` are
 * no fault here. Integers are data of results only: `integers` allows them. */
rlra_status rlra_view_check(rlra_context *context, const char *what, const rlra_array *array, int integers);

/* A run of numbers as a view. */
rlra_array rlra_view_of(rlra_dtype dtype, int64_t count, const void *data);

/* Whether an entry of one lies on an entry of the other; both must have passed the check. The answer is yes for interleaved views
 * that are too intricate to decide. */
int rlra_view_overlap(const rlra_array *a, const rlra_array *b);

/* RLRA_ERR_ARGUMENT where an output shares memory with another view. */
rlra_status rlra_view_apart(rlra_context *context, const char *output, const rlra_array *a, const char *other,
                            const rlra_array *b);

#endif
