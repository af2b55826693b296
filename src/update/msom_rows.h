/* update/msom_rows.h: the rule msom for losses other than the squared one. */
#ifndef RLRA_UPDATE_MSOM_ROWS_H
#define RLRA_UPDATE_MSOM_ROWS_H

#include "update/update.h"

void RLRA(msom_regress)(const block *b);
size_t RLRA(msom_regress_bytes)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length);

#endif
