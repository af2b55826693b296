/* io/hdf5/links.h: the children of groups. */
#ifndef RLRA_IO_HDF5_LINKS_H
#define RLRA_IO_HDF5_LINKS_H

#include "io/hdf5/object.h"

typedef enum h5_link_kind { H5_LINK_HARD, H5_LINK_SOFT, H5_LINK_OUTSIDE } h5_link_kind;

typedef struct h5_link {
    char *name;
    h5_link_kind kind;
    uint64_t address; /* of the object, for hard links */
} h5_link;

/* The children of a group in the order of their names; owned by the file. */
typedef struct h5_group {
    uint64_t address;
    int index; /* how many were listed before */
    int count, room;
    h5_link *links;
    int damaged; /* there may be more */
} h5_group;

/* The group whose header stands at this address, or NULL if the object there is none. Every group is listed once, whoever asks.
 * What cannot be read of it is left out, and `damaged` is set. */
rlra_status rlra_h5_group(h5_file *file, uint64_t address, const h5_group **group);

/* NULL where there is no child of this name. */
const h5_link *rlra_h5_child(const h5_group *group, const char *name);

/* Follow hard links alone: soft and external ones may lead out of the file. H5_NOWHERE where there is no such object;
 * RLRA_ERR_FORMAT where it may be in the part of a group that is damaged. */
rlra_status rlra_h5_find(h5_file *file, uint64_t from, const char *path, uint64_t *address);

/* Free what was kept. */
void rlra_h5_forget(h5_file *file);

#endif
