# Regression by rules of second order, and the kernels they are made of.
rlra_typed_test(update_second_order unit/update/second_order.c LABELS unit)
rlra_typed_test(linalg_ratios unit/linalg/ratios.c LABELS unit)
rlra_typed_test(linalg_wide_ratios unit/linalg/ratios.c PROGRAM linalg_wide LABELS unit)
