/* update/k_sparse.c: the exact minimiser of each row among those with at most k entries. */
#include "update/few_entries.h"
#include "update/members.h"

const update_ops RLRA(update_k_sparse) = {
    .about = {"k_sparse", "the exact minimiser of each row with at most k entries, by branch and bound over supports",
              "monotone exact", "Nadisic, Vandaele, Gillis & Cohen 2020"},
    .takes = FEW_ENTRIES_TAKES,
    .shapes = BLOCK_GRAM,
    .needs_sparsity = 1,
    .keeps_objective = 1,
    .exact = 1,
    .scratch_bytes = RLRA(few_entries_bytes),
    .prepared_doubles = RLRA(few_entries_doubles),
    .prepare = RLRA(few_entries_prepare),
    .apply = RLRA(few_entries_exact),
};
