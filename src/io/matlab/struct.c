/* io/matlab/struct.c: walk over the arrays of MATLAB .mat files of version 5 and into the fields of structs. */
#include "io/matlab/struct.h"

#include <stdio.h>
#include <string.h>

/* Most levels of nested structs. */
#define DEPTH_MOST 16
/* Longest name of a field, with its zero. */
#define FIELD_MOST 256

static rlra_status fail(const mat_walk *walk, const mat_array *array, const char *what)
{
    return rlra_fail(walk->in->context, RLRA_ERR_FORMAT, "'%s:%s': %s", walk->in->path, array->name, what);
}

/* Read the names of all fields, each in `length` bytes; freed by the caller. */
static rlra_status read_names(mat_walk *walk, const mat_array *array, char **names, int64_t *length, int64_t *count)
{
    rlra_status status = RLRA_OK;
    mat_tag tag;
    TRY(rlra_mat_tag(walk, &tag));
    const scalar type = rlra_mat_scalar(tag.type, walk->swap);
    REQUIRE(type.kind != SCALAR_NONE && tag.bytes == type.bytes,
            fail(walk, array, "its fields have no length of names"));
    TRY(rlra_integers_read(walk->in, "the length of names", &walk->base, type, 1, length));
    TRY(rlra_source_skip(&walk->base, tag.padded - tag.bytes));
    REQUIRE(*length >= 1 && *length <= FIELD_MOST, fail(walk, array, "its fields have names of no sound length"));
    TRY(rlra_mat_tag(walk, &tag));
    REQUIRE(tag.bytes <= walk->left + (int64_t)walk->small_left,
            fail(walk, array, "its names are longer than the whole"));
    *count = tag.bytes / *length;
    *names = rlra_alloc(walk->in->context, (size_t)tag.bytes + 1, 1);
    REQUIRE(*names != NULL, rlra_fail_memory(walk->in->context, (size_t)tag.bytes + 1, 1, "names of fields"));
    TRY(walk->base.read(&walk->base, *names, (size_t)tag.bytes));
    TRY(rlra_source_skip(&walk->base, tag.padded - tag.bytes));
cleanup:
    return status;
}

static int has_one_element(const mat_array *array)
{
    for (int mode = 0; mode < array->order; mode++)
        if (array->dims[mode] != 1)
            return 0;
    return array->order > 0;
}

static rlra_status visit_array(mat_walk *walk, mat_visitor *visitor, mat_array *array, int depth);

/* Visit one field, whose name has at most `length` bytes; anything that visit() did not read is skipped. */
static rlra_status visit_field(mat_walk *walk, mat_visitor *visitor, const mat_array *array, const char *name,
                               int64_t length, int depth)
{
    rlra_status status = RLRA_OK;
    mat_tag tag;
    mat_array field;
    const int64_t within = walk->taken;
    TRY(rlra_mat_tag(walk, &tag));
    REQUIRE(tag.type == MAT_MATRIX, fail(walk, array, "a field holds no array"));
    if (tag.bytes == 0)
        goto cleanup;
    const int64_t outside = walk->left - tag.bytes;
    walk->left = tag.bytes;
    TRY(rlra_mat_array(walk, &field));
    walk->here.within = within;
    const int used = snprintf(field.name, sizeof field.name, "%s.%.*s", array->name, (int)length, name);
    REQUIRE(used < (int)sizeof field.name, fail(walk, array, "the names of structs within each other are too long"));
    TRY(visit_array(walk, visitor, &field, depth + 1));
    if (visitor->stop)
        goto cleanup;
    walk->small_left = 0;
    TRY(rlra_mat_skip(walk, walk->left));
    walk->left = outside;
cleanup:
    return status;
}

static rlra_status visit_array(mat_walk *walk, mat_visitor *visitor, mat_array *array, int depth)
{
    rlra_status status = RLRA_OK;
    char *names = NULL;
    int64_t length = 0, count = 0;
    const int is_open = array->class == MAT_CLASS_STRUCT && has_one_element(array);
    if (is_open && depth == DEPTH_MOST)
        TRY(rlra_input_left_out(walk->in, "the fields of '%.200s' are left out: more than %d structs lie in each other",
                                array->name, DEPTH_MOST));
    if (!is_open || depth == DEPTH_MOST)
        return visitor->visit(visitor, walk, array);
    TRY(read_names(walk, array, &names, &length, &count));
    for (int64_t k = 0; k < count && !visitor->stop; k++)
        TRY(visit_field(walk, visitor, array, names + k * length, length, depth));
    if (count == 0)
        TRY(visitor->visit(visitor, walk, array));
cleanup:
    rlra_free(walk->in->context, names);
    return status;
}

rlra_status rlra_mat_visit(mat_walk *walk, mat_visitor *visitor)
{
    rlra_status status = RLRA_OK;
    mat_array array;
    int found = 1;
    while (!visitor->stop) {
        TRY(rlra_mat_next(walk, &array, &found));
        if (!found)
            break;
        TRY(visit_array(walk, visitor, &array, 0));
    }
cleanup:
    return status;
}
