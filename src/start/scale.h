/* start/scale.h: the scale of a start. */
#ifndef RLRA_START_SCALE_H
#define RLRA_START_SCALE_H

#include "engine/fit.h"

/* Scale a start under the squared loss: all factors whose scale is free by the common number that minimises the objective;
 * then, if terms share factors, each factor in turn by its best number. Costs a contraction for each term. */
void RLRA(start_scale_squares)(fit *f);

/* Scale a start under another loss: all free factors by the best common number, for which the model is formed once. For kl of
 * whole data, sums suffice, from a contraction of rank one for each mode; the rows of each factor in turn are then scaled by
 * their best numbers, so that without penalties the sums of the model along all modes become those of the data.
 *
 * @retval RLRA_ERR_MEMORY  nothing is changed
 */
rlra_status RLRA(start_scale_entries)(fit *f);

/* Bytes that scaling takes temporarily. */
double RLRA(start_scale_bytes)(const fit *f);

#endif
