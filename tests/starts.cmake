# The scale of starts, the weights of terms.
rlra_typed_test(solve_start_scale unit/start/scale.c LABELS unit)
rlra_typed_test(property_term_weights property/term_weights.c LABELS property)
rlra_typed_test(solve_start_auto unit/start/auto.c LABELS unit)
