/* cli/text.h: memory and text of the command line: growing strings, tables, JSON-safe strings, nearest names. */
#ifndef RLRA_CLI_TEXT_H
#define RLRA_CLI_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Bytes that are taken without asking whether they are there: to ask costs more than to take them. */
#define LITTLE_MEMORY ((double)(64 << 20))

/* Cleared memory of count x size bytes; ends the program with a message when there is none. Freed with free(). */
void *cli_alloc(size_t count, size_t size);
void *cli_realloc(void *memory, size_t count, size_t size);
char *cli_copy(const char *text, size_t length);
char *cli_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A string that grows; `bytes` always ends with a zero (NULL while empty). Cleared with text_clear(). */
typedef struct textbuf {
    char *bytes;
    size_t length, room;
} textbuf;

void text_add(textbuf *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_clear(textbuf *t);

/* The text as valid UTF-8, each byte that is not replaced by '?'; freed with free(). */
char *text_valid(const char *bytes);

/* End lines by \n alone, whether \r\n, \r or \n ended them. */
void text_end_lines(char *text);

/* Bytes of the valid UTF-8 character at `bytes`, or 0. */
size_t text_character(const unsigned char *bytes);

/* Columns a UTF-8 text takes on a terminal (one for each character). */
int text_columns(const char *bytes);

/* Whether `word` is one of the words of `list`, separated by spaces. */
int word_in(const char *list, const char *word);

/* Words of a list one after another: word_next(&list, room, size) gives 0 at the end. */
int word_next(const char **list, char *room, size_t size);

/* Edits (insert, remove, replace, swap neighbours) that turn one name into the other; '-' and '_' are the same. */
int name_distance(const char *a, const char *b);

/* Remembers the nearest of the names offered. Start from {.wanted = name, .distance = the most edits to allow + 1}. */
typedef struct nearest {
    const char *wanted;
    const char *found; /* NULL: none is near */
    int distance;
} nearest;

nearest nearest_start(const char *wanted);
void nearest_offer(nearest *n, const char *name);

/* "12.3 MiB" */
const char *print_bytes(double bytes, char *room, size_t size);

/* "145 x 145 x 200" */
const char *print_dims(int order, const int64_t *dims, char *room, size_t size);

#endif
