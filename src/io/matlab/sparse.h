/* io/matlab/sparse.h: the sparse matrices of MATLAB .mat files of version 5. */
#ifndef RLRA_IO_MATLAB_SPARSE_H
#define RLRA_IO_MATLAB_SPARSE_H

#include "io/matlab/element.h"

/* Read a sparse matrix whose header has been read. */
rlra_status rlra_mat_sparse_read(mat_walk *walk, const mat_array *array, rlra_read_dtype asked, rlra_dataset **dataset);

#endif
