/* update/backward.c: few entries of each row, by removing the cheapest entries from the dense minimiser. */
#include "update/few_entries.h"
#include "update/members.h"

static void apply(const block *b)
{
    RLRA(few_entries_greedy)(b, rlra_supports_eliminate);
}

const update_ops RLRA(update_backward) = {
    .about = {"backward", "at most k entries of each row: of the minimiser without that, what costs least goes out",
              "monotone", "Couvreur & Bresler 2000"},
    .takes = FEW_ENTRIES_TAKES,
    .shapes = BLOCK_GRAM,
    .needs_sparsity = 1,
    .keeps_objective = 1,
    .scratch_bytes = RLRA(few_entries_bytes),
    .prepared_doubles = RLRA(few_entries_doubles),
    .prepare = RLRA(few_entries_prepare),
    .apply = apply,
};
