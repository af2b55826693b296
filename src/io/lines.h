/* io/lines.h: the lines of a text file, and numbers in them. */
#ifndef RLRA_IO_LINES_H
#define RLRA_IO_LINES_H

#include "io/input.h"

/* At the beginning; the buffer grows with the lines. */
#define LINES_ROOM (1 << 18)
#define LINES_PART (1 << 14)

typedef struct lines {
    const input *in;
    int64_t next;        /* where the next buffer begins in the file */
    int64_t number;      /* of the current line, from 1 */
    char *at, *end;      /* what is left of the current line; a zero stands at `end` */
    size_t used, filled; /* of the buffer */
    char *buffer;
    size_t room;
    char ending; /* of lines */
} lines;

/* Stand before the first line; freed by rlra_lines_destroy(), for which NULL is fine. */
rlra_status rlra_lines_create(const input *in, lines **made);
void rlra_lines_destroy(lines *l);

/* The same, before a line that begins at byte `at` and is number `number`; for reading a part of a file. */
rlra_status rlra_lines_create_at(const input *in, int64_t at, int64_t number, lines **made);

/* Where the current line begins, as long as nothing of it was taken. */
int64_t rlra_lines_at(const lines *l);

/* Stand before the first line again. */
void rlra_lines_restart(lines *l);

/* Go to the next line that is not blank and does not begin with `comment`; *found = 0 behind the last. Line ends are \n or \r\n, or
 * \r where there is no \n; the mark of UTF-8 in front is no part of the first line. */
rlra_status rlra_lines_next(lines *l, char comment, int *found);

/* Go to the next line, blank or not. */
rlra_status rlra_lines_cut(lines *l, int *found);

/* Bytes of the file behind the current line. */
int64_t rlra_lines_left(const lines *l);

/* Turn an index of the current line, which counts from 1 or, if the caller says so, from 0, into one that counts from 0; refused
 * beyond `length`. The message calls it `what` N `of`. */
rlra_status rlra_line_index(const lines *l, const char *what, const char *of, int64_t length, int64_t *index);

/* Take an integer >= 0, or a number, up to the next blank; 0 when there is none, and nothing is taken. */
int rlra_line_integer(lines *l, int64_t *value);
int rlra_line_number(lines *l, double *value);

/* The next word, ended by a zero, or NULL; blanks before it are dropped. */
char *rlra_line_word(lines *l);

/* Number of words left in the line. */
int rlra_line_words(const lines *l);

/* Whether a file begins as those of the Tensor Toolbox do: a line of this word alone, in letters of either case, the order, and as
 * many lengths. */
int rlra_lines_begin_with(const input *in, const char *word);

/* Whether nothing but blanks is left. */
int rlra_line_ends(lines *l);

#endif
