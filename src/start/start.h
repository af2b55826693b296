/* start/start.h: where a fit begins. */
#ifndef RLRA_START_START_H
#define RLRA_START_START_H

#include "engine/fit.h"
#include "model/model.h"

/* What "auto" becomes, and the floor: what a start settles beside the factors. */
void RLRA(start_name)(fit *f);

/* Refuse a start that cannot be made of such a problem; start_name() was called. */
rlra_status RLRA(start_check)(fit *f);

/* Start factors as options->init says, from `model` if it is "model"; scaled by the best common factor and balanced. */
rlra_status RLRA(start_make)(fit *f, const rlra_model *model);

/* The factors of a model, weights in the first of them. */
void RLRA(start_from_model)(fit *f, const rlra_model *model);

/* Bytes of starts that have memory of their own. */
double RLRA(start_bytes)(const fit *f);

#endif
