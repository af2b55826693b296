# What the driver decides between two sweeps.
rlra_test(solve_policy unit/solve/policy.c LABELS unit)
rlra_test(property_auto_counts property/auto_counts.c LABELS property)
