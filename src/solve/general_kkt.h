/* solve/general_kkt.h: the KKT residual of a factor under a loss that has no Gram matrix, from parts for each row. */
#ifndef RLRA_SOLVE_GENERAL_KKT_H
#define RLRA_SOLVE_GENERAL_KKT_H

#include "solve/general.h"

/* Numbers for each row: sum x |slope| of the entries that may move, sum x raise, sum x up, and the largest -slope / raise of an
 * entry that stands for zero; raise is `down` with the penalties. */
typedef struct kkt_parts {
    double *slack, *size, *pull, *worst;
} kkt_parts;

/* Of rows that are x, in a block with these penalties, for their slopes. */
void RLRA(general_kkt_rows)(const row_block *b, factor x, factor up, factor down, const kkt_parts *out);

/* The residual of the first `rows` rows. */
double RLRA(general_kkt_of)(const general *g, ptrdiff_t rows);

#endif
