/* io/mtx.c: the Matrix Market format .mtx: a sparse or dense matrix as text. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "io/dataset.h"
#include "io/format.h"
#include "io/lines.h"

static const char mark[] = "%%MatrixMarket";

enum { GENERAL, SYMMETRIC, SKEW };

/* What the banner and the line of sizes say. */
typedef struct header {
    int coordinate, pattern, symmetry;
    const char *stored;
    int64_t rows, columns, count; /* lines with an entry */
} header;

static int detect(const input *in)
{
    return in->head_bytes >= sizeof mark && strncasecmp((const char *)in->head, mark, sizeof mark - 1) == 0;
}

/* The place of a word in a list, or -1. */
static int find(const char *word, const char *const *words)
{
    for (int k = 0; word != NULL && words[k] != NULL; k++)
        if (strcasecmp(word, words[k]) == 0)
            return k;
    return -1;
}

/* "%%MatrixMarket matrix coordinate real general". */
static rlra_status read_banner(lines *l, header *h)
{
    static const char *const formats[] = {"array", "coordinate", NULL};
    static const char *const fields[] = {"real", "double", "integer", "unsigned-integer", "pattern", NULL};
    static const char *const stored[] = {"sparse real", "sparse real", "sparse integer", "sparse integer",
                                         "sparse pattern"};
    static const char *const symmetries[] = {"general", "symmetric", "skew-symmetric", NULL};
    rlra_context *const context = l->in->context;
    rlra_line_word(l);
    const char *const object = rlra_line_word(l), *const format = rlra_line_word(l);
    const char *const field = rlra_line_word(l), *const symmetry = rlra_line_word(l);
    const int kind = find(field, fields);
    if (object == NULL || strcasecmp(object, "matrix") != 0 || find(format, formats) < 0)
        return rlra_fail(context, RLRA_ERR_FORMAT,
                         "'%s' holds a '%.20s' '%.20s', expected 'matrix coordinate' or 'matrix array'", l->in->path,
                         object == NULL ? "" : object, format == NULL ? "" : format);
    h->coordinate = find(format, formats);
    if (kind < 0 || (kind == 4 && !h->coordinate))
        return rlra_fail(context, RLRA_ERR_FORMAT, "'%s' has entries '%.20s', expected real, integer%s", l->in->path,
                         field == NULL ? "" : field, h->coordinate ? " or pattern" : "");
    h->symmetry = find(symmetry, symmetries);
    if (h->symmetry < 0)
        return rlra_fail(context, RLRA_ERR_FORMAT, "'%s' is '%.20s', expected general, symmetric or skew-symmetric",
                         l->in->path, symmetry == NULL ? "" : symmetry);
    h->pattern = kind == 4;
    h->stored = stored[kind] + (h->coordinate ? 0 : strlen("sparse "));
    return RLRA_OK;
}

/* Entries of the file for a dense array: all of them, or one triangle. */
static int64_t dense_count(const header *h)
{
    const int64_t n = h->rows, triangle = n % 2 == 0 ? n / 2 * (n + 1) : (n + 1) / 2 * n;
    return h->symmetry == GENERAL ? n * h->columns : h->symmetry == SYMMETRIC ? triangle : triangle - n;
}

/* Every entry takes some bytes, so that no header can announce more than the file holds. */
static rlra_status check_sizes(const lines *l, header *h)
{
    rlra_context *const context = l->in->context;
    const int64_t bytes_each = !h->coordinate ? 2 : h->pattern ? 4 : 6;
    const int64_t most = (rlra_lines_left(l) + 1) / bytes_each;
    if (h->rows < 1 || h->columns < 1)
        return rlra_fail(context, RLRA_ERR_FORMAT,
                         "'%s' is %" PRId64 " x %" PRId64 ", expected at least one row and column", l->in->path,
                         h->rows, h->columns);
    if (h->symmetry != GENERAL && h->rows != h->columns)
        return rlra_fail(context, RLRA_ERR_FORMAT, "'%s' is said to be symmetric, but is %" PRId64 " x %" PRId64,
                         l->in->path, h->rows, h->columns);
    if (!h->coordinate && (h->rows > 2 * most + 2 || h->columns > 2 * most + 2 ||
                           (double)h->rows * (double)h->columns > 4 * (double)most + 4))
        return rlra_fail(context, RLRA_ERR_FORMAT,
                         "'%s' announces %" PRId64 " x %" PRId64 " entries, but has %" PRId64 " bytes for them",
                         l->in->path, h->rows, h->columns, rlra_lines_left(l));
    if (!h->coordinate)
        h->count = dense_count(h);
    if (h->count > most)
        return rlra_fail(context, RLRA_ERR_FORMAT,
                         "'%s' announces %" PRId64 " entries, but has %" PRId64 " bytes for them", l->in->path,
                         h->count, rlra_lines_left(l));
    return RLRA_OK;
}

static rlra_status read_header(lines *l, header *h)
{
    rlra_status status = RLRA_OK;
    int found;
    *h = (header){.count = 0};
    TRY(rlra_lines_next(l, '\0', &found));
    TRY(read_banner(l, h));
    TRY(rlra_lines_next(l, '%', &found));
    REQUIRE(found && rlra_line_integer(l, &h->rows) && rlra_line_integer(l, &h->columns) &&
                (!h->coordinate || rlra_line_integer(l, &h->count)) && rlra_line_ends(l),
            rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld: expected the sizes ROWS COLUMNS%s",
                      l->in->path, (long long)l->number, h->coordinate ? " ENTRIES" : ""));
    TRY(check_sizes(l, h));
cleanup:
    return status;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    lines *l = NULL;
    header h;
    TRY(rlra_lines_create(in, &l));
    TRY(read_header(l, &h));
    const rlra_variable told = {"", h.stored, 2, (const int64_t[]){h.rows, h.columns}, 1};
    callback(user, &told);
cleanup:
    rlra_free(in->context, l);
    return status;
}

/* The next line with an entry. */
static rlra_status next_entry(lines *l, const header *h, int64_t e)
{
    rlra_status status = RLRA_OK;
    int found;
    TRY(rlra_lines_next(l, '%', &found));
    REQUIRE(found, rlra_fail(l->in->context, RLRA_ERR_FORMAT,
                             "'%s' announces %" PRId64 " entries, but ends after %" PRId64 " of them", l->in->path,
                             h->count, e));
cleanup:
    return status;
}

static rlra_status expect_end(lines *l, const header *h)
{
    rlra_status status = RLRA_OK;
    int found;
    TRY(rlra_lines_next(l, '%', &found));
    REQUIRE(!found,
            rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld: expected the end after %" PRId64 " entries",
                      l->in->path, (long long)l->number, h->count));
cleanup:
    return status;
}

static rlra_status fail_entry(const lines *l, const header *h)
{
    return rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld: expected %s", l->in->path, (long long)l->number,
                     !h->coordinate ? "a number"
                     : h->pattern   ? "ROW COLUMN"
                                    : "ROW COLUMN VALUE");
}

static rlra_status check_index(const lines *l, const char *what, int64_t index, int64_t most)
{
    if (index >= 1 && index <= most)
        return RLRA_OK;
    return rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld: %s %" PRId64 ", expected 1 to %" PRId64,
                     l->in->path, (long long)l->number, what, index, most);
}

static rlra_status read_entries(lines *l, const header *h, rlra_dataset *to)
{
    rlra_status status = RLRA_OK;
    int64_t used = 0;
    for (int64_t e = 0; e < h->count; e++) {
        int64_t i = 0, j = 0;
        double value = 1;
        TRY(next_entry(l, h, e));
        REQUIRE(rlra_line_integer(l, &i) && rlra_line_integer(l, &j) && (h->pattern || rlra_line_number(l, &value)) &&
                    rlra_line_ends(l),
                fail_entry(l, h));
        TRY(check_index(l, "row", i, h->rows));
        TRY(check_index(l, "column", j, h->columns));
        to->indices[0][used] = i - 1;
        to->indices[1][used] = j - 1;
        rlra_dataset_set_value(to, used++, value);
        if (h->symmetry == GENERAL || i == j)
            continue;
        to->indices[0][used] = j - 1;
        to->indices[1][used] = i - 1;
        rlra_dataset_set_value(to, used++, h->symmetry == SKEW ? -value : value);
    }
    to->sparse.count = used;
    TRY(expect_end(l, h));
cleanup:
    return status;
}

static rlra_status read_sparse(lines *l, const header *h, const char *name, rlra_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    const rlra_sparse from = {.dtype = dtype,
                              .order = 2,
                              .dims = {h->rows, h->columns},
                              .count = h->symmetry == GENERAL ? h->count : 2 * h->count,
                              .compressed = -1};
    TRY(rlra_dataset_create_sparse(l->in->context, "mtx", name, h->stored, &from, dataset));
    TRY(read_entries(l, h, *dataset));
cleanup:
    return status;
}

static void set_dense(const rlra_array *array, int64_t i, int64_t j, double value)
{
    const int64_t at = i * array->strides[0] + j * array->strides[1];
    if (array->dtype == RLRA_DTYPE_F32)
        ((float *)array->data)[at] = (float)value;
    else
        ((double *)array->data)[at] = value;
}

/* Column after column; of a symmetric matrix only what lies on and below the diagonal. */
static rlra_status read_dense(lines *l, const header *h, const char *name, rlra_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    const shape s = rlra_shape(2, (const int64_t[]){h->rows, h->columns}, 1);
    int64_t e = 0;
    TRY(rlra_dataset_create(l->in->context, "mtx", name, h->stored, dtype, &s, dataset));
    for (int64_t j = 0; j < h->columns; j++) {
        if (h->symmetry == SKEW)
            set_dense(&(*dataset)->array, j, j, 0);
        for (int64_t i = h->symmetry == GENERAL ? 0 : j + (h->symmetry == SKEW); i < h->rows; i++) {
            double value;
            TRY(next_entry(l, h, e++));
            REQUIRE(rlra_line_number(l, &value) && rlra_line_ends(l), fail_entry(l, h));
            set_dense(&(*dataset)->array, i, j, value);
            if (h->symmetry != GENERAL && i != j)
                set_dense(&(*dataset)->array, j, i, h->symmetry == SKEW ? -value : value);
        }
    }
    TRY(expect_end(l, h));
cleanup:
    return status;
}

static rlra_status read_matrix(const input *in, const char *name, rlra_read_dtype asked, rlra_dataset **dataset)
{
    const rlra_dtype dtype = rlra_scalar_target((scalar){SCALAR_FLOAT, 8, 0}, asked);
    rlra_status status = RLRA_OK;
    rlra_dataset *made = NULL;
    lines *l = NULL;
    header h;
    TRY(rlra_lines_create(in, &l));
    TRY(read_header(l, &h));
    TRY(h.coordinate ? read_sparse(l, &h, name, dtype, &made) : read_dense(l, &h, name, dtype, &made));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    rlra_free(in->context, l);
    return status;
}

const format_ops rlra_format_mtx = {
    .about = {"mtx", "a matrix of Matrix Market: coordinate (sparse) or array, general, symmetric or skew-symmetric",
              "read sparse", "Boisvert, Pozo & Remington 1996, NISTIR 5935"},
    .endings = "",
    .detect = detect,
    .list = list,
    .read = read_matrix,
};
