/* io/csv/separator.c: which sign separates the fields of a text: the one by which most numbers are found. */
#include <string.h>
#include <strings.h>

#include "io/csv/find.h"

/* So much of the file decides, or more if no table lasts to the end of it. */
#define SAMPLE_LEAST ((int64_t)1 << 16)

/* Excel's first line "sep=;": the sign it names, or 0. */
char rlra_csv_declared(const csv_reader *r)
{
    const size_t length = (size_t)(r->end - r->at);
    return length == 5 && strncasecmp(r->at, "sep=", 4) == 0 && strchr("\t;, ", r->at[4]) != NULL ? r->at[4] : '\0';
}

/* Whether a sign belongs to numbers, so that it separates fields only where nothing else does. */
static int is_of_numbers(csv_style style, char sign)
{
    return sign == style.decimal || sign == style.grouping;
}

/* Whether one column of numbers with commas was found, which may as well separate them. */
static int is_doubtful(const csv_run *run)
{
    return run->width == 1 && (run->signs & CSV_COMMA) != 0;
}

/* Whether two separators find as much, and the one gives names with blanks in them: "a 1,5" is a 1 and 5, or a and 1.5. */
static int is_tie(const csv_run *run, const csv_run *than)
{
    return run->rows > 0 && run->row == ROW_NAMED && than->row == ROW_NAMED && run->numbers == than->numbers &&
           run->spoiled.number == 0 && than->spoiled.number == 0;
}

/* If a comma and blanks find as much, the one wins that gives the line before the table as many fields as its rows. */
static rlra_status break_tie(csv_reader *r, const csv_runs *runs, csv_runs *best, char *chosen)
{
    const int mine = runs->best.before[0].width == runs->best.width;
    const int other = best->best.before[0].width == best->best.width;
    if (mine == other)
        return rlra_fail(
            r->in->context, RLRA_ERR_FORMAT,
            "'%s', line %lld: commas or blanks may separate the fields; give `decimal=point` for commas, or "
            "`decimal=comma` for blanks",
            r->in->path, (long long)best->best.first.number);
    if (mine) {
        *best = *runs;
        *chosen = r->separator;
    }
    return RLRA_OK;
}

/* Whether a separator finds more than another: more numbers, or as many of which none has gone wrong; without rows, more lines
 * of text and numbers, about which there is something to say. */
static int finds_more(const csv_runs *runs, const csv_runs *than_these)
{
    const csv_run *const run = &runs->best, *const than = &than_these->best;
    if (run->rows == 0 && than->rows == 0)
        return runs->mixed_lines > than_these->mixed_lines;
    if (run->rows == 0 || than->rows == 0)
        return run->rows > 0;
    if (is_doubtful(run) != is_doubtful(than))
        return is_doubtful(than);
    if (run->numbers != than->numbers)
        return run->numbers > than->numbers;
    return run->spoiled.number == 0 && than->spoiled.number > 0;
}

/* Whether tabs part all lines and blanks are but within their fields: "row 1" is one name, not a name and a number. */
static int are_blanks_within(const csv_run *of_tabs, const csv_run *of_blanks)
{
    return of_tabs->width > 1 && of_tabs->spoiled.number == 0 && of_tabs->rows >= of_blanks->rows;
}

/* The separator, of those that belong to numbers or of the others, by which a part of the file holds most numbers. */
static rlra_status try_separators(csv_reader *r, csv_style style, const csv_line *start, int64_t end, int of_numbers,
                                  csv_runs *best)
{
    rlra_status status = RLRA_OK;
    char chosen = r->separator;
    for (const char *sign = "\t;, "; *sign != '\0'; sign++) {
        csv_runs runs;
        if (is_of_numbers(style, *sign) != of_numbers)
            continue;
        r->separator = *sign;
        rlra_csv_seek(r, start->offset, start->number);
        TRY(rlra_csv_scan(r, style, end, &runs));
        if (*sign == ' ' && chosen == ',' && is_tie(&runs.best, &best->best)) {
            TRY(break_tie(r, &runs, best, &chosen));
        } else if (!(*sign == ' ' && chosen == '\t' && are_blanks_within(&best->best, &runs.best)) &&
                   finds_more(&runs, best)) {
            *best = runs;
            chosen = *sign;
        }
    }
    r->separator = chosen;
cleanup:
    return status;
}

/* From a sample that gets larger until some table lasts to its end. The decimal sign is settled too, if the sample shows it. */
rlra_status rlra_csv_find_separator(csv_reader *r, const csv_line *start, csv_style *style)
{
    rlra_status status = RLRA_OK;
    csv_runs runs;
    int64_t end, bytes = SAMPLE_LEAST;
    do {
        end = r->size - start->offset <= bytes ? r->size : start->offset + bytes;
        bytes *= 4;
        runs = (csv_runs){0};
        r->separator = ',';
        TRY(try_separators(r, *style, start, end, 0, &runs));
        if (runs.best.rows == 0)
            TRY(try_separators(r, *style, start, end, 1, &runs));
    } while (end < r->size && (runs.best.rows == 0 || runs.best.lines_behind > 0 || runs.after.number > 0));
    const int signs = runs.best.signs;
    if (style->decimal == '\0' && (signs & CSV_COMMA_SURE) != 0 && (signs & CSV_POINT) == 0)
        style->decimal = ',';
    if (style->decimal == '\0' && (signs & CSV_POINT) != 0 && (signs & CSV_COMMA) == 0)
        style->decimal = '.';
cleanup:
    return status;
}
