# Sparse arrays: storage, operator, files.
rlra_typed_test(data_sparse_rows unit/data/sparse_rows.c LABELS unit)
rlra_typed_test(api_sparse unit/api/sparse.c LABELS unit)
rlra_typed_test(data_sparse unit/data/sparse.c LABELS unit)
rlra_typed_test(api_sparse_fit unit/api/sparse_fit.c LABELS unit)
rlra_io_test(sparse)
