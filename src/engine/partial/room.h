/* engine/partial/room.h: workspace of one thread for rows with a Gram matrix each. */
#ifndef RLRA_ENGINE_PARTIAL_ROOM_H
#define RLRA_ENGINE_PARTIAL_ROOM_H

#include "core/arena.h"
#include "data/observed/observed.h"

struct fit;

typedef struct partial_room {
    double *sum, *gram;            /* ROW_GRAMS, padded; rank x rank */
    double *prepared;              /* of a rule, for one row         */
    real *grams, *x, *rhs, *other; /* of ROW_GRAMS rows side by side */
    real *panel;                   /* rows of a product of factors   */
    const real **rows;             /* OBSERVED_RUN of them           */
    real *shares;
    observed_run *run;
    double *slope, *curvature;
    real *scratch; /* for squares_kkt() */
} partial_room;

partial_room RLRA(partial_room_take)(const struct fit *f, arena *from);

/* The workspace of thread number `thread`. */
partial_room RLRA(partial_room_of)(const struct fit *f, int thread);

/* room->rows[e] = row number places[e] of the product of the factors of all modes but `mode`. */
void RLRA(partial_rows)(const struct fit *f, int mode, ptrdiff_t count, const int32_t *places,
                        const partial_room *room);

/* room->gram = G_i times the weight of the term. */
void RLRA(own_gram)(const struct fit *f, int mode, ptrdiff_t i, const partial_room *room);

/* room->grams = those of rows begin .. end-1, at most ROW_GRAMS, side by side. */
void RLRA(own_grams_beside)(const struct fit *f, int mode, ptrdiff_t begin, ptrdiff_t end, const partial_room *room);

/* Set a row of factor n without entries to the point nearest to zero that the penalties allow. */
void RLRA(partial_rest)(struct fit *f, int n, ptrdiff_t i);

#endif
