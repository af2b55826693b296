/* engine/reach.h: bound components by the magnitude of the data where no entry is observed; see reach.c. */
#ifndef RLRA_ENGINE_REACH_H
#define RLRA_ENGINE_REACH_H

#include "engine/fit.h"

/* Set f->reach[k], the largest magnitude that entries of component k of factor n may have. If every entry is observed, f->reach
 * is NULL and the functions below do nothing. */
void RLRA(reach_take)(fit *f, int n);

/* Clip the entries of rows of that factor to f->reach. */
void RLRA(reach_clip)(const fit *f, factor x);

/* Whether an entry of row i is beyond f->reach. */
int RLRA(reach_is_beyond)(const fit *f, factor x, ptrdiff_t i);

/* For rows that their rule has moved beyond the bounds: descend within the bounds from where they were, given right-hand sides
 * and a Gram matrix. For row `i` of factor n, or for the rows of x, which begin at row `begin`. */
void RLRA(reach_bound_row)(const fit *f, int n, ptrdiff_t i, factor rhs, const double *gram);
void RLRA(reach_bound_rows)(const fit *f, int n, ptrdiff_t begin, factor x, factor rhs, const double *gram);

/* For a block with another loss that its rule has moved beyond the bounds: descend within them by the rule for RULE_OF_REACH.
 * The block begins at row `first` of factor n. */
void RLRA(reach_bound_block)(const fit *f, int n, ptrdiff_t first, const block *b);

/* How many components have an entry at its bound. */
int64_t RLRA(reach_count)(fit *f);

/* Apply the same bounds to all factors of a start. */
void RLRA(reach_bound_start)(fit *f);

#endif
