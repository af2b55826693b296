/* cli/page_rows.c: lines of a two-column table of the report. */
#include "page_rows.h"

#include <stdlib.h>

void page_rows_add(page_rows *rows, const char *label, char *value)
{
    if (rows->count == ROWS_MOST) {
        free(value);
        return;
    }
    rows->owned[rows->count] = value;
    rows->row[rows->count++] = (rlra_page_row){label, value};
}

void page_rows_clear(page_rows *rows)
{
    for (int i = 0; i < rows->count; ++i)
        free(rows->owned[i]);
}
