# What the driver decides between two sweeps.
rlra_test(solve_policy unit/solve/policy.c LABELS unit)
