# Separable factorization, small linear algebra and starts from singular vectors.
rlra_test(linalg_small unit/linalg/small.c LABELS unit)
rlra_test(linalg_condition unit/linalg/condition.c LABELS unit)
rlra_typed_test(separable_active_set unit/update/active_set.c LABELS unit)
rlra_typed_test(separable_select unit/separable/select.c LABELS unit)
rlra_typed_test(nndsvd unit/start/nndsvd.c LABELS unit)
rlra_typed_test(nndsvd_orthonormal unit/start/orthonormal.c LABELS unit)
rlra_test(separable_api unit/separable/api.c LABELS unit)
