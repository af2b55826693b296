/* copy.h: arrays of the library into the contiguous memory of numpy. */
#ifndef RLRA_COPY_H
#define RLRA_COPY_H

#include "rlra/rlra.h"

/* Copy the factor of a model, or its weights, row by row into room for as many numbers of its dtype. */
void rlra_copy_factor(const rlra_model *model, int n, void *target);
void rlra_copy_weights(const rlra_model *model, void *target);

#endif
