/* io/csv/field.h: what a field of a table is: a number, a word for a missing value, text, or a number gone wrong. */
#ifndef RLRA_IO_CSV_FIELD_H
#define RLRA_IO_CSV_FIELD_H

#include "io/csv/reader.h"

/* How numbers are written. */
typedef struct csv_style {
    char decimal;  /* '.' or ','; 0: either, as long as one field has but one of them */
    char grouping; /* between groups of digits; 0: there is none */
    int named;     /* whether the first field of a row is a name, whatever it looks like */
} csv_style;

typedef enum csv_kind {
    CSV_NUMBER,
    CSV_EMPTY,
    CSV_MISSING, /* a word for a missing value, or an error value of Excel */
    CSV_TEXT,
    CSV_CODE,   /* text that begins with a digit, such as 260nm or 12abc */
    CSV_DATE,   /* a date, a time, a version such as 1.2.3 */
    CSV_SPOILED /* a number gone wrong, such as <0.05, 5% or 1,234.5 */
} csv_kind;

/* Decimal signs that were seen. */
enum { CSV_POINT = 1, CSV_COMMA = 2, CSV_COMMA_SURE = 4 /* it separates no group of thousands */ };

/* The kind of a field, its value where it is a number; `signs` are added to. */
csv_kind rlra_csv_kind(csv_style style, const csv_field *field, double *value, int *signs);

/* The beginning of some text for a message, in room for CSV_EXCERPT bytes; what is no UTF-8 or not to be printed becomes '?'. */
#define CSV_EXCERPT 64
const char *rlra_csv_excerpt(const char *at, size_t length, char *room);

#endif
