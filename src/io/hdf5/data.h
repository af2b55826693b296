/* io/hdf5/data.h: data sets: their description and their entries. */
#ifndef RLRA_IO_HDF5_DATA_H
#define RLRA_IO_HDF5_DATA_H

#include "io/hdf5/filter.h"
#include "io/hdf5/layout.h"
#include "io/hdf5/type.h"
#include "io/text.h"

/* A data set. Owns nothing: its pointers refer to the object, which must stay open. */
typedef struct h5_set {
    h5_type type;
    h5_space space;
    h5_layout layout;
    h5_filters filters;
    const unsigned char *fill; /* fill value of entries never written; NULL: zeros */
    int fill_is_damaged;
    const char *outside; /* the kind of entries outside this file, such as "virtual data of other files"; or NULL */
} h5_set;

rlra_status rlra_h5_set_open(h5_file *file, const h5_object *object, h5_set *set);

/* Count the entries, and check that the stored bytes can hold them, which may be compressed, or never written. */
rlra_status rlra_h5_set_count(h5_file *file, const char *name, const h5_set *set, int64_t *count);

/* Read all entries as stored: set.type.size bytes for each entry that rlra_h5_set_count() counts. */
rlra_status rlra_h5_set_read(h5_file *file, const char *name, const h5_set *set, void *bytes);

/* Read all entries of a set of numbers as f32 or f64, or of integers as int64. */
rlra_status rlra_h5_set_numbers(h5_file *file, const char *name, const h5_set *set, rlra_dtype dtype, void *to);

/* Append strings, one line for each: of a data set, or of stored entries. */
rlra_status rlra_h5_set_strings(h5_file *file, const char *name, const h5_set *set, text_buffer *lines);
rlra_status rlra_h5_add_strings(h5_file *file, const char *name, const h5_type *type, int64_t count, const void *bytes,
                                text_buffer *lines);

#endif
