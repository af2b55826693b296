/* io/csv/reader.h: cut separated text into records and records into fields, as RFC 4180 does, but a little more leniently. */
#ifndef RLRA_IO_CSV_READER_H
#define RLRA_IO_CSV_READER_H

#include "io/input.h"

/* The characters that the reader searches ahead for: \n, \r and ". */
#define CSV_MARKS 3

typedef struct csv_reader {
    const input *in;
    char separator; /* ',', ';', '\t', or ' ' for runs of blanks */
    char *buffer;
    size_t room, used, filled;
    size_t mark[CSV_MARKS]; /* next position of each of these, at `used` or later; `filled` if none */
    int64_t next, size;     /* offset in the file of the bytes after the buffer; end of the text */
    int64_t line;           /* number of the line at `used`, from 1 */

    /* The record in the buffer; the byte at `end` is not part of a number. */
    const char *at, *end;
    int64_t record_line, record_offset;
} csv_reader;

typedef enum csv_quote { CSV_PLAIN, CSV_QUOTED, CSV_UNCLOSED } csv_quote;

/* A field without the blanks and the quotes around it. */
typedef struct csv_field {
    const char *at;
    size_t length;
    csv_quote quote;
} csv_field;

/* The position of the next field of a record. */
typedef struct csv_cursor {
    const char *at, *end;
    char separator;
    int more;
} csv_cursor;

/* Start before the first line, with a comma as separator. Cleared by rlra_csv_clear(). */
rlra_status rlra_csv_start(const input *in, csv_reader *reader);
void rlra_csv_clear(csv_reader *reader);

/* Go to the line with this number, which begins at `offset` in the file. */
void rlra_csv_seek(csv_reader *reader, int64_t offset, int64_t line);

/* Go to the next record that is not blank; *found = 0 at the end of the file. Lines end with \n, \r\n or \r, except within
 * quotes. */
rlra_status rlra_csv_next(csv_reader *reader, int *found);

/* A cursor before the first field of the record. */
csv_cursor rlra_csv_fields(const csv_reader *reader);

/* Take the next field; returns 0 after the last one. */
int rlra_csv_take(csv_cursor *cursor, csv_field *field);

/* Whether a character separates fields; whether it is a blank that may be dropped. */
static inline int rlra_csv_separates(char separator, char c)
{
    return c == separator || (separator == ' ' && c == '\t');
}

static inline int rlra_csv_blank(char separator, char c)
{
    return c == ' ' || c == '\f' || (c == '\t' && separator != '\t');
}

#endif
