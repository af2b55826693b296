/* io/csv/run.h: runs of lines that are rows of one table, and the longest of them. */
#ifndef RLRA_IO_CSV_RUN_H
#define RLRA_IO_CSV_RUN_H

#include "io/csv/line.h"

/* Lines that are kept from before a run. */
#define RUN_BEFORE 3

/* Rows of one width, which begin with numbers (ROW_NUMBERS), with names (ROW_NAMED), or with missing values as yet (ROW_OPEN). */
typedef struct csv_run {
    csv_row row;
    int width, trailing; /* empty fields that all rows end with */
    int64_t rows, voids; /* voids: empty rows behind the last */
    int64_t numbers;     /* fields in its rows, about */
    int64_t comments;    /* lines of comments between its rows */
    int64_t asides;      /* and behind the last */
    int signs;
    csv_line first;
    csv_line before[RUN_BEFORE]; /* the lines before the first, the nearest first */
    int64_t lines_before;        /* that are not blank */
    csv_line spoiled;            /* the first row with a field that is no number */
    csv_line between;            /* the first line behind the last row that is no row */
    csv_line broken;             /* such a line that has more rows behind it */
    csv_line behind;             /* the first line behind the last row, whatever it is */
    int64_t lines_behind;
    int64_t named_before; /* rows with names of the same width directly before */
    csv_line parted;      /* what stands behind the last earlier row that looked like these */
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
    csv_line first; /* line of all that is not blank */
    int64_t lines;
    csv_run now, named; /* named: that before `now`, where its rows have names, are of the same width, and touch it */
    csv_run best;
    csv_run rival;  /* the next best before the best */
    csv_line after; /* the first row of the run behind the best */
    csv_line mixed; /* the first of the most lines in a row, of one width, that hold text, then text and numbers */
    int64_t mixed_lines;
    csv_line mixing; /* the same of those that come now */
    int64_t mixing_lines;
} csv_runs;

/* Add a line that is not blank. */
void rlra_csv_add(csv_runs *runs, const csv_line *line);

/* Add a row that looks like those of the run before it, as rlra_csv_fits() says; whether there is such a run is asked before. */
void rlra_csv_add_alike(csv_runs *runs, int64_t number, int64_t offset, int trailing, int signs);

/* Whether there is a run whose rows can be recognised at a glance: nothing stands behind its last row, and all
 * are what they should be. */
static inline int rlra_csv_is_regular(const csv_runs *runs)
{
    return runs->now.rows > 0 && runs->now.lines_behind == 0 && runs->now.row != ROW_OPEN &&
           runs->now.spoiled.number == 0;
}

/* Behind the last line: `best` is the longest run, of no rows if there is none. */
void rlra_csv_end(csv_runs *runs);

#endif
