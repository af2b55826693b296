# Losses, and regression with losses other than the squared one.
rlra_typed_test(update_rows unit/block/rows.c LABELS unit)
rlra_typed_test(conformance_regressions conformance/regressions.c LABELS conformance)
rlra_typed_test(conformance_data_blocks conformance/data_blocks.c LABELS conformance)
rlra_typed_test(conformance_losses conformance/losses.c LABELS conformance)
rlra_typed_test(update_gap unit/block/gap.c LABELS unit)
rlra_typed_test(property_poisson property/poisson.c LABELS property)
rlra_typed_test(certificate_losses certificate/losses.c LABELS certificate)
