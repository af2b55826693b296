/* data/observed/observed.h: which entries of an array take part in a fit, and with which weights. */
#ifndef RLRA_DATA_OBSERVED_OBSERVED_H
#define RLRA_DATA_OBSERVED_OBSERVED_H

#include "core/context.h"
#include "data/observed/choice.h"
#include "data/observed/rows.h"
#include "data/stored.h"

/* Data with weights, prepared for a fit: each row of each mode lists its exceptional entries. */
typedef struct observed {
    observed_choice choice;
    observed_summary summary;
    int order;
    int modes[RLRA_MAX_ORDER]; /* modes in memory order, the fastest last */
    double base;               /* the largest weight                                                */
    observed_rows along[RLRA_MAX_ORDER];
    rlra_array filled;        /* w X, 0 where w = 0, packed, in the order of the data; .data NULL: sparse data */
    const sparse_pair *pair;  /* entries of sparse data that take part                             */
    const sparse_pair *given; /* all stored entries                                                */
    const sparse_pair *weights, *given_weights; /* weights of these two; NULL: all are 1           */
    sparse_pair *kept, *kept_weights;           /* owned; NULL where nothing is held out           */
    int is_uneven;       /* weights have values other than 0 and 1                              */
    double listed;       /* estimated number of entries in the lists of a mode                  */
    sparse_pair product; /* w X at the places of `pair`, for products; owns its values if there are weights */
} observed;

/* Summarise weights and entries in one pass. */
observed_summary RLRA(observed_summarise)(const observed_choice *choice, int threads);

/**
 * Make the lists and the weighted copy of an array.
 *
 * @retval RLRA_ERR_DATA         no entry is left
 * @retval RLRA_ERR_UNSUPPORTED  rows of more than 2^31 - 1 entries
 * @retval RLRA_ERR_MEMORY       `to` is empty
 *
 * Memory: a copy of the data, and 4 bytes for each mode and listed entry; if weights take more than one value besides 0, also
 * the bytes of a value each. Cost: 3 + 2 x modes passes.
 */
rlra_status RLRA(observed_create)(rlra_context *context, const observed_choice *choice, int threads, observed *to);

/* The stored entries of a sparse matrix with their weights; borrowed, and copied where entries are held out. */
rlra_status RLRA(observed_of_sparse)(rlra_context *context, const observed_choice *choice, const stored_array *stored,
                                     observed *to);
void RLRA(observed_clear_sparse)(rlra_context *context, observed *o);
size_t RLRA(observed_sparse_bytes)(const observed *o);

/* Set only what planning a fit needs, without reading the data or making lists. */
void RLRA(observed_measure)(const observed_choice *choice, const stored_array *stored, observed *to);

/* Bytes of the copy and the lists. */
size_t RLRA(observed_bytes)(const observed *o);

/* Free all that is owned; {0} is allowed. */
void RLRA(observed_destroy)(rlra_context *context, observed *o);

/* Fill o->filled for a start: with the data themselves, and for entries that are not observed with mean times the product over
 * the modes of row mean / mean (for data with negative entries: mean plus the sum of row mean - mean). `means` has room for two
 * numbers for each row of each mode. observed_fill_weighted() restores w X. */
void RLRA(observed_fill_means)(observed *o, int threads, double *means);
void RLRA(observed_fill_weighted)(observed *o, int threads);

/* Some observed entries of a row. */
#define OBSERVED_RUN 64
typedef struct observed_run {
    ptrdiff_t count;
    int32_t places[OBSERVED_RUN];
    real weights[OBSERVED_RUN], values[OBSERVED_RUN]; /* w > 0 and x */
} observed_run;

/* Get the next observed entries of row i along a mode; *from is 0 at first. Returns their number, 0 after the last. */
ptrdiff_t RLRA(observed_next)(const observed *o, int mode, ptrdiff_t i, ptrdiff_t *from, observed_run *run);

/* Components that observed_squares() processes together. */
#define OBSERVED_RANK 64

/* The sum of w (x - v)^2 with the model v, and unless NULL that of w v^2, of dense data; `room` for two numbers for each row of
 * the first of o->modes. Reads the data themselves and the lists only. */
double RLRA(observed_squares)(const observed *o, int threads, const factor *factors, double *room, double *model);

/* The number in (0, 1) that decides whether an entry is held out. */
double RLRA(observed_random)(uint64_t seed, uint64_t position);

/* An entry that is missing only because it is held out; observed_visit_held() calls `each` for all of them, in memory order. */
typedef struct held_out_entry {
    ptrdiff_t index[RLRA_MAX_ORDER];
    double value, weight;
} held_out_entry;
void RLRA(observed_visit_held)(const observed *o, void (*each)(void *user, const held_out_entry *entry), void *user);
void RLRA(observed_visit_stored)(const observed *o, void (*each)(void *user, const held_out_entry *entry), void *user);

#endif
