/* io/csv/find.c: find the rows of the table in a text. */
#include "io/csv/find.h"

/* Rows that are checked if the format is in doubt. */
#define ROWS_MOST 1000

rlra_status rlra_csv_reread(csv_reader *reader, const csv_line *line)
{
    int found;
    rlra_csv_seek(reader, line->offset, line->number);
    return rlra_csv_next(reader, &found);
}

/* Go to where the table may begin: after the lines to be skipped. */
static rlra_status go_to_start(csv_reader *r, int64_t first, csv_line *start)
{
    rlra_status status = RLRA_OK;
    int found = 1;
    csv_reader *const at = r;
    *start = (csv_line){.number = r->line, .offset = r->next - (int64_t)(r->filled - r->used)};
    while (r->line < first && found) {
        TRY(rlra_csv_next(at, &found));
        if (found && r->record_line >= first) {
            *start = (csv_line){.number = r->record_line, .offset = r->record_offset};
            return RLRA_OK;
        }
        *start = (csv_line){.number = r->line, .offset = r->next - (int64_t)(r->filled - r->used)};
    }
    REQUIRE(first <= 1 || start->offset < r->size,
            rlra_fail(r->in->context, RLRA_ERR_ARGUMENT, "'%s' has no line %lld, which the table shall begin with",
                      r->in->path, (long long)first));
cleanup:
    return status;
}

rlra_status rlra_csv_scan(csv_reader *r, csv_style style, int64_t end, csv_runs *runs)
{
    rlra_status status = RLRA_OK;
    csv_glance glance = {0};
    int found = 1;
    *runs = (csv_runs){0};
    for (;;) {
        int trailing, signs = 0;
        csv_line line;
        TRY(rlra_csv_next(r, &found));
        if (!found || r->record_offset >= end)
            break;
        if (rlra_csv_is_regular(runs)) {
            const int named = runs->now.row == ROW_NAMED;
            if (glance.width != runs->now.width || glance.named != named)
                glance = rlra_csv_glance(r, style, runs->now.width, named);
            if (rlra_csv_fits(&glance, r, &trailing, &signs)) {
                rlra_csv_add_alike(runs, r->record_line, r->record_offset, trailing, signs);
                continue;
            }
        }
        rlra_csv_classify(r, style, &line);
        rlra_csv_add(runs, &line);
    }
    rlra_csv_end(runs);
cleanup:
    return status;
}

/* Determine the decimal sign, unless it is given. */
static rlra_status settle_decimal(csv_reader *r, csv_table *t)
{
    const int signs = t->run.signs;
    const int is_comma = (signs & CSV_COMMA) != 0 && (signs & CSV_POINT) == 0;
    if (t->style.decimal != '\0')
        return RLRA_OK;
    t->doubtful = is_comma && (signs & CSV_COMMA_SURE) == 0;
    if (t->doubtful && r->separator == ',')
        return rlra_fail(
            r->in->context, RLRA_ERR_FORMAT,
            "'%s', line %lld: every comma within a number is followed by three digits and may be a decimal "
            "comma or separate thousands; give `decimal=comma` or `grouping=,`",
            r->in->path, (long long)t->run.first.number);
    t->style.decimal = is_comma ? ',' : '.';
    return RLRA_OK;
}

/* Whether two whole numbers appear to be one with a decimal comma: -0 before it, or after it a leading zero or many digits. */
static int is_one_number(const csv_field *whole, const csv_field *part)
{
    const int is_number = part->length > 1 && part->at[0] >= '0' && part->at[0] <= '9' && part->quote == CSV_PLAIN;
    const int is_zero = whole->length == 2 && whole->at[0] == '-' && whole->at[1] == '0';
    return is_zero ||
           (is_number && (part->length > 9 || (part->at[0] == '0' && part->at[1] >= '0' && part->at[1] <= '9')));
}

/* Whether there is a single word directly above the rows, like the name of one column. */
static int is_below_one_name(const csv_run *run)
{
    const csv_line *const above = &run->before[0];
    return run->lines_before == 1 && above->number + 1 == run->first.number && above->width == 1 &&
           above->row == ROW_TEXT && !above->comment;
}

static rlra_status check_two_columns(csv_reader *r, const csv_table *t)
{
    const csv_run *const run = &t->run;
    rlra_status status = RLRA_OK;
    int found = 1;
    if (r->separator != ',' || t->names.width == 2 || r->in->options->decimal != '\0' || run->width != 2 ||
        run->row == ROW_NAMED || (run->signs & CSV_POINT) != 0)
        return RLRA_OK;
    TRY(rlra_csv_reread(r, &run->first));
    for (int64_t row = 0; found && row < run->rows && row < ROWS_MOST; row++) {
        csv_cursor c = rlra_csv_fields(r);
        csv_field whole = {0}, part = {0};
        rlra_csv_take(&c, &whole);
        rlra_csv_take(&c, &part);
        REQUIRE(
            !is_one_number(&whole, &part) && !is_below_one_name(run),
            rlra_fail(r->in->context, RLRA_ERR_FORMAT,
                      "'%s', line %lld: these may be two numbers, or one with a decimal comma; give `decimal=point` or "
                      "`decimal=comma`",
                      r->in->path, (long long)r->record_line));
        TRY(rlra_csv_next(r, &found));
    }
cleanup:
    return status;
}

/* Refuse rows with text in columns other than the first. */
static rlra_status refuse_mixed(csv_reader *r, const csv_style style, const csv_runs *runs)
{
    rlra_status status = rlra_csv_reread(r, &runs->mixed);
    char room[CSV_EXCERPT];
    csv_cursor c = rlra_csv_fields(r);
    csv_field f;
    int column = 0, signs = 0;
    double value;
    while (status == RLRA_OK && rlra_csv_take(&c, &f))
        if (++column > 1 && rlra_csv_kind(style, &f, &value, &signs) > CSV_MISSING)
            return rlra_fail(
                r->in->context, RLRA_ERR_FORMAT,
                "'%s', line %lld, column %d: expected a number, got '%s'; no column but the first may hold text, leave "
                "this one out",
                r->in->path, (long long)runs->mixed.number, column, rlra_csv_excerpt(f.at, f.length, room));
    return status;
}

/* Refuse text with numbers outside the table, as leaving them out would lose data. */
static rlra_status check_alone(csv_reader *r, const csv_table *t, const csv_runs *runs)
{
    const csv_run *const best = &t->run;
    const csv_line *const before = &best->before[0], *const broken = &best->broken, *const spoiled = &best->spoiled;
    const int named = best->row == ROW_NAMED;
    if (best->parted.number > 0)
        return rlra_csv_refuse(r, t, &best->parted);
    if (broken->number > 0 && (spoiled->number == 0 || broken->number < spoiled->number))
        return rlra_csv_refuse(r, t, broken);
    if (spoiled->number > 0)
        return rlra_csv_refuse(r, t, spoiled);
    if (runs->after.number > 0)
        return rlra_csv_refuse(
            r, t, best->between.number > 0 && runs->after.width == best->width ? &best->between : &runs->after);
    const int is_names = named && before->width == best->width - 1 && before->of_kind[CSV_NUMBER] == before->width;
    if ((before->row == ROW_NUMBERS && !is_names) || before->row == ROW_OPEN ||
        (named && before->row == ROW_NAMED && before->width > 2))
        return rlra_csv_refuse(r, t, before);
    if (2 * runs->rival.rows > best->rows)
        return rlra_fail(r->in->context, RLRA_ERR_FORMAT,
                         "'%s' holds two tables, of %d columns from line %lld on and of %d from line %lld on; to leave "
                         "the first out give `skip=%lld`",
                         r->in->path, runs->rival.width, (long long)runs->rival.first.number, best->width,
                         (long long)best->first.number,
                         (long long)(runs->rival.lines_behind > 0 ? runs->rival.behind : best->first).number - 1);
    return RLRA_OK;
}

static rlra_status refuse_all(csv_reader *r, const csv_runs *runs)
{
    char room[CSV_EXCERPT];
    if (runs->lines == 0)
        return rlra_fail(r->in->context, RLRA_ERR_FORMAT, "'%s' holds no values: all of its lines are blank",
                         r->in->path);
    const rlra_status status = rlra_csv_reread(r, &runs->first);
    if (status != RLRA_OK)
        return status;
    return rlra_fail(r->in->context, RLRA_ERR_FORMAT,
                     "'%s' holds no values: none of its lines is a row of numbers, line %lld is '%s'", r->in->path,
                     (long long)runs->first.number, rlra_csv_excerpt(r->at, (size_t)(r->end - r->at), room));
}

/* Find the line of the option `names`, which may be anywhere. */
static rlra_status find_given_names(csv_reader *r, csv_table *t)
{
    const int64_t asked = r->in->options->names_line;
    rlra_status status = RLRA_OK;
    csv_reader *const at = r;
    int found = 1;
    while (found && r->line <= asked)
        TRY(rlra_csv_next(at, &found));
    REQUIRE(found && r->record_line == asked,
            rlra_fail(r->in->context, RLRA_ERR_ARGUMENT, "'%s' has nothing in line %lld, which shall name the columns",
                      r->in->path, (long long)asked));
    t->names = (csv_line){.number = asked, .offset = r->record_offset};
cleanup:
    return status;
}

rlra_status rlra_csv_find(csv_reader *reader, csv_table *table)
{
    const rlra_read_options *const options = reader->in->options;
    const csv_line origin = {.offset = reader->next, .number = 1};
    rlra_status status = RLRA_OK;
    int64_t first = options->first_line;
    csv_line start;
    csv_runs runs;
    int found;
    *table = (csv_table){.style = {options->decimal, options->grouping, options->first_column == RLRA_FIRST_NAMES}};
    TRY(rlra_csv_next(reader, &found));
    const char separator = found ? rlra_csv_declared(reader) : '\0';
    if (separator != '\0' && first < 2)
        first = reader->line;
    rlra_csv_seek(reader, origin.offset, 1);
    if (options->names_line > 0) {
        TRY(find_given_names(reader, table));
        first = first > options->names_line ? first : options->names_line + 1;
        rlra_csv_seek(reader, origin.offset, 1);
    }
    TRY(go_to_start(reader, first, &start));
    if (separator == '\0')
        TRY(rlra_csv_find_separator(reader, &start, &table->style));
    else
        reader->separator = separator;
    rlra_csv_seek(reader, start.offset, start.number);
    TRY(rlra_csv_scan(reader, table->style, reader->size, &runs));
    if (runs.mixed_lines > runs.best.rows) {
        status = refuse_mixed(reader, table->style, &runs);
        goto cleanup;
    }
    if (runs.best.rows == 0) {
        status = refuse_all(reader, &runs);
        goto cleanup;
    }
    table->run = runs.best;
    table->top = runs.first;
    TRY(check_alone(reader, table, &runs));
    TRY(settle_decimal(reader, table));
    TRY(rlra_csv_find_names(reader, table));
    TRY(check_two_columns(reader, table));
cleanup:
    return status;
}
