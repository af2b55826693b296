/* data/sparse/rows.c: sort the entries of a sparse matrix into rows, sum duplicates, drop zeros. */
#include "data/sparse/rows.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/check.h"

/* Entries that are summed before they are added to the total, as errors of one long sum of equal entries would all have the
 * same sign. */
#define RUN 128

/* The number of groups of entries in a view: one for each index along the compressed mode, or a single one. */
static int64_t groups_of(const rlra_sparse *s)
{
    return s->compressed < 0 ? 1 : s->dims[s->compressed];
}

static int64_t group_begin(const rlra_sparse *s, int64_t group)
{
    return s->compressed < 0 ? 0 : s->starts[group];
}

static int64_t group_end(const rlra_sparse *s, int64_t group)
{
    return s->compressed < 0 ? s->count : s->starts[group + 1];
}

static int64_t index_of(const rlra_sparse *s, int mode, int64_t group, int64_t e)
{
    return mode == s->compressed ? group : s->indices[mode][e];
}

/* starts[i + 1] = entries with index i along the mode; starts[0] = 0. */
static void count_entries(const rlra_sparse *from, int mode, int64_t *starts)
{
    memset(starts, 0, ((size_t)from->dims[mode] + 1) * sizeof *starts);
    if (mode == from->compressed) {
        for (int64_t i = 0; i < from->dims[mode]; i++)
            starts[i + 1] = from->starts[i + 1] - from->starts[i];
        return;
    }
    for (int64_t e = 0; e < from->count; e++)
        starts[from->indices[mode][e] + 1]++;
}

/* Put the entries in order of their index along `mode`, equal ones in the order of the view: their indices along the other mode
 * go to `wide` or to `narrow`, whichever is not NULL. */
static void scatter(const rlra_sparse *from, int mode, int64_t *starts, int64_t *wide, int32_t *narrow, real *values)
{
    const real *const value = from->values;
    const int64_t rows = from->dims[mode];
    count_entries(from, mode, starts);
    for (int64_t i = 0; i < rows; i++)
        starts[i + 1] += starts[i];
    for (int64_t group = 0; group < groups_of(from); group++)
        for (int64_t e = group_begin(from, group); e < group_end(from, group); e++) {
            const int64_t to = starts[index_of(from, mode, group, e)]++;
            const int64_t other = index_of(from, 1 - mode, group, e);
            values[to] = value[e];
            if (wide != NULL)
                wide[to] = other;
            else
                narrow[to] = (int32_t)other;
        }
    /* Each start has advanced to the next one. */
    memmove(starts + 1, starts, (size_t)rows * sizeof *starts);
    starts[0] = 0;
}

/* Whether scatter() along `mode` yields rising indices in every row; `last` has room for each row. */
static int in_order(const rlra_sparse *from, int mode, int64_t *last)
{
    memset(last, 0, (size_t)from->dims[mode] * sizeof *last);
    for (int64_t group = 0; group < groups_of(from); group++)
        for (int64_t e = group_begin(from, group); e < group_end(from, group); e++) {
            const int64_t row = index_of(from, mode, group, e), other = index_of(from, 1 - mode, group, e);
            if (other < last[row])
                return 0;
            last[row] = other;
        }
    return 1;
}

/* Make a view of the same entries compressed along the other mode; it borrows from `memory`, one block that the caller frees. */
static rlra_status sort_other(rlra_context *context, const rlra_sparse *from, int other, rlra_sparse *sorted,
                              void **memory)
{
    const size_t count = (size_t)from->count, starts_count = (size_t)from->dims[other] + 1;
    const size_t each = sizeof(int64_t) + sizeof(real);
    int64_t *const block =
        count > SIZE_MAX / 32 ? NULL : rlra_alloc(context, starts_count * sizeof(int64_t) + count * each, 1);
    if (block == NULL)
        return rlra_fail_memory(context, count, each, "sorting the entries of a sparse matrix");
    int64_t *const indices = block + starts_count;
    real *const values = (real *)(indices + count);
    scatter(from, other, block, indices, NULL, values);
    *memory = block;
    *sorted = (rlra_sparse){.dtype = from->dtype,
                            .order = 2,
                            .dims = {from->dims[0], from->dims[1]},
                            .count = from->count,
                            .compressed = other,
                            .starts = block,
                            .values = values};
    sorted->indices[1 - other] = indices;
    return RLRA_OK;
}

/* Sum entries with equal indices, drop zeros unless they are kept; rows close up. */
static rlra_status merge(rlra_context *context, int mode, int keeps_zeros, sparse_rows *rows)
{
    int64_t e = 0, to = 0;
    for (ptrdiff_t i = 0; i < rows->rows; i++) {
        const int64_t end = rows->starts[i + 1];
        rows->starts[i] = to;
        while (e < end) {
            const int32_t index = rows->indices[e];
            const int64_t begin = e;
            double sum = (double)rows->values[e++];
            for (; e < end && rows->indices[e] == index; e++)
                sum += (double)rows->values[e];
            const real value = (real)sum;
            if (!isfinite((double)value))
                return rlra_fail(context, RLRA_ERR_DATA,
                                 "the entries at [%td, %td] sum to %g, beyond the range of the precision",
                                 mode == 0 ? i : (ptrdiff_t)index, mode == 0 ? (ptrdiff_t)index : i, sum);
            rows->duplicates += e - begin - 1;
            rows->zeros += value == 0 && !keeps_zeros;
            rows->indices[to] = index;
            rows->values[to] = value;
            to += value != 0 || keeps_zeros;
        }
    }
    rows->starts[rows->rows] = to;
    rows->count = to;
    return RLRA_OK;
}

static rlra_status create(rlra_context *context, const rlra_sparse *from, int mode, int keeps_zeros, sparse_rows *to)
{
    rlra_status status = RLRA_OK;
    rlra_sparse sorted;
    void *memory = NULL;
    *to = (sparse_rows){0};
    assert(from->order == 2 && from->dtype == REAL_DTYPE);
    TRY(rlra_sparse_check(context, from));
    REQUIRE(from->dims[1 - mode] <= INT32_MAX,
            rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                      "mode %d of the sparse matrix has length %" PRId64 ", at most %d can be stored", 1 - mode,
                      from->dims[1 - mode], INT32_MAX));
    to->rows = (ptrdiff_t)from->dims[mode];
    to->length = (ptrdiff_t)from->dims[1 - mode];
    const size_t count = (size_t)from->count;
    to->starts = rlra_alloc(context, (size_t)to->rows + 1, sizeof *to->starts);
    to->indices = rlra_alloc(context, count, sizeof *to->indices);
    to->values = rlra_alloc(context, count, sizeof *to->values);
    REQUIRE(to->starts != NULL && to->indices != NULL && to->values != NULL,
            rlra_fail_memory(context, count + (size_t)to->rows, sizeof *to->indices + sizeof *to->values,
                             "the rows of a sparse matrix"));
    if (!in_order(from, mode, to->starts)) {
        TRY(sort_other(context, from, 1 - mode, &sorted, &memory));
        from = &sorted;
    }
    scatter(from, mode, to->starts, NULL, to->indices, to->values);
    TRY(merge(context, mode, keeps_zeros, to));
cleanup:
    rlra_free(context, memory);
    if (status != RLRA_OK)
        RLRA(sparse_rows_destroy)(context, to);
    return status;
}

rlra_status RLRA(sparse_rows_create)(rlra_context *context, const rlra_sparse *from, int mode, sparse_rows *to)
{
    return create(context, from, mode, 0, to);
}

rlra_status RLRA(sparse_rows_keep)(rlra_context *context, const rlra_sparse *from, int mode, sparse_rows *to)
{
    return create(context, from, mode, 1, to);
}

void RLRA(sparse_rows_destroy)(rlra_context *context, sparse_rows *rows)
{
    rlra_free(context, rows->starts);
    rlra_free(context, rows->indices);
    rlra_free(context, rows->values);
    *rows = (sparse_rows){0};
}

sparse_range RLRA(sparse_range_of)(const real *values, ptrdiff_t count, int is_full)
{
    sparse_range range = {.least = is_full ? INFINITY : 0};
    for (ptrdiff_t begin = 0; begin < count; begin += RUN) {
        const ptrdiff_t end = count - begin < RUN ? count : begin + RUN;
        double part = 0, sum = 0;
        for (ptrdiff_t e = begin; e < end; e++) {
            const double value = (double)values[e];
            part += value * value;
            sum += value;
            range.least = value < range.least ? value : range.least;
            range.scale = fabs(value) > range.scale ? fabs(value) : range.scale;
        }
        range.norm2 += part;
        range.sum += sum;
    }
    return range;
}

sparse_range RLRA(sparse_rows_range)(const sparse_rows *rows)
{
    return RLRA(sparse_range_of)(rows->values, rows->count, rows->count == rows->rows * rows->length);
}
