/* update/omp.c: few entries of each row by nonnegative orthogonal matching pursuit. */
#include "update/few_entries.h"
#include "update/members.h"

static void apply(const block *b)
{
    RLRA(few_entries_greedy)(b, rlra_supports_pursue);
}

const update_ops RLRA(update_omp) = {
    .about = {"omp", "at most k entries of each row: that enters which helps most, all are solved for anew", "monotone",
              "Pati, Rezaiifar & Krishnaprasad 1993; Nguyen, Soussen, Idier & Djermoune 2019"},
    .takes = FEW_ENTRIES_TAKES,
    .shapes = BLOCK_GRAM,
    .needs_sparsity = 1,
    .keeps_objective = 1,
    .scratch_bytes = RLRA(few_entries_bytes),
    .prepared_doubles = RLRA(few_entries_doubles),
    .prepare = RLRA(few_entries_prepare),
    .apply = apply,
};
