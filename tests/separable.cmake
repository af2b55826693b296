# Separable factorization, small linear algebra and starts from singular vectors.
rlra_test(linalg_small unit/linalg_small.c LABELS unit)
rlra_typed_test(separable_active_set unit/separable_active_set.c LABELS unit)
rlra_typed_test(separable_select unit/separable_select.c LABELS unit)
rlra_typed_test(nndsvd unit/nndsvd.c LABELS unit)
rlra_typed_test(nndsvd_orthonormal unit/nndsvd_orthonormal.c LABELS unit)
rlra_test(separable_api unit/separable_api.c LABELS unit)
