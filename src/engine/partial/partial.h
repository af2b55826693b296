/* engine/partial/partial.h: data of which entries are missing, held out or weighted (docs/theory/missing.md). One term. Needs a
 * fit (engine/fit.h). */
#ifndef RLRA_ENGINE_PARTIAL_PARTIAL_H
#define RLRA_ENGINE_PARTIAL_PARTIAL_H

#include "core/arena.h"
#include "data/observed/observed.h"
#include "model/factor.h"
#include "rlra/fit.h"

struct fit;

typedef struct partial_data {
    int used;
    observed data;
    ptrdiff_t pad;                /* entries of a row of components in memory                    */
    real *packed[RLRA_MAX_ORDER]; /* the factor of each mode, row by row                         */
    double *values;               /* what each row of the current factor adds to the loss        */
    char *rooms;                  /* of each thread                                              */
    size_t room_bytes;
} partial_data;

/* The lists and the copy of a term's data, where it has missing entries or weights or some are to be held out; takes memory that
 * partial_clear() frees. */
rlra_status RLRA(partial_pose)(struct fit *f);
void RLRA(partial_clear)(struct fit *f);

/* The same without a look at the data and without their lists: to plan a fit. */
rlra_status RLRA(partial_measure)(struct fit *f);

/* Roughly: listed entries of a mode; and bytes of copy and lists. */
double RLRA(partial_listed)(const struct fit *f);
double RLRA(partial_bytes)(const struct fit *f);

/* Run twice: to measure and to take. */
void RLRA(partial_plan)(struct fit *f);

/* Lay out the factors of the other modes for the rows of factor n. */
void RLRA(partial_pack)(struct fit *f, int n);

/* Entry by entry: sum of w (x - v)^2, and unless NULL that of w v^2 of the model v. */
double RLRA(partial_residual)(struct fit *f, double *model);

/* Entry by entry: the squared KKT residual of factor n. */
double RLRA(partial_kkt)(struct fit *f, int n);

/* Which entries took part and how well the others, held out, are told by the model; rows without any entry. */
void RLRA(partial_report)(struct fit *f, rlra_report *report);

#endif
