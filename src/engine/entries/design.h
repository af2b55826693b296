/* engine/entries/design.h: the product of the factors of the other modes, which models the rows of one. */
#ifndef RLRA_ENGINE_ENTRIES_DESIGN_H
#define RLRA_ENGINE_ENTRIES_DESIGN_H

#include "engine/fit.h"
#include "engine/tree_rows.h"

/* In the order of the entries of a row of factor n; and the sums of its components, in f->entries.sums. */
factor RLRA(entries_design)(fit *f, int n);

/* The same of a sparse tensor, whose rows are cut out one by one. */
tree_design RLRA(entries_tree)(const fit *f, int n);

#endif
