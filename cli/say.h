/* cli/say.h: all that goes to the terminal. */
#ifndef RLRA_CLI_SAY_H
#define RLRA_CLI_SAY_H

#include <stdarg.h>
#include <stdio.h>

/* fprintf() whose %s shows what came from files, names and arguments as it is: control characters as \x1b, bytes that are no UTF-8
 * as \xff, so that one line stays one line and no terminal obeys them. What the format says itself is printed as it stands. */
void say(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_list(FILE *stream, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* Print cells (rows x columns, row by row) below a header, columns aligned; numbers to the right. */
void print_table(FILE *stream, int columns, int rows, const char *const *header, const char *const *cells);

/* Such a text on its own; freed with free(). */
char *say_shown(const char *bytes);

/* Lines made here, in which texts from outside may stand: they stay lines. */
void say_lines(FILE *stream, const char *lines);

/* Text that is JSON: its lines stay lines, and what a terminal might obey is escaped as JSON has it. */
void say_json(FILE *stream, const char *json);

#endif
