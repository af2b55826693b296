/* engine/entries/entries.h: losses without a Gram matrix: rules read rows of the data and the product of the other factors. For
 * fits of one term (engine/fit.h). */
#ifndef RLRA_ENGINE_ENTRIES_ENTRIES_H
#define RLRA_ENGINE_ENTRIES_ENTRIES_H

#include "block/kkt.h"
#include "core/arena.h"
#include "data/rows/rows.h"
#include "engine/entries/lifted.h"
#include "form/design.h"
#include "model/problem.h"

/* Sets of rules, one for each factor, between which the driver may change. */
#define FIT_WAYS 2

struct fit;

/* Slopes `up` (block/rows.h) of the factor that is updated first, computed with the loss of a point in one pass, so that the
 * next sweep need not form the model again. Kept for the current point and for f->kept. */
typedef struct slopes_ahead {
    factor up[2];
    int known[2];
    int now, kept; /* index in up[] of the current point and of f->kept */
} slopes_ahead;

/* How rows reach the rules of one way. */
typedef struct entries_way {
    row_plan rows;      /* plan of rows of the data */
    design_room design; /* for the row being read   */
    int uses_ahead;     /* slopes come one sweep ahead */
} entries_way;

/* The part of a fit that only this engine needs, planned once. */
typedef struct entries_state {
    penalty_list penalties[RLRA_MAX_FACTORS]; /* divided by the weight of the term */
    entries_way ways[FIT_WAYS], *way;         /* one for each way, and the current one  */
    struct entries_worker *workers;           /* one for each thread                     */
    double *values;                           /* loss of each block of rows of the last mode */
    kkt_parts kkt;                            /* parts of each row                          */
    double loss_of_update;                    /* after the update of the last factor        */
    slopes_ahead ahead;
    lifted_state lifted;  /* for the factors that is_lifted() names   */
    size_t scratch_bytes; /* for the rules and rows.h                   */
} entries_state;

/* Refuse problems that this loss cannot fit. */
rlra_status RLRA(entries_pose)(struct fit *f);

/* Take workspace; called twice, to measure and to allocate. */
void RLRA(entries_plan)(struct fit *f);

/* Rows of factor n that are read at once by the rules of a way. */
ptrdiff_t RLRA(entries_slab)(const struct fit *f, int way, int n);

/* sum y v^(beta-1) and sum v^beta of the current model v, the latter with the slopes of the penalties. */
void RLRA(entries_pull)(struct fit *f, double *up, double *down);

#endif
