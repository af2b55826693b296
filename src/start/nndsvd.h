/* start/nndsvd.h: starts from singular vectors, made nonnegative. */
#ifndef RLRA_START_NNDSVD_H
#define RLRA_START_NNDSVD_H

#include <stdint.h>

#include "core/context.h"
#include "data/operator.h"

/* How entries that would be zero are filled. */
typedef enum nndsvd_fill {
    NNDSVD_ZERO,  /* zeros stay zero                           */
    NNDSVD_MEAN,  /* nndsvda: the average size of an entry     */
    NNDSVD_RANDOM /* nndsvdar: random, below 1/100 of that     */
} nndsvd_fill;

/* Fill all factors (one for each mode, x->dims[n] x rank each).
 *
 * Order 2: the leading singular triplets by a randomised range finder with two power iterations (Halko, Martinsson & Tropp
 * 2011, algorithm 4.4), then the larger of the positive and the negative pair of parts (Boutsidis & Gallopoulos 2008). The fill
 * is the square root of the mean of X: its share of the mean in each factor. That is the fill of the paper, and of
 * scikit-learn, for data of mean one, and unlike theirs it follows the scale of the data.
 *
 * Order N: left singular vectors of each unfolding times a Khatri-Rao product of Gaussian factors, reduced to their larger
 * part, with all components of equal size. Components of different modes are paired by order only.
 *
 * Components beyond the rank of the data get small random entries for every fill: updates cannot leave a zero component.
 *
 * The data are used through contract() only, with a separate plan. In addition to that plan takes at most as many numbers as
 * the data have. Same result for any `threads`. */
rlra_status RLRA(nndsvd)(rlra_context *context, data *x, ptrdiff_t rank, nndsvd_fill fill, uint64_t seed, int threads,
                         const factor *factors);

#endif
