/* io/csv/report.c: messages and notes on a text: why a line is not a row of the table, and what was left out or guessed. */
#include <stdio.h>
#include <string.h>

#include "io/csv/find.h"

/* Names that are reported. */
#define NAMES_MOST 3

/* Find the field because of which a line is not a row of the table; returns its column, from 1, or 0. */
static int find_culprit(const csv_reader *r, const csv_table *t, csv_field *culprit, csv_kind *kind)
{
    const int named = t->run.row == ROW_NAMED && r->in->options->first_column != RLRA_FIRST_AXIS &&
                      r->in->options->first_column != RLRA_FIRST_DATA;
    csv_cursor c = rlra_csv_fields(r);
    for (int column = 1; rlra_csv_take(&c, culprit); column++) {
        double value;
        int signs = 0;
        *kind = rlra_csv_kind(t->style, culprit, &value, &signs);
        const int is_name = named && column == 1;
        if (is_name ? *kind == CSV_NUMBER : *kind > CSV_MISSING)
            return column;
    }
    return 0;
}

/* Whether the line above seems to name the columns. */
static int is_below_names(const csv_table *t, long long line)
{
    for (int k = 0; k < RUN_BEFORE; k++) {
        const csv_line *const above = &t->run.before[k];
        if (above->number > 0 && above->number + 1 == line && above->width == t->run.width)
            return above->of_kind[CSV_TEXT] == above->width;
    }
    return 0;
}

/* Whether the row after the record has text in this column, too. */
static int is_text_below(csv_reader *r, const csv_table *t, int column)
{
    csv_field f = {.at = ""};
    double value;
    int found = 0, signs = 0;
    if (rlra_csv_next(r, &found) != RLRA_OK || !found)
        return 0;
    csv_cursor c = rlra_csv_fields(r);
    for (int k = 0; k < column; k++)
        if (!rlra_csv_take(&c, &f))
            return 0;
    const csv_kind kind = rlra_csv_kind(t->style, &f, &value, &signs);
    return kind == CSV_TEXT || kind == CSV_CODE || kind == CSV_DATE;
}

static rlra_status refuse_field(csv_reader *r, const csv_table *t, int column, const csv_field *f, csv_kind kind)
{
    const char *const path = r->in->path;
    const long long line = r->record_line;
    char room[CSV_EXCERPT], remedy[160] = "";
    if (f->quote == CSV_UNCLOSED)
        return rlra_fail(r->in->context, RLRA_ERR_FORMAT, "'%s', line %lld, column %d: the quote is never closed", path,
                         line, column);
    rlra_csv_excerpt(f->at, f->length, room);
    if (kind == CSV_NUMBER)
        return rlra_fail(
            r->in->context, RLRA_ERR_FORMAT,
            "'%s', line %lld, column 1: expected the name of a row as in line %lld, got the number '%s'; if "
            "such names are meant give `first_column=names`",
            path, line, (long long)t->run.first.number, room);
    if (kind == CSV_SPOILED && memchr(f->at, ',', f->length) != NULL)
        snprintf(remedy, sizeof remedy,
                 "; for decimal commas give `decimal=comma`, for groups of digits `grouping=SIGN`");
    else if (column > 1 && kind != CSV_SPOILED && is_text_below(r, t, column))
        snprintf(remedy, sizeof remedy, "; no column but the first may hold text, leave this one out");
    else if (line <= t->run.first.number && !is_below_names(t, line))
        snprintf(remedy, sizeof remedy,
                 "; if the line names the columns give `names=%lld`, to leave it out `skip=%lld`", line, line);
    else if (column == 1 && kind != CSV_SPOILED)
        snprintf(remedy, sizeof remedy, "; if the first column names the rows give `first_column=names`");
    return rlra_fail(r->in->context, RLRA_ERR_FORMAT, "'%s', line %lld, column %d: expected a number, got '%s'%s", path,
                     line, column, room, remedy);
}

rlra_status rlra_csv_refuse(csv_reader *reader, const csv_table *table, const csv_line *line)
{
    rlra_status status = RLRA_OK;
    const csv_run *const run = &table->run;
    csv_field f = {0};
    csv_kind kind = CSV_EMPTY;
    csv_line now;
    char remedy[80] = "";
    TRY(rlra_csv_reread(reader, line));
    rlra_csv_classify(reader, table->style, &now);
    const int column = now.width != run->width ? 0 : find_culprit(reader, table, &f, &kind);
    if (column > 0)
        return refuse_field(reader, table, column, &f, kind);
    if (now.number < run->first.number)
        snprintf(remedy, sizeof remedy, "; if the table begins after it, give `skip=%lld`", (long long)now.number);
    status =
        rlra_fail(reader->in->context, RLRA_ERR_FORMAT, "'%s', line %lld has %d columns, expected %d as in line %lld%s",
                  reader->in->path, (long long)now.number, now.width, run->width, (long long)run->first.number, remedy);
cleanup:
    return status;
}

/* The first of the names in a record, from one field on: "a, b, c .."; in a buffer of NAMES_BYTES. */
#define NAMES_BYTES (NAMES_MOST * (CSV_EXCERPT + 2) + 4)
static const char *list_names(const csv_reader *r, int skipped, int most, char *room)
{
    csv_cursor c = rlra_csv_fields(r);
    csv_field f;
    size_t used = 0;
    room[0] = '\0';
    for (int k = 0; k < skipped + most && rlra_csv_take(&c, &f); k++) {
        char one[CSV_EXCERPT];
        if (k >= skipped + NAMES_MOST) {
            snprintf(room + used, NAMES_BYTES - used, " ..");
            break;
        }
        if (k >= skipped)
            used += (size_t)snprintf(room + used, NAMES_BYTES - used, "%s%s", k > skipped ? ", " : "",
                                     rlra_csv_excerpt(f.at, f.length, one));
    }
    return room;
}

static rlra_status report_names(csv_reader *r, const csv_table *t)
{
    const int skipped = t->first != RLRA_FIRST_DATA && !t->no_corner;
    rlra_status status = RLRA_OK;
    char room[NAMES_BYTES];
    if (t->names.number == 0)
        return RLRA_OK;
    TRY(rlra_csv_reread(r, &t->names));
    TRY(rlra_input_note(r->in, "line %lld names the columns: %s", (long long)t->names.number,
                        list_names(r, skipped, t->columns, room)));
    if (t->units.number > 0) {
        TRY(rlra_csv_reread(r, &t->units));
        TRY(rlra_input_note(r->in, "line %lld holds units and is left out: %s", (long long)t->units.number,
                            list_names(r, 0, t->width, room)));
    }
cleanup:
    return status;
}

static rlra_status report_first_column(csv_reader *r, const csv_table *t)
{
    rlra_status status = RLRA_OK;
    char name[NAMES_BYTES] = "", from[NAMES_BYTES];
    if (t->first == RLRA_FIRST_DATA)
        return RLRA_OK;
    if (t->names.number > 0 && !t->no_corner) {
        TRY(rlra_csv_reread(r, &t->names));
        list_names(r, 0, 1, name);
    }
    TRY(rlra_csv_reread(r, &(csv_line){.number = t->line, .offset = t->offset}));
    TRY(rlra_input_note(r->in, "the first column%s%s%s holds %s of the rows, from '%s' on, not data",
                        name[0] == '\0' ? "" : ", '", name, name[0] == '\0' ? "" : "',",
                        t->first == RLRA_FIRST_NAMES ? "the names" : "the places", list_names(r, 0, 1, from)));
cleanup:
    return status;
}

/* Add a note on lines that were left out. */
static rlra_status report_lines(csv_reader *r, const csv_line *first, int64_t count, const char *where)
{
    char room[CSV_EXCERPT];
    if (count <= 0 || first->number == 0)
        return RLRA_OK;
    const rlra_status status = rlra_csv_reread(r, first);
    if (status != RLRA_OK)
        return status;
    rlra_csv_excerpt(r->at, (size_t)(r->end - r->at), room);
    return count == 1 ? rlra_input_note(r->in, "line %lld %s is left out: '%s'", (long long)first->number, where, room)
                      : rlra_input_note(r->in, "%lld lines %s are left out, the first is line %lld: '%s'",
                                        (long long)count, where, (long long)first->number, room);
}

/* The first line before the rows that is left out: that below the names, if they come first. */
static const csv_line *first_left_out(const csv_table *t)
{
    const csv_line *first = &t->top;
    for (int k = 0; k < RUN_BEFORE && t->top.number == t->names.number; k++) {
        const csv_line *const line = &t->run.before[k];
        if (line->number > t->names.number && line->number != t->units.number)
            first = line;
    }
    return first;
}

rlra_status rlra_csv_report(csv_reader *reader, const csv_table *table)
{
    const input *const in = reader->in;
    const csv_run *const run = &table->run;
    const int taken =
        table->names.number > 0 && table->names.number < run->first.number && table->names.number >= table->top.number;
    rlra_status status = RLRA_OK;
    TRY(report_lines(reader, first_left_out(table), run->lines_before - taken - (table->units.number > 0),
                     "before the table"));
    TRY(report_names(reader, table));
    TRY(report_first_column(reader, table));
    if (table->dropped > 0)
        TRY(rlra_input_note(in, "%d empty column%s at the end %s left out", table->dropped,
                            table->dropped == 1 ? "" : "s", table->dropped == 1 ? "is" : "are"));
    if (in->options->decimal == '\0' && table->style.decimal == ',')
        TRY(rlra_input_note(in, "commas are read as decimal signs%s",
                            table->doubtful ? ", though all of them may separate thousands (option grouping)" : ""));
    if (run->comments > 0)
        TRY(rlra_input_note(in, "%lld line%s of comments within the table %s left out", (long long)run->comments,
                            run->comments == 1 ? "" : "s", run->comments == 1 ? "is" : "are"));
    TRY(report_lines(reader, &run->behind, run->lines_behind, "behind the table"));
cleanup:
    return status;
}
