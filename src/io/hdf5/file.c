/* io/hdf5/file.c: open HDF5 files, classify and read their data sets. */
#include "io/hdf5/file.h"

#include <stdio.h>
#include <string.h>

static void close_state(rlra_context *context, void *state)
{
    rlra_h5_close(state);
    rlra_free(context, state);
}

rlra_status rlra_hdf5_file(const input *in, h5_file **file)
{
    rlra_status status = RLRA_OK;
    container *const kept = in->container;
    h5_file *made = NULL;
    *file = NULL;
    REQUIRE(kept != NULL, rlra_fail(in->context, RLRA_ERR_ARGUMENT, "reading '%s' needs a context", in->path));
    if (kept->state == NULL) {
        made = rlra_alloc_zero(kept->context, 1, sizeof *made);
        REQUIRE(made != NULL, rlra_fail_memory(in->context, 1, sizeof *made, in->path));
        made->context = kept->context;
        TRY(rlra_h5_open(in, made));
        kept->state = made;
        kept->close = close_state;
        made = NULL;
    }
    *file = kept->state;
    (*file)->in = in;
cleanup:
    if (made != NULL) {
        rlra_h5_close(made);
        rlra_free(kept->context, made);
    }
    return status;
}

static void classify(const h5_set *set, hdf5_about *about)
{
    about->order = 0;
    about->class = set->type.class;
    about->type = set->type.number;
    snprintf(about->stored, sizeof about->stored, "%s", rlra_h5_type_name(&set->type));
    if (set->outside != NULL) {
        about->type = (scalar){SCALAR_NONE, 0, 0};
        about->class = H5_CLASSES;
        snprintf(about->stored, sizeof about->stored, "%s", set->outside);
    }
    if (set->space.is_null || set->space.order > RLRA_MAX_ORDER) {
        about->type = (scalar){SCALAR_NONE, 0, 0};
        about->class = H5_CLASSES;
        snprintf(about->stored, sizeof about->stored, "%s", set->space.is_null ? "empty" : "order above 8");
    } else
        about->order = set->space.order;
    about->shape = rlra_shape(about->order, set->space.dims, 0);
}

rlra_status rlra_hdf5_open(h5_file *file, const char *name, uint64_t address, hdf5_object *object)
{
    rlra_status status = RLRA_OK;
    *object = (hdf5_object){.file = file, .about = {.class = H5_CLASSES}};
    snprintf(object->about.stored, sizeof object->about.stored, "no data");
    TRY(rlra_h5_object_open(file, address, &object->header));
    if (rlra_h5_is_group(&object->header)) {
        snprintf(object->about.stored, sizeof object->about.stored, "group");
        TRY(rlra_h5_group(file, address, &object->group));
    } else if (rlra_h5_is_set(&object->header)) {
        object->set = rlra_alloc_zero(file->in->context, 1, sizeof *object->set);
        REQUIRE(object->set != NULL, rlra_fail_memory(file->in->context, 1, sizeof *object->set, name));
        TRY(rlra_h5_set_open(file, &object->header, object->set));
        object->is_set = 1;
        classify(object->set, &object->about);
    }
cleanup:
    return status;
}

rlra_status rlra_hdf5_open_path(h5_file *file, uint64_t from, const char *path, hdf5_object *object)
{
    rlra_status status = RLRA_OK;
    uint64_t address;
    *object = (hdf5_object){.file = file};
    TRY(rlra_h5_find(file, from, path, &address));
    REQUIRE(address != H5_NOWHERE,
            rlra_fail(file->in->context, RLRA_ERR_ARGUMENT, "'%s' has no data set '%s'", file->in->path, path));
    TRY(rlra_hdf5_open(file, path, address, object));
cleanup:
    return status;
}

void rlra_hdf5_close(hdf5_object *object)
{
    if (object->file == NULL)
        return;
    rlra_free(object->file->in->context, object->set);
    rlra_h5_object_close(object->file, &object->header);
    *object = (hdf5_object){0};
}

void rlra_hdf5_reverse(hdf5_about *about)
{
    shape reversed = about->shape;
    for (int mode = 0; mode < about->shape.order; mode++) {
        reversed.dims[mode] = about->shape.dims[about->shape.order - 1 - mode];
        reversed.memory[mode] = about->shape.order - 1 - mode;
    }
    about->shape = reversed;
}

rlra_status rlra_hdf5_read(const char *format, const char *name, const hdf5_object *set, rlra_read_dtype asked,
                           rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    const input *const in = set->file->in;
    rlra_dataset *made = NULL;
    int64_t count;
    REQUIRE(set->about.type.kind != SCALAR_NONE,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' holds %s, expected real numbers", in->path, name,
                      set->about.stored));
    TRY(rlra_h5_set_count(set->file, name, set->set, &count));
    const rlra_dtype dtype = rlra_scalar_target(set->about.type, asked);
    TRY(rlra_dataset_create(in->context, format, name, set->about.stored, dtype, &set->about.shape, &made));
    TRY(rlra_h5_set_numbers(set->file, name, set->set, dtype, made->array.data));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    return status;
}

rlra_status rlra_hdf5_read_stored(const char *name, const hdf5_object *set, int64_t *count, unsigned char **entries)
{
    rlra_status status = RLRA_OK;
    const size_t bytes = set->set->type.size;
    rlra_context *const context = set->file->in->context;
    unsigned char *made = NULL;
    *entries = NULL;
    TRY(rlra_h5_set_count(set->file, name, set->set, count));
    made = rlra_alloc(context, (size_t)*count + 1, bytes);
    REQUIRE(made != NULL, rlra_fail_memory(context, (size_t)*count + 1, bytes, "entries of a file"));
    TRY(rlra_h5_set_read(set->file, name, set->set, made));
    *entries = made;
    made = NULL;
cleanup:
    rlra_free(context, made);
    return status;
}

rlra_status rlra_hdf5_add_strings(const char *name, const hdf5_object *set, text_buffer *lines)
{
    const input *const in = set->file->in;
    if (set->about.class != H5_STRING)
        return rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s:%s' holds %s, expected text", in->path, name,
                         set->about.stored);
    return rlra_h5_set_strings(set->file, name, set->set, lines);
}
