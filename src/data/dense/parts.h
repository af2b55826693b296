/* data/dense/parts.h: shared parts of the products of a dense array: rows, windows and their cuts, shares of threads. */
#ifndef RLRA_DATA_DENSE_PARTS_H
#define RLRA_DATA_DENSE_PARTS_H

#include "data/dense/dense.h"

/* Rows that contract() processes together if they are not contiguous. */
#define DENSE_TAIL_ROWS 48

/* Granularity, in columns, at which threads share an accumulator: a cache line of floats. */
#define DENSE_LINE 16

/* The workspace of the products of one plan. */
typedef struct dense_room {
    dense *x;
    int threads;
    int carries[RLRA_MAX_ORDER]; /* sums of contract() run over several windows */
    factor partial;
    products planned[RLRA_MAX_ORDER];
    factor inner;   /* one for each thread: contracted tails                    */
    real *slab_rhs; /* one for each thread: right-hand sides of a group of rows */
    real *gathered; /* rows that are not contiguous: a slab, or some for each thread */
    double *sums;   /* right-hand sides in double: of a group per thread, or of all rows if windows cut sums */
    double *row_sums;
} dense_room;

/* Whether contract() along the mode that is not the outermost is a sum over contiguous rows. */
int RLRA(dense_sums_columns)(const dense *self, int mode);

/* rhs[k][i] = sum_h head[k][h] sum_t tail[k][t] y[i][h,t]. */
void RLRA(dense_rows)(const dense_room *self, const layout *l, const products *p, ptrdiff_t rows, const real *y,
                      ptrdiff_t y_stride, const real *next, factor inner, factor rhs);

static inline ptrdiff_t dense_row_length(const layout *l)
{
    return l->head * l->tail;
}

static inline factor dense_inner(const dense_room *self, int thread)
{
    factor inner = self->inner;
    inner.at += thread * inner.stride * inner.rank;
    return inner;
}

/* Rows begin .. end-1 of the window `w` as contiguous rows: in place, or gathered to `room`. */
static inline const real *dense_rows_at(const layout *l, const window *w, ptrdiff_t begin, ptrdiff_t end, real *room,
                                        ptrdiff_t *stride)
{
    *stride = l->gathered ? dense_row_length(l) : l->row_stride;
    if (!l->gathered)
        return w->at + (begin - w->begin) * l->row_stride;
    RLRA(layout_gather)(l, w->at, begin - w->begin, end - w->begin, room);
    return room;
}

/* The columns of an accumulator that one thread sums, in whole cache lines. */
static inline void dense_columns_of(ptrdiff_t length, int thread, int threads, ptrdiff_t *begin, ptrdiff_t *end)
{
    const ptrdiff_t lines = (length + DENSE_LINE - 1) / DENSE_LINE;
    *begin = lines * thread / threads * DENSE_LINE;
    *end = lines * (thread + 1) / threads * DENSE_LINE;
    *end = *end < length ? *end : length;
}

static inline int dense_next(dense *self, window_cut c, window *at)
{
    const int more = RLRA(window_next)(self->from, &self->array, c.mode, c.step, at);
    self->base.status = self->from == NULL ? RLRA_OK : self->from->status;
    return more;
}

static inline int dense_first(dense *self, window_cut c, window *at)
{
    *at = (window){.end = 0};
    return dense_next(self, c, at);
}

#endif
