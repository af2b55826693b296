/* data/observed/squares.c: the squared residual of the observed entries, entry by entry. */
#include "data/entry_lines.h"
#include "data/observed/observed.h"

/* Entries processed together. */
#define RUN 512

/* Buffers for one part of a line. */
typedef struct part {
    real values[RUN], weights[RUN], model[RUN], zeros[RUN];
} part;

static void add_part(const part *p, ptrdiff_t count, double *left2, double *model2)
{
    double left = 0, model = 0;
    for (ptrdiff_t c = 0; c < count; c++) {
        const double v = -(double)p->model[c], w = (double)p->weights[c];
        const double d = w > 0 ? (double)p->values[c] - v : 0;
        left += w * d * d;
        model += w * v * v;
    }
    *left2 += left;
    *model2 += model;
}

static void add_line(const observed *o, const kernels *kernel, const factor *factors, const entry_lines *lines,
                     ptrdiff_t number, part *p, double *sums)
{
    const entry_line l = RLRA(entry_line_at)(lines, number);
    const observed_rows *const rows = &o->along[o->modes[0]];
    const factor last = factors[lines->last];
    const ptrdiff_t place = number % (lines->count / rows->rows) * lines->length;
    real coefficients[OBSERVED_RANK];
    for (ptrdiff_t begin = 0; begin < lines->length; begin += RUN) {
        const ptrdiff_t count = lines->length - begin < RUN ? lines->length - begin : RUN;
        const real *from = p->zeros;
        RLRA(observed_weights)(rows, l.index[o->modes[0]], o->base, place + begin, count, p->weights);
        for (ptrdiff_t c = 0; c < count; c++)
            p->values[c] = l.values[(begin + c) * lines->step];
        for (ptrdiff_t k = 0; k < last.rank; k += OBSERVED_RANK) {
            const ptrdiff_t some = last.rank - k < OBSERVED_RANK ? last.rank - k : OBSERVED_RANK;
            for (ptrdiff_t e = 0; e < some; e++) {
                coefficients[e] = 1;
                for (int m = 0; m < lines->order; m++)
                    if (m != lines->last)
                        coefficients[e] *= factors[m].at[(k + e) * factors[m].stride + l.index[m]];
            }
            kernel->residual(count, some, from, coefficients, last.at + k * last.stride + begin, last.stride, p->model);
            from = p->model;
        }
        add_part(p, count, &sums[0], &sums[1]);
    }
}

double RLRA(observed_squares)(const observed *o, int threads, const factor *factors, double *room, double *model)
{
    const kernels *const kernel = RLRA(kernels_best)();
    const entry_lines lines = RLRA(entry_lines_of)(&o->choice.data, &o->choice.weights);
    const ptrdiff_t rows = o->along[o->modes[0]].rows, each = lines.count / rows;
    double left = 0, whole = 0;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 4)
    for (ptrdiff_t i = 0; i < rows; i++) {
        part p = {.zeros = {0}};
        room[2 * i] = room[2 * i + 1] = 0;
        for (ptrdiff_t number = i * each; number < (i + 1) * each; number++)
            add_line(o, kernel, factors, &lines, number, &p, room + 2 * i);
    }
    for (ptrdiff_t i = 0; i < rows; i++) {
        left += room[2 * i];
        whole += room[2 * i + 1];
    }
    if (model != NULL)
        *model = whole;
    return left;
}
