/* io/csv/find.h: find the table in a text: its separator, its rows, the names of its columns, and the kind of its first column. */
#ifndef RLRA_IO_CSV_FIND_H
#define RLRA_IO_CSV_FIND_H

#include "io/csv/run.h"

typedef struct csv_table {
    csv_style style;
    csv_run run;
    csv_line top;               /* the first line that was read     */
    int64_t rows, line, offset; /* line number and offset of the first row */
    int columns;                /* columns of data */
    int width;                  /* fields of a row, including those left out at its end */
    rlra_first_column first;    /* the kind of the first column, never RLRA_FIRST_AUTO */
    csv_line names;             /* line of the names of columns; number 0: none */
    int no_corner;              /* the names begin with that of the second column */
    csv_line units;             /* line of units, below the names; number 0: none */
    int dropped;                /* empty columns at the end */
    int doubtful;               /* every comma read as decimal might separate thousands */
} csv_table;

/* Find the table; the reader then has its separator. Refuses text that cannot be a table, with line and field. */
rlra_status rlra_csv_find(csv_reader *reader, csv_table *table);

/* A step of rlra_csv_find(): the names of the columns and the kind of the first, after the run of rows is known. */
rlra_status rlra_csv_find_names(csv_reader *reader, csv_table *table);

/* Collect the lines from the position of the reader to `end` in the file. */
rlra_status rlra_csv_scan(csv_reader *reader, csv_style style, int64_t end, csv_runs *runs);

/* The separator that the record states as Excel does, in a line "sep=;", or 0. */
char rlra_csv_declared(const csv_reader *reader);

/* The separator of the lines from `start` on, from a sample; sets the decimal sign, too, if the sample shows it. */
rlra_status rlra_csv_find_separator(csv_reader *reader, const csv_line *start, csv_style *style);

/* Whether the first of the rows with names has names of columns that are numbers. */
rlra_status rlra_csv_find_corner(csv_reader *reader, const csv_table *table, int *is_corner);

/* Read the record of a known line again. */
rlra_status rlra_csv_reread(csv_reader *reader, const csv_line *line);

/* Refuse a line that is not a row of the table. */
rlra_status rlra_csv_refuse(csv_reader *reader, const csv_table *table, const csv_line *line);

/* Add notes on all that was guessed or left out. */
rlra_status rlra_csv_report(csv_reader *reader, const csv_table *table);

#endif
