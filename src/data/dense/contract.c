/* data/dense/contract.c: one product of a dense array with factors, and its residual. */
#include <omp.h>
#include <string.h>

#include "data/dense/parts.h"

#define RESIDUAL_COLUMNS 512

/* X^T W for an order-2 array whose rows are contiguous: sums over all rows, each thread for its own columns. If the window
 * holds rows, its sums are added to those of earlier windows; else it holds columns. */
static void contract_columns(const dense_room *self, const window *at, factor w, factor rhs)
{
    const layout l = RLRA(layout_within)(&self->x->along[self->x->outermost], at);
    const int holds_rows = at->mode == l.mode;
    const ptrdiff_t rows = holds_rows ? at->end - at->begin : l.rows;
    const factor sums = holds_rows ? rhs : factor_rows(rhs, at->begin, at->end);
    const real *const weights = holds_rows ? w.at + at->begin : w.at;
    const int fresh = !holds_rows || at->begin == 0;
#pragma omp parallel num_threads(self->threads)
    {
        ptrdiff_t begin, end;
        dense_columns_of(sums.length, omp_get_thread_num(), omp_get_num_threads(), &begin, &end);
        for (ptrdiff_t k = 0; fresh && k < sums.rank; k++)
            memset(sums.at + k * sums.stride + begin, 0, (size_t)(end > begin ? end - begin : 0) * sizeof(real));
        if (end > begin)
            self->x->base.kernels->outer(rows, sums.rank, end - begin, weights, w.stride, at->at + begin, l.row_stride,
                                         sums.at + begin, sums.stride);
    }
}

/* The entries of the head that a window covers: all, or those of its rows of the outermost mode, which is the slowest of the
 * head. */
static void heads_of(const layout *l, const window *w, ptrdiff_t *first, ptrdiff_t *last)
{
    *first = w->mode == l->mode ? 0 : l->head / l->dims[0] * w->begin;
    *last = w->mode == l->mode ? l->head : l->head / l->dims[0] * w->end;
}

/* Contract rows that are not contiguous, one tail after the other: with the product of the tail, then of the head. */
static void contract_tails(const dense_room *self, const layout *l, const window *w, const products *p, ptrdiff_t begin,
                           ptrdiff_t end, factor rhs)
{
    const int thread = omp_get_thread_num();
    const ptrdiff_t rows = end - begin, skipped = w->mode == l->mode ? w->begin : 0;
    const factor part = dense_inner(self, thread);
    double *const sums = self->sums + (self->carries[l->mode] ? begin : thread * DENSE_TAIL_ROWS) * rhs.rank;
    real *const room = l->tail_gathered ? self->gathered + thread * DENSE_TAIL_ROWS * l->tail : NULL;
    ptrdiff_t first, last;
    heads_of(l, w, &first, &last);
    if (first == 0)
        memset(sums, 0, (size_t)(DENSE_TAIL_ROWS * rhs.rank) * sizeof(double));
    for (ptrdiff_t h = first; h < last; h++) {
        ptrdiff_t stride;
        const real *const y = RLRA(layout_tails)(l, w->at, h - first, begin - skipped, end - skipped, room, &stride);
        self->x->base.kernels->dots(rows, rhs.rank, l->tail, y, stride, NULL, p->tail.at, p->tail.stride, part.at,
                                    part.stride, 0);
        for (ptrdiff_t k = 0; k < rhs.rank; k++) {
            const double weight = p->head.at == NULL ? 1 : (double)p->head.at[k * p->head.stride + h];
            for (ptrdiff_t i = 0; i < rows; i++)
                sums[k * DENSE_TAIL_ROWS + i] += weight * (double)part.at[k * part.stride + i];
        }
    }
    for (ptrdiff_t k = 0; last == l->head && k < rhs.rank; k++)
        for (ptrdiff_t i = 0; i < rows; i++)
            rhs.at[k * rhs.stride + begin + i] = (real)sums[k * DENSE_TAIL_ROWS + i];
}

/* Add a window to the right-hand sides of a mode; it holds some rows of that mode or parts of all. */
static void contract_window(const dense_room *self, int mode, const window *w, const products *p, factor rhs)
{
    const layout l = RLRA(layout_within)(&self->x->along[mode], w);
    const ptrdiff_t group = l.gathered ? DENSE_TAIL_ROWS : l.group;
    const ptrdiff_t from = w->mode == mode ? w->begin : 0, to = w->mode == mode ? w->end : l.rows;
#pragma omp parallel for num_threads(self->threads) schedule(static)
    for (ptrdiff_t begin = from; begin < to; begin += group) {
        const ptrdiff_t end = begin + group < to ? begin + group : to;
        if (l.gathered) {
            contract_tails(self, &l, w, p, begin, end, rhs);
            continue;
        }
        ptrdiff_t stride;
        const real *const y = dense_rows_at(&l, w, begin, end, NULL, &stride);
        RLRA(dense_rows)
        (self, &l, p, end - begin, y, stride, NULL, dense_inner(self, omp_get_thread_num()),
         factor_rows(rhs, begin, end));
    }
}

void RLRA(dense_contract)(const data_plan *plan, int mode, const factor *factors, factor rhs)
{
    const dense_room *const self = plan->room;
    const window_cut c = plan->cut[mode];
    const int sums = RLRA(dense_sums_columns)(self->x, mode);
    products p = {0};
    window w;
    if (!sums)
        p = RLRA(products_of)(&self->x->along[mode], factors, self->planned[mode]);
    for (int more = dense_first(self->x, c, &w); more; more = dense_next(self->x, c, &w)) {
        if (sums)
            contract_columns(self, &w, factors[self->x->outermost], rhs);
        else
            contract_window(self, mode, &w, &p, rhs);
    }
}

/* The sum of squares in double, several at once: one addition waits for the one before it. */
static double sum_squares(ptrdiff_t count, const real *x)
{
    double part[8] = {0}, rest = 0;
    ptrdiff_t c = 0;
    for (; c + 8 <= count; c += 8)
        for (int lane = 0; lane < 8; lane++)
            part[lane] += (double)x[c + lane] * (double)x[c + lane];
    for (; c < count; c++)
        rest += (double)x[c] * (double)x[c];
    for (int lane = 0; lane < 8; lane++)
        rest += part[lane];
    return rest;
}

/* sum of (y[t] - sum_k c[k] tail[k][t])^2 along one tail. */
static double residual_tail(const kernels *kernel, ptrdiff_t length, const real *y, const real *coefficients,
                            factor tail)
{
    real left[RESIDUAL_COLUMNS];
    double sum = 0;
    for (ptrdiff_t t = 0; t < length; t += RESIDUAL_COLUMNS) {
        const ptrdiff_t count = length - t < RESIDUAL_COLUMNS ? length - t : RESIDUAL_COLUMNS;
        kernel->residual(count, tail.rank, y + t, coefficients, tail.at + t, tail.stride, left);
        sum += sum_squares(count, left);
    }
    return sum;
}

static void residual_window(const dense_room *self, const window *w, const products *p, factor a)
{
    const layout l = RLRA(layout_within)(&self->x->along[self->x->outermost], w);
#pragma omp parallel for num_threads(self->threads) schedule(static)
    for (ptrdiff_t i = w->begin; i < w->end; i++) {
        const int thread = omp_get_thread_num();
        real *const room = l.gathered ? self->gathered + thread * dense_row_length(&l) : NULL;
        real *const coefficients = dense_inner(self, thread).at;
        ptrdiff_t stride;
        const real *const y = dense_rows_at(&l, w, i, i + 1, room, &stride);
        double sum = 0;
        for (ptrdiff_t h = 0; h < l.head; h++) {
            for (ptrdiff_t k = 0; k < a.rank; k++)
                coefficients[k] =
                    a.at[k * a.stride + i] * (p->head.at == NULL ? 1 : p->head.at[k * p->head.stride + h]);
            sum += residual_tail(self->x->base.kernels, l.tail, y + h * l.tail, coefficients, p->tail);
        }
        self->row_sums[i] = sum;
    }
}

double RLRA(dense_residual)(const data_plan *plan, const factor *factors)
{
    const dense_room *const self = plan->room;
    const int mode = self->x->outermost;
    const products p = RLRA(products_of)(&self->x->along[mode], factors, self->planned[mode]);
    const window_cut c = {mode, 1};
    double total = 0;
    window w;
    for (int more = dense_first(self->x, c, &w); more; more = dense_next(self->x, c, &w))
        residual_window(self, &w, &p, factors[mode]);
    for (ptrdiff_t i = 0; i < plan->x->dims[mode]; i++)
        total += self->row_sums[i];
    return total;
}
