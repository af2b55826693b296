/* io/hdf5/walk.c: walk the tree of groups of an HDF5 file. */
#include "io/hdf5/walk.h"
#include "io/variables.h"

#include <string.h>

#include "io/hdf5/sparse.h"

rlra_status rlra_hdf5_from_octave(h5_file *file, const h5_object *group, int *found)
{
    return rlra_h5_has_attribute(file, group, "OCTAVE_NEW_FORMAT", found);
}

static void report(const hdf5_walk *w, const char *stored, int order, const int64_t *dims, int numeric)
{
    const rlra_variable reported = {w->used == 0 ? "/" : w->path, stored, order, dims, numeric};
    w->callback(w->user, &reported);
}

/* Report an object that a limit leaves out, is in another file or damaged, as one that cannot be read. */
static void report_left_out(const hdf5_walk *w, const char *why)
{
    report(w, why, 0, NULL, 0);
}

/* Whether an error concerns a single variable and does not hide the others, unlike a lack of memory or descriptors. */
static int is_local(rlra_status status)
{
    return status == RLRA_ERR_FORMAT || status == RLRA_ERR_UNSUPPORTED;
}

static rlra_status report_sparse(const hdf5_walk *w, const hdf5_object *group)
{
    hdf5_sparse about;
    const rlra_status status = rlra_hdf5_sparse_about(w->path, group, &about);
    if (is_local(status))
        report_left_out(w, "damaged sparse");
    else if (status == RLRA_OK)
        report(w, about.stored, 2, about.sparse.dims, 1);
    return is_local(status) ? RLRA_OK : status;
}

static rlra_status visit(hdf5_walk *w, const h5_link *link, int from_octave);

/* Visit the children of a group; `skip_parts`: except the parts of a sparse matrix. */
static rlra_status visit_children(hdf5_walk *w, const hdf5_object *object, int skip_parts) // NOLINT(misc-no-recursion)
{
    rlra_status status = RLRA_OK;
    const h5_group *const group = object->group;
    const size_t used = w->used;
    int from_octave = 0;
    status = rlra_hdf5_from_octave(w->file, &object->header, &from_octave);
    if (status != RLRA_OK && !is_local(status))
        return status;
    status = RLRA_OK;
    w->depth++;
    for (int k = 0; k < group->count && status == RLRA_OK; k++) {
        const h5_link *const link = &group->links[k];
        const char *const mark = used == 0 ? w->before : w->between;
        const size_t length = strlen(link->name), gap = strlen(mark);
        if (link->kind == H5_LINK_SOFT || link->name[0] == w->hidden || (skip_parts && rlra_hdf5_is_part(link->name)))
            continue;
        if (used + gap + length + 1 > sizeof w->path) {
            report_left_out(w, "not listed: names too long");
            continue;
        }
        memcpy(w->path + used, mark, gap);
        memcpy(w->path + used + gap, link->name, length + 1);
        w->used = used + gap + length;
        status = visit(w, link, from_octave);
        w->used = used;
        w->path[used] = '\0';
    }
    w->depth--;
    if (group->damaged)
        report_left_out(w, "damaged");
    return status;
}

static rlra_status visit_group(hdf5_walk *w, const hdf5_object *object) // NOLINT(misc-no-recursion)
{
    rlra_status status = RLRA_OK;
    const h5_group *const group = object->group;
    int is_sparse = 0;
    if (group->index < H5_GROUPS_MOST && w->seen[group->index])
        return RLRA_OK;
    if (w->depth == H5_DEPTH_MOST || group->index >= H5_GROUPS_MOST) {
        report_left_out(w, w->depth == H5_DEPTH_MOST ? "not looked into: too deep" : "not looked into: too many");
        return RLRA_OK;
    }
    w->seen[group->index] = 1;
    TRY(rlra_hdf5_is_sparse(object, &is_sparse));
    if (is_sparse)
        TRY(report_sparse(w, object));
    if (!is_sparse || !w->sparse_is_leaf)
        TRY(visit_children(w, object, is_sparse));
cleanup:
    return status;
}

static rlra_status visit(hdf5_walk *w, const h5_link *link, int from_octave) // NOLINT(misc-no-recursion)
{
    rlra_status status = RLRA_OK;
    hdf5_object object = {0};
    if (link->kind != H5_LINK_HARD) {
        report_left_out(w, VARIABLE_ELSEWHERE);
        return RLRA_OK;
    }
    TRY(rlra_hdf5_open(w->file, w->path, link->address, &object));
    if (object.group != NULL)
        TRY(visit_group(w, &object));
    else if (object.is_set) {
        TRY(w->describe(w->path, from_octave, &object));
        const hdf5_about *const about = &object.about;
        report(w, about->stored, about->order, about->shape.dims, about->type.kind != SCALAR_NONE);
    }
cleanup:
    rlra_hdf5_close(&object);
    if (is_local(status)) {
        report_left_out(w, "damaged");
        status = RLRA_OK;
    }
    return status;
}

rlra_status rlra_hdf5_walk(hdf5_walk *w)
{
    rlra_status status = RLRA_OK;
    hdf5_object root = {0};
    w->seen = rlra_alloc_zero(w->in->context, H5_GROUPS_MOST, 1);
    REQUIRE(w->seen != NULL, rlra_fail_memory(w->in->context, H5_GROUPS_MOST, 1, "the list of variables"));
    TRY(rlra_hdf5_file(w->in, &w->file));
    TRY(rlra_hdf5_open(w->file, "/", w->file->root, &root));
    REQUIRE(root.group != NULL && (root.group->count > 0 || !root.group->damaged),
            rlra_fail(w->in->context, RLRA_ERR_FORMAT, "'%s': its groups are damaged", w->in->path));
    TRY(visit_group(w, &root));
cleanup:
    rlra_hdf5_close(&root);
    rlra_free(w->in->context, w->seen);
    w->seen = NULL;
    return status;
}
