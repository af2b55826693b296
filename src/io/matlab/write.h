/* io/matlab/write.h: the writer of MATLAB .mat files of version 5. */
#ifndef RLRA_IO_MATLAB_WRITE_H
#define RLRA_IO_MATLAB_WRITE_H

#include "io/output.h"
#include "rlra/io.h"

rlra_status rlra_mat_write(output *out, int count, const rlra_named_array *arrays);

#endif
