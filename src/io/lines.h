/* io/lines.h: the lines of a text file, and numbers in them. */
#ifndef RLRA_IO_LINES_H
#define RLRA_IO_LINES_H

#include "io/input.h"

/* Initial size; the buffer grows with the lines. */
#define LINES_ROOM (1 << 18)
#define LINES_PART (1 << 14)

typedef struct lines {
    const input *in;
    int64_t next;        /* offset of the next buffer in the file */
    int64_t number;      /* number of the current line, from 1 */
    char *at, *end;      /* the rest of the current line; a zero is at `end` */
    size_t used, filled; /* used and filled bytes of the buffer */
    char *buffer;
    size_t room;
    char ending; /* character that ends lines */
} lines;

/* Start before the first line; freed by rlra_lines_destroy(), which allows NULL. */
rlra_status rlra_lines_create(const input *in, lines **made);
void rlra_lines_destroy(lines *l);

/* Start before a line that begins at byte `at` and is number `number`; to read a part of a file. */
rlra_status rlra_lines_create_at(const input *in, int64_t at, int64_t number, lines **made);

/* The position of the current line, as long as nothing was taken from it. */
int64_t rlra_lines_at(const lines *l);

/* Go back to before the first line. */
void rlra_lines_restart(lines *l);

/* Go to the next line that is not blank and does not begin with `comment`; *found = 0 after the last. Line ends are \n or \r\n,
 * or \r if there is no \n; a byte order mark is not part of the first line. */
rlra_status rlra_lines_next(lines *l, char comment, int *found);

/* Go to the next line, blank or not. */
rlra_status rlra_lines_cut(lines *l, int *found);

/* Bytes of the file after the current line. */
int64_t rlra_lines_left(const lines *l);

/* Convert an index of the current line, which counts from 1, or from 0 by option, to one that counts from 0; refused beyond
 * `length`. The message calls it `what` N `of`. */
rlra_status rlra_line_index(const lines *l, const char *what, const char *of, int64_t length, int64_t *index);

/* Take an integer >= 0, or a number, up to the next blank; returns 0 and takes nothing if there is none. */
int rlra_line_integer(lines *l, int64_t *value);
int rlra_line_number(lines *l, double *value);

/* Take the next word, which gets a final zero; NULL if there is none. Blanks before it are dropped. */
char *rlra_line_word(lines *l);

/* Number of words left in the line. */
int rlra_line_words(const lines *l);

/* Whether a file begins like those of the Tensor Toolbox: a line with this word only, in any case, the order, and as many
 * lengths. */
int rlra_lines_begin_with(const input *in, const char *word);

/* Whether only blanks are left. */
int rlra_line_ends(lines *l);

#endif
