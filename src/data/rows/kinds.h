/* data/rows/kinds.h: how kinds of data read rows; see data/operator.h. */
#ifndef RLRA_DATA_ROWS_KINDS_H
#define RLRA_DATA_ROWS_KINDS_H

#include "data/layout.h"
#include "data/rows/rows.h"

void RLRA(dense_plan_rows)(const data_plan *with, arena *work, row_plan *p);
void RLRA(dense_read_rows)(row_slab *s);

/* Rows of a dense array, for all kinds that use them. */
row_layout RLRA(dense_row_layout)(const layout *l, const row_wish *wish, int may_cut);

void RLRA(sparse_plan_rows)(const data_plan *with, arena *work, row_plan *p);
void RLRA(sparse_read_rows)(row_slab *s);

void RLRA(tree_plan_rows)(const data_plan *with, arena *work, row_plan *p);
void RLRA(tree_begin_rows)(row_reading *reading);
void RLRA(tree_read_rows)(row_slab *s);

void RLRA(observed_plan_rows)(const data_plan *with, arena *work, row_plan *p);
void RLRA(observed_begin_rows)(row_reading *reading);
void RLRA(observed_read_rows)(row_slab *s);

#endif
