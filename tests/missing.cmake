# Missing entries, weights and held-out entries.
rlra_typed_test(api_mask unit/api/mask.c LABELS unit)
rlra_typed_test(certificate_missing certificate/missing.c LABELS certificate)
rlra_typed_test(property_missing property/missing.c LABELS property)
rlra_typed_test(api_weighted unit/api/weighted.c LABELS unit)
rlra_typed_test(property_missing_solves property/missing_solves.c LABELS property)
rlra_typed_test(certificate_missing_losses certificate/missing_losses.c LABELS certificate)
rlra_typed_test(property_sparse_weights property/sparse_weights.c LABELS property)
rlra_typed_test(property_held_out property/held_out.c LABELS property)
