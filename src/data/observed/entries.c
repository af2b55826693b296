/* data/observed/entries.c: iterate over the observed entries of a row. */
#include "data/observed/observed.h"

#include "data/layout.h"

/* The offset, from the beginning of its row, of the entry at `place`. */
static ptrdiff_t offset_of(const observed *o, int mode, ptrdiff_t place)
{
    const rlra_array *const array = &o->choice.data;
    ptrdiff_t offset = 0;
    for (int at = o->order - 1; at >= 0; at--) {
        const int m = o->modes[at];
        if (m == mode)
            continue;
        offset += place % array->dims[m] * array->strides[m];
        place /= array->dims[m];
    }
    return offset;
}

/* The next entries from a list of observed entries; *from is a position in the list. */
static ptrdiff_t take_listed(const observed *o, int mode, ptrdiff_t i, ptrdiff_t *from, observed_run *run)
{
    const observed_rows *const rows = &o->along[mode];
    const int64_t begin = rows->starts[i] + *from, left = rows->starts[i + 1] - begin;
    run->count = left < OBSERVED_RUN ? (ptrdiff_t)left : OBSERVED_RUN;
    for (ptrdiff_t e = 0; e < run->count; e++) {
        run->places[e] = rows->places[begin + e];
        run->weights[e] = (real)listed_weight(rows, i, begin + e, o->base);
    }
    *from += run->count;
    return run->count;
}

/* The next entries of a row that lists its exceptions; *from is a place. */
static ptrdiff_t take_unlisted(const observed *o, int mode, ptrdiff_t i, ptrdiff_t *from, observed_run *run)
{
    const observed_rows *const rows = &o->along[mode];
    real weights[OBSERVED_RUN];
    run->count = 0;
    while (run->count == 0 && *from < rows->length) {
        const ptrdiff_t left = rows->length - *from, count = left < OBSERVED_RUN ? left : OBSERVED_RUN;
        RLRA(observed_weights)(rows, i, o->base, *from, count, weights);
        for (ptrdiff_t c = 0; c < count; c++) {
            run->places[run->count] = (int32_t)(*from + c);
            run->weights[run->count] = weights[c];
            run->count += weights[c] > 0;
        }
        *from += count;
    }
    return run->count;
}

ptrdiff_t RLRA(observed_next)(const observed *o, int mode, ptrdiff_t i, ptrdiff_t *from, observed_run *run)
{
    if (o->pair != NULL) {
        const int64_t begin = o->along[mode].starts[i] + *from;
        const ptrdiff_t count = take_listed(o, mode, i, from, run);
        for (ptrdiff_t e = 0; e < count; e++)
            run->values[e] = o->pair->along[mode].values[begin + e];
        return count;
    }
    const rlra_array *const array = &o->choice.data;
    const real *const row = (const real *)array->data + i * array->strides[mode];
    if (row_is_direct(&o->along[mode], i))
        take_listed(o, mode, i, from, run);
    else
        take_unlisted(o, mode, i, from, run);
    for (ptrdiff_t e = 0; e < run->count; e++)
        run->values[e] = row[offset_of(o, mode, run->places[e])];
    return run->count;
}
