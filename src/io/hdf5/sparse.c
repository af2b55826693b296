/* io/hdf5/sparse.c: read groups of HDF5 that are a sparse matrix. */
#include "io/hdf5/sparse.h"

#include <stdio.h>
#include <string.h>

#define WORD_BYTES 64

static int has(const hdf5_object *group, const char *name)
{
    return rlra_h5_child(group->group, name) != NULL;
}

rlra_status rlra_hdf5_is_sparse(const hdf5_object *object, int *is_sparse)
{
    *is_sparse = 0;
    if (object->group == NULL)
        return RLRA_OK;
    const rlra_status status = rlra_h5_has_attribute(object->file, &object->header, "MATLAB_sparse", is_sparse);
    *is_sparse |= has(object, "data") && has(object, "indices") && has(object, "indptr");
    return status;
}

int rlra_hdf5_is_part(const char *name)
{
    static const char *const parts[] = {"data", "indices", "indptr", "shape", "ir", "jc"};
    for (int k = 0; k < 6; k++)
        if (strcmp(name, parts[k]) == 0)
            return 1;
    return 0;
}

static rlra_status open_part(const char *name, const hdf5_object *group, const char *part, hdf5_object *set,
                             int64_t *count)
{
    rlra_status status = RLRA_OK;
    const input *const in = group->file->in;
    status = rlra_hdf5_open_path(group->file, group->header.address, part, set);
    REQUIRE(status != RLRA_ERR_ARGUMENT,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' has no data set '%s'", in->path, name, part));
    TRY(status);
    REQUIRE(set->about.order == 1 && set->about.type.kind != SCALAR_NONE,
            rlra_fail(in->context, RLRA_ERR_FORMAT,
                      "'%s:%s/%s' has order %d and holds %s, expected a vector of numbers", in->path, name, part,
                      set->about.order, set->about.stored));
    TRY(rlra_h5_set_count(group->file, name, set->set, count));
cleanup:
    return status;
}

/* Read the integers of a part into new memory. */
static rlra_status read_integers(const char *name, const hdf5_object *group, const char *part, int64_t expected,
                                 int64_t *to)
{
    rlra_status status = RLRA_OK;
    const input *const in = group->file->in;
    hdf5_object set = {0};
    int64_t count;
    TRY(open_part(name, group, part, &set, &count));
    REQUIRE(set.about.type.kind != SCALAR_FLOAT && count == expected,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s/%s' has %lld numbers of %s, expected %lld integers",
                      in->path, name, part, (long long)count, set.about.stored, (long long)expected));
    TRY(rlra_h5_set_numbers(group->file, part, set.set, RLRA_DTYPE_I64, to));
cleanup:
    rlra_hdf5_close(&set);
    return status;
}

/* Get the type and number of the entries of a part. */
static rlra_status count_part(const char *name, const hdf5_object *group, const char *part, scalar *type,
                              int64_t *count)
{
    hdf5_object set = {0};
    const rlra_status status = open_part(name, group, part, &set, count);
    *type = set.about.type;
    rlra_hdf5_close(&set);
    return status;
}

/* Find the shape: a data set, or an attribute of anndata or its predecessor. */
static rlra_status find_shape(const char *name, const hdf5_object *group, rlra_sparse *s)
{
    rlra_status status = RLRA_OK;
    static const char *const keys[] = {"shape", "h5sparse_shape"};
    const input *const in = group->file->in;
    scalar type;
    int64_t order = 0;
    int count = 0;
    s->order = 2;
    if (has(group, "shape")) {
        TRY(count_part(name, group, "shape", &type, &order));
        if (order == 2)
            TRY(read_integers(name, group, "shape", 2, s->dims));
    }
    for (int k = 0; k < 2 && order == 0 && !has(group, "shape"); k++) {
        TRY(rlra_h5_attribute_numbers(group->file, &group->header, keys[k], 2, &count, s->dims));
        order = count;
    }
    REQUIRE(order == 2 && s->dims[0] >= 1 && s->dims[1] >= 1 && s->dims[0] < INT64_MAX / 2 &&
                s->dims[1] < INT64_MAX / 2,
            rlra_fail(in->context, RLRA_ERR_FORMAT,
                      "'%s:%s' holds the parts of a sparse matrix, but no sound shape of two lengths", in->path, name));
cleanup:
    return status;
}

/* Find the compressed mode, by an attribute or the number of starts; 10x Genomics writes features x barcodes by columns. */
static rlra_status find_mode(const char *name, const hdf5_object *group, int64_t starts, rlra_sparse *s)
{
    static const char *const keys[] = {"encoding-type", "h5sparse_format", "format"};
    rlra_status status = RLRA_OK;
    const input *const in = group->file->in;
    char word[WORD_BYTES] = "";
    for (int k = 0; k < 3 && word[0] == '\0'; k++)
        TRY(rlra_h5_attribute_word(group->file, &group->header, keys[k], sizeof word, word));
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

rlra_status rlra_hdf5_sparse_about(const char *name, const hdf5_object *group, hdf5_sparse *about)
{
    rlra_status status = RLRA_OK;
    const input *const in = group->file->in;
    scalar type = {SCALAR_FLOAT, 8, 0};
    int64_t starts = 0;
    int numbers = 0;
    char class[WORD_BYTES];
    rlra_sparse *const s = &about->sparse;
    *about = (hdf5_sparse){.sparse = {.order = 2, .compressed = 1}};
    TRY(rlra_h5_has_attribute(group->file, &group->header, "MATLAB_sparse", &about->matlab));
    TRY(count_part(name, group, about->matlab ? "jc" : "indptr", &type, &starts));
    if (!about->matlab) {
        TRY(find_shape(name, group, s));
        TRY(find_mode(name, group, starts, s));
    } else {
        TRY(rlra_h5_attribute_numbers(group->file, &group->header, "MATLAB_sparse", 1, &numbers, &s->dims[0]));
        REQUIRE(numbers == 1 && s->dims[0] >= 0 && starts >= 1,
                rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' has no sound number of rows", in->path, name));
        s->dims[1] = starts - 1;
    }
    about->type = (scalar){SCALAR_FLOAT, 8, 0};
    /* MATLAB omits the entries if there are none. */
    if (!about->matlab || has(group, "data"))
        TRY(count_part(name, group, "data", &about->type, &s->count));
    TRY(rlra_h5_attribute_word(group->file, &group->header, "MATLAB_class", sizeof class, class));
    if (about->matlab && strcmp(class, "logical") == 0)
        about->type = (scalar){SCALAR_BOOL, 1, 0};
    snprintf(about->stored, sizeof about->stored, "sparse %s", rlra_scalar_name(about->type));
cleanup:
    return status;
}

static rlra_status read_values(const char *name, const hdf5_object *group, rlra_dataset *made)
{
    rlra_status status = RLRA_OK;
    const input *const in = group->file->in;
    hdf5_object set = {0};
    int64_t count;
    TRY(open_part(name, group, "data", &set, &count));
    REQUIRE(count == made->sparse.count,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' was changed while it was read", in->path, name));
    TRY(rlra_h5_set_numbers(group->file, name, set.set, made->sparse.dtype, made->values));
cleanup:
    rlra_hdf5_close(&set);
    return status;
}

/* Read the names of a mode, if there is a set of as many strings. */
static rlra_status read_labels(const char *name, const hdf5_object *group, const char *part, int mode,
                               rlra_dataset *made)
{
    rlra_status status = RLRA_OK;
    text_buffer lines = {.context = group->file->in->context};
    hdf5_object set = {0};
    char *labels = NULL;
    int64_t ends = 1;
    uint64_t address;
    TRY(rlra_h5_find(group->file, group->header.address, part, &address));
    if (address == H5_NOWHERE || made->axes[mode].label != NULL)
        goto cleanup;
    TRY(rlra_hdf5_open(group->file, name, address, &set));
    if (set.about.class != H5_STRING || set.about.order != 1 || set.about.shape.dims[0] != made->sparse.dims[mode])
        goto cleanup;
    TRY(rlra_hdf5_add_strings(name, &set, &lines));
    TRY(rlra_text_finish(&lines, &labels));
    for (char *c = labels; *c != '\0'; c++)
        ends += *c == '\n';
    for (char *c = labels; *c != '\0'; c++)
        *c = *c == '\n' ? '\0' : *c;
    if (ends == set.about.shape.dims[0]) {
        char *const given = labels;
        labels = NULL;
        TRY(rlra_dataset_take_labels(made, mode, ends, given));
    }
cleanup:
    rlra_hdf5_close(&set);
    rlra_free(lines.context, labels);
    rlra_text_clear(&lines);
    return status;
}

/* Read the names that 10x Genomics stores next to the parts: in version 3, then in version 2. */
static rlra_status read_all_labels(const char *name, const hdf5_object *group, rlra_dataset *made)
{
    static const char *const rows[] = {"features/name", "features/id", "gene_names", "genes"};
    rlra_status status = RLRA_OK;
    if (!has(group, "barcodes"))
        return RLRA_OK;
    for (int k = 0; k < 4; k++)
        if (k < 2 ? has(group, "features") : has(group, rows[k]))
            TRY(read_labels(name, group, rows[k], 0, made));
    TRY(read_labels(name, group, "barcodes", 1, made));
cleanup:
    return status;
}

rlra_status rlra_hdf5_sparse_read(const char *format, const char *name, const hdf5_object *group, rlra_read_dtype asked,
                                  rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    const input *const in = group->file->in;
    rlra_dataset *made = NULL;
    hdf5_sparse about;
    TRY(rlra_hdf5_sparse_about(name, group, &about));
    rlra_sparse *const s = &about.sparse;
    REQUIRE(s->dims[0] >= 1 && s->dims[1] >= 1,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' is %lld x %lld, expected at least one row and column",
                      in->path, name, (long long)s->dims[0], (long long)s->dims[1]));
    s->dtype = rlra_scalar_target(about.type, asked);
    TRY(rlra_dataset_create_sparse(in->context, format, name, about.stored, s, &made));
    TRY(read_integers(name, group, about.matlab ? "jc" : "indptr", s->dims[s->compressed] + 1, made->starts));
    if (s->count > 0)
        TRY(read_integers(name, group, about.matlab ? "ir" : "indices", s->count, made->indices[1 - s->compressed]));
    TRY(rlra_dataset_check_sparse(in, made));
    if (s->count > 0)
        TRY(read_values(name, group, made));
    TRY(read_all_labels(name, group, made));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    return status;
}
