/* io/scipy_parts.c: read vectors and tables of a sparse array in a .npz archive; convert diagonals and blocks to entries. */
#include "io/scipy_parts.h"

#include <string.h>

rlra_status rlra_scipy_open(const npz_group *group, const char *part, npz_member *member, npy_header *header,
                            int64_t *count)
{
    rlra_context *const context = group->in->context;
    rlra_status status = RLRA_OK;
    TRY(rlra_npz_group_open(group, part, member, header));
    REQUIRE(header->order == 1 && header->type.kind != SCALAR_NONE,
            rlra_fail(context, RLRA_ERR_FORMAT, "'%s:%s' has order %d and holds %s, expected a vector of numbers",
                      group->in->path, member->name, header->order, header->stored));
    TRY(rlra_shape_check(group->in, member->name, &header->shape, header->type.bytes, member->available - header->bytes,
                         count));
cleanup:
    return status;
}

rlra_status rlra_scipy_integers(const npz_group *group, const char *part, int64_t expected, int64_t *to)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.available = 0};
    npy_header header;
    int64_t count;
    TRY(rlra_scipy_open(group, part, &member, &header, &count));
    REQUIRE(count == expected, rlra_fail(group->in->context, RLRA_ERR_FORMAT, "'%s:%s' has %lld numbers, expected %lld",
                                         group->in->path, member.name, (long long)count, (long long)expected));
    TRY(rlra_integers_read(group->in, member.name, &member.bytes.base, header.type, count, to));
    TRY(rlra_zip_finish(&member.bytes));
cleanup:
    rlra_npz_close(&member);
    return status;
}

rlra_status rlra_scipy_table(const npz_group *group, const char *part, rlra_dataset **table)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.available = 0};
    npy_header header;
    rlra_dataset *made = NULL;
    TRY(rlra_npz_group_open(group, part, &member, &header));
    TRY(rlra_npy_body_read(group->in, "npz", member.name, &header, &member.bytes.base, member.available, RLRA_READ_F64,
                           &made));
    TRY(rlra_zip_finish(&member.bytes));
    *table = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    rlra_npz_close(&member);
    return status;
}

/* Allocate entries that are added one by one. */
static rlra_status begin_entries(const scipy_array *a, rlra_dtype dtype, int64_t most, rlra_dataset **made)
{
    rlra_sparse from = a->sparse;
    from.dtype = dtype;
    from.count = most;
    from.compressed = -1;
    return rlra_dataset_create_sparse(a->group.in->context, "scipy", a->group.name, a->stored, &from, made);
}

static void add_entry(rlra_dataset *made, int64_t row, int64_t column, double value)
{
    const int64_t at = made->sparse.count++;
    made->indices[0][at] = row;
    made->indices[1][at] = column;
    rlra_dataset_set_value(made, at, value);
}

/* Entry j of the diagonal with offset k belongs to row j - k and column j; entries outside the matrix are padding. */
rlra_status rlra_scipy_read_diagonals(const scipy_array *a, rlra_dtype dtype, rlra_dataset **dataset)
{
    const npz_group *const group = &a->group;
    rlra_context *const context = group->in->context;
    rlra_status status = RLRA_OK;
    rlra_dataset *table = NULL, *made = NULL;
    int64_t *offsets = NULL;
    TRY(rlra_scipy_table(group, "data", &table));
    const rlra_array *const data = &table->array;
    REQUIRE(data->order == 2, rlra_fail(context, RLRA_ERR_FORMAT, "'%s:%s' has order %d, expected diagonals x entries",
                                        group->in->path, table->name, data->order));
    offsets = rlra_alloc(context, (size_t)data->dims[0], sizeof *offsets);
    REQUIRE(offsets != NULL, rlra_fail_memory(context, (size_t)data->dims[0], sizeof *offsets, "offsets of diagonals"));
    TRY(rlra_scipy_integers(group, "offsets", data->dims[0], offsets));
    TRY(begin_entries(a, dtype, rlra_array_count(data), &made));
    made->sparse.count = 0;
    const int64_t columns = data->dims[1] < a->sparse.dims[1] ? data->dims[1] : a->sparse.dims[1];
    for (int64_t d = 0; d < data->dims[0]; d++)
        for (int64_t j = 0; j < columns; j++) {
            const int64_t row = j - offsets[d];
            const double value = rlra_array_get(data, (const int64_t[]){d, j});
            if (row >= 0 && row < a->sparse.dims[0] && value != 0)
                add_entry(made, row, j, value);
        }
    *dataset = made;
    made = NULL;
cleanup:
    rlra_free(context, offsets);
    rlra_dataset_destroy(table);
    rlra_dataset_destroy(made);
    return status;
}

/* Read starts and columns of the blocks into one piece of memory. */
static rlra_status read_places(const scipy_array *a, const rlra_array *data, int64_t **starts, int64_t **columns)
{
    const npz_group *const group = &a->group;
    rlra_context *const context = group->in->context;
    const int64_t *const dims = a->sparse.dims;
    const int64_t blocks = data->dims[0], height = data->dims[1], width = data->dims[2];
    rlra_status status = RLRA_OK;
    npz_member member = {.available = 0};
    npy_header header;
    int64_t count;
    REQUIRE(height >= 1 && width >= 1 && dims[0] % height == 0 && dims[1] % width == 0,
            rlra_fail(context, RLRA_ERR_FORMAT, "'%s:%s' has blocks of %lld x %lld, which do not fill %lld x %lld",
                      group->in->path, group->prefix, (long long)height, (long long)width, (long long)dims[0],
                      (long long)dims[1]));
    TRY(rlra_scipy_open(group, "indptr", &member, &header, &count));
    rlra_npz_close(&member);
    REQUIRE(count == dims[0] / height + 1,
            rlra_fail(context, RLRA_ERR_FORMAT, "'%s:%sindptr' has %lld numbers, expected %lld", group->in->path,
                      group->prefix, (long long)count, (long long)(dims[0] / height + 1)));
    *starts = rlra_alloc(context, (size_t)count, sizeof **starts);
    *columns = rlra_alloc(context, (size_t)blocks, sizeof **columns);
    REQUIRE(*starts != NULL && *columns != NULL,
            rlra_fail_memory(context, (size_t)(count + blocks), sizeof **starts, "places of blocks"));
    TRY(rlra_scipy_integers(group, "indptr", count, *starts));
    TRY(rlra_scipy_integers(group, "indices", blocks, *columns));
    for (int64_t k = 0; k < count; k++)
        REQUIRE((*starts)[k] >= (k == 0 ? 0 : (*starts)[k - 1]) && (*starts)[k] <= blocks,
                rlra_fail(context, RLRA_ERR_FORMAT,
                          "'%s:%sindptr': number %lld is %lld, expected rising ones up to %lld", group->in->path,
                          group->prefix, (long long)k, (long long)(*starts)[k], (long long)blocks));
    for (int64_t k = 0; k < blocks; k++)
        REQUIRE((*columns)[k] >= 0 && (*columns)[k] < dims[1] / width,
                rlra_fail(context, RLRA_ERR_FORMAT, "'%s:%sindices': number %lld is %lld, expected 0 to %lld",
                          group->in->path, group->prefix, (long long)k, (long long)(*columns)[k],
                          (long long)(dims[1] / width - 1)));
cleanup:
    rlra_npz_close(&member);
    return status;
}

static void add_block(rlra_dataset *made, const rlra_array *data, int64_t block, int64_t row, int64_t column)
{
    for (int64_t i = 0; i < data->dims[1]; i++)
        for (int64_t j = 0; j < data->dims[2]; j++) {
            const double value = rlra_array_get(data, (const int64_t[]){block, i, j});
            if (value != 0)
                add_entry(made, row * data->dims[1] + i, column * data->dims[2] + j, value);
        }
}

rlra_status rlra_scipy_read_blocks(const scipy_array *a, rlra_dtype dtype, rlra_dataset **dataset)
{
    rlra_context *const context = a->group.in->context;
    rlra_status status = RLRA_OK;
    rlra_dataset *table = NULL, *made = NULL;
    int64_t *starts = NULL, *columns = NULL;
    TRY(rlra_scipy_table(&a->group, "data", &table));
    const rlra_array *const data = &table->array;
    REQUIRE(data->order == 3,
            rlra_fail(context, RLRA_ERR_FORMAT, "'%s:%s' has order %d, expected blocks x rows x columns",
                      a->group.in->path, table->name, data->order));
    TRY(read_places(a, data, &starts, &columns));
    TRY(begin_entries(a, dtype, rlra_array_count(data), &made));
    made->sparse.count = 0;
    for (int64_t row = 0; row < a->sparse.dims[0] / data->dims[1]; row++)
        for (int64_t block = starts[row]; block < starts[row + 1]; block++)
            add_block(made, data, block, row, columns[block]);
    *dataset = made;
    made = NULL;
cleanup:
    rlra_free(context, starts);
    rlra_free(context, columns);
    rlra_dataset_destroy(table);
    rlra_dataset_destroy(made);
    return status;
}
