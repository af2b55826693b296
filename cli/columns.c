/* cli/columns.c: gene lists and others of their kind: an identifier, a name and a type in each line, separated by tabs. */
#include "columns.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "say.h"
#include "text.h"

/* Identifiers come first, and what people read second. */
#define USUAL 1

static int64_t count_columns(const char *line)
{
    int64_t count = 1;
    for (const char *c = line; *c != '\0'; ++c)
        count += *c == '\t';
    return count;
}

/* Column `at` of a line, which is there, with its length. */
static char *find_column(char *line, int64_t at, size_t *length)
{
    for (; at > 0; --at)
        line += strcspn(line, "\t") + 1;
    *length = strcspn(line, "\t");
    return line;
}

/* A number from 1, or 0 for what is none. */
static int64_t number_of(const char *column)
{
    char *end = NULL;
    const long long number = strtoll(column, &end, 10);
    return column[0] >= '0' && column[0] <= '9' && *end == '\0' ? number : 0;
}

static int64_t column_named(const text_lines *l, int64_t columns, const char *name)
{
    for (int64_t at = 0; at < columns; ++at) {
        size_t length = 0;
        const char *const here = find_column(l->line[0], at, &length);
        if (length == strlen(name) && memcmp(here, name, length) == 0)
            return at;
    }
    return -1;
}

static int check_lines(const char *option, const char *path, const text_lines *l, int64_t columns)
{
    for (int64_t i = 1; i < l->count; ++i) {
        const int64_t here = count_columns(l->line[i]);
        if (here != columns)
            return run_error("--%s %s: line %" PRId64 " has %" PRId64 " column%s separated by tabs, the first line has "
                             "%" PRId64,
                             option, path, i + 1, here, here == 1 ? "" : "s", columns);
    }
    return EXIT_OK;
}

/* The first line holds the names of the columns: it goes. */
static void drop_names(text_lines *l)
{
    memmove(l->line, l->line + 1, (size_t)(l->count - 1) * sizeof *l->line);
    --l->count;
    ++l->skipped;
}

static int no_column(const char *option, const char *path, const char *column, const text_lines *l, int64_t columns)
{
    char names[160];
    snprintf(names, sizeof names, "%s", l->line[0]);
    for (char *c = names; *c != '\0'; ++c)
        *c = *c == '\t' ? ' ' : *c;
    if (columns == 1)
        return run_error("--%s %s has one column, no tab stands in its lines: there is no column '%s'", option, path,
                         column);
    return run_error("--%s %s has %" PRId64
                     " columns separated by tabs, there is no column '%s': give a number from 1, "
                     "or a name in its first line, which reads: %s",
                     option, path, columns, column, names);
}

int columns_choose(const run *r, const char *option, const char *path, const char *column, text_lines *l)
{
    const int64_t columns = count_columns(l->line[0]), number = column == NULL ? USUAL + 1 : number_of(column);
    if (column == NULL && columns == 1)
        return EXIT_OK;
    const int64_t chosen = number > 0 ? number - 1 : column_named(l, columns, column);
    if (chosen < 0 || chosen >= columns)
        return no_column(option, path, column, l, columns);
    const int code = check_lines(option, path, l, columns);
    if (code != EXIT_OK)
        return code;
    l->of_column = columns > 1;
    if (number == 0 && l->count > 1)
        drop_names(l);
    for (int64_t i = 0; i < l->count; ++i) {
        size_t length = 0;
        l->line[i] = find_column(l->line[i], chosen, &length);
        l->line[i][length] = '\0';
    }
    if (column == NULL && !r->asked->quiet)
        say(stderr,
            "rlra: note: --%s %s has %" PRId64 " columns separated by tabs: the second is taken, '%s' and so on; "
            "--%s %s:N takes another, by its number or its name in the first line\n",
            option, path, columns, l->line[0], option, path);
    return EXIT_OK;
}
