/* data/observed/choice.h: which entries of an array are observed or missing; independent of precision. */
#ifndef RLRA_DATA_OBSERVED_CHOICE_H
#define RLRA_DATA_OBSERVED_CHOICE_H

#include <stddef.h>
#include <stdint.h>

#include "data/scan.h"
#include "rlra/array.h"
#include "rlra/sparse.h"

/* How the weight w >= 0 of an entry is determined; entries of weight 0 are not observed. */
typedef struct observed_choice {
    rlra_array data;
    rlra_array weights; /* one for each entry, of the shape and precision of the data; .data NULL: all are one */
    int nan_is_missing; /* entries that are NaN have the weight 0, whatever is in `weights` */
    double held_out;    /* this fraction of the others gets the weight 0, too ..           */
    uint64_t seed;      /* .. drawn by a random number from this seed and the entry's position */
} observed_choice;

/* The weights of the entries of a sparse array. */
typedef struct stored_choice {
    const rlra_sparse *data;
    const rlra_sparse *weights; /* weights of the stored entries, or NULL: all are 1                   */
    int only_stored;            /* entries that are not stored are missing, and stored zeros are kept */
} stored_choice;

/* A summary of all weights, and of the entries with w > 0. */
typedef struct observed_summary {
    dense_scan scan;          /* norm2 and sum are those of w x^2 and w x; the others are unweighted */
    double count, held;       /* entries with w > 0, and those missing only because they are held out */
    double ones;              /* entries with w = 1, including those held out                 */
    double least, most;       /* least and largest weight                                     */
    ptrdiff_t bad, first_bad; /* weights that are negative, NaN or infinite; row-major position of the first */
} observed_summary;

#endif
