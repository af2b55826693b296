/* api/array.h: what the functions on array views share. */
#ifndef RLRA_API_ARRAY_H
#define RLRA_API_ARRAY_H

#include "core/context.h"
#include "core/source.h"
#include "data/scan.h"
#include "rlra/array.h"

/* Merge a mode with the one that follows it, if the strides allow: returns whether they did. A mode of length 1 fits any. */
int rlra_mode_absorb(int64_t *dim, int64_t *stride, int64_t next_dim, int64_t next_stride);

/* The same entries in the order that walks memory best: largest stride first, modes merged where strides allow. */
rlra_array rlra_array_in_memory_order(const rlra_array *array);

/* A hash of the entries in the order in which they lie in memory. */
uint64_t rlra_array_digest(const rlra_array *array);

/* The same of an array that is not in memory. */
rlra_status rlra_stored_digest(rlra_context *context, const rlra_array *array, entry_source *source, uint64_t *digest);

/* The entry at a row-major position, and its indices as "3, 0, 7". */
#define RLRA_WHERE_BYTES (24 * RLRA_MAX_ORDER)
double rlra_entry_where(const rlra_array *array, ptrdiff_t position, char *text);

/* Whether what a scan reported of an array, called `what` in the message, is finite and within the range of its squares. */
rlra_status rlra_check_entries(rlra_context *context, const char *what, const rlra_array *data, const dense_scan *scan);

#endif
