# Sparse tensors: trees, operator, fits.
rlra_typed_test(data_csf unit/data/csf.c LABELS unit)
rlra_typed_test(data_sparse_tensor unit/data/sparse_tensor.c LABELS unit)
rlra_typed_test(api_tensor_fit unit/api/tensor_fit.c LABELS unit)
