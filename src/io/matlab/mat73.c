/* io/matlab/mat73.c: the format .mat of MATLAB, version 7.3: HDF5 with MATLAB's classes in attributes, modes reversed. */
#include <stdio.h>
#include <string.h>

#include "io/format.h"
#include "io/hdf5/file.h"
#include "io/hdf5/sparse.h"

#define CLASS_BYTES 32
#define PATH_BYTES  512
/* Structs within structs that are followed, and structs in all: a file can be a ring or a maze. */
#define DEPTH_MOST  16
#define GROUPS_MOST 4096

static int detect(const input *in)
{
    static const char mark[] = "MATLAB 7.3";
    return in->head_bytes > 512 && memcmp(in->head, mark, sizeof mark - 1) == 0 && rlra_hdf5_detect(in);
}

/* The attribute MATLAB_class as a string, "" if there is none. */
static void read_class(hid_t object, char *class)
{
    class[0] = '\0';
    if (H5Aexists(object, "MATLAB_class") <= 0)
        return;
    const hid_t at = H5Aopen(object, "MATLAB_class", H5P_DEFAULT);
    const hid_t type = H5Aget_type(at), space = H5Aget_space(at);
    if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 && H5Tget_size(type) < CLASS_BYTES &&
        H5Sget_simple_extent_npoints(space) == 1 && H5Aread(at, type, class) >= 0)
        class[H5Tget_size(type)] = '\0';
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(at);
}

/* Empty arrays are stored as their list of dimensions, with an attribute that says so. */
static int is_empty(hid_t object)
{
    return H5Aexists(object, "MATLAB_empty") > 0;
}

/* What a data set is to MATLAB's user: modes in the other order, text and bool under other types. */
static rlra_status describe(const input *in, const char *name, hid_t set, hdf5_about *about)
{
    char class[CLASS_BYTES];
    const rlra_status status = rlra_hdf5_about(in, name, set, about);
    if (status != RLRA_OK)
        return status;
    rlra_hdf5_reverse(about);
    read_class(set, class);
    if (strcmp(class, "logical") == 0 && about->type.bytes == 1) {
        about->type.kind = SCALAR_BOOL;
        snprintf(about->stored, sizeof about->stored, "bool");
    }
    if (strcmp(class, "char") == 0 || strcmp(class, "cell") == 0) {
        about->type = (scalar){SCALAR_NONE, 0, 0};
        snprintf(about->stored, sizeof about->stored, "%s", strcmp(class, "char") == 0 ? "text" : "cell");
    }
    if (is_empty(set)) {
        about->type = (scalar){SCALAR_NONE, 0, 0};
        snprintf(about->stored, sizeof about->stored, "empty");
    }
    return RLRA_OK;
}

typedef struct listing {
    const input *in;
    rlra_variable_callback callback;
    void *user;
    rlra_status status;
    int damaged, depth, groups;
    char path[PATH_BYTES]; /* of the struct being visited, with a point behind it */
} listing;

/* Open the data set of a cell: cells are references to anonymous data sets. */
static hid_t open_cell(hid_t set, const hobj_ref_t *reference)
{
    const hid_t object = H5Rdereference2(set, H5P_DEFAULT, H5R_OBJECT, reference);
    if (object >= 0 && H5Iget_type(object) != H5I_DATASET) {
        H5Oclose(object);
        return H5I_INVALID_HID;
    }
    return object;
}

static rlra_status read_references(const input *in, const char *name, hid_t set, const hdf5_about *about,
                                   hobj_ref_t **references, int64_t *count)
{
    rlra_status status = RLRA_OK;
    hobj_ref_t *made = NULL;
    REQUIRE(about->class == H5T_REFERENCE,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' is a cell array without cells", in->path, name));
    TRY(rlra_hdf5_check(in, name, set, about, sizeof *made, count));
    made = rlra_alloc_zero(in->context, (size_t)*count, sizeof *made);
    REQUIRE(made != NULL, rlra_fail_memory(in->context, (size_t)*count, sizeof *made, "cells of a file"));
    REQUIRE(*count == 0 || H5Dread(set, H5T_STD_REF_OBJ, H5S_ALL, H5S_ALL, H5P_DEFAULT, made) >= 0,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' cannot be read", in->path, name));
    *references = made;
    made = NULL;
cleanup:
    rlra_free(in->context, made);
    return status;
}

/* A cell array is text when its first cell is. */
static rlra_status look_into_cell(const input *in, const char *name, hid_t set, hdf5_about *about)
{
    hobj_ref_t *references = NULL;
    int64_t count = 0;
    char class[CLASS_BYTES] = "";
    const rlra_status status = read_references(in, name, set, about, &references, &count);
    const hid_t cell = status == RLRA_OK && count > 0 ? open_cell(set, &references[0]) : H5I_INVALID_HID;
    if (cell >= 0) {
        read_class(cell, class);
        H5Dclose(cell);
    }
    if (strcmp(class, "char") == 0)
        snprintf(about->stored, sizeof about->stored, "text");
    rlra_free(in->context, references);
    return status;
}

static herr_t visit(hid_t group, const char *name, const H5L_info_t *link, void *user);

static void tell(listing *l, const char *stored, int order, const int64_t *dims, int numeric)
{
    const rlra_variable told = {l->path, stored, order, dims, numeric};
    l->callback(l->user, &told);
}

/* A sparse matrix, or a struct whose fields are told as STRUCT.FIELD. */
static herr_t visit_group(listing *l, hid_t group)
{
    const size_t used = strlen(l->path);
    hdf5_sparse about;
    hsize_t index = 0;
    if (rlra_hdf5_is_sparse(group)) {
        const rlra_status status = rlra_hdf5_sparse_about(l->in, l->path, group, &about);
        if (status == RLRA_ERR_MEMORY)
            l->status = status;
        else if (status != RLRA_OK)
            tell(l, "damaged sparse", 0, NULL, 0);
        else
            tell(l, about.stored, 2, about.sparse.dims, 1);
        return l->status == RLRA_OK ? 0 : -1;
    }
    if (l->depth == DEPTH_MOST || l->groups == GROUPS_MOST || used + 2 > PATH_BYTES) {
        tell(l, "struct", 0, NULL, 0);
        return 0;
    }
    memcpy(l->path + used, ".", 2);
    l->depth++;
    l->groups++;
    const herr_t result = H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &index, visit, l);
    l->depth--;
    l->path[used] = '\0';
    return result;
}

static herr_t visit_set(listing *l, hid_t set)
{
    hdf5_about about = {.order = 0};
    l->status = describe(l->in, l->path, set, &about);
    if (l->status == RLRA_OK && strcmp(about.stored, "cell") == 0)
        l->status = look_into_cell(l->in, l->path, set, &about);
    if (l->status != RLRA_OK)
        return -1;
    tell(l, about.stored, about.order, about.shape.dims, about.type.kind != SCALAR_NONE);
    return 0;
}

static herr_t visit(hid_t group, const char *name, const H5L_info_t *link, void *user)
{
    listing *const l = user;
    const size_t used = strlen(l->path);
    herr_t result = 0;
    if (link->type == H5L_TYPE_SOFT || name[0] == '#' || used + strlen(name) + 1 > PATH_BYTES)
        return 0;
    memcpy(l->path + used, name, strlen(name) + 1);
    const int inside = link->type == H5L_TYPE_HARD;
    const hid_t object = inside ? H5Oopen(group, name, H5P_DEFAULT) : H5I_INVALID_HID;
    if (!inside) {
        tell(l, "link to another file", 0, NULL, 0);
    } else if (object < 0) {
        tell(l, "damaged", 0, NULL, 0);
        l->damaged = 1;
    } else {
        const H5I_type_t kind = H5Iget_type(object);
        result = kind == H5I_GROUP ? visit_group(l, object) : kind == H5I_DATASET ? visit_set(l, object) : 0;
        H5Oclose(object);
    }
    l->path[used] = '\0';
    return result;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    const hdf5_session session = rlra_hdf5_begin();
    hid_t file = H5I_INVALID_HID;
    hsize_t index = 0;
    rlra_status status = RLRA_OK;
    listing l = {in, callback, user, RLRA_OK, 0, 0, 0, ""};
    TRY(rlra_hdf5_open(in, &file));
    REQUIRE(H5Literate(file, H5_INDEX_NAME, H5_ITER_NATIVE, &index, visit, &l) >= 0,
            l.status != RLRA_OK ? l.status
                                : rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s': its variables are damaged", in->path));
cleanup:
    if (file >= 0)
        H5Fclose(file);
    rlra_hdf5_end(&session, l.damaged ? RLRA_ERR_FORMAT : status);
    return status;
}

/* A variable, or a field: points separate the names of groups. */
static rlra_status open_object(const input *in, const char *name, hid_t *file, hid_t *object, hdf5_about *about)
{
    rlra_status status = RLRA_OK;
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s", name);
    for (char *c = path; *c != '\0'; c++)
        *c = *c == '.' ? '/' : *c;
    TRY(rlra_hdf5_open(in, file));
    *object = rlra_hdf5_open_object(*file, path);
    REQUIRE(*object >= 0, rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no array '%s'", in->path, name));
    *about = (hdf5_about){.stored = "struct"};
    if (H5Iget_type(*object) == H5I_DATASET)
        TRY(describe(in, name, *object, about));
cleanup:
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    const hdf5_session session = rlra_hdf5_begin();
    hid_t file = H5I_INVALID_HID, object = H5I_INVALID_HID;
    rlra_status status = RLRA_OK;
    hdf5_about about;
    TRY(open_object(in, name, &file, &object, &about));
    if (H5Iget_type(object) == H5I_GROUP && rlra_hdf5_is_sparse(object))
        TRY(rlra_hdf5_sparse_read(in, "mat73", name, object, dtype, dataset));
    else
        TRY(rlra_hdf5_read(in, "mat73", name, object, &about, &about.shape, dtype, dataset));
cleanup:
    rlra_hdf5_close(file, object);
    rlra_hdf5_end(&session, status);
    return status;
}

/* The rows of a char array, stored as 16-bit codes. */
static rlra_status add_rows(const input *in, const char *name, hid_t set, const hdf5_about *about, text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    uint16_t *codes = NULL;
    int64_t count;
    REQUIRE(about->class == H5T_INTEGER,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' has no characters", in->path, name));
    TRY(rlra_hdf5_check(in, name, set, about, sizeof *codes, &count));
    codes = rlra_alloc(in->context, (size_t)count, sizeof *codes);
    REQUIRE(codes != NULL, rlra_fail_memory(in->context, (size_t)count, sizeof *codes, "text of a file"));
    REQUIRE(count == 0 || H5Dread(set, H5T_NATIVE_UINT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, codes) >= 0,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' cannot be read", in->path, name));
    const int64_t rows = count == 0 ? 0 : about->shape.dims[0], columns = rows == 0 ? 0 : count / rows;
    for (int64_t i = 0; i < rows; i++) {
        const size_t begin = lines->used;
        for (int64_t j = 0; j < columns; j++)
            TRY(rlra_text_add_code(lines, codes[i + j * rows]));
        TRY(rlra_text_end_line(lines, begin));
    }
cleanup:
    rlra_free(in->context, codes);
    return status;
}

/* One line for each cell; line ends within a cell become blanks. */
static rlra_status add_cells(const input *in, const char *name, hid_t set, const hdf5_about *about, text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    hobj_ref_t *references = NULL;
    hid_t cell = H5I_INVALID_HID;
    int64_t count = 0;
    TRY(read_references(in, name, set, about, &references, &count));
    for (int64_t k = 0; k < count; k++) {
        hdf5_about inside;
        const size_t begin = lines->used;
        cell = open_cell(set, &references[k]);
        REQUIRE(cell >= 0, rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s': cell %lld is damaged", in->path, name,
                                     (long long)k + 1));
        TRY(describe(in, name, cell, &inside));
        REQUIRE(strcmp(inside.stored, "text") == 0 || strcmp(inside.stored, "empty") == 0,
                rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s': cell %lld holds %s, expected text", in->path, name,
                          (long long)k + 1, inside.stored));
        if (strcmp(inside.stored, "text") == 0)
            TRY(add_rows(in, name, cell, &inside, lines));
        for (size_t at = begin; at < lines->used; at++)
            if (lines->at[at] == '\n')
                lines->at[at] = ' ';
        TRY(rlra_text_end_line(lines, begin));
        H5Dclose(cell);
        cell = H5I_INVALID_HID;
    }
cleanup:
    if (cell >= 0)
        H5Dclose(cell);
    rlra_free(in->context, references);
    return status;
}

static rlra_status read_text(const input *in, const char *name, char **string)
{
    const hdf5_session session = rlra_hdf5_begin();
    hid_t file = H5I_INVALID_HID, set = H5I_INVALID_HID;
    rlra_status status = RLRA_OK;
    text_buffer lines = {.context = in->context};
    hdf5_about about;
    TRY(open_object(in, name, &file, &set, &about));
    REQUIRE(strcmp(about.stored, "text") == 0 || strcmp(about.stored, "cell") == 0,
            rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s:%s' holds %s, expected text", in->path, name, about.stored));
    TRY(strcmp(about.stored, "text") == 0 ? add_rows(in, name, set, &about, &lines)
                                          : add_cells(in, name, set, &about, &lines));
    TRY(rlra_text_finish(&lines, string));
cleanup:
    rlra_text_clear(&lines);
    rlra_hdf5_close(file, set);
    rlra_hdf5_end(&session, status);
    return status;
}

const format_ops rlra_format_mat73 = {
    .about = {"mat73", "variables of MATLAB, version 7.3 (as save -v7.3 writes it)", "read several text sparse",
              "HDF5 as MATLAB uses it"},
    .endings = "",
    .claims = ".mat",
    .many = 1,
    .detect = detect,
    .list = list,
    .read = read_array,
    .text = read_text,
};
