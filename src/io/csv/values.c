/* io/csv/values.c: read the values of a table, and the names of its rows and columns. */
#include "io/csv/values.h"

#include <math.h>
#include <string.h>

#include "core/number.h"
#include "io/text.h"

/* The destination of rows: values, names and positions. */
typedef struct sink {
    rlra_dataset *dataset;
    text_buffer labels; /* names of the rows, if they have names */
    double *places;     /* positions of the rows, if the first column has them */
    double *row;        /* the fields of one row, including the first column */
} sink;

/* Add the text between the quotes of a field as a label, with doubled quotes as one, followed by a zero. */
static rlra_status add_label(text_buffer *labels, const csv_field *f)
{
    rlra_status status = RLRA_OK;
    const char *at = f->at, *const end = f->at + f->length;
    while (at < end) {
        const char *const quote = f->quote == CSV_QUOTED ? memchr(at, '"', (size_t)(end - at)) : NULL;
        /* A zero within a name would end it. */
        const size_t length = strnlen(at, (size_t)((quote == NULL ? end : quote + 1) - at));
        TRY(rlra_text_add(labels, at, length));
        at = quote == NULL ? end : quote + 2;
    }
    TRY(rlra_text_add(labels, "", 1));
cleanup:
    return status;
}

static rlra_status refuse_missing(const csv_reader *r, int column, const csv_field *f)
{
    char room[CSV_EXCERPT];
    return rlra_fail(r->in->context, RLRA_ERR_FORMAT,
                     "'%s', line %lld, column %d: a value is missing ('%s'); give `missing=nan` if it shall be NaN",
                     r->in->path, (long long)r->record_line, column, rlra_csv_excerpt(f->at, f->length, room));
}

/* Read any row: quotes, words for missing values, grouped digits; *is_row = 0 if it is a comment. */
static rlra_status read_fields(csv_reader *r, const csv_table *t, sink *s, int *is_row)
{
    const int named = t->first == RLRA_FIRST_NAMES;
    rlra_status status = RLRA_OK;
    csv_line line;
    csv_field f;
    rlra_csv_classify(r, t->style, &line);
    *is_row = !line.comment || (line.width == t->width && !(line.width == 1 && line.remark));
    if (!*is_row)
        return RLRA_OK;
    REQUIRE(line.width == t->width, rlra_csv_refuse(r, t, &line));
    csv_cursor c = rlra_csv_fields(r);
    for (int column = 0; column < t->width - t->dropped; column++) {
        int signs = 0;
        rlra_csv_take(&c, &f);
        if (named && column == 0)
            continue;
        const csv_kind kind = rlra_csv_kind(t->style, &f, &s->row[column], &signs);
        if (kind == CSV_EMPTY || kind == CSV_MISSING) {
            REQUIRE(r->in->options->missing_words, refuse_missing(r, column + 1, &f));
            s->row[column] = NAN;
        } else
            REQUIRE(kind == CSV_NUMBER, rlra_csv_refuse(r, t, &line));
    }
cleanup:
    return status;
}

/* Read a row of plain numbers, the usual case; returns whether all of it could be read so. */
static int read_plain(const csv_reader *r, const csv_table *t, double *row)
{
    const char separator = r->separator, decimal = t->style.decimal;
    const int fields = t->width - t->dropped;
    const char *at = r->at, *const end = r->end;
    if (t->style.grouping != '\0' || separator == decimal)
        return 0;
    for (int column = 0; column < fields; column++) {
        while (at < end && rlra_csv_blank(separator, *at))
            at++;
        if (column == 0 && t->first == RLRA_FIRST_NAMES) {
            csv_cursor c = rlra_csv_fields(r);
            csv_field f;
            if (!rlra_csv_take(&c, &f) || !c.more)
                return 0;
            at = c.at;
            continue;
        }
        const int quoted = at < end && *at == '"';
        if ((at = rlra_number_read(at + quoted, decimal, &row[column])) == NULL || at > end || (quoted && *at++ != '"'))
            return 0;
        const char *const behind = at;
        while (at < end && rlra_csv_blank(separator, *at))
            at++;
        if (column + 1 == fields)
            break;
        if (separator == ' ' ? at == behind || at == end : at == end || *at++ != separator)
            return 0;
    }
    for (int k = 0; k < t->dropped && at < end; k++)
        at += *at == separator;
    return at == end;
}

static void store(const csv_table *t, sink *s, int64_t row)
{
    const rlra_array *const array = &s->dataset->array;
    const int skipped = t->first != RLRA_FIRST_DATA;
    const double *const from = s->row + skipped;
    double *const doubles = (double *)array->data + row * t->columns;
    float *const singles = (float *)array->data + row * t->columns;
    if (array->dtype == RLRA_DTYPE_F32)
        for (int k = 0; k < t->columns; k++)
            singles[k] = (float)from[k];
    else
        memcpy(doubles, from, (size_t)t->columns * sizeof *doubles);
    if (t->first == RLRA_FIRST_AXIS)
        s->places[row] = s->row[0];
}

static rlra_status read_rows(csv_reader *r, const csv_table *t, sink *s)
{
    rlra_status status = RLRA_OK;
    csv_field f;
    int found;
    rlra_csv_seek(r, t->offset, t->line);
    for (int64_t row = 0; row < t->rows;) {
        int is_row = 1;
        TRY(rlra_csv_next(r, &found));
        REQUIRE(found, rlra_fail(r->in->context, RLRA_ERR_FILE, "'%s' changed while it was read", r->in->path));
        if (!read_plain(r, t, s->row))
            TRY(read_fields(r, t, s, &is_row));
        if (!is_row)
            continue;
        if (t->first == RLRA_FIRST_NAMES) {
            csv_cursor c = rlra_csv_fields(r);
            rlra_csv_take(&c, &f);
            TRY(add_label(&s->labels, &f));
        }
        store(t, s, row++);
    }
cleanup:
    return status;
}

/* Read the labels of the columns, and their positions if all of them are numbers. */
static rlra_status read_names(csv_reader *r, const csv_table *t, rlra_dataset *dataset)
{
    const int skipped = t->first != RLRA_FIRST_DATA && !t->no_corner;
    rlra_status status = RLRA_OK;
    text_buffer labels = {.context = r->in->context};
    double *places = NULL;
    csv_field f = {.at = ""};
    int count = 0, numbers = 0, signs = 0;
    if (t->names.number == 0)
        return RLRA_OK;
    places = rlra_alloc(r->in->context, (size_t)t->columns, sizeof *places);
    REQUIRE(places != NULL,
            rlra_fail_memory(r->in->context, (size_t)t->columns, sizeof *places, "the names of columns"));
    TRY(rlra_csv_reread(r, &t->names));
    csv_cursor c = rlra_csv_fields(r);
    for (int column = 0; count < t->columns; column++) {
        if (!rlra_csv_take(&c, &f))
            f = (csv_field){.at = ""};
        if (column < skipped)
            continue;
        TRY(add_label(&labels, &f));
        numbers += rlra_csv_kind(t->style, &f, &places[count++], &signs) == CSV_NUMBER;
    }
    char *const taken = labels.at;
    labels = (text_buffer){.context = r->in->context};
    TRY(rlra_dataset_take_labels(dataset, 1, count, taken));
    if (numbers == count) {
        rlra_dataset_take_axis(dataset, 1, places);
        places = NULL;
    }
cleanup:
    rlra_text_clear(&labels);
    rlra_free(r->in->context, places);
    return status;
}

rlra_status rlra_csv_fill(csv_reader *reader, const csv_table *table, rlra_dataset *dataset)
{
    rlra_context *const context = reader->in->context;
    rlra_status status = RLRA_OK;
    sink s = {.dataset = dataset, .labels = {.context = context}};
    const size_t rows = (size_t)table->rows;
    s.row = rlra_alloc_zero(context, (size_t)table->width, sizeof *s.row);
    REQUIRE(s.row != NULL, rlra_fail_memory(context, (size_t)table->width, sizeof *s.row, "a row of a table"));
    if (table->first == RLRA_FIRST_AXIS) {
        s.places = rlra_alloc(context, rows, sizeof *s.places);
        REQUIRE(s.places != NULL, rlra_fail_memory(context, rows, sizeof *s.places, "the places of rows"));
    }
    TRY(read_rows(reader, table, &s));
    if (table->first == RLRA_FIRST_NAMES) {
        char *const labels = s.labels.at;
        s.labels = (text_buffer){.context = context};
        TRY(rlra_dataset_take_labels(dataset, 0, table->rows, labels));
    }
    if (s.places != NULL)
        rlra_dataset_take_axis(dataset, 0, s.places);
    s.places = NULL;
    TRY(read_names(reader, table, dataset));
cleanup:
    rlra_text_clear(&s.labels);
    rlra_free(context, s.places);
    rlra_free(context, s.row);
    return status;
}
