# What the driver decides between two sweeps.
rlra_test(solve_policy unit/solve/policy.c LABELS unit)
rlra_test(property_auto_counts property/auto_counts.c LABELS property)
rlra_typed_test(solve_missing unit/solve/missing.c LABELS unit)
rlra_typed_test(property_escapes property/escapes.c LABELS property)
