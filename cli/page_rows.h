/* cli/page_rows.h: lines of a two-column table of the report, whose texts belong to it. */
#ifndef RLRA_CLI_PAGE_ROWS_H
#define RLRA_CLI_PAGE_ROWS_H

#include "rlra/rlra.h"

#define ROWS_MOST 64

/* Starts as {0}. */
typedef struct page_rows {
    int count;
    rlra_page_row row[ROWS_MOST];
    char *owned[ROWS_MOST];
} page_rows;

/* Add a line; `value` is freed with free(). */
void page_rows_add(page_rows *rows, const char *label, char *value);

void page_rows_clear(page_rows *rows);

#endif
