/* engine/partial/partial.h: data of which entries are missing, held out or weighted (docs/theory/missing.md). One term. Needs a
 * fit (engine/fit.h). */
#ifndef RLRA_ENGINE_PARTIAL_PARTIAL_H
#define RLRA_ENGINE_PARTIAL_PARTIAL_H

#include "core/arena.h"
#include "data/observed/product.h"
#include "model/factor.h"
#include "rlra/fit.h"

struct fit;

typedef struct partial_data {
    const observed *data;     /* of the operator; NULL: all entries take part, and alike       */
    observed_product product; /* of the factors of the other modes                           */
    double *values;           /* what each row of the current factor adds to the loss        */
    char *rooms;              /* of each thread                                              */
    size_t room_bytes;
} partial_data;

/* Run twice: to measure and to take. */
void RLRA(partial_plan)(struct fit *f);

/* Lay out the factors of the other modes for the rows of factor n. */
void RLRA(partial_pack)(struct fit *f, int n);

/* Entry by entry: sum of w (x - v)^2, and unless NULL that of w v^2 of the model v. */
double RLRA(partial_residual)(struct fit *f, double *model);

/* Entry by entry: the squared KKT residual of factor n. */
double RLRA(partial_kkt)(struct fit *f, int n);

/* Report which entries took part, and how well the model predicts those that were held out; rows without any entry. */
void RLRA(partial_report)(struct fit *f, rlra_report *report);

#endif
