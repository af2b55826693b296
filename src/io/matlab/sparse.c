/* io/matlab/sparse.c: read the sparse matrices of MATLAB .mat files of version 5: row indices, starts of columns, values. */
#include "io/matlab/sparse.h"

#include <string.h>

/* Open the next element of a sparse matrix, in the order ir, jc, pr. */
static rlra_status open_part(mat_walk *walk, const char *name, const char *what, mat_tag *tag, scalar *type)
{
    const rlra_status status = rlra_mat_tag(walk, tag);
    if (status != RLRA_OK)
        return status;
    *type = rlra_mat_scalar(tag->type, walk->swap);
    if (type->kind == SCALAR_NONE)
        return rlra_fail(walk->in->context, RLRA_ERR_FORMAT, "'%s:%s': %s are elements of type %u, expected numbers",
                         walk->in->path, name, what, (unsigned)tag->type);
    if (tag->bytes - (int64_t)walk->small_left > walk->left)
        return rlra_fail(walk->in->context, RLRA_ERR_FORMAT, "'%s:%s': %s are longer than the matrix", walk->in->path,
                         name, what);
    return RLRA_OK;
}

/* Read a vector of integers into new memory. */
static rlra_status read_integers(mat_walk *walk, const char *name, const char *what, int64_t least, int64_t **numbers,
                                 int64_t *count)
{
    rlra_status status = RLRA_OK;
    mat_tag tag;
    scalar type;
    TRY(open_part(walk, name, what, &tag, &type));
    *count = tag.bytes / type.bytes;
    REQUIRE(*count >= least, rlra_fail(walk->in->context, RLRA_ERR_FORMAT, "'%s:%s' has %lld %s, expected %lld",
                                       walk->in->path, name, (long long)*count, what, (long long)least));
    *numbers = rlra_alloc(walk->in->context, (size_t)*count, sizeof **numbers);
    REQUIRE(*numbers != NULL, rlra_fail_memory(walk->in->context, (size_t)*count, sizeof **numbers, what));
    TRY(rlra_integers_read(walk->in, what, &walk->base, type, *count, *numbers));
    TRY(rlra_source_skip(&walk->base, tag.padded - *count * type.bytes));
cleanup:
    return status;
}

static rlra_status read_values(mat_walk *walk, const char *name, rlra_dataset *to)
{
    rlra_status status = RLRA_OK;
    mat_tag tag;
    scalar type;
    TRY(open_part(walk, name, "values", &tag, &type));
    REQUIRE(tag.bytes / type.bytes >= to->sparse.count,
            rlra_fail(walk->in->context, RLRA_ERR_FORMAT, "'%s:%s' has %lld values, expected %lld", walk->in->path,
                      name, (long long)(tag.bytes / type.bytes), (long long)to->sparse.count));
    TRY(rlra_dataset_fill_values(to, &walk->base, type));
cleanup:
    return status;
}

rlra_status rlra_mat_sparse_read(mat_walk *walk, const mat_array *array, rlra_read_dtype asked, rlra_dataset **dataset)
{
    const input *const in = walk->in;
    rlra_status status = RLRA_OK;
    rlra_dataset *made = NULL;
    int64_t *rows = NULL, *starts = NULL, room = 0, columns = 0;
    REQUIRE(array->order == 2, rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' is sparse and has order %d, expected 2",
                                         in->path, array->name, array->order));
    TRY(read_integers(walk, array->name, "row indices", 0, &rows, &room));
    TRY(read_integers(walk, array->name, "starts of columns", array->dims[1] + 1, &starts, &columns));
    rlra_sparse from = {.dtype = rlra_scalar_target(array->type, asked),
                        .order = 2,
                        .dims = {array->dims[0], array->dims[1]},
                        .count = starts[array->dims[1]],
                        .compressed = 1};
    /* There may be space for more entries than there are. */
    REQUIRE(from.count >= 0 && from.count <= room,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' has %lld row indices, but its columns end at %lld",
                      in->path, array->name, (long long)room, (long long)from.count));
    TRY(rlra_dataset_create_sparse(in->context, "mat", array->name, array->stored, &from, &made));
    memcpy(made->starts, starts, ((size_t)array->dims[1] + 1) * sizeof *starts);
    memcpy(made->indices[0], rows, (size_t)from.count * sizeof *rows);
    TRY(rlra_dataset_check_sparse(in, made));
    TRY(read_values(walk, array->name, made));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_free(in->context, rows);
    rlra_free(in->context, starts);
    rlra_dataset_destroy(made);
    return status;
}
