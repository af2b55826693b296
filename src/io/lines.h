/* io/lines.h: the lines of a text file, and numbers in them. */
#ifndef RLRA_IO_LINES_H
#define RLRA_IO_LINES_H

#include "io/input.h"

#define LINES_ROOM (1 << 18)

/* Large: make it with rlra_lines_create(). */
typedef struct lines {
    const input *in;
    int64_t next;        /* where the next buffer begins in the file */
    int64_t number;      /* of the current line, from 1 */
    char *at, *end;      /* what is left of the current line; a zero stands at `end` */
    size_t used, filled; /* of the buffer */
    char buffer[LINES_ROOM + 1];
} lines;

/* Stand before the first line; freed by rlra_free(). */
rlra_status rlra_lines_create(const input *in, lines **made);

/* Stand before the first line again. */
void rlra_lines_restart(lines *l);

/* Go to the next line that is not blank and does not begin with `comment`; *found = 0 behind the last. Line ends are \n or \r\n; a
 * line longer than LINES_ROOM is refused. */
rlra_status rlra_lines_next(lines *l, char comment, int *found);

/* Bytes of the file behind the current line. */
int64_t rlra_lines_left(const lines *l);

/* Take an integer >= 0, or a number, up to the next blank; 0 when there is none, and nothing is taken. */
int rlra_line_integer(lines *l, int64_t *value);
int rlra_line_number(lines *l, double *value);

/* The next word, ended by a zero, or NULL; blanks before it are dropped. */
char *rlra_line_word(lines *l);

/* Whether nothing but blanks is left. */
int rlra_line_ends(lines *l);

#endif
