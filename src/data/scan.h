/* data/scan.h: norm, range and bad entries of a dense array, in one pass. */
#ifndef RLRA_DATA_SCAN_H
#define RLRA_DATA_SCAN_H

#include <stddef.h>

#include "core/context.h"
#include "core/real.h"
#include "core/source.h"
#include "rlra/array.h"

/* A summary of the entries, by which a problem accepts or refuses an array. */
typedef struct dense_scan {
    double norm2;        /* sum of squares                           */
    double sum;          /* sum of the entries                       */
    double zeros;        /* how many entries are zero                */
    double least;        /* smallest entry                           */
    double scale;        /* largest magnitude                        */
    ptrdiff_t bad;       /* entries that are NaN or infinite         */
    ptrdiff_t first_bad; /* row-major position of the first of them  */
} dense_scan;

dense_scan RLRA(dense_scan)(const rlra_array *array, int threads);

/* The summary of an array that is not in memory, using at most `bytes` bytes. */
rlra_status RLRA(dense_scan_stored)(rlra_context *context, const rlra_array *array, entry_source *source, double bytes,
                                    int threads, dense_scan *scan);

#endif
