/* engine/kkt.h: how far rows of a factor are from optimal for the squared loss. */
#ifndef RLRA_ENGINE_KKT_H
#define RLRA_ENGINE_KKT_H

#include "linalg/kernels.h"
#include "penalty/penalty.h"

/* With h = m - x G:  sum_k g_kk ( x_k - prox(x_k + h_k / g_kk; 1/g_kk) )^2  of each row, into `rows` (may be NULL); returns
 * their sum. Where a penalty couples the entries of a row the prox is that of the whole row, with the largest g_kk for all. A row
 * with as many entries as hard_sparsity allows is judged on its support: the others stay zero.
 * x and h have at most UPDATE_ROWS rows or, where a penalty couples rows, all of them, and `rows` is NULL then; `gram` is
 * rank x rank, of which the diagonal is read; `scratch` holds kkt_bytes(rows, rank) bytes. */
double RLRA(kkt_rows)(const kernels *kernel, const penalty_list *list, const double *gram, factor x, factor h,
                      void *scratch, double *rows);
size_t RLRA(kkt_bytes)(ptrdiff_t rows, ptrdiff_t rank);

/* h = m - x G, for as many; `scratch` as above. */
void RLRA(kkt_slopes)(const kernels *kernel, const double *gram, factor x, factor rhs, factor h, void *scratch);

#endif
