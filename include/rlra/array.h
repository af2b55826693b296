/* rlra/array.h: borrowed views of dense arrays of any order. */
#ifndef RLRA_ARRAY_H
#define RLRA_ARRAY_H

#include <stdint.h>

#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RLRA_MAX_ORDER 8

/* I64 is for indices, counts and labels in results: rlra_file_write() takes it, functions that compute do not. */
typedef enum rlra_dtype { RLRA_DTYPE_F32 = 0, RLRA_DTYPE_F64 = 1, RLRA_DTYPE_I64 = 2 } rlra_dtype;

/* A view: the library never frees `data`. Entry (i_0, ..) is at data[sum_m i_m strides[m]]; strides count entries,
 * not bytes, and may be zero or negative. Filled in by the caller or by rlra_array_contiguous(). */
typedef struct rlra_array {
    rlra_dtype dtype;
    int order; /* 1 .. RLRA_MAX_ORDER */
    int64_t dims[RLRA_MAX_ORDER];
    int64_t strides[RLRA_MAX_ORDER];
    void *data;
} rlra_array;

/* The contents of an array, filled in by rlra_array_summarise(). NaN and Inf do not count in least, most and mean. */
typedef struct rlra_array_summary {
    int64_t count, zeros, negatives, nans, infinities;
    double least, most, mean; /* NaN if no entry is finite */
} rlra_array_summary;

/** A view of row-major memory: the last mode is contiguous. Its order is 0 if `dims` is NULL or `order` is out of range. */
RLRA_API rlra_array rlra_array_contiguous(rlra_dtype dtype, int order, const int64_t *dims, void *data);

/** Number of entries, the product of the dims; INT64_MAX if that is larger. */
RLRA_API int64_t rlra_array_count(const rlra_array *array);

/** Bytes of one entry: 4 or 8; 0 for an unknown dtype. */
RLRA_API int64_t rlra_dtype_bytes(rlra_dtype dtype);

/** "f32", "f64" or "i64"; "unknown" for any other number. */
RLRA_API const char *rlra_dtype_name(rlra_dtype dtype);

/** One entry, as double. `index` holds `order` numbers within the dims; this is not checked. */
RLRA_API double rlra_array_get(const rlra_array *array, const int64_t *index);

/** The same memory with the modes in another order: mode m of the result is mode modes[m] of `array`. Of order 0 if a mode does
 * not exist. */
RLRA_API rlra_array rlra_array_permuted(const rlra_array *array, const int *modes);

/**
 * The same memory with modes `first` .. `last` taken as one (row-major order among them).
 *
 * @retval RLRA_ERR_ARGUMENT     the modes do not exist or are in the wrong order
 * @retval RLRA_ERR_UNSUPPORTED  the strides do not allow it without a copy
 */
RLRA_API rlra_status rlra_array_merged(const rlra_array *array, int first, int last, rlra_array *merged);

/** Count zeros, NaN, .. and find the range in one pass over the array. */
RLRA_API rlra_status rlra_array_summarise(const rlra_array *array, rlra_array_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
