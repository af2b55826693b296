/* engine/entries/entries.h: losses that have no Gram matrix: rules see rows of the data and the product of the other factors. One
 * term. Needs a fit (engine/fit.h). */
#ifndef RLRA_ENGINE_ENTRIES_ENTRIES_H
#define RLRA_ENGINE_ENTRIES_ENTRIES_H

#include "block/kkt.h"
#include "core/arena.h"
#include "data/rows/rows.h"
#include "engine/entries/lifted.h"
#include "form/design.h"
#include "model/problem.h"

struct fit;

/* Slopes `up` of the factor that is updated first (block/rows.h), which come with the loss of a point in one pass: the next sweep
 * need not form the model anew. Slopes of the current point and of f->kept. */
typedef struct slopes_ahead {
    factor up[2];
    int used, known[2];
    int now, kept; /* which of the two */
} slopes_ahead;

/* What they need beside the fit, planned once; a part of it. */
typedef struct entries_state {
    penalty_list penalties[RLRA_MAX_FACTORS]; /* over the weight of the term */
    row_plan rows;                            /* of the data                             */
    design_room design;                       /* of the row that is read                 */
    struct entries_worker *workers;           /* of each thread                          */
    double *values;                           /* loss of each block of rows of the last mode */
    kkt_parts kkt;                            /* of each row                                */
    double loss_of_update;                    /* after the update of the last factor        */
    slopes_ahead ahead;
    lifted_state lifted;  /* of factors that are                      */
    size_t scratch_bytes; /* of the rules and of rows.h                 */
} entries_state;

/* Refuse what the loss cannot take. */
rlra_status RLRA(entries_pose)(struct fit *f);

/* Run twice: to measure and to take. */
void RLRA(entries_plan)(struct fit *f);

/* sum y v^(beta-1) and sum v^beta of the current model v, the latter with what penalties add to its slope. */
void RLRA(entries_pull)(struct fit *f, double *up, double *down);

#endif
