/* api/array.h: shared by the functions on array views. */
#ifndef RLRA_API_ARRAY_H
#define RLRA_API_ARRAY_H

#include "core/context.h"
#include "core/source.h"
#include "data/scan.h"
#include "rlra/array.h"

/* Merge a mode with the next one if the strides allow; returns whether they did. A mode of length 1 fits any. */
int rlra_mode_absorb(int64_t *dim, int64_t *stride, int64_t next_dim, int64_t next_stride);

/* The same entries in the best order to walk memory: largest stride first, modes merged where strides allow. */
rlra_array rlra_array_in_memory_order(const rlra_array *array);

/* A hash of the entries in the order in which they lie in memory. */
uint64_t rlra_array_digest(const rlra_array *array);

/* A hash of the entries of an array that is not in memory. */
rlra_status rlra_stored_digest(rlra_context *context, const rlra_array *array, entry_source *source, uint64_t *digest);

/* The value of the entry at a row-major position, or its indices as "3, 0, 7". */
#define RLRA_WHERE_BYTES (24 * RLRA_MAX_ORDER)
double rlra_entry_where(const rlra_array *array, ptrdiff_t position, char *text);

/* Check by the summary of a scan that the entries of an array, named `what` in the message, are finite and their squares in
 * range. */
rlra_status rlra_check_entries(rlra_context *context, const char *what, const rlra_array *data, const dense_scan *scan);

#endif
