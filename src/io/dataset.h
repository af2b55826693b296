/* io/dataset.h: the array that a reader makes, dense or sparse, with its name and the texts stored with it. */
#ifndef RLRA_IO_DATASET_H
#define RLRA_IO_DATASET_H

#include "io/calibration.h"
#include "io/input.h"
#include "io/notes.h"
#include "io/scalar.h"
#include "rlra/io.h"
#include "rlra/sparse.h"

typedef struct attribute {
    char *key, *text;
    struct attribute *next;
} attribute;

/* Names and positions of the indices of a mode in a file; NULL if it has none. */
typedef struct mode_axis {
    char *labels; /* strings with their final zeros, one after the other */
    char **label; /* pointers into `labels` */
    double *values;
} mode_axis;

struct rlra_dataset {
    rlra_context *context;
    rlra_array array; /* without data if `sparse` is set */
    int is_sparse;
    rlra_sparse sparse;
    int64_t *starts, *indices[RLRA_MAX_ORDER]; /* the arrays of `sparse`, to be written */
    void *values;
    char *name;
    const char *format; /* static */
    char stored[32];
    attribute *attributes;
    mode_axis axes[RLRA_MAX_ORDER];
    notes notes;
};

/* A shape as stated in a file: dims and their memory order. */
typedef struct shape {
    int order;
    int64_t dims[RLRA_MAX_ORDER];
    int memory[RLRA_MAX_ORDER]; /* modes from the slowest to the fastest in the file */
} shape;

/* Row-major (last mode fastest) or Fortran order; order 0 becomes one mode of length 1. */
shape rlra_shape(int order, const int64_t *dims, int fortran);

/* "3 x 4 x 5" written to a buffer of SHAPE_TEXT bytes. */
#define SHAPE_TEXT 200
const char *rlra_shape_text(int order, const int64_t *dims, char *buffer);

/* Count the entries of a shape and check that `available` bytes can hold them: no header may state more. */
rlra_status rlra_shape_check(const input *in, const char *name, const shape *s, int entry_bytes, int64_t available,
                             int64_t *count);

/* Memory for a shape; entries are not set. */
rlra_status rlra_dataset_create(rlra_context *context, const char *format, const char *name, const char *stored,
                                rlra_dtype dtype, const shape *s, rlra_dataset **dataset);

/* Memory for `count` entries of a sparse array, compressed along a mode or not (-1); its contents are not set. `from->starts`,
 * `from->indices` and `from->values` are not checked. */
rlra_status rlra_dataset_create_sparse(rlra_context *context, const char *format, const char *name, const char *stored,
                                       const rlra_sparse *from, rlra_dataset **dataset);

/* Set entry e of the values of a sparse array. */
static inline void rlra_dataset_set_value(rlra_dataset *dataset, int64_t e, double value)
{
    if (dataset->sparse.dtype == RLRA_DTYPE_F32)
        ((float *)dataset->values)[e] = (float)value;
    else
        ((double *)dataset->values)[e] = value;
}

/* Read `count` stored integers into `to`; `what` is for messages. */
rlra_status rlra_integers_read(const input *in, const char *what, byte_source *source, scalar type, int64_t count,
                               int64_t *to);

/* Read the stored values of a sparse array. */
rlra_status rlra_dataset_fill_values(rlra_dataset *dataset, byte_source *source, scalar type);

/* Check that starts and indices are those of a sparse array; if not, the message begins with the file. */
rlra_status rlra_dataset_check_sparse(const input *in, const rlra_dataset *dataset);

/* Fill the array from a stream of stored numbers, block by block. */
rlra_status rlra_dataset_fill(rlra_dataset *dataset, byte_source *source, scalar type);

/* Like rlra_dataset_fill(), with a calibration; `how` may be NULL. The number of missing entries is added to *missing. */
rlra_status rlra_dataset_fill_calibrated(rlra_dataset *dataset, byte_source *source, scalar type,
                                         const calibration *how, int64_t *missing);

/* Create and fill a dataset, for formats whose entries are one stream. */
rlra_status rlra_dataset_stream(const input *in, const char *format, const char *name, const shape *s, scalar type,
                                rlra_read_dtype asked, byte_source *source, rlra_dataset **dataset);

/* A copy of a text with a final zero, or NULL. */
char *rlra_text_copy(rlra_context *context, const char *text, size_t length);

/* Take over `count` labels of a mode, strings with their final zeros one after the other in `labels`, from rlra_alloc(); freed
 * even on failure. */
rlra_status rlra_dataset_take_labels(rlra_dataset *dataset, int mode, int64_t count, char *labels);

/* Take over the positions of the indices of a mode, from rlra_alloc(). */
void rlra_dataset_take_axis(rlra_dataset *dataset, int mode, double *values);

/* Keep a copy of a text under a key. */
rlra_status rlra_dataset_set_attribute(rlra_dataset *dataset, const char *key, const char *text, size_t length);

#endif
