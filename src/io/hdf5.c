/* io/hdf5.c: the format HDF5: data sets in a tree of groups, named by their path. */
#include <stdio.h>
#include <string.h>

#include "io/cursor.h"
#include "io/format.h"
#include "io/hdf5_file.h"

/* Groups within groups that are followed, and groups in all: a file can be a ring or a maze. */
#define DEPTH_MOST  32
#define GROUPS_MOST 4096
#define PATH_BYTES  1024

typedef struct traversal {
    const input *in;
    rlra_variable_callback callback;
    void *user;
    rlra_status status;
    int depth, groups, damaged;
    haddr_t seen[GROUPS_MOST];
    char path[PATH_BYTES];
} traversal;

static herr_t visit(hid_t group, const char *name, const H5L_info_t *link, void *user);

static int seen_before(traversal *t, haddr_t address)
{
    for (int k = 0; k < t->groups; k++)
        if (t->seen[k] == address)
            return 1;
    return t->groups == GROUPS_MOST || (t->seen[t->groups++] = address, 0);
}

static herr_t visit_group(traversal *t, hid_t object)
{
    H5O_info_t about;
    hsize_t index = 0;
    if (t->depth == DEPTH_MOST || H5Oget_info2(object, &about, H5O_INFO_BASIC) < 0 || seen_before(t, about.addr))
        return 0;
    t->depth++;
    const herr_t result = H5Literate(object, H5_INDEX_NAME, H5_ITER_NATIVE, &index, visit, t);
    t->depth--;
    return result;
}

static herr_t visit_set(traversal *t, hid_t set)
{
    hdf5_about about;
    t->status = rlra_hdf5_about(t->in, t->path, set, &about);
    if (t->status != RLRA_OK)
        return -1;
    const rlra_variable told = {t->path, about.stored, about.order, about.shape.dims, about.type.kind != SCALAR_NONE};
    t->callback(t->user, &told);
    return 0;
}

/* Soft and external links are not followed: they name something that is told elsewhere, or not of this file. */
static herr_t visit(hid_t group, const char *name, const H5L_info_t *link, void *user)
{
    traversal *const t = user;
    const size_t used = strlen(t->path);
    if (link->type != H5L_TYPE_HARD || used + strlen(name) + 2 > PATH_BYTES)
        return 0;
    const hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    snprintf(t->path + used, PATH_BYTES - used, "/%s", name);
    if (object < 0) {
        const rlra_variable told = {t->path, "damaged", 0, NULL, 0};
        t->callback(t->user, &told);
        t->path[used] = '\0';
        t->damaged = 1;
        return 0;
    }
    const H5I_type_t kind = H5Iget_type(object);
    const herr_t result = kind == H5I_GROUP ? visit_group(t, object) : kind == H5I_DATASET ? visit_set(t, object) : 0;
    t->path[used] = '\0';
    H5Oclose(object);
    return result;
}

static rlra_status list_file(const input *in, rlra_variable_callback callback, void *user, int *damaged)
{
    hid_t file = H5I_INVALID_HID, root = H5I_INVALID_HID;
    rlra_status status = RLRA_OK;
    traversal *const t = rlra_alloc_zero(in->context, 1, sizeof *t);
    REQUIRE(t != NULL, rlra_fail_memory(in->context, 1, sizeof *t, "the list of variables"));
    *t = (traversal){.in = in, .callback = callback, .user = user, .status = RLRA_OK};
    TRY(rlra_hdf5_open(in, &file));
    root = H5Gopen2(file, "/", H5P_DEFAULT);
    REQUIRE(root >= 0 && visit_group(t, root) >= 0,
            t->status != RLRA_OK ? t->status
                                 : rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s': its groups are damaged", in->path));
cleanup:
    *damaged = t != NULL && t->damaged;
    if (root >= 0)
        H5Gclose(root);
    if (file >= 0)
        H5Fclose(file);
    rlra_free(in->context, t);
    return status;
}

static rlra_status open_set(const input *in, const char *name, hid_t *file, hid_t *set, hdf5_about *about)
{
    rlra_status status = RLRA_OK;
    TRY(rlra_hdf5_open(in, file));
    *set = H5Dopen2(*file, name, H5P_DEFAULT);
    REQUIRE(*set >= 0, rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no data set '%s'", in->path, name));
    TRY(rlra_hdf5_about(in, name, *set, about));
cleanup:
    return status;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    const hdf5_session session = rlra_hdf5_begin();
    int damaged;
    const rlra_status status = list_file(in, callback, user, &damaged);
    rlra_hdf5_end(&session, damaged ? RLRA_ERR_FORMAT : status);
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    const hdf5_session session = rlra_hdf5_begin();
    hid_t file = H5I_INVALID_HID, set = H5I_INVALID_HID;
    rlra_status status = RLRA_OK;
    hdf5_about about;
    TRY(open_set(in, name, &file, &set, &about));
    TRY(rlra_hdf5_read(in, "hdf5", name, set, &about, &about.shape, dtype, dataset));
cleanup:
    if (set >= 0)
        H5Dclose(set);
    if (file >= 0)
        H5Fclose(file);
    rlra_hdf5_end(&session, status);
    return status;
}

static rlra_status read_text(const input *in, const char *name, char **string)
{
    const hdf5_session session = rlra_hdf5_begin();
    hid_t file = H5I_INVALID_HID, set = H5I_INVALID_HID;
    rlra_status status = RLRA_OK;
    text_buffer lines = {.context = in->context};
    hdf5_about about;
    TRY(open_set(in, name, &file, &set, &about));
    TRY(rlra_hdf5_add_strings(in, name, set, &about, &lines));
    TRY(rlra_text_finish(&lines, string));
cleanup:
    rlra_text_clear(&lines);
    if (set >= 0)
        H5Dclose(set);
    if (file >= 0)
        H5Fclose(file);
    rlra_hdf5_end(&session, status);
    return status;
}

/* Rows that fit the buffer are gathered and written together; the memory of contiguous arrays is written as it is. */
static rlra_status write_rows(output *out, const rlra_array *array, hid_t set, hid_t type)
{
    const size_t bytes = (size_t)rlra_dtype_bytes(array->dtype);
    const int64_t count = rlra_array_count(array), row = array->dims[0] == 0 ? 0 : count / array->dims[0];
    const int64_t fitting = row == 0 ? 1 : (1 << 20) / (row * (int64_t)bytes);
    const int64_t step = fitting < 1 ? 1 : fitting > array->dims[0] ? array->dims[0] : fitting;
    const hid_t space = H5Dget_space(set);
    hsize_t start[RLRA_MAX_ORDER] = {0}, extent[RLRA_MAX_ORDER];
    rlra_status status = RLRA_OK;
    cursor c = rlra_cursor(array);
    void *const buffer = rlra_alloc(out->context, (size_t)(step * row), bytes);
    REQUIRE(buffer != NULL, rlra_fail_memory(out->context, (size_t)(step * row), bytes, "a buffer for writing"));
    for (int mode = 0; mode < array->order; mode++)
        extent[mode] = (hsize_t)array->dims[mode];
    for (int64_t i = 0; i < array->dims[0] && c.left > 0; i += step) {
        start[0] = (hsize_t)i;
        extent[0] = (hsize_t)(array->dims[0] - i < step ? array->dims[0] - i : step);
        rlra_cursor_take(&c, (size_t)((int64_t)extent[0] * row), buffer);
        const hid_t memory = H5Screate_simple(array->order, extent, NULL);
        const int written = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, extent, NULL) >= 0 &&
                            H5Dwrite(set, type, memory, space, H5P_DEFAULT, buffer) >= 0;
        H5Sclose(memory);
        REQUIRE(written,
                rlra_fail(out->context, RLRA_ERR_FILE, "cannot write '%s': the HDF5 library failed", out->path));
    }
cleanup:
    rlra_free(out->context, buffer);
    H5Sclose(space);
    return status;
}

static rlra_status write_array(output *out, hid_t file, const rlra_named_array *named)
{
    const rlra_array *const array = named->array;
    const int single = array->dtype == RLRA_DTYPE_F32;
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    hid_t space = H5I_INVALID_HID, set = H5I_INVALID_HID;
    hsize_t dims[RLRA_MAX_ORDER];
    rlra_status status = RLRA_OK;
    for (int mode = 0; mode < array->order; mode++)
        dims[mode] = (hsize_t)array->dims[mode];
    space = H5Screate_simple(array->order, dims, NULL);
    H5Pset_create_intermediate_group(links, 1);
    set =
        H5Dcreate2(file, named->name, single ? H5T_IEEE_F32LE : H5T_IEEE_F64LE, space, links, H5P_DEFAULT, H5P_DEFAULT);
    REQUIRE(set >= 0, rlra_fail(out->context, RLRA_ERR_FILE, "cannot write '%s': no data set '%s' can be made in it",
                                out->path, named->name));
    TRY(write_rows(out, array, set, single ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE));
cleanup:
    if (set >= 0)
        H5Dclose(set);
    if (space >= 0)
        H5Sclose(space);
    H5Pclose(links);
    return status;
}

static rlra_status write_arrays(output *out, int count, const rlra_named_array *arrays)
{
    const hdf5_session session = rlra_hdf5_begin();
    rlra_status status = RLRA_OK;
    const hid_t file = H5Fcreate(out->temporary, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    REQUIRE(file >= 0, rlra_fail(out->context, RLRA_ERR_FILE, "cannot write '%s' as an HDF5 file", out->path));
    for (int k = 0; k < count; k++)
        TRY(write_array(out, file, &arrays[k]));
    REQUIRE(H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0,
            rlra_fail(out->context, RLRA_ERR_FILE, "cannot write '%s': the HDF5 library failed", out->path));
cleanup:
    if (file >= 0 && H5Fclose(file) < 0 && status == RLRA_OK)
        status = rlra_fail(out->context, RLRA_ERR_FILE, "cannot write '%s': the HDF5 library failed", out->path);
    rlra_hdf5_end(&session, status);
    return status;
}

const format_ops rlra_format_hdf5 = {
    .about = {"hdf5", "data sets of HDF5, named by their path", "read write several text", "The HDF Group"},
    .endings = ".h5 .hdf5",
    .many = 1,
    .detect = rlra_hdf5_detect,
    .list = list,
    .read = read_array,
    .text = read_text,
    .write = write_arrays,
};
