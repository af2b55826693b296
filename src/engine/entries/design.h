/* engine/entries/design.h: the product of the factors of the other modes, which models the rows of one. */
#ifndef RLRA_ENGINE_ENTRIES_DESIGN_H
#define RLRA_ENGINE_ENTRIES_DESIGN_H

#include "engine/fit.h"

/* Fill the design of the rows of factor n as the data want it; `factors`, by mode, must outlive the reading. */
void RLRA(entries_design)(fit *f, int n, const factor *factors, row_reading *reading);

#endif
