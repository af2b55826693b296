/* engine/entries/design.h: the product of the factors of the other modes, which models the rows of one. */
#ifndef RLRA_ENGINE_ENTRIES_DESIGN_H
#define RLRA_ENGINE_ENTRIES_DESIGN_H

#include "engine/fit.h"

/* Fill the design of the rows along a mode as the data want it; `factors`, by mode, must outlive the reading. */
void RLRA(entries_design)(fit *f, int mode, const factor *factors, row_reading *reading);

#endif
