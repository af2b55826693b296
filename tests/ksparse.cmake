# Rows with few entries: searches over supports, rules, and fits with them.
rlra_test(linalg_supports unit/linalg/supports.c LABELS unit)
rlra_typed_test(update_few_entries unit/update/few_entries.c LABELS unit)
rlra_typed_test(update_hals_groups unit/update/hals_groups.c LABELS unit)
rlra_test(update_rounds unit/update/rounds.c LABELS unit)
rlra_typed_test(update_never_worse unit/update/never_worse.c LABELS unit)
rlra_typed_test(property_k_sparse property/k_sparse.c LABELS property)
