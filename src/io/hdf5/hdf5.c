/* io/hdf5/hdf5.c: the format HDF5: data sets in a tree of groups, named by their path. */
#include <stdio.h>
#include <string.h>

#include "io/format.h"
#include "io/hdf5/file.h"
#include "io/hdf5/sparse.h"
#include "io/hdf5/write.h"

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
    int in_sparse; /* the group being visited is a sparse matrix */
    haddr_t seen[GROUPS_MOST];
    char path[PATH_BYTES];
} traversal;

static herr_t visit(hid_t group, const char *name, const H5L_info_t *link, void *user);

static int seen_before(const traversal *t, haddr_t address)
{
    for (int k = 0; k < t->groups; k++)
        if (t->seen[k] == address)
            return 1;
    return 0;
}

/* What a limit leaves out, or what is in another file, is told as something that cannot be read. */
static herr_t tell_left_out(traversal *t, const char *why)
{
    const rlra_variable told = {t->path, why, 0, NULL, 0};
    t->callback(t->user, &told);
    return 0;
}

/* A matrix that cannot be read is told as such: its parts are no data either. */
static herr_t tell_sparse(traversal *t, hid_t group)
{
    hdf5_sparse about;
    const rlra_status status = rlra_hdf5_sparse_about(t->in, t->path, group, &about);
    const rlra_variable sound = {t->path, about.stored, 2, about.sparse.dims, 1},
                        damaged = {t->path, "damaged sparse", 0, NULL, 0};
    if (status == RLRA_ERR_MEMORY)
        t->status = status;
    else
        t->callback(t->user, status == RLRA_OK ? &sound : &damaged);
    return status == RLRA_ERR_MEMORY ? -1 : 0;
}

static herr_t visit_group(traversal *t, hid_t object)
{
    H5O_info_t about;
    hsize_t index = 0;
    if (H5Oget_info2(object, &about, H5O_INFO_BASIC) < 0 || seen_before(t, about.addr))
        return 0;
    if (t->depth == DEPTH_MOST || t->groups == GROUPS_MOST)
        return tell_left_out(t, t->depth == DEPTH_MOST ? "not looked into: too deep" : "not looked into: too many");
    t->seen[t->groups++] = about.addr;
    const int outside = t->in_sparse;
    t->in_sparse = rlra_hdf5_is_sparse(object);
    if (t->in_sparse && tell_sparse(t, object) < 0)
        return -1;
    t->depth++;
    const herr_t result = H5Literate(object, H5_INDEX_NAME, H5_ITER_NATIVE, &index, visit, t);
    t->depth--;
    t->in_sparse = outside;
    return result;
}

/* A data set in a group; Octave's save -hdf5 marks its groups, and its first mode is the fastest. */
static rlra_status describe(const input *in, const char *name, hid_t group, hid_t set, hdf5_about *about)
{
    const rlra_status status = rlra_hdf5_about(in, name, set, about);
    if (status == RLRA_OK && H5Aexists(group, "OCTAVE_NEW_FORMAT") > 0)
        rlra_hdf5_reverse(about);
    return status;
}

static herr_t visit_set(traversal *t, hid_t group, hid_t set)
{
    hdf5_about about;
    t->status = describe(t->in, t->path, group, set, &about);
    if (t->status != RLRA_OK)
        return -1;
    const rlra_variable told = {t->path, about.stored, about.order, about.shape.dims, about.type.kind != SCALAR_NONE};
    t->callback(t->user, &told);
    return 0;
}

/* Soft and external links are not followed: they name something that is told elsewhere, or is not of this file. */
static herr_t visit(hid_t group, const char *name, const H5L_info_t *link, void *user)
{
    traversal *const t = user;
    const size_t used = strlen(t->path);
    if (link->type == H5L_TYPE_SOFT || used + strlen(name) + 2 > PATH_BYTES ||
        (t->in_sparse && rlra_hdf5_is_part(name)))
        return 0;
    snprintf(t->path + used, PATH_BYTES - used, "/%s", name);
    const hid_t object = link->type == H5L_TYPE_HARD ? H5Oopen(group, name, H5P_DEFAULT) : H5I_INVALID_HID;
    if (link->type != H5L_TYPE_HARD) {
        tell_left_out(t, "link to another file");
        t->path[used] = '\0';
        return 0;
    }
    if (object < 0) {
        const rlra_variable told = {t->path, "damaged", 0, NULL, 0};
        t->callback(t->user, &told);
        t->path[used] = '\0';
        t->damaged = 1;
        return 0;
    }
    const H5I_type_t kind = H5Iget_type(object);
    const herr_t result = kind == H5I_GROUP     ? visit_group(t, object)
                          : kind == H5I_DATASET ? visit_set(t, group, object)
                                                : 0;
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
    char parent[PATH_BYTES] = "";
    hid_t group = H5I_INVALID_HID;
    const char *const slash = strrchr(name, '/');
    snprintf(parent, sizeof parent, "%.*s", slash == NULL ? 0 : (int)(slash - name), name);
    TRY(rlra_hdf5_open(in, file));
    group = rlra_hdf5_open_object(*file, parent);
    *set = rlra_hdf5_open_object(*file, name);
    REQUIRE(*set >= 0, rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no data set '%s'", in->path, name));
    *about = (hdf5_about){.stored = "group"};
    if (H5Iget_type(*set) == H5I_DATASET)
        TRY(describe(in, name, group, *set, about));
cleanup:
    if (group >= 0)
        H5Oclose(group);
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
    if (H5Iget_type(set) == H5I_GROUP)
        TRY(rlra_hdf5_sparse_read(in, "hdf5", name, set, dtype, dataset));
    else
        TRY(rlra_hdf5_read(in, "hdf5", name, set, &about, &about.shape, dtype, dataset));
cleanup:
    rlra_hdf5_close(file, set);
    rlra_hdf5_end(&session, status);
    return status;
}

static rlra_status locate(const input *in, const char *name, located *where)
{
    const hdf5_session session = rlra_hdf5_begin();
    hid_t file = H5I_INVALID_HID, set = H5I_INVALID_HID;
    rlra_status status = RLRA_OK;
    hdf5_about about;
    TRY(open_set(in, name, &file, &set, &about));
    REQUIRE(H5Iget_type(set) == H5I_DATASET,
            rlra_fail(in->context, RLRA_ERR_UNSUPPORTED, "'%s:%s' is sparse, and cannot be read piece by piece",
                      in->path, name));
    TRY(rlra_hdf5_locate(in, name, set, &about, where));
cleanup:
    rlra_hdf5_close(file, set);
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
    rlra_hdf5_close(file, set);
    rlra_hdf5_end(&session, status);
    return status;
}

const format_ops rlra_format_hdf5 = {
    .about = {"hdf5",
              "data sets of HDF5, named by their path; groups of data, indices, indptr and shape are sparse matrices",
              "read write several text sparse", "The HDF Group"},
    .endings = ".h5 .hdf5",
    .claims = ".h5 .hdf5",
    .many = 1,
    .detect = rlra_hdf5_detect,
    .list = list,
    .read = read_array,
    .locate = locate,
    .text = read_text,
    .write = rlra_hdf5_write,
};
