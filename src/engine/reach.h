/* engine/reach.h: no component reaches far beyond the data where no entry is observed: see reach.c. */
#ifndef RLRA_ENGINE_REACH_H
#define RLRA_ENGINE_REACH_H

#include "engine/fit.h"

/* f->reach[k], the largest magnitude that entries of component k of factor n may have. f->reach is NULL where every entry is
 * observed; what follows does nothing then. */
void RLRA(reach_take)(fit *f, int n);

/* Entries of rows of that factor beyond it are cut off. */
void RLRA(reach_clip)(const fit *f, factor x);

/* Whether an entry of row i is beyond it. */
int RLRA(reach_is_beyond)(const fit *f, factor x, ptrdiff_t i);

/* Rows that their rule has moved beyond their bounds descend within them from where they were, with their right-hand sides and a
 * Gram matrix: row `i` of factor n, or those of x, which begin at row `begin`. */
void RLRA(reach_bound_row)(const fit *f, int n, ptrdiff_t i, factor rhs, const double *gram);
void RLRA(reach_bound_rows)(const fit *f, int n, ptrdiff_t begin, factor x, factor rhs, const double *gram);

/* The same for a block of another loss, from row `first` of factor n on, by the rule of RULE_OF_REACH. */
void RLRA(reach_bound_block)(const fit *f, int n, ptrdiff_t first, const block *b);

/* How many components have an entry at its bound. */
int64_t RLRA(reach_count)(fit *f);

/* The same bounds for all factors of a start. */
void RLRA(reach_bound_start)(fit *f);

#endif
