/* io/matlab/mat4.c: the format .mat of MATLAB, version 4: matrices of numbers and text, full or sparse, one after the other. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "io/format.h"
#include "io/places.h"
#include "io/text.h"

#define HEADER_BYTES 20
#define NAME_BYTES   64

enum { FULL, TEXT, SPARSE };

/* The header of a matrix, before its entries. */
typedef struct matrix {
    int kind, complex;
    scalar type;         /* type as stored */
    const char *stored;  /* type for users */
    int64_t dims[2];     /* dims of the stored table; for a sparse matrix: entries + 1, and 3 */
    int64_t reported[2]; /* dims for users */
    int64_t at, begin;   /* positions of its header and of its entries */
    int64_t next;        /* position after it */
    char name[NAME_BYTES];
} matrix;

static uint32_t number(const unsigned char *bytes, int big)
{
    uint32_t value = 0;
    for (int k = 0; k < 4; k++)
        value = value << 8 | bytes[big ? k : 3 - k];
    return value;
}

/* The first number has the decimal digits M O P T: byte order, 0, type, kind. Only one byte order of the number itself is
 * valid. */
static int parse_type(const unsigned char *bytes, int *big, matrix *m)
{
    static const scalar types[] = {{SCALAR_FLOAT, 8, 0}, {SCALAR_FLOAT, 4, 0}, {SCALAR_INT, 4, 0},
                                   {SCALAR_INT, 2, 0},   {SCALAR_UINT, 2, 0},  {SCALAR_UINT, 1, 0}};
    *big = number(bytes, 0) > 9999;
    const uint32_t code = number(bytes, *big);
    if (code > 1999 || code / 100 % 10 != 0 || code / 10 % 10 > 5 || code % 10 > 2)
        return 0;
    m->type = types[code / 10 % 10];
    m->type.swap = *big == rlra_machine_is_little();
    m->kind = (int)(code % 10);
    return 1;
}

static int is_name(const char *name)
{
    if (!isalpha((unsigned char)name[0]))
        return 0;
    while (isalnum((unsigned char)*name) || *name == '_')
        name++;
    return *name == '\0';
}

/* Parse the header at a position; *found = 0 if there is none, or its matrix exceeds the file. */
static rlra_status parse(const input *in, int64_t at, matrix *m, int *found)
{
    rlra_status status = RLRA_OK;
    unsigned char bytes[HEADER_BYTES];
    int big;
    *m = (matrix){.begin = 0};
    *found = 0;
    if (in->size - at < HEADER_BYTES)
        return RLRA_OK;
    TRY(rlra_input_read(in, at, bytes, sizeof bytes));
    if (!parse_type(bytes, &big, m))
        return RLRA_OK;
    const int64_t rows = number(bytes + 4, big), columns = number(bytes + 8, big), complex = number(bytes + 12, big);
    const int64_t length = number(bytes + 16, big);
    m->complex = (int)complex;
    m->dims[0] = m->reported[0] = rows;
    m->dims[1] = m->reported[1] = columns;
    m->at = at;
    m->begin = at + HEADER_BYTES + length;
    if (rows > INT32_MAX || columns > INT32_MAX || complex > 1 || length < 2 || length > NAME_BYTES ||
        m->begin > in->size)
        return RLRA_OK;
    TRY(rlra_input_read(in, at + HEADER_BYTES, m->name, (size_t)length));
    if (m->name[length - 1] != '\0' || !is_name(m->name))
        return RLRA_OK;
    const int64_t left = (in->size - m->begin) / (m->type.bytes * (1 + complex));
    if (rows > 0 && columns > left / rows)
        return RLRA_OK;
    m->next = m->begin + rows * columns * m->type.bytes * (1 + complex);
    *found = 1;
cleanup:
    return status;
}

/* Complete a sparse matrix, which is a table of rows, columns and values with the lengths in its last line. */
static rlra_status complete(const input *in, matrix *m)
{
    rlra_status status = RLRA_OK;
    m->stored = m->kind == TEXT ? "text" : m->complex ? "complex" : rlra_scalar_name(m->type);
    if (m->kind != SPARSE)
        return RLRA_OK;
    REQUIRE(m->dims[0] >= 1 && (m->dims[1] == 3 || m->dims[1] == 4) && !m->complex,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' is no sound sparse matrix: a table of %lld x %lld",
                      in->path, m->name, (long long)m->dims[0], (long long)m->dims[1]));
    m->complex = m->dims[1] == 4;
    m->stored = m->complex ? "complex" : m->type.bytes == 4 ? "sparse float32" : "sparse float64";
    for (int k = 0; k < 2; k++) {
        unsigned char bytes[8];
        double length;
        TRY(rlra_input_read(in, m->begin + ((k + 1) * m->dims[0] - 1) * m->type.bytes, bytes, (size_t)m->type.bytes));
        uint64_t aligned = 0;
        memcpy(&aligned, bytes, (size_t)m->type.bytes);
        rlra_scalar_convert(m->type, 1, &aligned, RLRA_DTYPE_F64, &length);
        REQUIRE(length >= 0 && length < 9e15 && length == (double)(int64_t)length,
                rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' is sparse and has mode %d of length %g", in->path,
                          m->name, k, length));
        m->reported[k] = (int64_t)length;
    }
cleanup:
    return status;
}

static int detect(const input *in)
{
    input quiet = *in;
    matrix m;
    int found;
    quiet.context = NULL;
    return parse(&quiet, 0, &m, &found) == RLRA_OK && found;
}

/* Go to the matrix that begins at `at`; *found = 0 at the end of the file. */
static rlra_status next(const input *in, int64_t at, matrix *m, int *found)
{
    rlra_status status = RLRA_OK;
    *found = at < in->size;
    if (!*found)
        return RLRA_OK;
    TRY(parse(in, at, m, found));
    REQUIRE(*found,
            rlra_fail(in->context, RLRA_ERR_FORMAT,
                      "'%s' (MATLAB version 4): at byte %lld there is no matrix, or one that is longer than the file",
                      in->path, (long long)at));
    TRY(complete(in, m));
cleanup:
    return status;
}

static int is_numeric(const matrix *m)
{
    return m->kind != TEXT && !m->complex;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    matrix m = {.next = 0};
    int found;
    for (;;) {
        TRY(next(in, m.next, &m, &found));
        if (!found)
            break;
        const rlra_variable reported = {m.name, m.stored, 2, m.reported, is_numeric(&m)};
        callback(user, &reported);
    }
cleanup:
    return status;
}

static rlra_status collect(const input *in, places *all)
{
    rlra_status status = RLRA_OK;
    matrix m = {.next = 0};
    int found;
    for (;;) {
        TRY(next(in, m.next, &m, &found));
        if (!found)
            break;
        TRY(rlra_places_add(in, all, m.name, (place){m.at, 0}));
    }
cleanup:
    return status;
}

static rlra_status find(const input *in, const char *name, matrix *m)
{
    rlra_status status = RLRA_OK;
    places *all;
    int found;
    TRY(rlra_places_of(in, collect, &all));
    const place *const where = rlra_places_find(all, name);
    REQUIRE(where != NULL, rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no variable '%s'", in->path, name));
    TRY(next(in, where->at, m, &found));
cleanup:
    return status;
}

/* Read the stored table, column after column. */
static rlra_status read_table(const input *in, const matrix *m, rlra_read_dtype asked, rlra_dataset **table)
{
    const shape s = rlra_shape(2, m->dims, 1);
    file_source source = rlra_file_source(in, m->begin);
    return rlra_dataset_stream(in, "mat4", m->name, &s, m->type, asked, &source.base, table);
}

static rlra_status read_sparse(const input *in, const matrix *m, rlra_read_dtype asked, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *table = NULL, *made = NULL;
    const rlra_sparse from = {.dtype = rlra_scalar_target(m->type, asked),
                              .order = 2,
                              .dims = {m->reported[0], m->reported[1]},
                              .count = m->dims[0] - 1,
                              .compressed = -1};
    TRY(read_table(in, m, RLRA_READ_F64, &table));
    TRY(rlra_dataset_create_sparse(in->context, "mat4", m->name, m->stored, &from, &made));
    for (int64_t e = 0; e < from.count; e++) {
        for (int mode = 0; mode < 2; mode++) {
            const double index = rlra_array_get(&table->array, (const int64_t[]){e, mode});
            REQUIRE(index >= 1 && index <= (double)m->reported[mode],
                    rlra_fail(in->context, RLRA_ERR_FORMAT,
                              "'%s:%s': entry %lld has index %g of mode %d, expected 1 to %lld", in->path, m->name,
                              (long long)e + 1, index, mode, (long long)m->reported[mode]));
            made->indices[mode][e] = (int64_t)index - 1;
        }
        rlra_dataset_set_value(made, e, rlra_array_get(&table->array, (const int64_t[]){e, 2}));
    }
    TRY(rlra_dataset_check_sparse(in, made));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(table);
    rlra_dataset_destroy(made);
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    matrix m;
    TRY(find(in, name, &m));
    REQUIRE(is_numeric(&m), rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' holds %s, expected real numbers", in->path,
                                      name, m.stored));
    TRY(m.kind == SPARSE ? read_sparse(in, &m, dtype, dataset) : read_table(in, &m, dtype, dataset));
cleanup:
    return status;
}

static rlra_status locate(const input *in, const char *name, located *where)
{
    rlra_status status = RLRA_OK;
    matrix m;
    TRY(find(in, name, &m));
    REQUIRE(is_numeric(&m) && m.kind == FULL,
            rlra_fail(in->context, RLRA_ERR_UNSUPPORTED, "'%s:%s' holds %s, which cannot be read piece by piece",
                      in->path, name, m.stored));
    where->shape = rlra_shape(2, m.dims, 1);
    where->type = m.type;
    where->offset = m.begin;
cleanup:
    return status;
}

/* Read rows of character codes, stored as numbers of any type. */
static rlra_status read_text(const input *in, const char *name, char **string)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *codes = NULL;
    text_buffer lines = {.context = in->context};
    matrix m;
    TRY(find(in, name, &m));
    REQUIRE(m.kind == TEXT && !m.complex,
            rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s:%s' holds %s, expected text", in->path, name, m.stored));
    TRY(read_table(in, &m, RLRA_READ_F64, &codes));
    for (int64_t i = 0; i < m.dims[0]; i++) {
        const size_t begin = lines.used;
        for (int64_t j = 0; j < m.dims[1]; j++) {
            const double code = rlra_array_get(&codes->array, (const int64_t[]){i, j});
            TRY(rlra_text_add_code(&lines, code >= 1 && code < 0x110000 ? (uint32_t)code : ' '));
        }
        TRY(rlra_text_end_line(&lines, begin));
    }
    TRY(rlra_text_finish(&lines, string));
cleanup:
    rlra_dataset_destroy(codes);
    rlra_text_clear(&lines);
    return status;
}

const format_ops rlra_format_mat4 = {
    .about = {"mat4", "matrices of MATLAB, version 4 (as save -v4 writes them)", "read several text sparse",
              "MAT-File Format, The MathWorks"},
    .endings = "",
    .claims = ".mat",
    .many = 1,
    .detect = detect,
    .list = list,
    .read = read_array,
    .locate = locate,
    .text = read_text,
};
