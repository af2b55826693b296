/* data/observed/choice.h: what makes an entry of an array observed or missing; knows no precision. */
#ifndef RLRA_DATA_OBSERVED_CHOICE_H
#define RLRA_DATA_OBSERVED_CHOICE_H

#include <stddef.h>
#include <stdint.h>

#include "data/scan.h"
#include "rlra/array.h"
#include "rlra/sparse.h"

/* How the weight w >= 0 of an entry comes about; 0: it is not observed. */
typedef struct observed_choice {
    rlra_array data;
    rlra_array weights; /* of the same shape and precision; .data NULL: one for all  */
    int nan_is_missing; /* entries that are NaN have the weight 0, whatever `weights` says */
    double held_out;    /* this share of the others gets the weight 0, too ..              */
    uint64_t seed;      /* .. by a random number of this seed and the entry's position     */
} observed_choice;

/* How the entries of a sparse array count. */
typedef struct stored_choice {
    const rlra_sparse *data;
    const rlra_sparse *weights; /* of the stored entries, or NULL: 1 each                              */
    int only_stored;            /* what is not stored is missing, and zeros that are stored are entries */
} stored_choice;

/* A summary of all weights, and of the entries with w > 0. */
typedef struct observed_summary {
    dense_scan scan;          /* sums of w x^2 and w x; the others as they are                */
    double count, held;       /* entries with w > 0, and those that only the hold-out left out */
    double ones;              /* entries with w = 1, held out or not                          */
    double least, most;       /* of the weights                                               */
    ptrdiff_t bad, first_bad; /* weights that are negative, NaN or infinite; row-major position */
} observed_summary;

#endif
