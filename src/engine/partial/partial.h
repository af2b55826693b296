/* engine/partial/partial.h: data with entries that are missing, held out or weighted (docs/theory/missing.md). For fits of one
 * term (engine/fit.h). */
#ifndef RLRA_ENGINE_PARTIAL_PARTIAL_H
#define RLRA_ENGINE_PARTIAL_PARTIAL_H

#include "core/arena.h"
#include "data/observed/product.h"
#include "model/factor.h"
#include "rlra/fit.h"

struct fit;

typedef struct partial_data {
    const observed *data;     /* owned by the operator; NULL: all entries take part, with equal weights */
    observed_product product; /* product of the factors of the other modes                   */
    double *values;           /* what each row of the current factor adds to the loss        */
    char *rooms;              /* one for each thread                                         */
    size_t room_bytes;
} partial_data;

/* Take workspace; called twice, to measure and to allocate. */
void RLRA(partial_plan)(struct fit *f);

/* Lay out the factors of the other modes for the rows of factor n. */
void RLRA(partial_pack)(struct fit *f, int n);

/* sum of w (x - v)^2 with the model v, entry by entry; `model`, unless NULL, gets that of w v^2. */
double RLRA(partial_residual)(struct fit *f, double *model);

/* The squared KKT residual of factor n, computed entry by entry. */
double RLRA(partial_kkt)(struct fit *f, int n);

/* Report which entries took part, rows without entries, and how well the model predicts the held-out entries. */
void RLRA(partial_report)(struct fit *f, rlra_report *report);

#endif
