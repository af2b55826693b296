/* io/hdf5/hdf5.c: the format HDF5: data sets in a tree of groups, named by their path. */
#include <stdio.h>
#include <string.h>

#include "io/hdf5/sparse.h"
#include "io/hdf5/walk.h"
#include "io/hdf5/write.h"

static rlra_status describe(const char *name, int from_octave, hdf5_object *set)
{
    (void)name;
    if (from_octave)
        rlra_hdf5_reverse(&set->about);
    return RLRA_OK;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    hdf5_walk walk = {
        .in = in, .callback = callback, .user = user, .before = "/", .between = "/", .describe = describe};
    return rlra_hdf5_walk(&walk);
}

/* Whether the group that a data set is in was written by Octave. */
static rlra_status find_octave(h5_file *file, const char *name, int *found)
{
    rlra_status status = RLRA_OK;
    const char *const slash = strrchr(name, '/');
    const size_t length = slash == NULL ? 0 : (size_t)(slash - name);
    hdf5_object group = {0};
    char *const parent = rlra_alloc_zero(file->in->context, length + 1, 1);
    *found = 0;
    REQUIRE(parent != NULL, rlra_fail_memory(file->in->context, length + 1, 1, name));
    memcpy(parent, name, length);
    TRY(rlra_hdf5_open_path(file, file->root, parent, &group));
    TRY(rlra_hdf5_from_octave(file, &group.header, found));
cleanup:
    rlra_hdf5_close(&group);
    rlra_free(file->in->context, parent);
    return status;
}

static rlra_status open_name(const input *in, const char *name, hdf5_object *object)
{
    rlra_status status = RLRA_OK;
    h5_file *file;
    int from_octave;
    TRY(rlra_hdf5_file(in, &file));
    TRY(rlra_hdf5_open_path(file, file->root, name, object));
    if (object->is_set) {
        TRY(find_octave(file, name, &from_octave));
        TRY(describe(name, from_octave, object));
    }
cleanup:
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    hdf5_object object = {0};
    TRY(open_name(in, name, &object));
    TRY(object.group != NULL ? rlra_hdf5_sparse_read("hdf5", name, &object, dtype, dataset)
                             : rlra_hdf5_read("hdf5", name, &object, dtype, dataset));
cleanup:
    rlra_hdf5_close(&object);
    return status;
}

static rlra_status locate(const input *in, const char *name, located *where)
{
    rlra_status status = RLRA_OK;
    hdf5_object object = {0};
    TRY(open_name(in, name, &object));
    REQUIRE(object.is_set, rlra_fail(in->context, RLRA_ERR_UNSUPPORTED,
                                     "'%s:%s' is sparse, and cannot be read piece by piece", in->path, name));
    TRY(rlra_hdf5_locate(name, &object, where));
cleanup:
    rlra_hdf5_close(&object);
    return status;
}

static rlra_status read_text(const input *in, const char *name, char **string)
{
    rlra_status status = RLRA_OK;
    text_buffer lines = {.context = in->context};
    hdf5_object object = {0};
    TRY(open_name(in, name, &object));
    TRY(rlra_hdf5_add_strings(name, &object, &lines));
    TRY(rlra_text_finish(&lines, string));
cleanup:
    rlra_text_clear(&lines);
    rlra_hdf5_close(&object);
    return status;
}

const format_ops rlra_format_hdf5 = {
    .about = {"hdf5",
              "data sets of HDF5, named by their path; groups of data, indices, indptr and shape are sparse matrices",
              "read write several text sparse", "The HDF Group"},
    .endings = ".h5 .hdf5",
    .claims = ".h5 .hdf5",
    .many = 1,
    .detect = rlra_h5_detect,
    .list = list,
    .read = read_array,
    .locate = locate,
    .text = read_text,
    .write = rlra_hdf5_write,
};
