/* io/hdf5/sparse.h: groups of HDF5 that are a sparse matrix: data, indices, indptr and a shape, as anndata, 10x Genomics and h5py
 * users write them; data, ir, jc of MATLAB 7.3. */
#ifndef RLRA_IO_HDF5_SPARSE_H
#define RLRA_IO_HDF5_SPARSE_H

#include "io/hdf5/file.h"

typedef struct hdf5_sparse {
    int matlab;         /* the parts have the names of MATLAB, else those of SciPy */
    rlra_sparse sparse; /* shape and count, without data */
    scalar type;        /* type of the entries; NONE if the matrix cannot be read */
    char stored[32];
} hdf5_sparse;

/* Find out whether an object is a group that is such a matrix; and whether a name in it is that of a part. */
rlra_status rlra_hdf5_is_sparse(const hdf5_object *object, int *is_sparse);
int rlra_hdf5_is_part(const char *name);

/* Get shape, number of entries and their type. */
rlra_status rlra_hdf5_sparse_about(const char *name, const hdf5_object *group, hdf5_sparse *about);

rlra_status rlra_hdf5_sparse_read(const char *format, const char *name, const hdf5_object *group, rlra_read_dtype asked,
                                  rlra_dataset **dataset);

#endif
