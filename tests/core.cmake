# The core: kernels, data, penalties, updates, the driver and its interface.
rlra_typed_test(linalg_kernels unit/linalg/kernels.c LABELS unit)
rlra_typed_test(linalg_kernels_rows unit/linalg/kernels_rows.c LABELS unit)
rlra_typed_test(data_dense unit/data/dense.c LABELS unit)
rlra_typed_test(data_dense_pass unit/data/dense_pass.c LABELS unit)
rlra_typed_test(conformance_penalties conformance/penalties.c LABELS conformance)
rlra_typed_test(conformance_updates conformance/updates.c LABELS conformance)
rlra_typed_test(solve_scale unit/solve/scale.c LABELS unit)
rlra_typed_test(certificate_report certificate/report.c LABELS certificate)
