/* io/hdf5/attribute.h: attributes of objects. */
#ifndef RLRA_IO_HDF5_ATTRIBUTE_H
#define RLRA_IO_HDF5_ATTRIBUTE_H

#include "io/hdf5/object.h"
#include "io/hdf5/space.h"
#include "io/hdf5/type.h"

/* An attribute; starts as {0}. */
typedef struct h5_attribute {
    int found;
    h5_type type;
    h5_space space;
    int64_t count;             /* number of entries */
    const unsigned char *data; /* entries as stored */
    unsigned char *block;      /* the memory that `data` points into */
} h5_attribute;

/* Find the attribute of an object; `found` is 0 if it has none of this name. Closed also after a failure. */
rlra_status rlra_h5_attribute_open(h5_file *file, const h5_object *object, const char *name, h5_attribute *attribute);
void rlra_h5_attribute_close(h5_file *file, h5_attribute *attribute);

/* Whether an object has an attribute of this name. */
rlra_status rlra_h5_has_attribute(h5_file *file, const h5_object *object, const char *name, int *found);

/* Read an attribute of at most `most` integers; `count` is 0 if there is none. */
rlra_status rlra_h5_attribute_numbers(h5_file *file, const h5_object *object, const char *name, int most, int *count,
                                      int64_t *numbers);

/* Read an attribute that is a single string shorter than `room`; "" if there is none. */
rlra_status rlra_h5_attribute_word(h5_file *file, const h5_object *object, const char *name, size_t room, char *word);

#endif
