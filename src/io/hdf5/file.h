/* io/hdf5/file.h: shared by the formats based on HDF5: opening, classifying and reading data sets. */
#ifndef RLRA_IO_HDF5_FILE_H
#define RLRA_IO_HDF5_FILE_H

#include "io/format.h"
#include "io/hdf5/attribute.h"
#include "io/hdf5/data.h"
#include "io/hdf5/links.h"
#include "io/text.h"

/* The reported description of a data set. */
typedef struct hdf5_about {
    shape shape;
    int order;   /* as stored: 0 for a scalar */
    scalar type; /* NONE if it is no supported real number */
    h5_class class;
    char stored[32];
} hdf5_about;

/* An object that has been opened: a data set, a group, or something else. */
typedef struct hdf5_object {
    h5_file *file;
    h5_object header;
    int is_set;
    const h5_group *group; /* children of a group; NULL for other objects */
    h5_set *set;           /* description of a data set */
    hdf5_about about;      /* reported description of a data set, which formats may adapt */
} hdf5_object;

/* The file behind an input: its superblock is read once, and groups that have been listed are kept. */
rlra_status rlra_hdf5_file(const input *in, h5_file **file);

/* Open the object at an address; `name` is for messages. Must be closed also after a failure. */
rlra_status rlra_hdf5_open(h5_file *file, const char *name, uint64_t address, hdf5_object *object);
void rlra_hdf5_close(hdf5_object *object);

/* Open a child, or an object by its path; RLRA_ERR_ARGUMENT if there is none. */
rlra_status rlra_hdf5_open_path(h5_file *file, uint64_t from, const char *path, hdf5_object *object);

/* Reverse the order of the modes, for programs whose first mode is the fastest in memory. */
void rlra_hdf5_reverse(hdf5_about *about);

/* Read all entries as an array, its memory in the order of the file. */
rlra_status rlra_hdf5_read(const char *format, const char *name, const hdf5_object *set, rlra_read_dtype asked,
                           rlra_dataset **dataset);

/* Read all entries as stored, into memory for rlra_free(). */
rlra_status rlra_hdf5_read_stored(const char *name, const hdf5_object *set, int64_t *count, unsigned char **entries);

/* The position of the entries of a data set; RLRA_ERR_UNSUPPORTED unless they are contiguous and plain. */
rlra_status rlra_hdf5_locate(const char *name, const hdf5_object *set, located *where);

/* Append the strings of a data set of strings, one line for each. */
rlra_status rlra_hdf5_add_strings(const char *name, const hdf5_object *set, text_buffer *lines);

#endif
