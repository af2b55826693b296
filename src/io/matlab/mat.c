/* io/matlab/mat.c: the format .mat of MATLAB, version 5 (also called 6 and 7): numeric arrays, text, cells of text. */
#include <stdio.h>
#include <string.h>

#include "io/format.h"
#include "io/matlab/element.h"
#include "io/matlab/sparse.h"
#include "io/matlab/struct.h"
#include "io/matlab/write.h"
#include "io/text.h"

static int detect(const input *in)
{
    if (in->head_bytes < MAT_HEADER_BYTES)
        return 0;
    const unsigned char *const version = in->head + 124, *const order = in->head + 126;
    return (memcmp(order, "IM", 2) == 0 && version[0] == 0 && version[1] == 1) ||
           (memcmp(order, "MI", 2) == 0 && version[0] == 1 && version[1] == 0);
}

/* Visit a cell array, after its header; it is text if its first cell is. */
static rlra_status visit_cell(mat_walk *walk, mat_array *array)
{
    mat_tag tag;
    mat_array cell = {.class = 0};
    rlra_status status = RLRA_OK;
    if (walk->left == 0)
        goto cleanup;
    TRY(rlra_mat_tag(walk, &tag));
    if (tag.type == MAT_MATRIX && tag.bytes > 0)
        TRY(rlra_mat_array(walk, &cell));
    if (cell.class == MAT_CLASS_CHAR)
        array->stored = "text";
cleanup:
    return status;
}

/* A visitor that reports each array. */
typedef struct reporter {
    mat_visitor base;
    rlra_variable_callback callback;
    void *user;
} reporter;

static rlra_status report(mat_visitor *base, mat_walk *walk, mat_array *array)
{
    const reporter *const self = (const reporter *)base;
    rlra_status status = RLRA_OK;
    if (array->class == MAT_CLASS_CELL)
        TRY(visit_cell(walk, array));
    const rlra_variable reported = {array->name, array->stored, array->order, array->dims,
                                    array->type.kind != SCALAR_NONE};
    self->callback(self->user, &reported);
cleanup:
    return status;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    mat_walk walk = rlra_mat_walk(in);
    reporter self = {{report, 0}, callback, user};
    const rlra_status status = rlra_mat_visit(&walk, &self.base);
    rlra_mat_end(&walk);
    return status;
}

/* The state of an open file: the places of its arrays, and the walk that read the last of them. */
typedef struct mat_file {
    places all;
    mat_walk walk;
} mat_file;

static void close_file(rlra_context *context, void *state)
{
    mat_file *const file = state;
    rlra_mat_end(&file->walk);
    rlra_places_clear(&file->all);
    rlra_free(context, file);
}

/* A visitor that keeps the place of each array. */
typedef struct collector {
    mat_visitor base;
    places *all;
} collector;

static rlra_status keep(mat_visitor *base, mat_walk *walk, mat_array *array)
{
    return rlra_places_add(walk->in, ((const collector *)base)->all, array->name, walk->here);
}

static rlra_status open_file(const input *in, mat_file **file)
{
    rlra_status status = RLRA_OK;
    container *const kept = in->container;
    mat_file *made = NULL;
    *file = kept->state;
    if (*file != NULL)
        return RLRA_OK;
    made = rlra_alloc_zero(kept->context, 1, sizeof *made);
    REQUIRE(made != NULL, rlra_fail_memory(in->context, 1, sizeof *made, "the places of variables"));
    made->all.context = kept->context;
    made->walk = rlra_mat_walk(in);
    collector self = {{keep, 0}, &made->all};
    TRY(rlra_mat_visit(&made->walk, &self.base));
    *file = kept->state = made;
    kept->close = close_file;
    made = NULL;
cleanup:
    if (made != NULL)
        close_file(kept->context, made);
    return status;
}

/* Go to the position after the header of the array with this name. */
static rlra_status find(const input *in, const char *name, mat_walk **walk, mat_array *array)
{
    rlra_status status = RLRA_OK;
    mat_file *file;
    TRY(open_file(in, &file));
    const place *const where = rlra_places_find(&file->all, name);
    REQUIRE(where != NULL, rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no variable '%s'", in->path, name));
    *walk = &file->walk;
    file->walk.in = file->walk.file.in = in;
    TRY(rlra_mat_go(&file->walk, *where, array));
    snprintf(array->name, sizeof array->name, "%s", name);
cleanup:
    return status;
}

/* End a walk that failed, as its position is undefined. */
static rlra_status leave(mat_walk *walk, rlra_status status)
{
    if (walk != NULL && status != RLRA_OK)
        walk->here.at = -1;
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    mat_walk *walk = NULL;
    rlra_dataset *made = NULL;
    mat_array array;
    mat_tag tag;
    int64_t count;
    TRY(find(in, name, &walk, &array));
    REQUIRE(array.type.kind != SCALAR_NONE,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' holds %s, expected real numbers", in->path, name,
                      array.stored));
    if (array.class == MAT_CLASS_SPARSE) {
        TRY(rlra_mat_sparse_read(walk, &array, dtype, dataset));
        goto cleanup;
    }
    const shape s = rlra_shape(array.order, array.dims, 1);
    TRY(rlra_mat_tag(walk, &tag));
    /* MATLAB stores a double array in the smallest type that can represent its entries. */
    const scalar type = rlra_mat_scalar(tag.type, walk->swap);
    REQUIRE(type.kind != SCALAR_NONE,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' holds elements of type %u, expected numbers", in->path,
                      name, (unsigned)tag.type));
    TRY(rlra_shape_check(in, name, &s, type.bytes, tag.bytes, &count));
    TRY(rlra_dataset_create(in->context, "mat", name, array.stored, rlra_scalar_target(array.type, dtype), &s, &made));
    TRY(rlra_dataset_fill(made, &walk->base, type));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    return leave(walk, status);
}

/* Decode stored characters to code points, in place of a wider array; returns their number, or -1. */
static int64_t decode(const mat_walk *walk, const mat_tag *tag, unsigned char *bytes, uint32_t *codes)
{
    const int wide = tag->type == MAT_UINT16 || tag->type == MAT_UTF16 ? 2 : tag->type == MAT_UTF32 ? 4 : 1;
    const int64_t count = tag->bytes / wide;
    int64_t used = 0;
    if (walk->swap && wide > 1)
        rlra_bytes_swap(wide, (size_t)count, bytes);
    for (int64_t k = 0; k < count; k++) {
        uint16_t half;
        if (wide == 4)
            memcpy(&codes[used++], bytes + 4 * k, 4);
        else if (wide == 2)
            codes[used++] = (memcpy(&half, bytes + 2 * k, 2), half);
        else if (tag->type == MAT_UTF8 && (bytes[k] & 0xC0) == 0x80 && used > 0)
            codes[used - 1] = codes[used - 1] << 6 | (bytes[k] & 0x3F);
        else if (tag->type == MAT_UTF8 && bytes[k] >= 0xC0)
            codes[used++] = bytes[k] & (bytes[k] >= 0xF0 ? 0x07 : bytes[k] >= 0xE0 ? 0x0F : 0x1F);
        else
            codes[used++] = bytes[k];
    }
    return used;
}

/* Add the rows of a char array as lines; the walk is after the header of the array. */
static rlra_status add_rows(mat_walk *walk, const mat_array *array, text_buffer *lines)
{
    rlra_context *const context = walk->in->context;
    rlra_status status = RLRA_OK;
    unsigned char *bytes = NULL;
    uint32_t *codes = NULL;
    mat_tag tag;
    int64_t count = 1;
    TRY(rlra_mat_tag(walk, &tag));
    bytes = rlra_alloc(context, (size_t)tag.bytes, 1);
    codes = rlra_alloc(context, (size_t)tag.bytes, sizeof *codes);
    REQUIRE(bytes != NULL && codes != NULL, rlra_fail_memory(context, (size_t)tag.bytes, 5, "text of a .mat file"));
    TRY(walk->base.read(&walk->base, bytes, (size_t)tag.bytes));
    const int64_t used = decode(walk, &tag, bytes, codes);
    const shape s = rlra_shape(array->order, array->dims, 1);
    TRY(rlra_shape_check(walk->in, array->name, &s, 1, used, &count));
    const int64_t rows = count == 0 ? 0 : array->dims[0], columns = rows == 0 ? 0 : count / rows;
    for (int64_t i = 0; i < rows; i++) {
        const size_t begin = lines->used;
        for (int64_t j = 0; j < columns; j++)
            TRY(rlra_text_add_code(lines, codes[i + j * rows]));
        TRY(rlra_text_end_line(lines, begin));
    }
cleanup:
    rlra_free(context, bytes);
    rlra_free(context, codes);
    return status;
}

/* Add one line for a cell; line ends within it become blanks, so that lines match cells. */
static rlra_status add_cell(mat_walk *walk, text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    mat_tag tag;
    mat_array cell;
    TRY(rlra_mat_tag(walk, &tag));
    REQUIRE(tag.type == MAT_MATRIX,
            rlra_fail(walk->in->context, RLRA_ERR_FORMAT, "'%s': a cell holds no array", walk->in->path));
    const int64_t outside = walk->left - tag.bytes;
    const size_t begin = lines->used;
    walk->left = tag.bytes;
    if (tag.bytes > 0) {
        TRY(rlra_mat_array(walk, &cell));
        REQUIRE(cell.class == MAT_CLASS_CHAR,
                rlra_fail(walk->in->context, RLRA_ERR_FORMAT, "'%s': a cell holds %s, expected text", walk->in->path,
                          cell.stored));
        TRY(add_rows(walk, &cell, lines));
        walk->small_left = 0;
        TRY(rlra_source_skip(&walk->base, walk->left));
    }
    for (size_t k = begin; k < lines->used; k++)
        if (lines->at[k] == '\n')
            lines->at[k] = ' ';
    TRY(rlra_text_end_line(lines, begin));
    walk->left = outside;
cleanup:
    return status;
}

static rlra_status read_text(const input *in, const char *name, char **string)
{
    rlra_status status = RLRA_OK;
    mat_walk *walk = NULL;
    text_buffer lines = {.context = in->context};
    mat_array array;
    int64_t count;
    TRY(find(in, name, &walk, &array));
    REQUIRE(array.order > 0 && (array.class == MAT_CLASS_CHAR || array.class == MAT_CLASS_CELL),
            rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s:%s' holds %s, expected text", in->path, name, array.stored));
    if (array.class == MAT_CLASS_CHAR)
        TRY(add_rows(walk, &array, &lines));
    if (array.class == MAT_CLASS_CELL) {
        const shape s = rlra_shape(array.order, array.dims, 1);
        TRY(rlra_shape_check(in, name, &s, 8, walk->left, &count)); /* the tag of a cell has at least 8 bytes */
        for (int64_t k = 0; k < count; k++)
            TRY(add_cell(walk, &lines));
    }
    TRY(rlra_text_finish(&lines, string));
cleanup:
    rlra_text_clear(&lines);
    return leave(walk, status);
}

const format_ops rlra_format_mat = {
    .about = {"mat", "variables of MATLAB, version 5 (as save -v6 and -v7 write it)", "read write several text sparse",
              "MAT-File Format, The MathWorks"},
    .endings = ".mat",
    .claims = ".mat",
    .many = 1,
    .detect = detect,
    .list = list,
    .read = read_array,
    .text = read_text,
    .write = rlra_mat_write,
};
