/* io/csv/field.c: distinguish numbers, words for missing values, text, and malformed numbers. */
#include "io/csv/field.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "core/number.h"

/* Longer fields are not numbers. */
#define NUMBER_MOST 1200

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The bytes of a grouping character at `at`, or 0: ' ' includes no-break spaces, and ' the typographic apostrophe. */
static size_t group_bytes(char grouping, const char *at, size_t left)
{
    if (grouping == '\0' || left == 0)
        return 0;
    if (*at == grouping)
        return 1;
    if (grouping == ' ' && left >= 2 && memcmp(at, "\xc2\xa0", 2) == 0)
        return 2;
    if (left < 3)
        return 0;
    const int narrow = grouping == ' ' && (memcmp(at, "\xe2\x80\xaf", 3) == 0 || memcmp(at, "\xe2\x80\x89", 3) == 0);
    return narrow || (grouping == '\'' && memcmp(at, "\xe2\x80\x99", 3) == 0) ? 3 : 0;
}

/* Copy a field without its grouping characters, which must be between digits, with three digits after the last; returns 0
 * otherwise. Leading groups of two, as in 1,00,000, are allowed. */
static int ungroup(char grouping, const csv_field *f, char *to)
{
    size_t used = 0, run = 0, bytes;
    int grouped = 0, whole = 1;
    for (size_t k = 0; k < f->length; k += bytes) {
        bytes = whole ? group_bytes(grouping, f->at + k, f->length - k) : 0;
        if (bytes > 0) {
            if (run == 0 || run > 3 || (grouped && run < 2))
                return 0;
            grouped = 1;
            run = 0;
            continue;
        }
        bytes = 1;
        if (!is_digit(f->at[k]) && (k > 0 || (f->at[k] != '-' && f->at[k] != '+'))) {
            whole = 0;
            if (grouped && run != 3)
                return 0;
            grouped = 0;
        }
        run += whole && is_digit(f->at[k]);
        to[used++] = f->at[k];
    }
    to[used] = '\0';
    return !grouped || run == 3;
}

/* Whether a comma is surely decimal: it may separate thousands if one to three digits precede it, not beginning with 0, and
 * three follow. */
static int is_sure(const char *text)
{
    const char *const comma = strchr(text, ',');
    const char *const begin = text + (*text == '-' || *text == '+');
    const size_t behind = strspn(comma + 1, "0123456789");
    return comma == begin || comma - begin > 3 || *begin == '0' || behind != 3 || comma[4] != '\0';
}

static int is_number(csv_style style, const csv_field *f, double *value, int *signs)
{
    char text[NUMBER_MOST];
    if (f->length == 0 || f->length >= NUMBER_MOST || memchr(f->at, '\0', f->length) != NULL)
        return 0;
    if (!ungroup(style.grouping, f, text))
        return 0;
    char decimal = style.decimal;
    const char *const comma = strchr(text, ',');
    const int has_point = strchr(text, '.') != NULL;
    if (decimal == '\0') {
        decimal = comma != NULL && !has_point ? ',' : '.';
        if (comma != NULL && (has_point || !is_digit(comma[1])))
            return 0;
    }
    const char *const end = rlra_number_read(text, decimal, value);
    if (end == NULL || *end != '\0')
        return 0;
    if (decimal == ',' && comma != NULL)
        *signs |= is_sure(text) ? CSV_COMMA | CSV_COMMA_SURE : CSV_COMMA;
    else if (has_point)
        *signs |= CSV_POINT;
    return 1;
}

static int is_one_of(const char *const *words, const csv_field *f)
{
    for (; *words != NULL; words++)
        if (strlen(*words) == f->length && strncasecmp(*words, f->at, f->length) == 0)
            return 1;
    return 0;
}

static int is_missing(const csv_field *f)
{
    static const char *const words[] = {
        "na",        "n/a",     "n.a.",   "#n/a n/a",  "<na>",    "null",      "none",
        "-",         "--",      "?",      ".",         "nat",     "-nan",      "nan(ind)",
        "-nan(ind)", "1.#qnan", "1.#ind", "-1.#ind",   "#n/a",    "#div/0!",   "#value!",
        "#ref!",     "#name?",  "#num!",  "#null!",    "#nv",     "#wert!",    "#bezug!",
        "#zahl!",    "#spill!", "#calc!", "#blocked!", "#field!", "#unknown!", "#getting_data",
        NULL};
    return is_one_of(words, f);
}

/* Whether only characters follow that may end a malformed number. */
static int only_signs(const char *at, const char *end)
{
    for (; at < end; at++)
        if (!is_digit(*at) && strchr(".,+-'eE %*~()", *at) == NULL && (unsigned char)*at < 128)
            return 0;
    return 1;
}

/* Whether a field is digits, one of these characters, digits, ..: a date, a time, a version. */
static int is_date(const char *at, const char *end)
{
    const char *const begin = at;
    while (at < end && is_digit(*at))
        at++;
    if (at == begin || at + 1 >= end || strchr("-/:.", *at) == NULL ||
        !(is_digit(at[1]) || isalpha((unsigned char)at[1])))
        return 0;
    const char sign = *at++;
    const char *const middle = at;
    while (at < end && (is_digit(*at) || (sign != '.' && isalpha((unsigned char)*at) && at < middle + 3)))
        at++;
    if (at == end)
        return is_digit(*middle) && (sign == '/' || sign == ':' || (sign == '-' && middle - begin == 5));
    return (*at == sign || *at == 'T') && at + 1 < end && is_digit(at[1]);
}

static int has_letters(const char *at, const char *end)
{
    for (; at < end; at++)
        if (isalpha((unsigned char)*at) || (unsigned char)*at >= 128)
            return 1;
    return 0;
}

/* The kind of a field that is not a number, not empty, and no word for a missing value. */
static csv_kind kind_of_text(const csv_field *f)
{
    static const char *const censored[] = {"n.d.", "n.d", "n/d", "b.d.l.", "n.q.", NULL};
    static const char before[] = "<>=~+-.,($";
    const char *at = f->at, *const end = f->at + f->length;
    if (f->quote == CSV_UNCLOSED || *at == '<' || *at == '>' || is_one_of(censored, f))
        return CSV_SPOILED;
    if (is_date(at, end))
        return CSV_DATE;
    /* Characters before a number such as minus and less-or-equal have three bytes in UTF-8, beginning with E2. */
    while (at < end && (strchr(before, *at) != NULL || *at == ' '))
        at++;
    if (end - at > 3 && (unsigned char)*at == 0xe2 && is_digit(at[3]))
        return CSV_SPOILED;
    if (at == end || !is_digit(*at))
        return CSV_TEXT;
    if (only_signs(at, end) || at > f->at || end[-1] == '%')
        return CSV_SPOILED;
    return has_letters(at, end) ? CSV_CODE : CSV_DATE;
}

csv_kind rlra_csv_kind(csv_style style, const csv_field *field, double *value, int *signs)
{
    if (field->length == 0)
        return CSV_EMPTY;
    if (is_number(style, field, value, signs))
        return CSV_NUMBER;
    return is_missing(field) ? CSV_MISSING : kind_of_text(field);
}

/* The bytes of the UTF-8 character at `at`, or 0 if it is not printable. */
static size_t character(const unsigned char *at, size_t left)
{
    if (*at < 128)
        return *at >= 32 && *at != 127;
    const size_t bytes = *at >= 0xf0 && *at < 0xf5 ? 4 : *at >= 0xe0 ? 3 : 2;
    if (*at < 0xc2 || *at >= 0xf5 || left < bytes)
        return 0;
    for (size_t k = 1; k < bytes; k++)
        if (at[k] >> 6 != 2)
            return 0;
    /* Surrogates, and overlong forms. */
    const int wrong = (*at == 0xe0 && at[1] < 0xa0) || (*at == 0xed && at[1] >= 0xa0) ||
                      (*at == 0xf0 && at[1] < 0x90) || (*at == 0xf4 && at[1] >= 0x90);
    return wrong ? 0 : bytes;
}

const char *rlra_csv_excerpt(const char *at, size_t length, char *room)
{
    size_t used = 0, bytes;
    for (size_t k = 0; k < length; k += bytes) {
        bytes = character((const unsigned char *)at + k, length - k);
        if (used + (bytes == 0 ? 1 : bytes) + 4 > CSV_EXCERPT) {
            memcpy(room + used, " ..", 3);
            used += 3;
            break;
        }
        if (bytes == 0)
            room[used++] = at[k] == '\t' || at[k] == '\n' || at[k] == '\r' ? ' ' : '?';
        memcpy(room + used, at + k, bytes);
        used += bytes;
        bytes = bytes == 0 ? 1 : bytes;
    }
    room[used] = '\0';
    return room;
}
