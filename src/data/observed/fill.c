/* data/observed/fill.c: fill the copy of the data that a fit works on: weighted, or with means for entries that are not
 * observed. */
#include <math.h>
#include <string.h>

#include "data/entry_lines.h"
#include "data/observed/observed.h"

/* Entries whose weights are looked up together. */
#define RUN 256

/* How the copy is filled. */
typedef struct filling {
    const observed *o;
    int threads;
    const double *means[RLRA_MAX_ORDER]; /* means of each row of each mode; NULL: multiply by weights */
    double mean;
    int adds; /* means are combined by sums, not products */
} filling;

/* The value expected from the means of the entry's row, column, .. */
static double expected(const filling *f, const ptrdiff_t *index)
{
    double value = f->mean;
    for (int m = 0; m < f->o->order; m++) {
        if (f->adds)
            value += f->means[m][index[m]] - f->mean;
        else
            value *= f->mean > 0 ? f->means[m][index[m]] / f->mean : 0;
    }
    return value;
}

/* The place of the first entry of line `number` within its row along the outermost mode. */
static ptrdiff_t place_of(const observed *o, const entry_lines *lines, ptrdiff_t number)
{
    return number % (lines->count / o->along[o->modes[0]].rows) * lines->length;
}

static void fill_line(const filling *f, const entry_lines *lines, ptrdiff_t number)
{
    const observed *const o = f->o;
    const observed_rows *const rows = &o->along[o->modes[0]];
    entry_line l = RLRA(entry_line_at)(lines, number);
    real *const out = (real *)o->filled.data + number * lines->length;
    const ptrdiff_t place = place_of(o, lines, number);
    real weights[RUN];
    for (ptrdiff_t begin = 0; begin < lines->length; begin += RUN) {
        const ptrdiff_t count = lines->length - begin < RUN ? lines->length - begin : RUN;
        RLRA(observed_weights)(rows, l.index[o->modes[0]], o->base, place + begin, count, weights);
        for (ptrdiff_t c = 0; c < count; c++) {
            const real value = weights[c] > 0 ? l.values[(begin + c) * lines->step] : 0;
            l.index[lines->last] = begin + c;
            if (f->means[0] == NULL)
                out[begin + c] = weights[c] * value;
            else
                out[begin + c] = weights[c] > 0 ? value : (real)expected(f, l.index);
        }
    }
}

static void fill_all(const filling *f)
{
    const entry_lines lines = RLRA(entry_lines_of)(&f->o->choice.data, &f->o->choice.weights);
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t number = 0; number < lines.count; number++)
        fill_line(f, &lines, number);
}

void RLRA(observed_fill_weighted)(observed *o, int threads)
{
    fill_all(&(filling){.o = o, .threads = threads});
}

/* The sums of w x and of w of the rows of mode m; o->filled holds w X. */
static void sum_mode(const observed *o, int m, double *sums, double *weights)
{
    const observed_rows *const rows = &o->along[m];
    const int64_t *const dims = o->filled.dims;
    ptrdiff_t after = o->filled.strides[m], before = rows->length / after;
    memset(sums, 0, (size_t)rows->rows * sizeof *sums);
    for (ptrdiff_t a = 0; a < before; a++)
        for (ptrdiff_t i = 0; i < rows->rows; i++) {
            const real *const at = (const real *)o->filled.data + (a * dims[m] + i) * after;
            for (ptrdiff_t b = 0; b < after; b++)
                sums[i] += (double)at[b];
        }
    for (ptrdiff_t i = 0; i < rows->rows; i++) {
        const int direct = row_is_direct(rows, i);
        weights[i] = direct ? 0 : o->base * (double)rows->length;
        for (int64_t e = rows->starts[i]; e < rows->starts[i + 1]; e++)
            weights[i] += listed_weight(rows, i, e, o->base) - (direct ? 0 : o->base);
    }
}

void RLRA(observed_fill_means)(observed *o, int threads, double *room)
{
    filling f = {.o = o, .threads = threads, .adds = o->summary.scan.least < 0};
    double sum = 0, weight = 0;
    for (int m = 0; m < o->order; m++) {
        const ptrdiff_t rows = o->along[m].rows;
        double *const sums = room, *const weights = room + rows;
        sum_mode(o, m, sums, weights);
        for (ptrdiff_t i = 0; m == 0 && i < rows; i++) {
            sum += sums[i];
            weight += weights[i];
        }
        f.mean = sum / weight;
        for (ptrdiff_t i = 0; i < rows; i++)
            sums[i] = weights[i] > 0 ? sums[i] / weights[i] : f.mean;
        f.means[m] = sums;
        room += 2 * rows;
    }
    fill_all(&f);
}
