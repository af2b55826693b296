/* io/dataset.h: the array that a reader makes, with its name and the texts that came with it. */
#ifndef RLRA_IO_DATASET_H
#define RLRA_IO_DATASET_H

#include "io/input.h"
#include "io/scalar.h"
#include "rlra/io.h"

typedef struct attribute {
    char *key, *text;
    struct attribute *next;
} attribute;

struct rlra_dataset {
    rlra_context *context;
    rlra_array array;
    char *name;
    const char *format; /* static */
    char stored[32];
    attribute *attributes;
};

/* A shape as a file states it: dims and how memory runs through them. */
typedef struct shape {
    int order;
    int64_t dims[RLRA_MAX_ORDER];
    int memory[RLRA_MAX_ORDER]; /* modes from the slowest to the fastest in the file */
} shape;

/* Row-major (last mode fastest) or Fortran order; order 0 becomes one mode of length 1. */
shape rlra_shape(int order, const int64_t *dims, int fortran);

/* "3 x 4 x 5" in a buffer of SHAPE_TEXT bytes. */
#define SHAPE_TEXT 200
const char *rlra_shape_text(int order, const int64_t *dims, char *buffer);

/* Count the entries of a shape and check that `available` bytes can hold them: no header may announce more. */
rlra_status rlra_shape_check(const input *in, const char *name, const shape *s, int entry_bytes, int64_t available,
                             int64_t *count);

/* Memory for a shape; entries are not set. */
rlra_status rlra_dataset_create(rlra_context *context, const char *format, const char *name, const char *stored,
                                rlra_dtype dtype, const shape *s, rlra_dataset **dataset);

/* Fill the array from a stream of stored numbers, block by block. */
rlra_status rlra_dataset_fill(rlra_dataset *dataset, byte_source *source, scalar type);

/* create() and fill(), for formats whose entries are one stream. */
rlra_status rlra_dataset_stream(const input *in, const char *format, const char *name, const shape *s, scalar type,
                                rlra_read_dtype asked, byte_source *source, rlra_dataset **dataset);

/* Keep a copy of a text under a key. */
rlra_status rlra_dataset_set_attribute(rlra_dataset *dataset, const char *key, const char *text, size_t length);

#endif
