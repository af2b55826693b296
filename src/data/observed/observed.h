/* data/observed/observed.h: which entries of an array take part in a fit, and with which weights. */
#ifndef RLRA_DATA_OBSERVED_OBSERVED_H
#define RLRA_DATA_OBSERVED_OBSERVED_H

#include "core/context.h"
#include "data/observed/choice.h"
#include "data/observed/rows.h"
#include "data/stored.h"

/* Data with weights, ready for a fit: of each row of each mode a list of what is unusual about it. */
typedef struct observed {
    observed_choice choice;
    observed_summary summary;
    int order;
    int modes[RLRA_MAX_ORDER]; /* in the order in which the entries lie in memory, the fastest last */
    double base;               /* the largest weight                                                */
    observed_rows along[RLRA_MAX_ORDER];
    rlra_array filled;        /* w X, 0 where w = 0, packed, in the order of the data; .data NULL: sparse data */
    const sparse_pair *pair;  /* of sparse data: what takes part                                   */
    const sparse_pair *given; /* and all that is stored                                            */
    const sparse_pair *weights, *given_weights; /* of these; NULL: 1 each                          */
    sparse_pair *kept, *kept_weights;           /* owned; NULL where nothing is held out           */
    int is_uneven;       /* there are weights other than 0 and 1                                */
    double listed;       /* roughly: entries in the lists of a mode                             */
    sparse_pair product; /* w X at the places of `pair`: what operators see; owns its values where there are weights */
} observed;

/* One pass over an array. */
observed_summary RLRA(observed_summarise)(const observed_choice *choice, int threads);

/**
 * Make the lists and the weighted copy of an array.
 *
 * @retval RLRA_ERR_DATA         no entry is left
 * @retval RLRA_ERR_UNSUPPORTED  rows of more than 2^31 - 1 entries
 * @retval RLRA_ERR_MEMORY       `to` is empty
 *
 * Memory: a copy of the data, and 4 bytes for each mode and listed entry; with weights other than 0 and one number those of a
 * value more. Cost: 3 + 2 x modes passes.
 */
rlra_status RLRA(observed_create)(rlra_context *context, const observed_choice *choice, int threads, observed *to);

/* The stored entries of a sparse matrix with their weights; borrowed, and copied where entries are held out. */
rlra_status RLRA(observed_of_sparse)(rlra_context *context, const observed_choice *choice, const stored_array *stored,
                                     observed *to);
void RLRA(observed_clear_sparse)(rlra_context *context, observed *o);
size_t RLRA(observed_sparse_bytes)(const observed *o);

/* What a fit can be planned with: no look at the data, no lists. */
void RLRA(observed_measure)(const observed_choice *choice, const stored_array *stored, observed *to);

/* Bytes of the copy and the lists. */
size_t RLRA(observed_bytes)(const observed *o);

/* Fine for {0}. */
void RLRA(observed_destroy)(rlra_context *context, observed *o);

/* o->filled as a start wants it: the data themselves, and where nothing is observed the product of the means of its row in each
 * mode, each over the mean of all but once; for data with negative entries their sum likewise. `means` has room for two numbers
 * for each row of each mode. And back to w X. */
void RLRA(observed_fill_means)(observed *o, int threads, double *means);
void RLRA(observed_fill_weighted)(observed *o, int threads);

/* Some observed entries of a row. */
#define OBSERVED_RUN 64
typedef struct observed_run {
    ptrdiff_t count;
    int32_t places[OBSERVED_RUN];
    real weights[OBSERVED_RUN], values[OBSERVED_RUN]; /* w > 0 and x */
} observed_run;

/* The next ones of row i along a mode; *from is 0 to begin with. Returns how many, 0 behind the last. */
ptrdiff_t RLRA(observed_next)(const observed *o, int mode, ptrdiff_t i, ptrdiff_t *from, observed_run *run);

/* Components treated at once by the next function. */
#define OBSERVED_RANK 64

/* The sum of w (x - v)^2 with the model v, and unless NULL that of w v^2, of dense data; `room` for two numbers for each row of
 * the first of o->modes. Nothing but the data themselves and the lists is looked at. */
double RLRA(observed_squares)(const observed *o, int threads, const factor *factors, double *room, double *model);

/* The number in (0, 1) that decides whether an entry is held out. */
double RLRA(observed_random)(uint64_t seed, uint64_t position);

/* An entry that only the hold-out left out; call `each` for all of them, in the order of memory. */
typedef struct held_out_entry {
    ptrdiff_t index[RLRA_MAX_ORDER];
    double value, weight;
} held_out_entry;
void RLRA(observed_visit_held)(const observed *o, void (*each)(void *user, const held_out_entry *entry), void *user);
void RLRA(observed_visit_stored)(const observed *o, void (*each)(void *user, const held_out_entry *entry), void *user);

#endif
