/* io/csv/line.h: what a line of a text is to a table: a row of numbers, a row with a name before it, text, .. */
#ifndef RLRA_IO_CSV_LINE_H
#define RLRA_IO_CSV_LINE_H

#include "io/csv/field.h"

typedef enum csv_row {
    ROW_TEXT,    /* no number in it, or text first and then both */
    ROW_VOID,    /* nothing but separators */
    ROW_NUMBERS, /* numbers and missing values, a number first */
    ROW_OPEN,    /* numbers and missing values, a missing value first */
    ROW_NAMED,   /* text first, then numbers and missing values */
    ROW_SPOILED  /* a number, or one gone wrong, first, and something else than numbers in it */
} csv_row;

typedef struct csv_line {
    int64_t number, offset; /* from 1; in the file. number 0: no line */
    csv_row row;
    int width;    /* fields */
    int trailing; /* empty ones of them at the end */
    int comment;  /* begins with a sign that comments begin with */
    int remark;   /* and a blank behind it, or the sign is another than #: this is no name such as #1 */
    int numbered; /* begins with # and a number: a comment, or the name of a row */
    csv_kind first;
    int of_kind[CSV_SPOILED + 1]; /* fields */
    int bad; /* the first field, from 1, that keeps the line from being a row of numbers; 0: none */
    int signs;
} csv_line;

/* Look at every field of the reader's record. */
void rlra_csv_look(const csv_reader *reader, csv_style style, csv_line *line);

/* How the records of a table look, to recognise most of them without taking them apart. */
typedef struct csv_glance {
    csv_style style;
    int width, named;
    unsigned char class_of[256];
} csv_glance;

csv_glance rlra_csv_glance(const csv_reader *reader, csv_style style, int width, int named);

/* Whether the record certainly has that width, first a number, or text where rows are named, and behind it nothing but what numbers
 * are made of. Reports `trailing` and adds to `signs`. */
int rlra_csv_fits(const csv_glance *glance, const csv_reader *reader, int *trailing, int *signs);

#endif
