/* io/dataset.c: make, fill and free the arrays that readers return. */
#include "io/dataset.h"

#include <stdio.h>
#include <string.h>

/* Stored numbers that are read and converted together. */
#define BUFFER_BYTES 65536

shape rlra_shape(int order, const int64_t *dims, int fortran)
{
    shape s = {.order = order};
    for (int mode = 0; mode < order; mode++) {
        s.dims[mode] = dims[mode];
        s.memory[mode] = fortran ? order - 1 - mode : mode;
    }
    if (order == 0) {
        s.order = 1;
        s.dims[0] = 1;
    }
    return s;
}

const char *rlra_shape_text(int order, const int64_t *dims, char *buffer)
{
    int used = 0;
    buffer[0] = '\0';
    if (order == 0)
        snprintf(buffer, SHAPE_TEXT, "scalar");
    for (int mode = 0; mode < order && used < SHAPE_TEXT - 30; mode++)
        used +=
            snprintf(buffer + used, (size_t)(SHAPE_TEXT - used), mode == 0 ? "%lld" : " x %lld", (long long)dims[mode]);
    return buffer;
}

rlra_status rlra_shape_check(const input *in, const char *name, const shape *s, int entry_bytes, int64_t available,
                             int64_t *count)
{
    char text[SHAPE_TEXT];
    const char *const colon = name[0] == '\0' ? "" : ":";
    int64_t most = available < 0 ? 0 : available / entry_bytes;
    *count = 1;
    for (int mode = 0; mode < s->order; mode++)
        if (s->dims[mode] == 0)
            *count = 0;
    for (int mode = 0; mode < s->order; mode++) {
        if (s->dims[mode] < 0)
            return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s%s%s': mode %d has length %lld", in->path, colon, name,
                             mode, (long long)s->dims[mode]);
        /* Even with a length of zero, strides must not overflow. */
        const int64_t limit = *count == 0 ? INT64_MAX >> 8 : most;
        if (s->dims[mode] > limit && s->dims[mode] > 1)
            return rlra_fail(in->context, RLRA_ERR_FORMAT,
                             "'%s%s%s' announces %s entries of %d bytes, but can hold no more than %lld bytes",
                             in->path, colon, name, rlra_shape_text(s->order, s->dims, text), entry_bytes,
                             (long long)available);
        if (*count != 0) {
            *count *= s->dims[mode];
            most /= s->dims[mode];
        }
    }
    if (*count * entry_bytes > available)
        return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s%s%s' announces %s entries of %d bytes, but has %lld bytes",
                         in->path, colon, name, rlra_shape_text(s->order, s->dims, text), entry_bytes,
                         (long long)available);
    return RLRA_OK;
}

char *rlra_text_copy(rlra_context *context, const char *text, size_t length)
{
    char *const copy = rlra_alloc(context, length + 1, 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

rlra_status rlra_dataset_create(rlra_context *context, const char *format, const char *name, const char *stored,
                                rlra_dtype dtype, const shape *s, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    int64_t count = 1;
    rlra_dataset *const made = rlra_alloc_zero(context, 1, sizeof *made);
    REQUIRE(made != NULL, rlra_fail_memory(context, 1, sizeof *made, "a data set"));
    made->context = context;
    made->format = format;
    made->array.dtype = dtype;
    made->array.order = s->order;
    snprintf(made->stored, sizeof made->stored, "%s", stored);
    for (int k = s->order - 1; k >= 0; k--) {
        const int mode = s->memory[k];
        made->array.dims[mode] = s->dims[mode];
        made->array.strides[mode] = count;
        count *= s->dims[mode];
    }
    made->name = rlra_text_copy(context, name, strlen(name));
    REQUIRE(made->name != NULL, rlra_fail_memory(context, strlen(name) + 1, 1, "the name of a data set"));
    const size_t bytes = (size_t)rlra_dtype_bytes(dtype);
    made->array.data = rlra_alloc(context, (size_t)count, bytes);
    REQUIRE(made->array.data != NULL, rlra_fail_memory(context, (size_t)count, bytes, "the array read from a file"));
    *dataset = made;
cleanup:
    if (status != RLRA_OK)
        rlra_dataset_destroy(made);
    return status;
}

void rlra_dataset_destroy(rlra_dataset *dataset)
{
    if (dataset == NULL)
        return;
    while (dataset->attributes != NULL) {
        attribute *const gone = dataset->attributes;
        dataset->attributes = gone->next;
        rlra_free(dataset->context, gone->key);
        rlra_free(dataset->context, gone->text);
        rlra_free(dataset->context, gone);
    }
    for (int m = 0; m < RLRA_MAX_ORDER; m++) {
        rlra_free(dataset->context, dataset->axes[m].labels);
        rlra_free(dataset->context, dataset->axes[m].label);
        rlra_free(dataset->context, dataset->axes[m].values);
    }
    rlra_notes_clear(dataset->context, &dataset->notes);
    rlra_free(dataset->context, dataset->name);
    rlra_free(dataset->context, dataset->array.data);
    rlra_free(dataset->context, dataset->starts);
    for (int m = 0; m < RLRA_MAX_ORDER; m++)
        rlra_free(dataset->context, dataset->indices[m]);
    rlra_free(dataset->context, dataset->values);
    rlra_free(dataset->context, dataset);
}

rlra_status rlra_dataset_fill(rlra_dataset *dataset, byte_source *source, scalar type)
{
    int64_t missing = 0;
    return rlra_dataset_fill_calibrated(dataset, source, type, NULL, &missing);
}

rlra_status rlra_dataset_fill_calibrated(rlra_dataset *dataset, byte_source *source, scalar type,
                                         const calibration *how, int64_t *missing)
{
    const rlra_dtype dtype = dataset->array.dtype;
    const size_t bytes = (size_t)rlra_dtype_bytes(dtype), step = BUFFER_BYTES / (size_t)type.bytes;
    const size_t count = (size_t)rlra_array_count(&dataset->array);
    const int as_stored = type.kind == SCALAR_FLOAT && (size_t)type.bytes == bytes && !type.swap;
    rlra_status status = RLRA_OK;
    void *buffer = NULL;
    if (as_stored && how == NULL)
        return source->read(source, dataset->array.data, count * bytes);
    buffer = rlra_alloc(dataset->context, BUFFER_BYTES, 1);
    REQUIRE(buffer != NULL, rlra_fail_memory(dataset->context, BUFFER_BYTES, 1, "a buffer for reading"));
    for (size_t begin = 0; begin < count; begin += step) {
        const size_t entries = count - begin < step ? count - begin : step;
        char *const to = (char *)dataset->array.data + begin * bytes;
        TRY(source->read(source, buffer, entries * (size_t)type.bytes));
        if (how == NULL)
            rlra_scalar_convert(type, entries, buffer, dtype, to);
        else
            rlra_calibration_convert(how, type, (int64_t)begin, entries, buffer, dtype, to, missing);
    }
cleanup:
    rlra_free(dataset->context, buffer);
    return status;
}

rlra_status rlra_dataset_stream(const input *in, const char *format, const char *name, const shape *s, scalar type,
                                rlra_read_dtype asked, byte_source *source, rlra_dataset **dataset)
{
    rlra_dataset *made = NULL;
    const char *const stored = rlra_scalar_name(type);
    rlra_status status = RLRA_OK;
    TRY(rlra_dataset_create(in->context, format, name, stored, rlra_scalar_target(type, asked), s, &made));
    TRY(rlra_dataset_fill(made, source, type));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    return status;
}

rlra_status rlra_dataset_set_attribute(rlra_dataset *dataset, const char *key, const char *text, size_t length)
{
    rlra_context *const context = dataset->context;
    attribute *const made = rlra_alloc_zero(context, 1, sizeof *made);
    if (made == NULL)
        return rlra_fail_memory(context, 1, sizeof *made, "an attribute");
    made->next = dataset->attributes;
    dataset->attributes = made;
    made->key = rlra_text_copy(context, key, strlen(key));
    made->text = rlra_text_copy(context, text, length);
    if (made->key == NULL || made->text == NULL)
        return rlra_fail_memory(context, strlen(key) + length + 2, 1, "an attribute");
    return RLRA_OK;
}

void rlra_dataset_raise(rlra_dataset *dataset, double least, int64_t *raised)
{
    if (dataset == NULL || raised == NULL)
        return;
    const int64_t count = dataset->is_sparse ? 0 : rlra_array_count(&dataset->array);
    const int is_single = dataset->array.dtype == RLRA_DTYPE_F32;
    float *const singles = dataset->array.data;
    double *const doubles = dataset->array.data;
    *raised = 0;
    for (int64_t e = 0; e < count; e++) {
        const double entry = is_single ? (double)singles[e] : doubles[e];
        if (!(entry >= 0 && entry < least))
            continue;
        if (is_single)
            singles[e] = (float)least;
        else
            doubles[e] = least;
        ++*raised;
    }
}

const rlra_array *rlra_dataset_array(const rlra_dataset *dataset)
{
    if (dataset == NULL)
        return NULL;
    return dataset->is_sparse ? NULL : &dataset->array;
}

const rlra_sparse *rlra_dataset_sparse(const rlra_dataset *dataset)
{
    if (dataset == NULL)
        return NULL;
    return dataset->is_sparse ? &dataset->sparse : NULL;
}

const char *rlra_dataset_name(const rlra_dataset *dataset)
{
    if (dataset == NULL)
        return NULL;
    return dataset->name;
}

const char *rlra_dataset_format(const rlra_dataset *dataset)
{
    if (dataset == NULL)
        return NULL;
    return dataset->format;
}

const char *rlra_dataset_stored_dtype(const rlra_dataset *dataset)
{
    if (dataset == NULL)
        return NULL;
    return dataset->stored;
}

const char *rlra_dataset_attribute(const rlra_dataset *dataset, const char *key)
{
    if (dataset == NULL || key == NULL)
        return NULL;
    for (const attribute *a = dataset->attributes; a != NULL; a = a->next)
        if (strcmp(a->key, key) == 0)
            return a->text;
    return NULL;
}
