/* io/hdf5/sparse.c: read groups of HDF5 that are a sparse matrix. */
#include "io/hdf5/sparse.h"

#include <stdio.h>
#include <string.h>

#define WORD_BYTES 64

static int has(hid_t group, const char *name)
{
    return H5Lexists(group, name, H5P_DEFAULT) > 0;
}

int rlra_hdf5_is_sparse(hid_t group)
{
    return H5Aexists(group, "MATLAB_sparse") > 0 ||
           (has(group, "data") && has(group, "indices") && has(group, "indptr"));
}

int rlra_hdf5_is_part(const char *name)
{
    static const char *const parts[] = {"data", "indices", "indptr", "shape", "ir", "jc"};
    for (int k = 0; k < 6; k++)
        if (strcmp(name, parts[k]) == 0)
            return 1;
    return 0;
}

/* An attribute of integers, at most `most`; returns how many, or 0. */
static int read_numbers(hid_t group, const char *name, int most, int64_t *numbers)
{
    int count = 0;
    if (H5Aexists(group, name) <= 0)
        return 0;
    const hid_t at = H5Aopen(group, name, H5P_DEFAULT);
    const hid_t type = H5Aget_type(at), space = H5Aget_space(at);
    const hssize_t points = H5Sget_simple_extent_npoints(space);
    if (H5Tget_class(type) == H5T_INTEGER && points >= 1 && points <= most &&
        H5Aread(at, H5T_NATIVE_INT64, numbers) >= 0)
        count = (int)points;
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(at);
    return count;
}

/* An attribute that is one string, "" if there is none. */
static void read_word(hid_t group, const char *name, char *word)
{
    char *variable = NULL;
    word[0] = '\0';
    if (H5Aexists(group, name) <= 0)
        return;
    const hid_t at = H5Aopen(group, name, H5P_DEFAULT);
    const hid_t type = H5Aget_type(at), space = H5Aget_space(at);
    const int single = H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1;
    if (single && H5Tis_variable_str(type) > 0) {
        if (H5Aread(at, type, &variable) >= 0 && variable != NULL)
            snprintf(word, WORD_BYTES, "%s", variable);
        H5free_memory(variable);
    } else if (single && H5Tget_size(type) < WORD_BYTES && H5Aread(at, type, word) >= 0)
        word[H5Tget_size(type)] = '\0';
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(at);
}

static rlra_status open_part(const input *in, const char *name, hid_t group, const char *part, hid_t *set,
                             hdf5_about *about, int64_t *count)
{
    rlra_status status = RLRA_OK;
    *set = rlra_hdf5_open_object(group, part);
    REQUIRE(*set >= 0, rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' has no data set '%s'", in->path, name, part));
    TRY(rlra_hdf5_about(in, name, *set, about));
    REQUIRE(about->order == 1 && about->type.kind != SCALAR_NONE,
            rlra_fail(in->context, RLRA_ERR_FORMAT,
                      "'%s:%s/%s' has order %d and holds %s, expected a vector of numbers", in->path, name, part,
                      about->order, about->stored));
    TRY(rlra_hdf5_check(in, name, *set, about, (size_t)about->type.bytes, count));
cleanup:
    return status;
}

/* Integers of a part, in memory of its own. */
static rlra_status read_integers(const input *in, const char *name, hid_t group, const char *part, int64_t expected,
                                 int64_t *to)
{
    rlra_status status = RLRA_OK;
    hid_t set = H5I_INVALID_HID;
    hdf5_about about;
    int64_t count;
    TRY(open_part(in, name, group, part, &set, &about, &count));
    REQUIRE(about.type.kind != SCALAR_FLOAT && count == expected,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s/%s' has %lld numbers of %s, expected %lld integers",
                      in->path, name, part, (long long)count, about.stored, (long long)expected));
    REQUIRE(count == 0 || H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, to) >= 0,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s/%s' cannot be read", in->path, name, part));
cleanup:
    if (set >= 0)
        H5Dclose(set);
    return status;
}

static rlra_status count_part(const input *in, const char *name, hid_t group, const char *part, hdf5_about *about,
                              int64_t *count)
{
    hid_t set = H5I_INVALID_HID;
    const rlra_status status = open_part(in, name, group, part, &set, about, count);
    if (set >= 0)
        H5Dclose(set);
    return status;
}

/* As a data set, or as an attribute of anndata or its forerunner. */
static rlra_status find_shape(const input *in, const char *name, hid_t group, rlra_sparse *s)
{
    rlra_status status = RLRA_OK;
    hdf5_about about;
    int64_t order = 0;
    s->order = 2;
    if (has(group, "shape")) {
        TRY(count_part(in, name, group, "shape", &about, &order));
        if (order == 2)
            TRY(read_integers(in, name, group, "shape", 2, s->dims));
    } else {
        order = read_numbers(group, "shape", 2, s->dims);
        if (order == 0)
            order = read_numbers(group, "h5sparse_shape", 2, s->dims);
    }
    REQUIRE(order == 2 && s->dims[0] >= 1 && s->dims[1] >= 1 && s->dims[0] < INT64_MAX / 2 &&
                s->dims[1] < INT64_MAX / 2,
            rlra_fail(in->context, RLRA_ERR_FORMAT,
                      "'%s:%s' holds the parts of a sparse matrix, but no sound shape of two lengths", in->path, name));
cleanup:
    return status;
}

/* What an attribute says, or the number of starts; 10x Genomics writes features x barcodes by columns. */
static rlra_status find_mode(const input *in, const char *name, hid_t group, int64_t starts, rlra_sparse *s)
{
    static const char *const keys[] = {"encoding-type", "h5sparse_format", "format"};
    rlra_status status = RLRA_OK;
    char word[WORD_BYTES] = "";
    for (int k = 0; k < 3 && word[0] == '\0'; k++)
        read_word(group, keys[k], word);
    const int by_rows = starts == s->dims[0] + 1, by_columns = starts == s->dims[1] + 1;
    REQUIRE(by_rows || by_columns,
            rlra_fail(in->context, RLRA_ERR_FORMAT,
                      "'%s:%s/indptr' has %lld numbers, expected one more than rows or columns "
                      "of %lld x %lld",
                      in->path, name, (long long)starts, (long long)s->dims[0], (long long)s->dims[1]));
    s->compressed = by_columns && (!by_rows || strncmp(word, "csc", 3) == 0 || has(group, "barcodes"));
    if (by_rows && by_columns && strncmp(word, "cs", 2) != 0 && !has(group, "barcodes"))
        TRY(rlra_input_note(
            in, "it does not say whether its sparse matrix is stored by rows or columns, and is read by rows (csr)"));
cleanup:
    return status;
}

rlra_status rlra_hdf5_sparse_about(const input *in, const char *name, hid_t group, hdf5_sparse *about)
{
    rlra_status status = RLRA_OK;
    hdf5_about set = {.type = {SCALAR_FLOAT, 8, 0}, .stored = "float64"};
    int64_t starts = 0;
    char class[WORD_BYTES];
    rlra_sparse *const s = &about->sparse;
    *about = (hdf5_sparse){.matlab = H5Aexists(group, "MATLAB_sparse") > 0, .sparse = {.order = 2, .compressed = 1}};
    TRY(count_part(in, name, group, about->matlab ? "jc" : "indptr", &set, &starts));
    if (!about->matlab) {
        TRY(find_shape(in, name, group, s));
        TRY(find_mode(in, name, group, starts, s));
    } else {
        REQUIRE(read_numbers(group, "MATLAB_sparse", 1, &s->dims[0]) == 1 && s->dims[0] >= 0 && starts >= 1,
                rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' has no sound number of rows", in->path, name));
        s->dims[1] = starts - 1;
    }
    set = (hdf5_about){.type = {SCALAR_FLOAT, 8, 0}, .stored = "float64"};
    /* MATLAB leaves the entries away where there are none. */
    if (!about->matlab || has(group, "data"))
        TRY(count_part(in, name, group, "data", &set, &s->count));
    about->type = set.type;
    read_word(group, "MATLAB_class", class);
    if (about->matlab && strcmp(class, "logical") == 0)
        about->type = (scalar){SCALAR_BOOL, 1, 0};
    snprintf(about->stored, sizeof about->stored, "sparse %s", rlra_scalar_name(about->type));
cleanup:
    return status;
}

static rlra_status read_values(const input *in, const char *name, hid_t group, rlra_dataset *made)
{
    rlra_status status = RLRA_OK;
    hid_t set = H5I_INVALID_HID;
    hdf5_about about;
    int64_t count;
    rlra_dataset *values = NULL;
    TRY(open_part(in, name, group, "data", &set, &about, &count));
    REQUIRE(count == made->sparse.count,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' was changed while it was read", in->path, name));
    TRY(rlra_hdf5_read(in, made->format, name, set, &about, &about.shape,
                       made->sparse.dtype == RLRA_DTYPE_F32 ? RLRA_READ_F32 : RLRA_READ_F64, &values));
    memcpy(made->values, values->array.data, (size_t)(count * rlra_dtype_bytes(made->sparse.dtype)));
cleanup:
    if (set >= 0)
        H5Dclose(set);
    rlra_dataset_destroy(values);
    return status;
}

/* Names of a mode, if there is a set of as many strings. */
static rlra_status read_labels(const input *in, const char *name, hid_t group, const char *part, int mode,
                               rlra_dataset *made)
{
    rlra_status status = RLRA_OK;
    text_buffer lines = {.context = in->context};
    hdf5_about about = {.order = 0};
    char *labels = NULL;
    int64_t ends = 1;
    const hid_t set = rlra_hdf5_open_object(group, part);
    if (set < 0 || made->axes[mode].label != NULL)
        goto cleanup;
    TRY(rlra_hdf5_about(in, name, set, &about));
    if (about.class != H5T_STRING || about.order != 1 || about.shape.dims[0] != made->sparse.dims[mode])
        goto cleanup;
    TRY(rlra_hdf5_add_strings(in, name, set, &about, &lines));
    TRY(rlra_text_finish(&lines, &labels));
    for (char *c = labels; *c != '\0'; c++)
        ends += *c == '\n';
    for (char *c = labels; *c != '\0'; c++)
        *c = *c == '\n' ? '\0' : *c;
    if (ends == about.shape.dims[0]) {
        char *const given = labels;
        labels = NULL;
        TRY(rlra_dataset_take_labels(made, mode, ends, given));
    }
cleanup:
    if (set >= 0)
        H5Dclose(set);
    rlra_free(in->context, labels);
    rlra_text_clear(&lines);
    return status;
}

/* 10x Genomics keeps names beside the parts: of version 3, then of version 2. */
static rlra_status read_all_labels(const input *in, const char *name, hid_t group, rlra_dataset *made)
{
    static const char *const rows[] = {"features/name", "features/id", "gene_names", "genes"};
    rlra_status status = RLRA_OK;
    if (!has(group, "barcodes"))
        return RLRA_OK;
    for (int k = 0; k < 4; k++)
        if (k < 2 ? has(group, "features") : has(group, rows[k]))
            TRY(read_labels(in, name, group, rows[k], 0, made));
    TRY(read_labels(in, name, group, "barcodes", 1, made));
cleanup:
    return status;
}

rlra_status rlra_hdf5_sparse_read(const input *in, const char *format, const char *name, hid_t group,
                                  rlra_read_dtype asked, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *made = NULL;
    hdf5_sparse about;
    TRY(rlra_hdf5_sparse_about(in, name, group, &about));
    rlra_sparse *const s = &about.sparse;
    REQUIRE(s->dims[0] >= 1 && s->dims[1] >= 1,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' is %lld x %lld, expected at least one row and column",
                      in->path, name, (long long)s->dims[0], (long long)s->dims[1]));
    s->dtype = rlra_scalar_target(about.type, asked);
    TRY(rlra_dataset_create_sparse(in->context, format, name, about.stored, s, &made));
    TRY(read_integers(in, name, group, about.matlab ? "jc" : "indptr", s->dims[s->compressed] + 1, made->starts));
    if (s->count > 0)
        TRY(read_integers(in, name, group, about.matlab ? "ir" : "indices", s->count,
                          made->indices[1 - s->compressed]));
    TRY(rlra_dataset_check_sparse(in, made));
    if (s->count > 0)
        TRY(read_values(in, name, group, made));
    TRY(read_all_labels(in, name, group, made));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    return status;
}
