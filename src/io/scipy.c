/* io/scipy.c: sparse arrays in .npz archives, as scipy.sparse.save_npz(), sparse.save_npz() and users themselves write them:
 * parts called data, indices, .., possibly with other arrays. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/format.h"
#include "io/npz/npz.h"
#include "io/scipy_parts.h"

static int detect(const input *in)
{
    npz_group group;
    npz_archive *archive;
    int found = 0;
    if (!rlra_zip_is_archive(in))
        return 0;
    if (rlra_npz_open(in, &archive) != RLRA_OK)
        return 1;
    for (size_t index = 0; index < archive->zip.count && !found; index++)
        found = rlra_npz_group_begins(in, archive, index, &group);
    return found;
}

static rlra_status refuse(const npz_group *group, const char *storage)
{
    return rlra_fail(group->in->context, RLRA_ERR_FORMAT,
                     "'%s%s%s' holds a sparse array in format '%s', expected csr, csc, coo, dia or bsr: save it by "
                     "scipy.sparse.save_npz(FILE, X.tocoo())",
                     group->in->path, group->name[0] == '\0' ? "" : ":", group->name, storage);
}

/* Read the part `format`, "" if there is none. */
static rlra_status read_format(const npz_group *group, char *format, size_t room)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.available = 0};
    npy_header header;
    char *text = NULL;
    format[0] = '\0';
    if ((group->parts & PART_FORMAT) == 0)
        return RLRA_OK;
    TRY(rlra_npz_group_open(group, "format", &member, &header));
    TRY(rlra_npy_text_read(group->in, member.name, &header, &member.bytes.base, member.available, &text));
    snprintf(format, room, "%s", text);
cleanup:
    rlra_free(group->in->context, text);
    rlra_npz_close(&member);
    return status;
}

static rlra_status read_shape(const npz_group *group, rlra_sparse *s)
{
    rlra_context *const context = group->in->context;
    rlra_status status = RLRA_OK;
    npz_member member = {.available = 0};
    npy_header header;
    int64_t order;
    REQUIRE((group->parts & PART_SHAPE) != 0,
            rlra_fail(context, RLRA_ERR_FORMAT, "'%s' holds the parts of a sparse array, but not its %sshape",
                      group->in->path, group->prefix));
    TRY(rlra_scipy_open(group, "shape", &member, &header, &order));
    rlra_npz_close(&member);
    REQUIRE(order >= 2 && order <= RLRA_MAX_ORDER,
            rlra_fail(context, RLRA_ERR_FORMAT, "'%s:%s' has %lld lengths, expected 2 to %d", group->in->path,
                      member.name, (long long)order, RLRA_MAX_ORDER));
    s->order = (int)order;
    TRY(rlra_scipy_integers(group, "shape", order, s->dims));
    for (int mode = 0; mode < s->order; mode++)
        REQUIRE(s->dims[mode] >= 1 && s->dims[mode] < INT64_MAX / 2,
                rlra_fail(context, RLRA_ERR_FORMAT, "'%s:%s': mode %d has length %lld, expected at least 1",
                          group->in->path, member.name, mode, (long long)s->dims[mode]));
cleanup:
    rlra_npz_close(&member);
    return status;
}

/* Check the fill value, as pydata/sparse can omit a number other than zero. */
static rlra_status check_fill(const npz_group *group)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *fill = NULL;
    if ((group->parts & PART_FILL) == 0)
        return RLRA_OK;
    TRY(rlra_scipy_table(group, "fill_value", &fill));
    const double value = rlra_array_count(&fill->array) == 1 ? *(const double *)fill->array.data : NAN;
    REQUIRE(value == 0,
            rlra_fail(group->in->context, RLRA_ERR_FORMAT,
                      "'%s' holds a sparse array whose entries that are not stored are %g (fill_value), expected 0",
                      group->in->path, value));
cleanup:
    rlra_dataset_destroy(fill);
    return status;
}

/* Guess the compressed mode from the number of starts. */
static rlra_status guess_mode(const npz_group *group, rlra_sparse *s)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.available = 0};
    npy_header header;
    int64_t count;
    TRY(rlra_scipy_open(group, "indptr", &member, &header, &count));
    REQUIRE(s->order == 2 && (count == s->dims[0] + 1 || count == s->dims[1] + 1),
            rlra_fail(group->in->context, RLRA_ERR_FORMAT,
                      "'%s:%s' has %lld numbers, expected one more than rows or columns of a matrix", group->in->path,
                      member.name, (long long)count));
    s->compressed = count == s->dims[0] + 1 ? 0 : 1;
    if (s->dims[0] == s->dims[1])
        TRY(rlra_input_note(
            group->in,
            "it does not say whether its sparse matrix is stored by rows or columns, and is read by rows (csr)"));
cleanup:
    rlra_npz_close(&member);
    return status;
}

/* Read the axes of GCXS of pydata/sparse, which for a matrix is csr or csc. */
static rlra_status read_axes(const npz_group *group, rlra_sparse *s)
{
    rlra_status status = RLRA_OK;
    int64_t axis = -1;
    REQUIRE(s->order == 2, refuse(group, "GCXS"));
    TRY(rlra_scipy_integers(group, "compressed_axes", 1, &axis));
    REQUIRE(axis == 0 || axis == 1, refuse(group, "GCXS"));
    s->compressed = (int)axis;
cleanup:
    return status;
}

static rlra_status find_storage(scipy_array *a)
{
    const npz_group *const group = &a->group;
    rlra_status status = RLRA_OK;
    char format[16];
    TRY(read_format(group, format, sizeof format));
    a->sparse.compressed = -1;
    if (strcasecmp(format, "gcxs") == 0) {
        a->storage = SCIPY_COMPRESSED;
        TRY(read_axes(group, &a->sparse));
    } else if (strcmp(format, "csr") == 0 || strcmp(format, "csc") == 0) {
        a->storage = SCIPY_COMPRESSED;
        a->sparse.compressed = strcmp(format, "csc") == 0;
    } else if (strcmp(format, "dia") == 0 || strcmp(format, "bsr") == 0)
        a->storage = strcmp(format, "dia") == 0 ? SCIPY_DIAGONALS : SCIPY_BLOCKS;
    else if (format[0] != '\0' && strcasecmp(format, "coo") != 0)
        TRY(refuse(group, format));
    else if ((group->parts & PART_COORDS) != 0)
        a->storage = SCIPY_COORDS;
    else if ((group->parts & (PART_ROW | PART_COL)) == (PART_ROW | PART_COL))
        a->storage = SCIPY_ROW_COL;
    else {
        REQUIRE((group->parts & PART_INDPTR) != 0, refuse(group, format));
        a->storage = SCIPY_COMPRESSED;
        TRY((group->parts & PART_AXES) != 0 ? read_axes(group, &a->sparse) : guess_mode(group, &a->sparse));
    }
    REQUIRE(a->storage == SCIPY_COORDS || a->sparse.order == 2,
            rlra_fail(group->in->context, RLRA_ERR_FORMAT,
                      "'%s:%sshape' has %d lengths, expected 2 for a sparse matrix", group->in->path, group->prefix,
                      a->sparse.order));
cleanup:
    return status;
}

static rlra_status describe(scipy_array *a)
{
    const npz_group *const group = &a->group;
    rlra_status status = RLRA_OK;
    npz_member member = {.available = 0};
    npy_header header;
    a->sparse = (rlra_sparse){.order = 2};
    TRY(read_shape(group, &a->sparse));
    TRY(find_storage(a));
    TRY(check_fill(group));
    if (a->storage == SCIPY_DIAGONALS || a->storage == SCIPY_BLOCKS)
        TRY(rlra_npz_group_open(group, "data", &member, &header));
    else
        TRY(rlra_scipy_open(group, "data", &member, &header, &a->sparse.count));
    REQUIRE(header.type.kind != SCALAR_NONE,
            rlra_fail(group->in->context, RLRA_ERR_FORMAT, "'%s:%s' holds %s, expected real numbers", group->in->path,
                      member.name, header.stored));
    a->type = header.type;
    snprintf(a->stored, sizeof a->stored, "sparse %s", header.stored);
cleanup:
    rlra_npz_close(&member);
    return status;
}

/* List sparse arrays; arrays outside groups are left to the reader of .npz. */
static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    npz_archive *archive;
    scipy_array a;
    TRY(rlra_npz_open(in, &archive));
    for (size_t index = 0; index < archive->zip.count; index++) {
        if (!rlra_npz_group_begins(in, archive, index, &a.group))
            continue;
        TRY(describe(&a));
        const rlra_variable reported = {a.group.name, a.stored, a.sparse.order, a.sparse.dims, 1};
        callback(user, &reported);
    }
    TRY(rlra_npz_report(in, archive, 0, callback, user));
cleanup:
    return status;
}

static rlra_status read_values(const scipy_array *a, rlra_dataset *to)
{
    rlra_status status = RLRA_OK;
    npz_member member = {.available = 0};
    npy_header header;
    int64_t count;
    TRY(rlra_scipy_open(&a->group, "data", &member, &header, &count));
    TRY(rlra_dataset_fill_values(to, &member.bytes.base, header.type));
    TRY(rlra_zip_finish(&member.bytes));
cleanup:
    rlra_npz_close(&member);
    return status;
}

/* Check that `starts` is not longer than the archive allows, before memory for it is allocated. */
static rlra_status check_starts(const scipy_array *a)
{
    const rlra_sparse *const s = &a->sparse;
    rlra_status status = RLRA_OK;
    npz_member member = {.available = 0};
    npy_header header;
    int64_t count;
    TRY(rlra_scipy_open(&a->group, "indptr", &member, &header, &count));
    REQUIRE(count == s->dims[s->compressed] + 1,
            rlra_fail(a->group.in->context, RLRA_ERR_FORMAT,
                      "'%s:%s' has %lld numbers, expected %lld for a matrix of %lld x %lld", a->group.in->path,
                      member.name, (long long)count, (long long)s->dims[s->compressed] + 1, (long long)s->dims[0],
                      (long long)s->dims[1]));
cleanup:
    rlra_npz_close(&member);
    return status;
}

/* Read a table of order x entries. */
static rlra_status read_coords(const scipy_array *a, rlra_dataset *to)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *table = NULL;
    TRY(rlra_scipy_table(&a->group, "coords", &table));
    const rlra_array *const coords = &table->array;
    REQUIRE(coords->order == 2 && coords->dims[0] == a->sparse.order && coords->dims[1] == a->sparse.count,
            rlra_fail(a->group.in->context, RLRA_ERR_FORMAT, "'%s:%s' is no table of %d x %lld indices",
                      a->group.in->path, table->name, a->sparse.order, (long long)a->sparse.count));
    for (int mode = 0; mode < a->sparse.order; mode++)
        for (int64_t e = 0; e < a->sparse.count; e++) {
            const double index = rlra_array_get(coords, (const int64_t[]){mode, e});
            to->indices[mode][e] = index >= 0 && index < (double)a->sparse.dims[mode] ? (int64_t)index : -1;
        }
cleanup:
    rlra_dataset_destroy(table);
    return status;
}

static rlra_status read_places(const scipy_array *a, rlra_dataset *to)
{
    const rlra_sparse *const s = &a->sparse;
    rlra_status status = RLRA_OK;
    if (a->storage == SCIPY_COORDS)
        return read_coords(a, to);
    const int by_row_col = a->storage == SCIPY_ROW_COL;
    if (by_row_col) {
        TRY(rlra_scipy_integers(&a->group, "row", s->count, to->indices[0]));
        TRY(rlra_scipy_integers(&a->group, "col", s->count, to->indices[1]));
    } else {
        TRY(rlra_scipy_integers(&a->group, "indptr", s->dims[s->compressed] + 1, to->starts));
        TRY(rlra_scipy_integers(&a->group, "indices", s->count, to->indices[1 - s->compressed]));
    }
cleanup:
    return status;
}

static rlra_status read_sparse(scipy_array *a, rlra_read_dtype asked, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *made = NULL;
    TRY(describe(a));
    a->sparse.dtype = rlra_scalar_target(a->type, asked);
    if (a->storage == SCIPY_DIAGONALS)
        return rlra_scipy_read_diagonals(a, a->sparse.dtype, dataset);
    if (a->storage == SCIPY_BLOCKS)
        return rlra_scipy_read_blocks(a, a->sparse.dtype, dataset);
    if (a->storage == SCIPY_COMPRESSED)
        TRY(check_starts(a));
    TRY(rlra_dataset_create_sparse(a->group.in->context, "scipy", a->group.name, a->stored, &a->sparse, &made));
    TRY(read_places(a, made));
    TRY(rlra_dataset_check_sparse(a->group.in, made));
    TRY(read_values(a, made));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype asked, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    npz_archive *archive;
    scipy_array a;
    int found;
    TRY(rlra_npz_open(in, &archive));
    TRY(rlra_npz_group_find(in, archive, name, &a.group, &found));
    TRY(found ? read_sparse(&a, asked, dataset) : rlra_npz_read(in, name, asked, dataset));
cleanup:
    return status;
}

const format_ops rlra_format_scipy = {
    .about = {"scipy", "sparse arrays in .npz: csr, csc, coo, dia and bsr of SciPy, COO of pydata/sparse",
              "read several text sparse", "scipy.sparse.save_npz, sparse.save_npz"},
    .endings = "",
    .claims = ".npz",
    .many = 1,
    .detect = detect,
    .list = list,
    .read = read_array,
    .text = rlra_npz_text,
};
