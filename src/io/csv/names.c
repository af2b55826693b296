/* io/csv/names.c: which line names the columns of a table, and the contents of its first column. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/csv/find.h"

/* Rows that are checked for numbering. */
#define ROWS_MOST 20

/* How a line of names matches the rows. */
typedef struct fit {
    int fits;
    int no_corner; /* the line has no name for the first column */
    int dropped;   /* empty columns at the end that have no names */
} fit;

static fit fit_of(const csv_table *t, const csv_line *l)
{
    const int width = t->run.width, trailing = t->run.trailing, fields = l->width;
    if (fields == width)
        return (fit){1, 0, trailing < l->trailing ? trailing : l->trailing};
    if (trailing > 0 && fields == width - trailing)
        return (fit){1, 0, trailing};
    if (fields > width && fields - l->trailing <= width)
        return (fit){1, 0, 0};
    /* As written by R: the column of row names has no name. */
    return (fit){fields > 0 && fields == width - trailing - 1, 1, trailing};
}

/* Whether fields are names: text, or text or nothing first and then possibly numbers, but no malformed numbers. */
static int are_names(const csv_line *l)
{
    const int *const of = l->of_kind;
    /* A title that was padded to the width of the table. */
    const int is_title = l->width > 1 && l->bad == 1 && of[CSV_EMPTY] == l->width - 1;
    if (l->first == CSV_NUMBER || is_title || of[CSV_SPOILED] + of[CSV_DATE] > 0)
        return 0;
    if (of[CSV_NUMBER] == 0)
        return of[CSV_TEXT] + of[CSV_CODE] > 0;
    return of[CSV_CODE] == 0 && (l->first == CSV_TEXT || l->first == CSV_EMPTY);
}

static int is_unit(const csv_field *f)
{
    static const char *const units[] = {
        "nm",  "um",  "mm", "cm",   "m",    "km",  "au",     "a.u.", "a. u.", "s",  "ms", "us",  "ns",   "min",  "h",
        "hr",  "sec", "d",  "g",    "mg",   "kg",  "ug",     "ng",   "l",     "ml", "ul", "mol", "mmol", "umol", "ppm",
        "ppb", "cps", "k",  "c",    "v",    "mv",  "uv",     "a",    "ma",    "ua", "hz", "khz", "mhz",  "ghz",  "ev",
        "kev", "w",   "mw", "pa",   "kpa",  "mpa", "bar",    "mbar", "j",     "kj", "n",  "ohm", "rpm",  "deg",  "rad",
        "db",  "m/z", "da", "cm-1", "r.u.", "rfu", "counts", "abs.", "-",     "",   NULL};
    for (const char *const *unit = units; *unit != NULL; unit++)
        if (strlen(*unit) == f->length && strncasecmp(*unit, f->at, f->length) == 0)
            return 1;
    if (*f->at == '(' || *f->at == '[')
        return 1;
    for (size_t k = 0; k < f->length; k++)
        if (strchr("/%^", f->at[k]) != NULL || (unsigned char)f->at[k] == 0xb5 || (unsigned char)f->at[k] == 0xb0)
            return f->length < 12;
    return 0;
}

/* Whether all fields of a line are units, such as nm and (AU), and not all of them empty. */
static rlra_status find_units(csv_reader *r, const csv_line *l, int *found)
{
    csv_field f;
    const rlra_status status = rlra_csv_reread(r, l);
    csv_cursor c = rlra_csv_fields(r);
    *found = l->of_kind[CSV_EMPTY] < l->width;
    while (status == RLRA_OK && *found && rlra_csv_take(&c, &f))
        *found = is_unit(&f);
    return status;
}

/* Rows whose first fields count 0, 1, 2, .. or 1, 2, 3, ..: R numbers rows without names like this. */
static rlra_status find_count(csv_reader *r, const csv_table *t, int *counts)
{
    rlra_status status = rlra_csv_reread(r, &t->run.first);
    int found = 1;
    double begin = 0;
    *counts = 1;
    for (int64_t row = 0; status == RLRA_OK && found && *counts && row < t->run.rows && row < ROWS_MOST; row++) {
        csv_cursor c = rlra_csv_fields(r);
        csv_field f;
        double value = -1;
        int signs = 0;
        rlra_csv_take(&c, &f);
        *counts = rlra_csv_kind(t->style, &f, &value, &signs) == CSV_NUMBER;
        begin = row == 0 ? value : begin;
        *counts = *counts && (begin == 0 || begin == 1) && value == begin + (double)row;
        status = rlra_csv_next(r, &found);
    }
    return status;
}

static void take_names(csv_table *t, const csv_line *line, fit how)
{
    t->names = *line;
    t->no_corner = how.no_corner;
    t->dropped = how.dropped;
}

/* Refuse a line before the rows that seems to be meant as names but has a malformed number. */
static rlra_status refuse_names(csv_reader *r, const csv_table *t, const csv_line *l)
{
    char room[CSV_EXCERPT];
    csv_field f = {0};
    int column = 0;
    const rlra_status status = rlra_csv_reread(r, l);
    if (status != RLRA_OK)
        return status;
    csv_cursor c = rlra_csv_fields(r);
    while (rlra_csv_take(&c, &f)) {
        double value;
        int signs = 0;
        const csv_kind kind = rlra_csv_kind(t->style, &f, &value, &signs);
        column++;
        if (kind == CSV_SPOILED || kind == CSV_DATE || kind == CSV_CODE)
            break;
    }
    return rlra_fail(
        r->in->context, RLRA_ERR_FORMAT,
        "'%s', line %lld, column %d: expected a number or the name of a column, got '%s'; if the line names "
        "the columns give `names=%lld`, to leave it out give `skip=%lld`",
        r->in->path, (long long)l->number, column, rlra_csv_excerpt(f.at, f.length, room), (long long)l->number,
        (long long)l->number);
}

/* The next line before the rows, comments aside; number 0: none. */
static const csv_line *line_before(const csv_run *run, int *at)
{
    static const csv_line none = {0};
    while (*at < RUN_BEFORE && run->before[*at].number > 0 && run->before[*at].remark)
        ++*at;
    return *at < RUN_BEFORE ? &run->before[(*at)++] : &none;
}

/* Check text with numbers that is no line of names: it may be a heading such as `Gain, 5` if rows have two fields, else it is a
 * malformed row. */
static rlra_status judge_no_names(csv_reader *r, const csv_table *t, const csv_line *l)
{
    const int *const of = l->of_kind;
    const int is_heading = l->width == 2 && of[CSV_SPOILED] == 0 && l->first == CSV_TEXT;
    const int is_odd =
        of[CSV_SPOILED] + of[CSV_DATE] > 0 || (l->first != CSV_EMPTY && of[CSV_CODE] + of[CSV_NUMBER] > 0);
    return l->width != t->run.width || is_heading || !is_odd ? RLRA_OK : refuse_names(r, t, l);
}

/* Whether a line with numbers below one of names is a malformed row, like one that begins with a name such as #2. */
static int is_row_below_names(const csv_table *t, const csv_line *line, const csv_line *above)
{
    const int is_mixed = line->width == t->run.width && line->of_kind[CSV_NUMBER] > 0 && t->run.row != ROW_NAMED &&
                         (line->row == ROW_NAMED || line->row == ROW_TEXT);
    const int is_below = above->number > 0 && above->number + 1 == line->number && above->width == line->width &&
                         above->of_kind[CSV_TEXT] + above->of_kind[CSV_CODE] == above->width;
    return is_mixed && (is_below || line->numbered);
}

/* Whether a line above rows with names is a name without values, below the names of columns. */
static int is_empty_row(const csv_table *t, const csv_line *line, const csv_line *above)
{
    return t->run.row == ROW_NAMED && line->width == t->run.width && line->bad == 1 &&
           line->of_kind[CSV_EMPTY] == line->width - 1 && line->width > 1 && above->number + 1 == line->number &&
           above->width == line->width && are_names(above);
}

static rlra_status find_before(csv_reader *r, csv_table *t)
{
    const csv_run *const run = &t->run;
    rlra_status status = RLRA_OK;
    int at = 0, units = 0, counts = 1;
    const csv_line *line = line_before(run, &at);
    if (line->number == 0)
        return RLRA_OK;
    if (run->named_before > 1 && line->row == ROW_NAMED) {
        /* Several lines with a name and numbers, followed by lines of numbers only. */
        REQUIRE(run->width == 2 && !line->numbered, rlra_csv_refuse(r, t, line));
        return RLRA_OK;
    }
    const csv_line *const above = line_before(run, &at);
    REQUIRE(!is_row_below_names(t, line, above), rlra_csv_refuse(r, t, line));
    REQUIRE(!is_empty_row(t, line, above),
            rlra_fail(
                r->in->context, RLRA_ERR_FORMAT,
                "'%s', line %lld: expected a row of numbers, got a name alone; to leave the line out give `skip=%lld`",
                r->in->path, (long long)line->number, (long long)line->number));
    if (line->row == ROW_TEXT && fit_of(t, line).fits && !fit_of(t, line).no_corner)
        TRY(find_units(r, line, &units));
    units = units && above->number + 1 == line->number && are_names(above) && fit_of(t, above).fits &&
            !fit_of(t, above).no_corner;
    const csv_line *const names = units ? above : line;
    const fit how = fit_of(t, names);
    const int is_row = names->row == ROW_NUMBERS && run->row == ROW_NAMED && how.no_corner;
    if (!how.fits || !(are_names(names) || is_row)) {
        status = judge_no_names(r, t, line);
        goto cleanup;
    }
    /* Above rows with names this may be a malformed row. */
    REQUIRE(run->row != ROW_NAMED || names->row != ROW_TEXT || names->of_kind[CSV_NUMBER] == 0 || how.no_corner,
            rlra_csv_refuse(r, t, names));
    if (how.no_corner && run->row != ROW_NAMED)
        TRY(find_count(r, t, &counts));
    if (counts) {
        take_names(t, names, how);
        t->units = units ? *line : (csv_line){0};
    }
cleanup:
    return status;
}

/* The first row may have names of columns itself: nothing or text in the corner, then numbers. */
static rlra_status find_within(csv_reader *r, csv_table *t)
{
    const csv_run *const run = &t->run;
    const csv_line *const first = &run->first;
    int is_names = first->first == CSV_EMPTY && first->of_kind[CSV_NUMBER] + first->trailing + 1 >= first->width;
    rlra_status status = RLRA_OK;
    if (run->row == ROW_NAMED && first->row == ROW_NAMED &&
        (first->of_kind[CSV_MISSING] == 0 || first->of_kind[CSV_NUMBER] == 0))
        TRY(rlra_csv_find_corner(r, t, &is_names));
    if (is_names && run->rows > 1 && first->width > 1)
        take_names(t, first, fit_of(t, first));
cleanup:
    return status;
}

/* Determine the kind of the first column, by its name and its contents. */
static rlra_status judge_first_column(csv_reader *r, csv_table *t)
{
    const rlra_first_column asked = r->in->options->first_column;
    const int fields = t->names.width - t->names.trailing;
    rlra_status status = RLRA_OK;
    csv_field f = {.at = ""};
    t->first = asked != RLRA_FIRST_AUTO ? asked : t->run.row == ROW_NAMED ? RLRA_FIRST_NAMES : RLRA_FIRST_DATA;
    if (t->names.number > 0) {
        TRY(rlra_csv_reread(r, &t->names));
        csv_cursor c = rlra_csv_fields(r);
        rlra_csv_take(&c, &f);
    }
    const int only_numbers = fields > 1 && t->names.of_kind[CSV_NUMBER] == fields - 1 && t->names.first != CSV_NUMBER;
    const int is_unnamed = t->no_corner || f.length == 0 || (f.length >= 8 && memcmp(f.at, "Unnamed:", 8) == 0);
    const int is_axis = t->names.number > 0 && (is_unnamed || only_numbers);
    if (asked == RLRA_FIRST_AUTO && t->first == RLRA_FIRST_DATA && is_axis && t->run.width - t->dropped > 1)
        t->first = RLRA_FIRST_AXIS;
    t->columns = t->run.width - t->dropped - (t->first != RLRA_FIRST_DATA);
    REQUIRE(t->columns > 0,
            rlra_fail(r->in->context, RLRA_ERR_FORMAT,
                      "'%s' holds no values: the only column of its rows is their names or places", r->in->path));
    REQUIRE(t->run.row != ROW_NAMED || t->first == RLRA_FIRST_NAMES, rlra_csv_refuse(r, t, &t->run.first));
cleanup:
    return status;
}

/* Use the line that the caller states as names of columns, for any content. */
static rlra_status take_given(csv_reader *r, csv_table *t)
{
    const csv_line asked = t->names;
    rlra_status status = RLRA_OK;
    csv_line line;
    TRY(rlra_csv_reread(r, &asked));
    rlra_csv_classify(r, t->style, &line);
    const fit how = fit_of(t, &line);
    REQUIRE(how.fits,
            rlra_fail(r->in->context, RLRA_ERR_ARGUMENT,
                      "'%s', line %lld has %d fields, expected the names of the %d columns from line %lld on",
                      r->in->path, (long long)line.number, line.width, t->run.width, (long long)t->run.first.number));
    take_names(t, &line, how);
cleanup:
    return status;
}

rlra_status rlra_csv_find_names(csv_reader *reader, csv_table *table)
{
    rlra_status status = RLRA_OK;
    int found;
    table->width = table->run.width;
    table->dropped = table->run.trailing < table->width ? table->run.trailing : table->width - 1;
    if (reader->in->options->names_line > 0)
        TRY(take_given(reader, table));
    else if (reader->in->options->names_line == 0) {
        TRY(find_before(reader, table));
        if (table->names.number == 0)
            TRY(find_within(reader, table));
    }
    TRY(judge_first_column(reader, table));
    table->rows = table->run.rows;
    TRY(rlra_csv_reread(reader, &table->run.first));
    if (table->names.number == table->run.first.number) {
        table->rows--;
        TRY(rlra_csv_next(reader, &found));
    }
    table->line = reader->record_line;
    table->offset = reader->record_offset;
cleanup:
    return status;
}
