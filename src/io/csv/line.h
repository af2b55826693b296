/* io/csv/line.h: classify the lines of a text: a row of numbers, a row with a name before it, text, .. */
#ifndef RLRA_IO_CSV_LINE_H
#define RLRA_IO_CSV_LINE_H

#include "io/csv/field.h"

typedef enum csv_row {
    ROW_TEXT,    /* no number in it, or text first and then both */
    ROW_VOID,    /* nothing but separators */
    ROW_NUMBERS, /* numbers and missing values, a number first */
    ROW_OPEN,    /* numbers and missing values, a missing value first */
    ROW_NAMED,   /* text first, then numbers and missing values */
    ROW_SPOILED  /* a number first, maybe malformed, with fields other than numbers */
} csv_row;

typedef struct csv_line {
    int64_t number, offset; /* number from 1, 0: no line; offset in the file */
    csv_row row;
    int width;    /* number of fields */
    int trailing; /* empty fields at the end */
    int comment;  /* begins with a character for comments */
    int remark;   /* a comment character other than #, or followed by a blank: no name such as #1 */
    int numbered; /* begins with # and a number: a comment, or the name of a row */
    csv_kind first;
    int of_kind[CSV_SPOILED + 1]; /* number of fields of each kind */
    int bad;                      /* the first field, from 1, because of which it is no row of numbers; 0: none */
    int signs;
} csv_line;

/* Classify the record of the reader by all its fields. */
void rlra_csv_classify(const csv_reader *reader, csv_style style, csv_line *line);

/* The form of the records of a table, by which most of them are recognised without splitting them into fields. */
typedef struct csv_glance {
    csv_style style;
    int width, named;
    unsigned char class_of[256];
} csv_glance;

csv_glance rlra_csv_glance(const csv_reader *reader, csv_style style, int width, int named);

/* Whether the record certainly has this width and begins with a number, or text if rows are named, followed only by characters of
 * numbers. Sets `trailing` and adds to `signs`. */
int rlra_csv_fits(const csv_glance *glance, const csv_reader *reader, int *trailing, int *signs);

#endif
