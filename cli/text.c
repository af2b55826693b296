/* cli/text.c: memory and text of the command line: growing strings, tables, JSON-safe strings, nearest names. */
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "rlra/context.h"

void *cli_realloc(void *memory, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        count = SIZE_MAX / size;
    /* A system that lends more than it has would end the program later. */
    const double bytes = (double)count * (double)size;
    const int is_there = bytes < LITTLE_MEMORY || bytes <= rlra_context_memory(NULL);
    void *const grown = is_there ? realloc(memory, count * size == 0 ? 1 : count * size) : NULL;
    if (grown == NULL) {
        char need[32], left[32];
        fprintf(stderr, "rlra: out of memory: %s are needed, and there are %s\n", print_bytes(bytes, need, sizeof need),
                print_bytes(rlra_context_memory(NULL), left, sizeof left));
        exit(1);
    }
    return grown;
}

void *cli_alloc(size_t count, size_t size)
{
    void *const memory = cli_realloc(NULL, count, size);
    memset(memory, 0, count * size);
    return memory;
}

char *cli_copy(const char *text, size_t length)
{
    char *const copy = cli_alloc(length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

static void add_arguments(textbuf *t, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    const int needed = vsnprintf(NULL, 0, format, arguments);
    const size_t length = needed < 0 ? 0 : (size_t)needed;
    if (t->length + length + 1 > t->room) {
        t->room = 2 * (t->length + length + 1);
        t->bytes = cli_realloc(t->bytes, t->room, 1);
    }
    vsnprintf(t->bytes + t->length, length + 1, format, again);
    t->length += length;
    va_end(again);
}

void text_add(textbuf *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_arguments(t, format, arguments);
    va_end(arguments);
}

char *cli_format(const char *format, ...)
{
    textbuf t = {NULL, 0, 0};
    va_list arguments;
    va_start(arguments, format);
    add_arguments(&t, format, arguments);
    va_end(arguments);
    return t.bytes;
}

void text_clear(textbuf *t)
{
    free(t->bytes);
    *t = (textbuf){NULL, 0, 0};
}

/* Bytes of the valid UTF-8 character at `bytes`, or 0. */
size_t text_character(const unsigned char *bytes)
{
    static const struct {
        unsigned char mask, lead;
        unsigned least;
    } forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t length = 1; length <= 4; ++length) {
        if ((bytes[0] & forms[length - 1].mask) != forms[length - 1].lead)
            continue;
        unsigned code = bytes[0] & (unsigned char)~forms[length - 1].mask;
        for (size_t i = 1; i < length; ++i) {
            if ((bytes[i] & 0xc0) != 0x80)
                return 0;
            code = code << 6 | (bytes[i] & 0x3f);
        }
        const int surrogate = code >= 0xd800 && code < 0xe000;
        return code < forms[length - 1].least || code > 0x10ffff || surrogate ? 0 : length;
    }
    return 0;
}

char *text_valid(const char *bytes)
{
    char *const copy = cli_copy(bytes, strlen(bytes));
    for (char *c = copy; *c != '\0';) {
        const size_t length = text_character((const unsigned char *)c);
        if (length == 0)
            *c = '?';
        c += length == 0 ? 1 : length;
    }
    return copy;
}

int text_columns(const char *bytes)
{
    int columns = 0;
    for (const char *c = bytes; *c != '\0'; ++c)
        columns += ((unsigned char)*c & 0xc0) != 0x80;
    return columns;
}

int word_next(const char **list, char *room, size_t size)
{
    const char *const start = *list + strspn(*list, " ");
    const size_t length = strcspn(start, " ");
    *list = start + length;
    if (length == 0 || length >= size)
        return 0;
    memcpy(room, start, length);
    room[length] = '\0';
    return 1;
}

int word_in(const char *list, const char *word)
{
    char one[64];
    while (word_next(&list, one, sizeof one)) {
        if (strcmp(one, word) == 0)
            return 1;
    }
    return 0;
}

#define NAME_MOST 48

static int same_letter(char a, char b)
{
    return (a == '_' ? '-' : a) == (b == '_' ? '-' : b);
}

static int least_of(int a, int b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: d(i,j) = min of delete, insert, replace and swap. */
int name_distance(const char *a, const char *b)
{
    const int rows = (int)strlen(a), columns = (int)strlen(b);
    if (rows > NAME_MOST || columns > NAME_MOST)
        return rows + columns;
    int d[NAME_MOST + 1][NAME_MOST + 1];
    for (int i = 0; i <= rows; ++i)
        d[i][0] = i;
    for (int j = 0; j <= columns; ++j)
        d[0][j] = j;
    for (int i = 1; i <= rows; ++i) {
        for (int j = 1; j <= columns; ++j) {
            const int replaced = d[i - 1][j - 1] + !same_letter(a[i - 1], b[j - 1]);
            d[i][j] = least_of(replaced, 1 + least_of(d[i - 1][j], d[i][j - 1]));
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]))
                d[i][j] = least_of(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[rows][columns];
}

nearest nearest_start(const char *wanted)
{
    return (nearest){wanted, NULL, 2 + (int)strlen(wanted) / 4};
}

void nearest_offer(nearest *n, const char *name)
{
    const int distance = name_distance(n->wanted, name);
    const size_t length = strlen(n->wanted);
    /* What was begun but not finished is near as well: --inner for --inner-sweeps. */
    const int begun = length >= 3 && strncmp(name, n->wanted, length) == 0;
    if (begun || distance < n->distance) {
        n->found = name;
        n->distance = begun ? 0 : distance;
    }
}

void text_end_lines(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; ++from) {
        if (*from == '\r' && from[1] == '\n')
            continue;
        *to++ = *from == '\r' ? '\n' : *from;
    }
    *to = '\0';
}

const char *print_dims(int order, const int64_t *dims, char *room, size_t size)
{
    size_t used = 0;
    room[0] = '\0';
    for (int m = 0; m < order && used < size; ++m)
        used += (size_t)snprintf(room + used, size - used, "%s%" PRId64, m == 0 ? "" : " x ", dims[m]);
    return room;
}

const char *print_bytes(double bytes, char *room, size_t size)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    while (bytes >= 1024.0 && unit < 4) {
        bytes /= 1024.0;
        ++unit;
    }
    snprintf(room, size, unit == 0 ? "%.0f %s" : "%.3g %s", bytes, units[unit]);
    return room;
}
