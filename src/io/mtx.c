/* io/mtx.c: the Matrix Market format .mtx: a sparse or dense matrix as text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/dataset.h"
#include "io/format.h"
#include "io/lines.h"

enum { GENERAL, SYMMETRIC, SKEW };

/* The contents of the banner and the line of sizes. */
typedef struct header {
    int coordinate, pattern, symmetry;
    int guessed; /* the file has no banner */
    const char *stored;
    int64_t rows, columns, count; /* lines with an entry */
} header;

/* Whether a line is the banner: after one or more %, in any case. */
static int is_banner(const char *line, size_t length)
{
    static const char mark[] = "MatrixMarket";
    size_t at = 0;
    while (at < length && (line[at] == '%' || line[at] == ' '))
        at++;
    return at > 0 && length - at >= sizeof mark && strncasecmp(line + at, mark, sizeof mark - 1) == 0;
}

static int is_comment(char c)
{
    return c == '%' || c == '#';
}

/* Search the banner after a byte order mark, blank lines and comments; without one, the ending decides. */
static int detect(const input *in)
{
    const char *const head = (const char *)in->head;
    size_t at = in->head_bytes >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < in->head_bytes) {
        while (at < in->head_bytes && head[at] != '\0' && strchr(" \t\r\n", head[at]) != NULL)
            at++;
        if (at == in->head_bytes || !is_comment(head[at]))
            break;
        if (is_banner(head + at, in->head_bytes - at))
            return 1;
        while (at < in->head_bytes && head[at] != '\n' && head[at] != '\r')
            at++;
    }
    return rlra_input_ends(in, ".mtx") && memchr(head, '\0', in->head_bytes) == NULL;
}

/* The index of a word in a list, or -1. */
static int find(const char *word, const char *const *words)
{
    for (int k = 0; word != NULL && words[k] != NULL; k++)
        if (strcasecmp(word, words[k]) == 0)
            return k;
    return -1;
}

/* Read a banner such as "%%MatrixMarket matrix coordinate real general". */
static rlra_status read_banner(lines *l, header *h)
{
    static const char *const formats[] = {"array", "coordinate", NULL};
    static const char *const fields[] = {"real", "double", "integer", "unsigned-integer", "pattern", NULL};
    static const char *const stored[] = {"sparse real", "sparse real", "sparse integer", "sparse integer",
                                         "sparse pattern"};
    static const char *const symmetries[] = {"general", "symmetric", "skew-symmetric", NULL};
    rlra_context *const context = l->in->context;
    while (*l->at == '%' || *l->at == ' ')
        l->at++;
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

/* Check that the file can hold the stated entries, as every entry takes some bytes. */
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

/* Go to the next line with an entry. */
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

/* Take one entry of a sparse matrix, with indices from 0. */
static rlra_status take_entry(lines *l, const header *h, int64_t *i, int64_t *j, double *value)
{
    rlra_status status = RLRA_OK;
    *value = 1;
    REQUIRE(rlra_line_integer(l, i) && rlra_line_integer(l, j) && (h->pattern || rlra_line_number(l, value)) &&
                rlra_line_ends(l),
            fail_entry(l, h));
    TRY(rlra_line_index(l, "row", "", h->rows, i));
    TRY(rlra_line_index(l, "column", "", h->columns, j));
cleanup:
    return status;
}

static rlra_status fail_banner(const lines *l)
{
    return rlra_fail(
        l->in->context, RLRA_ERR_FORMAT,
        "'%s', line %lld: the line '%%%%MatrixMarket matrix coordinate real general' (or what else the matrix "
        "is) is missing before it",
        l->in->path, (long long)l->number);
}

/* Go to the line of sizes: after the banner, or the first line with numbers if there is none. */
static rlra_status find_sizes(lines *l, header *h)
{
    rlra_status status = RLRA_OK;
    int found;
    *h = (header){.guessed = 1, .coordinate = 1, .stored = "sparse real"};
    for (;;) {
        TRY(rlra_lines_next(l, '\0', &found));
        if (h->guessed && found && is_banner(l->at, (size_t)(l->end - l->at))) {
            TRY(read_banner(l, h));
            h->guessed = 0;
        } else if (!found || !is_comment(*l->at))
            break;
    }
    REQUIRE(found || !h->guessed, fail_banner(l));
cleanup:
    return status;
}

/* Check a file without a banner: it is accepted if it has sizes, and exactly as many entries within them. */
static rlra_status check_guess(lines *l, header *h)
{
    rlra_status status = RLRA_OK;
    const int64_t sizes_line = l->number;
    header again;
    int64_t i, j;
    double value;
    rlra_context *const context = l->in->context;
    status = check_sizes(l, h);
    for (int64_t e = 0; e < h->count && status == RLRA_OK; e++) {
        status = next_entry(l, h, e);
        if (status == RLRA_OK)
            status = take_entry(l, h, &i, &j, &value);
    }
    if (status == RLRA_OK)
        status = expect_end(l, h);
    if (status == RLRA_ERR_FORMAT) {
        char reason[RLRA_MESSAGE_BYTES / 2];
        snprintf(reason, sizeof reason, "%s", rlra_context_message(context));
        l->number = sizes_line;
        fail_banner(l);
        const size_t used = strlen(rlra_context_message(context));
        snprintf(context->message + used, sizeof context->message - used, "; without it: %s", reason);
    }
    TRY(status);
    rlra_lines_restart(l);
    TRY(find_sizes(l, &again));
    TRY(rlra_input_note(l->in,
                        "it lacks the line '%%%%MatrixMarket matrix coordinate real general', and is read as if it "
                        "had that"));
cleanup:
    return status;
}

static rlra_status read_header(lines *l, header *h)
{
    rlra_status status = RLRA_OK;
    TRY(find_sizes(l, h));
    const int sized = rlra_line_integer(l, &h->rows) && rlra_line_integer(l, &h->columns) &&
                      (!h->coordinate || rlra_line_integer(l, &h->count)) && rlra_line_ends(l);
    REQUIRE(sized || !h->guessed, fail_banner(l));
    REQUIRE(sized, rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld: expected the sizes ROWS COLUMNS%s",
                             l->in->path, (long long)l->number, h->coordinate ? " ENTRIES" : ""));
    TRY(h->guessed ? check_guess(l, h) : check_sizes(l, h));
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
    const rlra_variable reported = {"", h.stored, 2, (const int64_t[]){h.rows, h.columns}, 1};
    callback(user, &reported);
cleanup:
    rlra_lines_destroy(l);
    return status;
}

static rlra_status read_entries(lines *l, const header *h, rlra_dataset *to)
{
    rlra_status status = RLRA_OK;
    int64_t used = 0;
    for (int64_t e = 0; e < h->count; e++) {
        int64_t i = 0, j = 0;
        double value = 1;
        TRY(next_entry(l, h, e));
        TRY(take_entry(l, h, &i, &j, &value));
        to->indices[0][used] = i;
        to->indices[1][used] = j;
        rlra_dataset_set_value(to, used++, value);
        if (h->symmetry == GENERAL || i == j)
            continue;
        to->indices[0][used] = j;
        to->indices[1][used] = i;
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

/* Read column after column; for a symmetric matrix only entries on and below the diagonal. */
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
    rlra_lines_destroy(l);
    return status;
}

const format_ops rlra_format_mtx = {
    .about = {"mtx", "a matrix of Matrix Market: coordinate (sparse) or array, general, symmetric or skew-symmetric",
              "read sparse", "Boisvert, Pozo & Remington 1996, NISTIR 5935"},
    .endings = "",
    .claims = ".mtx",
    .in_text = 1,
    .detect = detect,
    .list = list,
    .read = read_matrix,
};
