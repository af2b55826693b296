/* io/hdf5/write.h: the writer of HDF5 files. */
#ifndef RLRA_IO_HDF5_WRITE_H
#define RLRA_IO_HDF5_WRITE_H

#include "io/output.h"
#include "rlra/io.h"

rlra_status rlra_hdf5_write(output *out, int count, const rlra_named_array *arrays);

#endif
