/* start/start.h: the starting point of a fit. */
#ifndef RLRA_START_START_H
#define RLRA_START_START_H

#include "engine/fit.h"
#include "model/model.h"

/* Set what a start determines besides the factors: the start that "auto" stands for, and the floor. */
void RLRA(start_name)(fit *f);

/* Find the start that the one of start_name() becomes, where this depends on the data: for a fit that goes on without making it.
 * The data must be readable. */
rlra_status RLRA(start_settle)(fit *f);

/* Refuse a start that the problem does not allow; start_name() must have been called. */
rlra_status RLRA(start_check)(fit *f);

/* Start the factors by options->init, from `model` if it is "model"; scaled by the best common number and balanced. */
rlra_status RLRA(start_make)(fit *f, const rlra_model *model);

/* Copy the factors of a model, with the weights multiplied into the first. */
void RLRA(start_from_model)(fit *f, const rlra_model *model);

/* Bytes of additional memory of the start. */
double RLRA(start_bytes)(const fit *f);

#endif
