/* io/csv.c: the format CSV/TSV: a matrix as text, with or without a line of column names. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/csv_reader.h"
#include "io/cursor.h"
#include "io/dataset.h"
#include "io/format.h"
#include "io/number.h"

/* What the first pass over the text finds out. */
typedef struct table {
    int64_t rows, columns;
    int has_names;
    text_buffer names; /* of the columns, separated by commas */
} table;

/* Text: no control characters but those of layout. */
static int detect(const input *in)
{
    for (size_t k = 0; k < in->head_bytes; k++)
        if ((in->head[k] < 32 && strchr("\t\n\r\f", in->head[k]) == NULL) || in->head[k] == 0 || in->head[k] == 127)
            return 0;
    return 1;
}

static int is_missing(const char *field)
{
    static const char *const words[] = {"", "na", "n/a", "null", "none", "-", "?", "."};
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        if (strcasecmp(field, words[k]) == 0)
            return 1;
    return 0;
}

/* Names stand in the first record when one of its fields is neither a number nor missing. */
static rlra_status read_first(csv_reader *r, table *t)
{
    rlra_status status = RLRA_OK;
    csv_end end = CSV_FIELD;
    double value;
    while (end == CSV_FIELD) {
        TRY(rlra_csv_next_field(r, &end));
        t->has_names |= !is_missing(r->field.at) && !rlra_number_parse(r->field.at, &value);
        for (char *c = r->field.at; *c != '\0'; c++)
            *c = *c == ',' ? ' ' : *c; /* a comma within a name would look like two names */
        TRY(rlra_text_add(&t->names, r->field.at, r->field.used));
        TRY(rlra_text_add(&t->names, ",", 1));
    }
    t->columns = r->column;
    t->rows = !t->has_names;
    t->names.used -= t->names.used > 0;
cleanup:
    return status;
}

static rlra_status measure(csv_reader *r, table *t)
{
    rlra_status status = RLRA_OK;
    int found;
    TRY(rlra_csv_next_record(r, &found));
    REQUIRE(found, rlra_fail(r->in->context, RLRA_ERR_FORMAT, "'%s' holds no values", r->in->path));
    TRY(read_first(r, t));
    for (;;) {
        csv_end end = CSV_FIELD;
        TRY(rlra_csv_next_record(r, &found));
        if (!found)
            break;
        while (end == CSV_FIELD)
            TRY(rlra_csv_next_field(r, &end));
        REQUIRE(r->column == t->columns,
                rlra_fail(r->in->context, RLRA_ERR_FORMAT,
                          "'%s', line %lld has %d columns, expected %lld as in the first", r->in->path,
                          (long long)r->record_line, r->column, (long long)t->columns));
        t->rows++;
    }
cleanup:
    return status;
}

static rlra_status read_value(csv_reader *r, csv_end *end, double *value)
{
    rlra_status status = RLRA_OK;
    /* A record ends where its last field ends, so the line of the field is asked for before. */
    const int64_t line = r->line;
    TRY(rlra_csv_next_field(r, end));
    if (rlra_number_parse(r->field.at, value))
        return RLRA_OK;
    REQUIRE(!is_missing(r->field.at),
            rlra_fail(r->in->context, RLRA_ERR_FORMAT,
                      "'%s', line %lld, column %d: a value is missing ('%s'); write nan if that is meant", r->in->path,
                      (long long)line, r->column, r->field.at));
    status = rlra_fail(r->in->context, RLRA_ERR_FORMAT, "'%s', line %lld, column %d: expected a number, got '%.40s'",
                       r->in->path, (long long)line, r->column, r->field.at);
cleanup:
    return status;
}

static rlra_status read_values(csv_reader *r, const table *t, rlra_array *array)
{
    rlra_status status = RLRA_OK;
    double *const as_double = array->data;
    float *const as_single = array->data;
    csv_end end = CSV_FIELD;
    int found;
    rlra_csv_restart(r);
    TRY(rlra_csv_next_record(r, &found));
    while (t->has_names && end == CSV_FIELD)
        TRY(rlra_csv_next_field(r, &end));
    if (t->has_names)
        TRY(rlra_csv_next_record(r, &found));
    for (int64_t row = 0; row < t->rows; row++) {
        for (int64_t k = row * t->columns; k < (row + 1) * t->columns; k++) {
            double value = 0;
            TRY(read_value(r, &end, &value));
            if (array->dtype == RLRA_DTYPE_F32)
                as_single[k] = (float)value;
            else
                as_double[k] = value;
        }
        TRY(rlra_csv_next_record(r, &found));
    }
cleanup:
    return status;
}

static rlra_status start(const input *in, csv_reader **reader, table *t)
{
    rlra_status status = RLRA_OK;
    *t = (table){.names = {.context = in->context}};
    *reader = rlra_alloc_zero(in->context, 1, sizeof **reader);
    REQUIRE(*reader != NULL, rlra_fail_memory(in->context, 1, sizeof **reader, "a buffer for reading"));
    TRY(rlra_csv_start(in, *reader));
    TRY(measure(*reader, t));
cleanup:
    return status;
}

static void finish(const input *in, csv_reader *reader, table *t)
{
    if (reader != NULL && reader->in != NULL)
        rlra_csv_clear(reader);
    rlra_free(in->context, reader);
    rlra_text_clear(&t->names);
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    csv_reader *reader = NULL;
    table t;
    const rlra_status status = start(in, &reader, &t);
    if (status == RLRA_OK) {
        const rlra_variable told = {"", "decimal", 2, (const int64_t[]){t.rows, t.columns}, 1};
        callback(user, &told);
    }
    finish(in, reader, &t);
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    const scalar type = {SCALAR_FLOAT, 8, 0};
    rlra_status status = RLRA_OK;
    csv_reader *reader = NULL;
    rlra_dataset *made = NULL;
    table t;
    TRY(start(in, &reader, &t));
    const shape s = rlra_shape(2, (const int64_t[]){t.rows, t.columns}, 0);
    TRY(rlra_dataset_create(in->context, "csv", name, "decimal", rlra_scalar_target(type, dtype), &s, &made));
    TRY(read_values(reader, &t, &made->array));
    if (t.has_names)
        TRY(rlra_dataset_set_attribute(made, "columns", t.names.at, t.names.used));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    finish(in, reader, &t);
    return status;
}

static rlra_status write_arrays(output *out, int count, const rlra_named_array *arrays)
{
    const rlra_array *const array = arrays->array;
    const size_t length = strlen(out->path);
    const char separator = length > 4 && strcasecmp(out->path + length - 4, ".tsv") == 0 ? '\t' : ',';
    const int64_t columns = array->order == 2 ? array->dims[1] : 1;
    rlra_status status = RLRA_OK;
    (void)count;
    REQUIRE(array->order <= 2,
            rlra_fail(out->context, RLRA_ERR_ARGUMENT, "cannot write '%s': a table holds order 1 or 2, got order %d",
                      out->path, array->order));
    for (int64_t i = 0; i < array->dims[0]; i++)
        for (int64_t j = 0; j < columns; j++) {
            char text[NUMBER_BYTES];
            if (array->dtype == RLRA_DTYPE_I64)
                snprintf(text, sizeof text, "%" PRId64,
                         ((const int64_t *)array->data)[i * array->strides[0] + j * array->strides[1]]);
            else
                rlra_number_format(rlra_array_get(array, (const int64_t[]){i, j}), array->dtype == RLRA_DTYPE_F32,
                                   text);
            size_t used = strlen(text);
            text[used++] = j + 1 < columns ? separator : '\n';
            TRY(rlra_output_write(out, text, used));
        }
cleanup:
    return status;
}

const format_ops rlra_format_csv = {
    .about = {"csv", "a matrix as text: comma, semicolon, tab or blanks between columns, names found", "read write",
              "RFC 4180"},
    .endings = ".csv .tsv .txt",
    .detect = detect,
    .list = list,
    .read = read_array,
    .write = write_arrays,
};
