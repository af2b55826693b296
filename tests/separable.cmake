rlra_test(linalg_small unit/linalg_small.c LABELS unit)
rlra_typed_test(linalg_small_orthonormal unit/linalg_small_orthonormal.c LABELS unit)
rlra_typed_test(separable_active_set unit/separable_active_set.c LABELS unit)
