/* engine/scale.h: scales of factors, and penalties as functions of them. */
#ifndef RLRA_ENGINE_SCALE_H
#define RLRA_ENGINE_SCALE_H

#include "engine/fit.h"

/* Whether the penalties of factor n fix its scale: those neither conic nor homogeneous, such as `simplex` and bounds. */
int RLRA(scale_is_fixed)(const fit *f, int n);

/* The penalties of factor n, by degree 1 and 2. */
void RLRA(scale_penalties)(const fit *f, int n, double *first, double *second);

/* Multiply factor n by a number. */
void RLRA(scale_factor)(fit *f, int n, double by);

#endif
