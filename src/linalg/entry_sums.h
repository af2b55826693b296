/* linalg/entry_sums.h: sums, counts and the range of a run of entries, for whoever looks at data before they are used. */
#ifndef RLRA_LINALG_ENTRY_SUMS_H
#define RLRA_LINALG_ENTRY_SUMS_H

/* Of a run: void where norm2 is not finite, as then an entry is NaN or infinite, or its square is beyond a double. */
typedef struct entry_sums {
    double norm2, sum;       /* sums of squares and of entries     */
    double zeros, negatives; /* how many entries are zero, or less */
    double least, most;
} entry_sums;

#endif
