# The core: kernels, data, penalties, updates, the driver and its interface.
rlra_typed_test(linalg_kernels unit/linalg/kernels.c LABELS unit)
rlra_typed_test(linalg_kernels_rows unit/linalg/kernels_rows.c LABELS unit)
