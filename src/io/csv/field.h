/* io/csv/field.h: classify a field of a table: a number, a word for a missing value, text, or a malformed number. */
#ifndef RLRA_IO_CSV_FIELD_H
#define RLRA_IO_CSV_FIELD_H

#include "io/csv/reader.h"

/* How numbers are written. */
typedef struct csv_style {
    char decimal;  /* '.' or ','; 0: either, but only one of them in a field */
    char grouping; /* between groups of digits; 0: none */
    int named;     /* the first field of a row is a name, for any content */
} csv_style;

typedef enum csv_kind {
    CSV_NUMBER,
    CSV_EMPTY,
    CSV_MISSING, /* a word for a missing value, or an error value of Excel */
    CSV_TEXT,
    CSV_CODE,   /* text that begins with a digit, such as 260nm or 12abc */
    CSV_DATE,   /* a date, a time, a version such as 1.2.3 */
    CSV_SPOILED /* a malformed number, such as <0.05, 5% or 1,234.5 */
} csv_kind;

/* Decimal signs that have occurred. */
enum { CSV_POINT = 1, CSV_COMMA = 2, CSV_COMMA_SURE = 4 /* it cannot separate thousands */ };

/* The kind of a field, and its value if it is a number; its decimal sign is added to `signs`. */
csv_kind rlra_csv_kind(csv_style style, const csv_field *field, double *value, int *signs);

/* The beginning of a text for a message, in a buffer of CSV_EXCERPT bytes; bytes that are not printable UTF-8 become '?'. */
#define CSV_EXCERPT 64
const char *rlra_csv_excerpt(const char *at, size_t length, char *room);

#endif
