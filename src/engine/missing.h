/* engine/missing.h: by how much the loss would be higher without one component, all else fixed. For models that are the sum of
 * rank-one arrays of the factors, in one term. */
#ifndef RLRA_ENGINE_MISSING_H
#define RLRA_ENGINE_MISSING_H

#include <stddef.h>

#include "core/real.h"

struct fit;

/* higher[k] = loss without component k - loss: under the squared loss from Gram matrices and right-hand sides. */
void RLRA(squares_missing)(struct fit *f, double *higher);

/* The same where each row has a Gram matrix of its own. */
void RLRA(own_grams_missing)(struct fit *f, double *higher);

/* Under other losses from entries, of some of the rows of the factor that is updated first: every missing_step()-th. */
void RLRA(entries_missing)(struct fit *f, double *higher);
ptrdiff_t RLRA(missing_step)(const struct fit *f);

#endif
