/* data/entry_lines.h: walk over an array, and optionally its weights, line by line in memory order. */
#ifndef RLRA_DATA_ENTRY_LINES_H
#define RLRA_DATA_ENTRY_LINES_H

#include <stddef.h>

#include "core/real.h"
#include "rlra/array.h"

/* The lines of an array: each has `length` entries, along the mode with the shortest stride. */
typedef struct entry_lines {
    const rlra_array *array, *weights; /* weights->data may be NULL */
    int order;
    int modes[RLRA_MAX_ORDER]; /* modes in memory order, the fastest last */
    int last;                  /* the fastest mode */
    ptrdiff_t count, length, step, weights_step, position_step;
    ptrdiff_t position_steps[RLRA_MAX_ORDER];
} entry_lines;

/* Entry c is at values[c * step], its position (row-major) is position + c * position_step; index[last] is not set. */
typedef struct entry_line {
    const real *values, *weights;
    ptrdiff_t position;
    ptrdiff_t index[RLRA_MAX_ORDER];
} entry_line;

/* Both arrays must outlive the result. */
entry_lines RLRA(entry_lines_of)(const rlra_array *array, const rlra_array *weights);
entry_line RLRA(entry_line_at)(const entry_lines *lines, ptrdiff_t number);

#endif
