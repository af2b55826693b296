/* io/matlab/mat73.c: the format .mat of MATLAB, version 7.3: HDF5 with MATLAB's classes in attributes, modes reversed. */
#include <stdio.h>
#include <string.h>

#include "io/format.h"
#include "io/hdf5/sparse.h"
#include "io/hdf5/walk.h"

#define CLASS_BYTES 32

static int detect(const input *in)
{
    static const char mark[] = "MATLAB 7.3";
    return in->head_bytes > 512 && memcmp(in->head, mark, sizeof mark - 1) == 0 && rlra_h5_detect(in);
}

/* Read the attribute MATLAB_class as a string, "" if there is none. */
static rlra_status read_class(const hdf5_object *object, char *class)
{
    return rlra_h5_attribute_word(object->file, &object->header, "MATLAB_class", CLASS_BYTES, class);
}

static void call(hdf5_about *about, const char *what)
{
    about->type = (scalar){SCALAR_NONE, 0, 0};
    snprintf(about->stored, sizeof about->stored, "%s", what);
}

/* Describe a data set as MATLAB does: modes in reversed order, text and bool stored as other types. */
static rlra_status describe(hdf5_object *set)
{
    rlra_status status = RLRA_OK;
    char class[CLASS_BYTES];
    int is_empty;
    hdf5_about *const about = &set->about;
    rlra_hdf5_reverse(about);
    if (set->set->outside != NULL)
        return RLRA_OK;
    TRY(read_class(set, class));
    if (strcmp(class, "logical") == 0 && about->type.bytes == 1) {
        about->type.kind = SCALAR_BOOL;
        snprintf(about->stored, sizeof about->stored, "bool");
    }
    if (strcmp(class, "char") == 0 || strcmp(class, "cell") == 0)
        call(about, strcmp(class, "char") == 0 ? "text" : "cell");
    /* Empty arrays are stored as their list of dimensions, and marked by an attribute. */
    TRY(rlra_h5_has_attribute(set->file, &set->header, "MATLAB_empty", &is_empty));
    if (is_empty)
        call(about, "empty");
cleanup:
    return status;
}

static int is_called(const hdf5_object *set, const char *what)
{
    return strcmp(set->about.stored, what) == 0;
}

/* Read the addresses of cells, which are data sets without a name. */
static rlra_status read_references(const char *name, const hdf5_object *set, int64_t *count, unsigned char **references)
{
    const input *const in = set->file->in;
    *references = NULL;
    if (!set->set->type.is_address || set->set->type.size < (size_t)set->file->offset_bytes)
        return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' is a cell array without cells", in->path, name);
    return rlra_hdf5_read_stored(name, set, count, references);
}

static rlra_status open_cell(const char *name, const hdf5_object *set, const unsigned char *references, int64_t index,
                             hdf5_object *cell)
{
    rlra_status status = RLRA_OK;
    const input *const in = set->file->in;
    const uint64_t address = rlra_h5_address(set->file, references + (size_t)index * set->set->type.size);
    *cell = (hdf5_object){0};
    status = address == H5_NOWHERE ? RLRA_ERR_FORMAT : rlra_hdf5_open(set->file, name, address, cell);
    REQUIRE(
        status != RLRA_ERR_FORMAT && (status != RLRA_OK || cell->is_set),
        rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s': cell %lld is damaged", in->path, name, (long long)index + 1));
    TRY(status);
cleanup:
    return status;
}

/* Visit a cell array; it is text if its first cell is. */
static rlra_status visit_cell(const char *name, hdf5_object *set)
{
    rlra_status status = RLRA_OK;
    unsigned char *references = NULL;
    hdf5_object cell = {0};
    int64_t count = 0;
    char class[CLASS_BYTES] = "";
    TRY(read_references(name, set, &count, &references));
    if (count > 0) {
        TRY(open_cell(name, set, references, 0, &cell));
        TRY(read_class(&cell, class));
    }
    if (strcmp(class, "char") == 0)
        snprintf(set->about.stored, sizeof set->about.stored, "text");
cleanup:
    rlra_hdf5_close(&cell);
    rlra_free(set->file->in->context, references);
    return status;
}

static rlra_status describe_listed(const char *name, int from_octave, hdf5_object *set)
{
    (void)from_octave;
    const rlra_status status = describe(set);
    return status == RLRA_OK && is_called(set, "cell") ? visit_cell(name, set) : status;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    hdf5_walk walk = {.in = in,
                      .callback = callback,
                      .user = user,
                      .before = "",
                      .between = ".",
                      .hidden = '#',
                      .sparse_is_leaf = 1,
                      .describe = describe_listed};
    return rlra_hdf5_walk(&walk);
}

/* Open a variable, or a field: points separate the names of groups. */
static rlra_status open_name(const input *in, const char *name, hdf5_object *object)
{
    rlra_status status = RLRA_OK;
    h5_file *file;
    char path[H5_PATH_BYTES];
    snprintf(path, sizeof path, "%s", name);
    for (char *c = path; *c != '\0'; c++)
        *c = *c == '.' ? '/' : *c;
    TRY(rlra_hdf5_file(in, &file));
    status = rlra_hdf5_open_path(file, file->root, path, object);
    REQUIRE(status != RLRA_ERR_ARGUMENT,
            rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no array '%s'", in->path, name));
    TRY(status);
    if (object->group != NULL)
        call(&object->about, "struct");
    else if (object->is_set)
        TRY(describe(object));
cleanup:
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    hdf5_object object = {0};
    int is_sparse;
    TRY(open_name(in, name, &object));
    TRY(rlra_hdf5_is_sparse(&object, &is_sparse));
    TRY(is_sparse ? rlra_hdf5_sparse_read("mat73", name, &object, dtype, dataset)
                  : rlra_hdf5_read("mat73", name, &object, dtype, dataset));
cleanup:
    rlra_hdf5_close(&object);
    return status;
}

/* Add the rows of a char array, stored as 16-bit codes. */
static rlra_status add_rows(const char *name, const hdf5_object *set, text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    const input *const in = set->file->in;
    int64_t *codes = NULL, count;
    REQUIRE(set->about.class == H5_INTEGER,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' has no characters", in->path, name));
    TRY(rlra_h5_set_count(set->file, name, set->set, &count));
    codes = rlra_alloc(in->context, (size_t)count + 1, sizeof *codes);
    REQUIRE(codes != NULL, rlra_fail_memory(in->context, (size_t)count + 1, sizeof *codes, "text of a file"));
    TRY(rlra_h5_set_numbers(set->file, name, set->set, RLRA_DTYPE_I64, codes));
    const int64_t rows = count == 0                    ? 0
                         : set->about.shape.order == 0 ? 1
                                                       : set->about.shape.dims[0],
                  columns = rows == 0 ? 0 : count / rows;
    for (int64_t i = 0; i < rows; i++) {
        const size_t begin = lines->used;
        for (int64_t j = 0; j < columns; j++) {
            const int64_t code = codes[i + j * rows];
            TRY(rlra_text_add_code(lines, code < 0 || code > UINT16_MAX ? UINT32_MAX : (uint32_t)code));
        }
        TRY(rlra_text_end_line(lines, begin));
    }
cleanup:
    rlra_free(in->context, codes);
    return status;
}

/* Add one line for a cell; line ends within it become blanks. */
static rlra_status add_cell(const char *name, const hdf5_object *set, const unsigned char *references, int64_t index,
                            text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    const input *const in = set->file->in;
    const size_t begin = lines->used;
    hdf5_object cell = {0};
    TRY(open_cell(name, set, references, index, &cell));
    TRY(describe(&cell));
    REQUIRE(is_called(&cell, "text") || is_called(&cell, "empty"),
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s': cell %lld holds %s, expected text", in->path, name,
                      (long long)index + 1, cell.about.stored));
    if (is_called(&cell, "text"))
        TRY(add_rows(name, &cell, lines));
    for (size_t at = begin; at < lines->used; at++)
        if (lines->at[at] == '\n')
            lines->at[at] = ' ';
    TRY(rlra_text_end_line(lines, begin));
cleanup:
    rlra_hdf5_close(&cell);
    return status;
}

static rlra_status add_cells(const char *name, const hdf5_object *set, text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    unsigned char *references = NULL;
    int64_t count = 0;
    TRY(read_references(name, set, &count, &references));
    for (int64_t k = 0; k < count; k++)
        TRY(add_cell(name, set, references, k, lines));
cleanup:
    rlra_free(set->file->in->context, references);
    return status;
}

static rlra_status read_text(const input *in, const char *name, char **string)
{
    rlra_status status = RLRA_OK;
    text_buffer lines = {.context = in->context};
    hdf5_object set = {0};
    TRY(open_name(in, name, &set));
    REQUIRE(
        is_called(&set, "text") || is_called(&set, "cell"),
        rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s:%s' holds %s, expected text", in->path, name, set.about.stored));
    TRY(is_called(&set, "text") ? add_rows(name, &set, &lines) : add_cells(name, &set, &lines));
    TRY(rlra_text_finish(&lines, string));
cleanup:
    rlra_text_clear(&lines);
    rlra_hdf5_close(&set);
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
