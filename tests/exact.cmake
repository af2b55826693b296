# Exact rules on a Gram matrix and right-hand sides.
rlra_typed_test(exact_bounds unit/update/exact_bounds.c LABELS unit)
rlra_typed_test(exact_rules unit/update/exact_rules.c LABELS unit)
