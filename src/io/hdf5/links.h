/* io/hdf5/links.h: the children of groups. */
#ifndef RLRA_IO_HDF5_LINKS_H
#define RLRA_IO_HDF5_LINKS_H

#include "io/hdf5/object.h"

typedef enum h5_link_kind { H5_LINK_HARD, H5_LINK_SOFT, H5_LINK_OUTSIDE } h5_link_kind;

typedef struct h5_link {
    char *name;
    h5_link_kind kind;
    uint64_t address; /* address of the object, for hard links */
} h5_link;

/* The children of a group in the order of their names; owned by the file. */
typedef struct h5_group {
    uint64_t address;
    int index; /* number of groups listed before */
    int count, room;
    h5_link *links;
    int damaged; /* some children may be missing */
} h5_group;

/* The group whose header is at this address, or NULL if the object there is not a group. Every group is listed only once. Parts
 * that cannot be read are left out, and `damaged` is set. */
rlra_status rlra_h5_group(h5_file *file, uint64_t address, const h5_group **group);

/* The child with this name, or NULL. */
const h5_link *rlra_h5_child(const h5_group *group, const char *name);

/* Find an object by its path, following hard links only, as soft and external ones may lead out of the file. H5_NOWHERE if
 * there is no such object; RLRA_ERR_FORMAT if it may be in a damaged part of a group. */
rlra_status rlra_h5_find(h5_file *file, uint64_t from, const char *path, uint64_t *address);

/* Free all groups that are kept. */
void rlra_h5_forget(h5_file *file);

#endif
