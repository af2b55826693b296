# Nonnegative regression: its interface, certificates and promises.
rlra_typed_test(certificate_nnls certificate/nnls.c LABELS certificate)
rlra_typed_test(api_nnls unit/api/nnls.c LABELS unit)
rlra_typed_test(property_nnls property/nnls.c LABELS property)
rlra_typed_test(property_nnls_gap property/nnls_gap.c LABELS property)
rlra_typed_test(property_nnls_scales property/nnls_scales.c LABELS property)
rlra_typed_test(fault_nnls fault/nnls.c LABELS fault)
rlra_typed_test(api_nnls_refusals unit/api/nnls_refusals.c LABELS unit)
