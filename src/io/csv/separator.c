/* io/csv/separator.c: find the separator of the fields of a text: the one that gives the most numbers. */
#include <string.h>
#include <strings.h>

#include "io/csv/find.h"

/* Bytes of the file that decide, or more if no table extends to their end. */
#define SAMPLE_LEAST ((int64_t)1 << 16)

/* The separator stated in Excel's first line "sep=;", or 0. */
char rlra_csv_declared(const csv_reader *r)
{
    const size_t length = (size_t)(r->end - r->at);
    return length == 5 && strncasecmp(r->at, "sep=", 4) == 0 && strchr("\t;, ", r->at[4]) != NULL ? r->at[4] : '\0';
}

/* Whether a character is part of numbers, so that it separates fields only if no other does. */
static int is_of_numbers(csv_style style, char sign)
{
    return sign == style.decimal || sign == style.grouping;
}

/* Whether one column of numbers with commas was found, in which commas may be separators. */
static int is_doubtful(const csv_run *run)
{
    return run->width == 1 && (run->signs & CSV_COMMA) != 0;
}

/* Whether two separators are equally good, and one gives names with blanks in them: "a 1,5" is a 1 and 5, or a and 1.5. */
static int is_tie(const csv_run *run, const csv_run *than)
{
    return run->rows > 0 && run->row == ROW_NAMED && than->row == ROW_NAMED && run->numbers == than->numbers &&
           run->spoiled.number == 0 && than->spoiled.number == 0;
}

/* If a comma and blanks are equally good, choose the one that gives the line before the table as many fields as its rows. */
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

/* Whether a separator is better than another: more numbers, or as many without malformed ones; without rows, more lines of text
 * and numbers, which can be reported. */
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

/* Whether tabs separate all lines and blanks occur only within their fields: "row 1" is one name, not a name and a number. */
static int are_blanks_within(const csv_run *of_tabs, const csv_run *of_blanks)
{
    return of_tabs->width > 1 && of_tabs->spoiled.number == 0 && of_tabs->rows >= of_blanks->rows;
}

/* Find the separator that gives the most numbers in a part of the file, among those that are part of numbers or the others. */
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

/* Uses a sample that grows until some table extends to its end. Sets the decimal sign, too, if the sample shows it. */
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
