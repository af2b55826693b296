/* cli/say.c: all that goes to the terminal: text from outside cannot move the cursor, change colours or begin a line. */
#include "say.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* One conversion of a format: "%-*s", "%.3g", .. */
#define CONVERSION_BYTES 32

/* Whether a character of `length` bytes is for the terminal to obey: C0, DEL, C1, and what turns the direction of writing. */
static int is_control(const unsigned char *c, size_t length)
{
    if (length == 1)
        return c[0] < 0x20 || c[0] == 0x7f;
    if (length == 2)
        return c[0] == 0xc2 && c[1] < 0xa0;
    const unsigned code = length == 3 ? (c[0] & 15u) << 12 | (c[1] & 63u) << 6 | (c[2] & 63u) : 0;
    return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x2028 || code == 0x2029;
}

/* Hand out the characters of a text; those that are not to be shown go to `escape` byte by byte. */
static void walk(textbuf *to, const char *bytes, const char *escape, int keep_lines)
{
    for (const unsigned char *c = (const unsigned char *)bytes; *c != '\0';) {
        const size_t length = text_character(c);
        const int is_line = keep_lines && (*c == '\n' || *c == '\t');
        if (length > 0 && (is_line || !is_control(c, length)))
            text_add(to, "%.*s", (int)length, (const char *)c);
        else
            for (size_t k = 0; k < (length == 0 ? 1 : length); k++)
                text_add(to, escape, c[k]);
        c += length == 0 ? 1 : length;
    }
}

char *say_shown(const char *bytes)
{
    textbuf t = {NULL, 0, 0};
    walk(&t, bytes, "\\x%02x", 0);
    return t.bytes == NULL ? cli_copy("", 0) : t.bytes;
}

void say_json(FILE *stream, const char *json)
{
    for (const unsigned char *c = (const unsigned char *)json; *c != '\0';) {
        const size_t length = text_character(c), taken = length == 0 ? 1 : length;
        const int is_plain = *c == '\n' || *c == '\t' || (length > 0 && !is_control(c, length));
        if (is_plain)
            fwrite(c, 1, taken, stream);
        else if (length == 2)
            fprintf(stream, "\\u%04x", (c[0] & 31u) << 6 | (c[1] & 63u));
        else if (length == 3)
            fprintf(stream, "\\u%04x", (c[0] & 15u) << 12 | (c[1] & 63u) << 6 | (c[2] & 63u));
        else
            fprintf(stream, "\\u%04x", *c);
        c += taken;
    }
}

void say_lines(FILE *stream, const char *lines)
{
    textbuf t = {NULL, 0, 0};
    walk(&t, lines, "\\x%02x", 1);
    fputs(t.bytes == NULL ? "" : t.bytes, stream);
    text_clear(&t);
}

/* The next argument as the conversion wants it; `stars` are widths that came before. */
#define PRINT(value)                                                                                                   \
    (stars == 0   ? fprintf(stream, conversion, value)                                                                 \
     : stars == 1 ? fprintf(stream, conversion, star[0], value)                                                        \
                  : fprintf(stream, conversion, star[0], star[1], value))

static void say_text(FILE *stream, const char *conversion, int width, int cut, const char *text)
{
    /* A precision counts bytes of what came, which may not end by a zero. */
    char *const own = cut < 0 ? cli_copy(text, strlen(text)) : cli_copy(text, strnlen(text, (size_t)cut));
    char *const shown = say_shown(own);
    char plain[CONVERSION_BYTES];
    snprintf(plain, sizeof plain, "%s", conversion);
    char *const point = strchr(plain, '.');
    if (point != NULL)
        strcpy(point, "s");
    if (strchr(plain, '*') != NULL)
        fprintf(stream, plain, width, shown);
    else
        fprintf(stream, plain, shown);
    free(shown);
    free(own);
}

void say_list(FILE *stream, const char *format, va_list arguments)
{
    va_list left;
    va_copy(left, arguments);
    for (const char *c = format; *c != '\0';) {
        const size_t plain = strcspn(c, "%");
        fwrite(c, 1, plain, stream);
        c += plain;
        if (*c == '\0')
            break;
        char conversion[CONVERSION_BYTES];
        const size_t length = 1 + strspn(c + 1, "-+ #0123456789.*hlztj") + 1;
        snprintf(conversion, sizeof conversion, "%.*s", (int)length, c);
        int star[2] = {0, 0}, stars = 0, cut = -1;
        for (const char *s = conversion; *s != '\0'; s++)
            if (*s == '*' && stars < 2)
                star[stars++] = va_arg(left, int);
        const char *const point = strchr(conversion, '.');
        if (point != NULL)
            cut = point[1] == '*' ? star[stars - 1] : (int)strtol(point + 1, NULL, 10);
        const char kind = c[length - 1];
        const int is_long = strchr(conversion, 'l') != NULL || strpbrk(conversion, "ztj") != NULL;
        if (kind == '%')
            fputc('%', stream);
        else if (kind == 's')
            say_text(stream, conversion, star[0], cut, va_arg(left, const char *));
        else if (strchr("gfeGFE", kind) != NULL)
            PRINT(va_arg(left, double));
        else if (is_long)
            PRINT(va_arg(left, int64_t));
        else
            PRINT(va_arg(left, int));
        c += length;
    }
    va_end(left);
}

void say(FILE *stream, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say_list(stream, format, arguments);
    va_end(arguments);
}

static int is_number(const char *cell)
{
    char *end = NULL;
    strtod(cell, &end);
    return end != cell && (*end == '\0' || strcmp(end, "%") == 0 || strncmp(end, " %", 2) == 0);
}

static int shown_columns(int least, const char *cell)
{
    char *const shown = say_shown(cell);
    const int columns = text_columns(shown);
    free(shown);
    return columns > least ? columns : least;
}

static void print_cell(FILE *stream, const char *cell, int width, int last)
{
    const int spaces = width - shown_columns(0, cell);
    if (is_number(cell))
        say(stream, "%*s%s", spaces, "", cell);
    else
        say(stream, "%s%*s", cell, last ? 0 : spaces, "");
    fputs(last ? "\n" : "  ", stream);
}

void print_table(FILE *stream, int columns, int rows, const char *const *header, const char *const *cells)
{
    int *const width = cli_alloc((size_t)columns, sizeof *width);
    for (int c = 0; c < columns; ++c) {
        width[c] = text_columns(header[c]);
        for (int r = 0; r < rows; ++r)
            width[c] = shown_columns(width[c], cells[r * columns + c]);
    }
    for (int r = -1; r < rows; ++r) {
        fputs("  ", stream);
        for (int c = 0; c < columns; ++c)
            print_cell(stream, r < 0 ? header[c] : cells[r * columns + c], width[c], c == columns - 1);
    }
    free(width);
}
