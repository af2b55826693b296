/* io/hdf5/walk.h: report all data sets in the tree of groups. */
#ifndef RLRA_IO_HDF5_WALK_H
#define RLRA_IO_HDF5_WALK_H

#include "io/hdf5/file.h"

/* Groups within groups that are followed, and groups in all: a file can be a ring or a maze. What they leave out is reported. */
#define H5_DEPTH_MOST  32
#define H5_GROUPS_MOST 65536
#define H5_PATH_BYTES  4096

typedef struct hdf5_walk {
    const input *in;
    rlra_variable_callback callback;
    void *user;
    const char *before;  /* what a name in the root is preceded by: "/" or "" */
    const char *between; /* and what other names are */
    char hidden;         /* groups and sets whose names begin so are of no interest, or 0 */
    int sparse_is_leaf;  /* nothing else is reported of a group that is a sparse matrix */

    /* Mend what is known of a data set; `from_octave` says that its group is one of Octave. */
    rlra_status (*describe)(const char *name, int from_octave, hdf5_object *set);

    /* The state of the walk; starts as zeros. */
    h5_file *file;
    char *seen;
    int depth, groups;
    size_t used; /* of the path */
    char path[H5_PATH_BYTES];
} hdf5_walk;

/* RLRA_ERR_FORMAT only where nothing at all can be reported: what is damaged within is reported as such. */
rlra_status rlra_hdf5_walk(hdf5_walk *walk);

/* Whether a group was written by Octave's save -hdf5, where the first mode is the fastest. */
rlra_status rlra_hdf5_from_octave(h5_file *file, const h5_object *group, int *found);

#endif
