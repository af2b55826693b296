/* start/scale.h: by how much a start is scaled. */
#ifndef RLRA_START_SCALE_H
#define RLRA_START_SCALE_H

#include "engine/fit.h"

/* Scale a start under the squared loss: all factors whose scale is free by the one number that minimises the objective; then, where
 * terms share factors, one factor after the other by the best number for it. Costs a contraction for each term. */
void RLRA(start_scale_squares)(fit *f);

/* Scale a start under another loss: all free factors by the one best number, for which the model is formed once. Under kl of whole
 * data sums are enough, a contraction of rank one for each mode; and then rows of one factor after the other are scaled, each by
 * the number that is best for it, so that without penalties the sums of the model along all modes end as those of the data.
 *
 * @retval RLRA_ERR_MEMORY  nothing was changed
 */
rlra_status RLRA(start_scale_entries)(fit *f);

/* Bytes that it takes for a while. */
double RLRA(start_scale_bytes)(const fit *f);

#endif
