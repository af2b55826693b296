/* data/entry_lines.c: the lines of an array, and where each begins. */
#include "data/entry_lines.h"

#include <string.h>

#include "data/layout.h"

entry_lines RLRA(entry_lines_of)(const rlra_array *array, const rlra_array *weights)
{
    const int outermost = RLRA(layout_outermost)(array);
    const layout l = RLRA(layout_along)(array, outermost);
    entry_lines lines = {
        .array = array, .weights = weights, .order = array->order, .modes = {outermost}, .count = 1, .last = outermost};
    memcpy(lines.modes + 1, l.modes, (size_t)l.others * sizeof *l.modes);
    for (ptrdiff_t step = 1, m = array->order - 1; m >= 0; m--) {
        lines.position_steps[m] = step;
        step *= array->dims[m];
    }
    lines.last = lines.modes[lines.order - 1];
    for (int o = 0; o + 1 < lines.order; o++)
        lines.count *= array->dims[lines.modes[o]];
    lines.length = array->dims[lines.last];
    lines.step = array->strides[lines.last];
    lines.weights_step = weights->strides[lines.last];
    lines.position_step = lines.position_steps[lines.last];
    return lines;
}

entry_line RLRA(entry_line_at)(const entry_lines *lines, ptrdiff_t number)
{
    entry_line l = {.values = lines->array->data, .weights = lines->weights->data};
    for (int o = lines->order - 2; o >= 0; o--) {
        const int m = lines->modes[o];
        const ptrdiff_t i = number % lines->array->dims[m];
        number /= lines->array->dims[m];
        l.index[m] = i;
        l.position += i * lines->position_steps[m];
        l.values += i * lines->array->strides[m];
        l.weights = l.weights == NULL ? NULL : l.weights + i * lines->weights->strides[m];
    }
    return l;
}
