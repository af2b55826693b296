/* io/csv_reader.h: cut separated text into records and fields, as RFC 4180 does, and a bit more leniently. */
#ifndef RLRA_IO_CSV_READER_H
#define RLRA_IO_CSV_READER_H

#include "io/input.h"
#include "io/text.h"

typedef struct csv_reader {
    const input *in;
    char separator; /* ',', ';', '\t', or ' ' for runs of blanks */
    int64_t at;     /* where the next buffer begins in the file */
    size_t used, filled;
    int64_t line;        /* of the next character, from 1 */
    int column;          /* of the field just read, from 1 */
    int64_t record_line; /* where the current record began */
    text_buffer field;
    char buffer[65536];
} csv_reader;

typedef enum csv_end { CSV_FIELD, CSV_RECORD, CSV_FILE } csv_end;

/* Start at the beginning of the file; the separator is found by csv_start or given. Cleared by rlra_csv_clear(). */
rlra_status rlra_csv_start(const input *in, csv_reader *reader);

/* Start again, with the same separator. */
void rlra_csv_restart(csv_reader *reader);

void rlra_csv_clear(csv_reader *reader);

/* Go to the next record that is neither blank nor a comment (#); *found = 0 at the end of the file. */
rlra_status rlra_csv_next_record(csv_reader *reader, int *found);

/* Read the next field of the record to reader->field; *end tells what follows it. */
rlra_status rlra_csv_next_field(csv_reader *reader, csv_end *end);

#endif
