/* io/hdf5/walk.h: report all data sets in the tree of groups. */
#ifndef RLRA_IO_HDF5_WALK_H
#define RLRA_IO_HDF5_WALK_H

#include "io/hdf5/file.h"

/* Most levels of groups that are followed, and most groups in total, as groups can form cycles. Omissions are reported. */
#define H5_DEPTH_MOST  32
#define H5_GROUPS_MOST 65536
#define H5_PATH_BYTES  4096

typedef struct hdf5_walk {
    const input *in;
    rlra_variable_callback callback;
    void *user;
    const char *before;  /* prefix of a name in the root: "/" or "" */
    const char *between; /* separator between the parts of other names */
    char hidden;         /* prefix of names of groups and sets to skip, or 0 */
    int sparse_is_leaf;  /* only the matrix is reported of a group that is a sparse matrix */

    /* Adapt the description of a data set; `from_octave` is set if Octave wrote its group. */
    rlra_status (*describe)(const char *name, int from_octave, hdf5_object *set);

    /* The state of the walk; starts as zeros. */
    h5_file *file;
    char *seen;
    int depth, groups;
    size_t used; /* bytes used in the path */
    char path[H5_PATH_BYTES];
} hdf5_walk;

/* Walk the tree. RLRA_ERR_FORMAT only if nothing can be reported; damaged objects are reported as such. */
rlra_status rlra_hdf5_walk(hdf5_walk *walk);

/* Whether a group was written by Octave's save -hdf5, where the first mode is the fastest. */
rlra_status rlra_hdf5_from_octave(h5_file *file, const h5_object *group, int *found);

#endif
