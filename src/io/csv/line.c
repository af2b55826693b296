/* io/csv/line.c: classify the lines of a text, completely or, within a table, by a quick check. */
#include "io/csv/line.h"

#include <string.h>

#include "core/number.h"

/* Find out whether a line begins with a comment character of some program. */
static void find_comment(const csv_reader *r, const csv_field *first, csv_line *line)
{
    if (first->length == 0 || first->quote == CSV_QUOTED)
        return;
    const char sign = *first->at;
    const char behind = first->at + 1 < r->end ? first->at[1] : ' ';
    line->comment = sign == '#' || sign == '%' || sign == '!' || (sign == ';' && r->separator != ';') ||
                    (sign == '/' && behind == '/');
    line->remark = line->comment && (sign != '#' || strchr(" \t#", behind) != NULL);
    line->numbered = sign == '#' && strchr("+-.0123456789", behind) != NULL;
    /* Before a table a quote begins comments of some programs; within one it is a malformed row. */
    line->remark |= sign == '"';
}

static csv_row row_of(const csv_line *l)
{
    const int *const of = l->of_kind;
    const int fit = of[CSV_NUMBER] + of[CSV_EMPTY] + of[CSV_MISSING] == l->width;
    if (of[CSV_EMPTY] == l->width && l->width > 1)
        return ROW_VOID;
    if (fit)
        return l->first == CSV_NUMBER ? ROW_NUMBERS : ROW_OPEN;
    if (l->first == CSV_NUMBER || l->first == CSV_SPOILED)
        return ROW_SPOILED;
    const int all_but_first = of[CSV_NUMBER] + of[CSV_EMPTY] + of[CSV_MISSING] + 1 == l->width;
    return l->bad == 1 && all_but_first && of[CSV_NUMBER] + of[CSV_MISSING] > 0 ? ROW_NAMED : ROW_TEXT;
}

void rlra_csv_classify(const csv_reader *reader, csv_style style, csv_line *line)
{
    csv_cursor c = rlra_csv_fields(reader);
    csv_field f;
    *line = (csv_line){.number = reader->record_line, .offset = reader->record_offset};
    while (rlra_csv_take(&c, &f)) {
        double value;
        csv_kind kind = rlra_csv_kind(style, &f, &value, &line->signs);
        const int is_remark = f.quote == CSV_UNCLOSED && !(f.length > 1 && f.at[1] >= '0' && f.at[1] <= '9');
        if (line->width == 0 && (style.named || is_remark))
            kind = CSV_TEXT;
        if (line->width++ == 0) {
            line->first = kind;
            find_comment(reader, &f, line);
        }
        line->of_kind[kind]++;
        line->trailing = kind == CSV_EMPTY ? line->trailing + 1 : 0;
        if (line->bad == 0 && kind > CSV_MISSING)
            line->bad = line->width;
    }
    line->row = row_of(line);
}

enum { OF_NUMBERS = 1, OF_POINT = 2, OF_COMMA = 4, OF_BLANKS = 8, OF_QUOTES = 16, OF_OTHERS = 32 };

csv_glance rlra_csv_glance(const csv_reader *reader, csv_style style, int width, int named)
{
    csv_glance g = {.style = style, .width = width, .named = named};
    memset(g.class_of, OF_OTHERS, sizeof g.class_of);
    for (const char *c = "0123456789+-eEdD"; *c != '\0'; c++)
        g.class_of[(unsigned char)*c] = OF_NUMBERS;
    g.class_of['.'] = style.decimal == ',' ? OF_OTHERS : OF_POINT;
    g.class_of[','] = style.decimal == ',' ? OF_COMMA : OF_OTHERS;
    g.class_of[' '] = g.class_of['\t'] = OF_BLANKS;
    g.class_of['"'] = OF_QUOTES;
    /* A separator that is not the decimal sign is no part of numbers. */
    if (reader->separator != style.decimal && reader->separator != ' ')
        g.class_of[(unsigned char)reader->separator] = 0;
    if (style.grouping != '\0')
        g.class_of[(unsigned char)style.grouping] = OF_OTHERS;
    return g;
}

/* The text after the first field, which must be a number or a name; NULL if it is neither. */
static const char *behind_first(const csv_glance *g, const csv_reader *r, int *signs)
{
    const char separator = r->separator;
    const char *at = r->at;
    while (at < r->end && rlra_csv_blank(separator, *at))
        at++;
    double value;
    if (g->named) {
        csv_cursor c = rlra_csv_fields(r);
        csv_field f;
        int ignored = 0;
        if (!rlra_csv_take(&c, &f))
            return NULL;
        const csv_kind kind = rlra_csv_kind(g->style, &f, &value, &ignored);
        if (!g->style.named && kind != CSV_TEXT && kind != CSV_CODE && kind != CSV_DATE)
            return NULL;
        return separator == ' ' || !c.more ? c.at : c.at - 1;
    }
    const char decimal = g->style.decimal == ',' ? ',' : '.';
    const int quoted = at < r->end && *at == '"';
    at += quoted;
    const char *const end = rlra_number_read(at, decimal, &value);
    if (end == NULL || end > r->end || (quoted && *end != '"'))
        return NULL;
    *signs |= memchr(at, '.', (size_t)(end - at)) != NULL ? CSV_POINT : 0;
    at = end + quoted;
    while (at < r->end && separator != ' ' && rlra_csv_blank(separator, *at))
        at++;
    return at == r->end || rlra_csv_separates(separator, *at) ? at : NULL;
}

/* Count the fields that follow, separated by blanks. */
static int count_words(const csv_glance *g, const char *at, const char *end, unsigned *classes)
{
    int words = 0, blank = 1;
    for (; at < end; at++) {
        const unsigned class = g->class_of[(unsigned char)*at];
        words += blank && class != OF_BLANKS;
        blank = class == OF_BLANKS;
        *classes |= class;
    }
    return words;
}

int rlra_csv_fits(const csv_glance *g, const csv_reader *r, int *trailing, int *signs)
{
    const char *const at = behind_first(g, r, signs), *end = r->end;
    unsigned classes = 0;
    int fields = 0;
    *trailing = 0;
    if (at == NULL || g->style.decimal == r->separator)
        return 0;
    if (r->separator == ' ')
        fields = count_words(g, at, end, &classes);
    else
        for (const char *c = at; c < end; c++) {
            classes |= g->class_of[(unsigned char)*c];
            fields += *c == r->separator;
        }
    if (fields + 1 != g->width || (classes & OF_OTHERS) != 0 || (g->width > 1 && (classes & OF_NUMBERS) == 0))
        return 0;
    /* An empty field in quotes at the end need not be a column. */
    if ((classes & OF_QUOTES) != 0 && end - at > 1 && end[-1] == '"' && end[-2] == '"')
        return 0;
    for (; r->separator != ' ' && end > at; end--) {
        *trailing += end[-1] == r->separator;
        if (end[-1] != r->separator && end[-1] != ' ')
            break;
    }
    *signs |= (classes & OF_POINT) != 0 ? CSV_POINT : 0;
    *signs |= (classes & OF_COMMA) != 0 ? CSV_COMMA : 0;
    return 1;
}
