/* engine/entries/kkt.h: the KKT residual of a factor under a loss that has no Gram matrix, from parts for each row. */
#ifndef RLRA_ENGINE_ENTRIES_KKT_H
#define RLRA_ENGINE_ENTRIES_KKT_H

#include "engine/entries/entries.h"

/* Numbers for each row i, where raise is `down` with the penalties and slope = raise - up: slack_i = sum x |slope| of the entries
 * that may move, size_i = sum x raise, pull_i = sum x up, and worst_i, the largest -slope / up of an entry that stands for zero. */
typedef struct kkt_parts {
    double *slack, *size, *pull, *worst;
} kkt_parts;

/* Of rows that are x, in a block with these penalties, for their slopes. */
void RLRA(entries_kkt_rows)(const block *b, factor x, factor up, factor down, const kkt_parts *out);

/* sum_i (slack_i + size_i worst_i) / sum_i size_i over the first `rows` rows: one wrong zero counts for its row alone. */
double RLRA(entries_kkt_of)(const entries_state *g, ptrdiff_t rows);

#endif
