# The scale of starts.
rlra_typed_test(solve_start_scale unit/solve/start_scale.c LABELS unit)
