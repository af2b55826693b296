/* io/csv/find.h: find the table in a text: its separator, its rows, the names of its columns, and what its first column is. */
#ifndef RLRA_IO_CSV_FIND_H
#define RLRA_IO_CSV_FIND_H

#include "io/csv/run.h"

typedef struct csv_table {
    csv_style style;
    csv_run run;
    csv_line top;               /* the first line that was read     */
    int64_t rows, line, offset; /* line and offset: of the first row */
    int columns;                /* of data */
    int width;                  /* fields of a row, those that are left out at its end included */
    rlra_first_column first;    /* what the first column is: never RLRA_FIRST_AUTO */
    csv_line names;             /* of the columns; number 0: none */
    int no_corner;              /* the names begin with that of the second column */
    csv_line units;             /* below the names; number 0: none */
    int dropped;                /* empty columns at the end */
    int doubtful;               /* every comma read as a decimal sign might separate thousands */
} csv_table;

/* Find it; the reader has its separator afterwards. Refuses, with line and field, what cannot be one table. */
rlra_status rlra_csv_find(csv_reader *reader, csv_table *table);

/* One of these steps: the names of the columns and the kind of the first, once the run of rows is known. */
rlra_status rlra_csv_find_names(csv_reader *reader, csv_table *table);

/* Gather the lines from where the reader stands to `end` in the file. */
rlra_status rlra_csv_scan(csv_reader *reader, csv_style style, int64_t end, csv_runs *runs);

/* Excel's line "sep=;": the sign that the record names, or 0. */
char rlra_csv_declared(const csv_reader *reader);

/* The separator of the lines from `start` on, from a sample; settles the decimal sign too, if the sample shows it. */
rlra_status rlra_csv_find_separator(csv_reader *reader, const csv_line *start, csv_style *style);

/* Whether the first of rows with names holds names of columns that are numbers. */
rlra_status rlra_csv_find_corner(csv_reader *reader, const csv_table *table, int *is_corner);

/* The record of a line that was seen before. */
rlra_status rlra_csv_reread(csv_reader *reader, const csv_line *line);

/* Refuse a line that is no row of the table. */
rlra_status rlra_csv_refuse(csv_reader *reader, const csv_table *table, const csv_line *line);

/* Keep notes on all that was guessed and left out. */
rlra_status rlra_csv_report(csv_reader *reader, const csv_table *table);

#endif
