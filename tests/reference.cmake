# Closed forms, and values printed by independent programs.
rlra_typed_test(rank_one unit/api/rank_one.c LABELS unit)
rlra_typed_test(separable_rank_two unit/separable/rank_two.c LABELS unit)
rlra_test(reference_manuscript reference/manuscript.c LABELS unit)
rlra_test(reference_ridge reference/ridge.c LABELS property)
