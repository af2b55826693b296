/* io/csv/run.h: runs of lines that are rows of one table, and the longest of them. */
#ifndef RLRA_IO_CSV_RUN_H
#define RLRA_IO_CSV_RUN_H

#include "io/csv/line.h"

/* Lines before a run that are kept. */
#define RUN_BEFORE 3

/* Rows of one width, which begin with numbers (ROW_NUMBERS), with names (ROW_NAMED), or so far with missing values (ROW_OPEN). */
typedef struct csv_run {
    csv_row row;
    int width, trailing; /* empty fields that all rows end with */
    int64_t rows, voids; /* voids: empty rows after the last */
    int64_t numbers;     /* approximate number of fields in its rows */
    int64_t comments;    /* comment lines between its rows */
    int64_t asides;      /* comment lines after the last row */
    int signs;
    csv_line first;
    csv_line before[RUN_BEFORE]; /* the lines before the first, the nearest first */
    int64_t lines_before;        /* lines before it that are not blank */
    csv_line spoiled;            /* the first row with a field that is no number */
    csv_line between;            /* the first line after the last row that is not a row */
    csv_line broken;             /* such a line that is followed by more rows */
    csv_line behind;             /* the first line after the last row, of any kind */
    int64_t lines_behind;
    int64_t named_before; /* rows with names of the same width directly before */
    csv_line parted;      /* the line after the last earlier row of the same form */
} csv_run;

/* Runs that are remembered. */
#define RUN_EARLIER 16

typedef struct csv_runs {
    struct {
        csv_row row;
        int width;
        csv_line behind;
    } earlier[RUN_EARLIER];
    int earlier_count;
    csv_line recent[RUN_BEFORE];
    csv_line first; /* the first line that is not blank */
    int64_t lines;
    csv_run now, named; /* named: the run directly before `now` if it has names and the same width */
    csv_run best;
    csv_run rival;  /* the best run before the current best */
    csv_line after; /* the first row of the run after the best */
    csv_line mixed; /* the first of the most consecutive lines of one width with text, then text and numbers */
    int64_t mixed_lines;
    csv_line mixing; /* the same for the current lines */
    int64_t mixing_lines;
} csv_runs;

/* Add a line that is not blank. */
void rlra_csv_add(csv_runs *runs, const csv_line *line);

/* Add a row of the same form as those before it, by rlra_csv_fits(); rlra_csv_is_regular() must be true. */
void rlra_csv_add_alike(csv_runs *runs, int64_t number, int64_t offset, int trailing, int signs);

/* Whether there is a current run whose rows can be recognised by rlra_csv_fits(): nothing follows its last row, and no row is
 * malformed. */
static inline int rlra_csv_is_regular(const csv_runs *runs)
{
    return runs->now.rows > 0 && runs->now.lines_behind == 0 && runs->now.row != ROW_OPEN &&
           runs->now.spoiled.number == 0;
}

/* Called after the last line: `best` is then the longest run, with no rows if there is none. */
void rlra_csv_end(csv_runs *runs);

#endif
