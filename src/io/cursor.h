/* io/cursor.h: walk through a strided array in row-major order and deliver its entries as plain memory. */
#ifndef RLRA_IO_CURSOR_H
#define RLRA_IO_CURSOR_H

#include <stddef.h>

#include "io/output.h"
#include "rlra/array.h"

typedef struct cursor {
    rlra_array array;
    int64_t left; /* entries still to come */
    int64_t index[RLRA_MAX_ORDER];
} cursor;

cursor rlra_cursor(const rlra_array *array);

/* Copy the next entries, at most `most`, to `buffer` in the array's dtype; returns their number. */
size_t rlra_cursor_take(cursor *c, size_t most, void *buffer);

/* Write all entries of an array, row-major, little-endian. */
rlra_status rlra_cursor_write(output *out, const rlra_array *array);

#endif
