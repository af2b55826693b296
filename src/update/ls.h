/* update/ls.h: the least squares solution of a block, for the rules that start from it. */
#ifndef RLRA_UPDATE_LS_H
#define RLRA_UPDATE_LS_H

#include "update/update.h"

/* Functions for update_ops: bytes of scratch, doubles prepared for a Gram matrix, and prepare(). */
size_t RLRA(ls_bytes)(ptrdiff_t rows, ptrdiff_t rank);
size_t RLRA(ls_doubles)(ptrdiff_t rank);
void RLRA(ls_prepare)(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared);

/* Solve x (G + 2 mu_2 I) = m. */
void RLRA(ls_solve)(const block *b);

#endif
