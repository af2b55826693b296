/* data/dense.c: the products of a dense array with factors, streamed in slabs that stay in cache. */
#include "data/dense.h"

#include <omp.h>
#include <string.h>

/* What pass() may add to the memory: this part of the data, or as many bytes if that is more. */
#define PARTIAL_SHARE 0.05
#define PARTIAL_BYTES (4 << 20)

/* Rows longer than this do not leave a slab in cache: an order-2 array is then streamed along its other mode. */
#define WIDEST_ROW (1 << 18)

#define RESIDUAL_COLUMNS 512

static ptrdiff_t row_length(const layout *l)
{
    return l->head * l->tail;
}

void RLRA(dense_init)(dense *self, const rlra_array *array, const dense_scan *scan)
{
    *self = (dense){.base = {.ops = &RLRA(data_dense), .order = array->order}, .array = *array};
    for (int m = 0; m < array->order; m++) {
        self->base.dims[m] = array->dims[m];
        self->along[m] = RLRA(layout_along)(array, m);
    }
    self->base.norm2 = scan->norm2;
    self->base.sum = scan->sum;
    self->base.least = scan->least;
    self->base.scale = scan->scale;
    self->base.entries = (double)rlra_array_count(array);
    self->base.kernels = RLRA(kernels_best)();
    self->outermost = RLRA(layout_outermost)(array);
}

static double partial_bytes(const dense *self, int mode, ptrdiff_t rank)
{
    return (double)row_length(&self->along[mode]) * (double)rank * sizeof(real);
}

/* The mode to stream along, or -1 where the accumulator of every mode would be too large. */
static int choose_stream(const dense *self, ptrdiff_t rank)
{
    const layout *const natural = &self->along[self->outermost];
    const double data_bytes = (double)rlra_array_count(&self->array) * sizeof(real);
    const double share = PARTIAL_SHARE * data_bytes;
    const double most = share > PARTIAL_BYTES ? share : PARTIAL_BYTES;
    int longest = self->outermost;
    for (int m = 0; m < self->base.order; m++)
        if (self->base.dims[m] > self->base.dims[longest])
            longest = m;
    if (self->base.order == 2)
        return row_length(natural) * (ptrdiff_t)sizeof(real) > WIDEST_ROW ? longest : self->outermost;
    if (partial_bytes(self, self->outermost, rank) <= most)
        return self->outermost;
    return partial_bytes(self, longest, rank) <= most ? longest : -1;
}

/* Rows that contract() treats at once where they are not contiguous. */
#define TAIL_ROWS 48

/* Whether contract() along the mode that is not the outermost is a sum over contiguous rows. */
static int sums_columns(const dense *self, int mode)
{
    return self->base.order == 2 && mode != self->outermost && !self->along[self->outermost].gathered;
}

/* Entries of the buffer for rows that are not contiguous: those of pass(), residual() and contract(). */
static ptrdiff_t gathered_room(const dense *self, int threads)
{
    ptrdiff_t room = 0;
    for (int m = 0; m < self->base.order; m++) {
        const layout *const l = &self->along[m];
        const ptrdiff_t whole = l->gathered ? row_length(l) : 0;
        const ptrdiff_t tails = l->tail_gathered && !sums_columns(self, m) ? threads * TAIL_ROWS * l->tail : 0;
        const ptrdiff_t slab = m == self->base.stream ? l->slab * whole : 0;
        const ptrdiff_t rows = m == self->outermost ? threads * whole : 0;
        room = slab > room ? slab : room;
        room = rows > room ? rows : room;
        room = tails > room ? tails : room;
    }
    return room;
}

static void plan(data *x, ptrdiff_t rank, int threads, arena *work)
{
    dense *const self = (dense *)x;
    x->threads = threads;
    x->stream = choose_stream(self, rank);
    ptrdiff_t head = TAIL_ROWS;
    const size_t base = work->used;
    size_t top = base;
    for (int m = 0; m < x->order; m++) {
        work->used = base; /* the products of one mode are used at a time */
        self->planned[m] = RLRA(products_plan)(&self->along[m], rank, work);
        top = work->used > top ? work->used : top;
        head = self->along[m].head > head ? self->along[m].head : head;
    }
    work->used = top;
    self->gathered = rlra_arena_take(work, (size_t)gathered_room(self, threads), sizeof(real));
    self->inner = (factor){NULL, head, rank, whole_vectors(head)};
    self->inner.at = rlra_arena_take(work, (size_t)(threads * self->inner.stride * rank), sizeof(real));
    self->sums = rlra_arena_take(work, (size_t)(threads * TAIL_ROWS * rank), sizeof(double));
    self->row_sums = rlra_arena_take(work, (size_t)x->dims[self->outermost], sizeof(double));
    if (x->stream < 0)
        return;
    const layout *const l = &self->along[x->stream];
    x->partial = (factor){NULL, row_length(l), rank, whole_vectors(row_length(l))};
    x->partial.at = rlra_arena_take(work, (size_t)(rank * x->partial.stride), sizeof(real));
    self->slab_rhs = rlra_arena_take(work, (size_t)(threads * l->group * rank), sizeof(real));
    for (int o = 0; o < l->others; o++)
        x->rest_modes[o] = l->modes[o];
}

/* rhs[k][i] = sum_h head[k][h] sum_t tail[k][t] y[i][h,t]. */
static void contract_rows(const dense *self, const layout *l, const products *p, ptrdiff_t rows, const real *y,
                          ptrdiff_t y_stride, const real *next, factor inner, factor rhs)
{
    const kernels *const kernel = self->base.kernels;
    if (p->head.at == NULL) {
        kernel->dots(rows, rhs.rank, l->tail, y, y_stride, next, p->tail.at, p->tail.stride, rhs.at, rhs.stride, 0);
        return;
    }
    for (ptrdiff_t i = 0; i < rows; i++) {
        const real *const following = i + 1 < rows ? y + (i + 1) * y_stride : next;
        kernel->dots(l->head, rhs.rank, l->tail, y + i * y_stride, l->tail, following, p->tail.at, p->tail.stride,
                     inner.at, inner.stride, 0);
        for (ptrdiff_t k = 0; k < rhs.rank; k++) {
            double sum;
            kernel->gram(l->head, 1, inner.at + k * inner.stride, l->head, p->head.at + k * p->head.stride, l->head,
                         &sum, 0);
            rhs.at[k * rhs.stride + i] = (real)sum;
        }
    }
}

static factor inner_of(const dense *self, int thread)
{
    factor inner = self->inner;
    inner.at += thread * inner.stride * inner.rank;
    return inner;
}

/* Contiguous rows begin .. end-1: where they lie, or gathered to `room`. */
static const real *rows_at(const dense *self, const layout *l, ptrdiff_t begin, ptrdiff_t end, real *room,
                           ptrdiff_t *stride)
{
    const real *const at = self->array.data;
    *stride = l->gathered ? row_length(l) : l->row_stride;
    if (!l->gathered)
        return at + begin * l->row_stride;
    RLRA(layout_gather)(l, at, begin, end, room);
    return room;
}

/* Columns of an accumulator that belong to one thread, cut at whole cache lines. */
static void columns_of(ptrdiff_t length, int thread, int threads, ptrdiff_t *begin, ptrdiff_t *end)
{
    const ptrdiff_t lines = (length + 15) / 16;
    *begin = lines * thread / threads * 16;
    *end = lines * (thread + 1) / threads * 16;
    *end = *end < length ? *end : length;
}

/* One slab of a pass: right-hand sides and updates of this thread's groups of rows. */
static void update_slab(dense *self, const layout *l, const products *p, ptrdiff_t first, ptrdiff_t last,
                        row_update update, void *user)
{
    const int thread = omp_get_thread_num(), threads = omp_get_num_threads();
    const ptrdiff_t length = row_length(l);
    const factor rhs = {self->slab_rhs + thread * l->group * self->base.partial.rank, l->group, self->base.partial.rank,
                        l->group};
    for (ptrdiff_t begin = first + thread * l->group; begin < last; begin += threads * l->group) {
        const ptrdiff_t end = begin + l->group < last ? begin + l->group : last;
        const ptrdiff_t following = begin + threads * l->group;
        real *const room = l->gathered ? self->gathered + (begin - first) * length : NULL;
        ptrdiff_t stride;
        const real *const y = rows_at(self, l, begin, end, room, &stride);
        if (update == NULL)
            continue;
        const int ahead = !l->gathered && following + (end - begin) <= l->rows;
        contract_rows(self, l, p, end - begin, y, stride, ahead ? y + (following - begin) * stride : NULL,
                      inner_of(self, thread), factor_rows(rhs, 0, end - begin));
        update(user, thread, begin, end, factor_rows(rhs, 0, end - begin));
    }
}

static void pass(data *x, const factor *factors, row_update update, void *user)
{
    dense *const self = (dense *)x;
    const layout *const l = &self->along[x->stream];
    const products p = RLRA(products_of)(l, factors, self->planned[x->stream]);
    const factor rows = factors[x->stream];
    const factor sums = x->partial;
#pragma omp parallel num_threads(x->threads)
    {
        ptrdiff_t begin, end;
        columns_of(sums.length, omp_get_thread_num(), omp_get_num_threads(), &begin, &end);
        for (ptrdiff_t k = 0; k < sums.rank; k++)
            memset(sums.at + k * sums.stride + begin, 0, (size_t)(end > begin ? end - begin : 0) * sizeof(real));
        for (ptrdiff_t first = 0; first < l->rows; first += l->slab) {
            const ptrdiff_t last = first + l->slab < l->rows ? first + l->slab : l->rows;
            update_slab(self, l, &p, first, last, update, user);
#pragma omp barrier
            const real *const y = l->gathered ? self->gathered : (const real *)self->array.data + first * l->row_stride;
            const ptrdiff_t stride = l->gathered ? sums.length : l->row_stride;
            if (end > begin)
                x->kernels->outer(last - first, sums.rank, end - begin, rows.at + first, rows.stride, y + begin, stride,
                                  sums.at + begin, sums.stride);
            if (l->gathered) {
#pragma omp barrier
            }
        }
    }
}

/* X^T W for an order-2 array whose rows are contiguous: sums over all rows, each thread for its columns. */
static void contract_columns(const dense *self, factor w, factor rhs)
{
    const layout *const l = &self->along[self->outermost];
#pragma omp parallel num_threads(self->base.threads)
    {
        ptrdiff_t begin, end;
        columns_of(rhs.length, omp_get_thread_num(), omp_get_num_threads(), &begin, &end);
        for (ptrdiff_t k = 0; k < rhs.rank; k++)
            memset(rhs.at + k * rhs.stride + begin, 0, (size_t)(end > begin ? end - begin : 0) * sizeof(real));
        if (end > begin)
            self->base.kernels->outer(l->rows, rhs.rank, end - begin, w.at, w.stride,
                                      (const real *)self->array.data + begin, l->row_stride, rhs.at + begin,
                                      rhs.stride);
    }
}

/* Rows whose entries lie apart: one tail after the other, with the product of the tail, then of the head. */
static void contract_tails(const dense *self, const layout *l, const products *p, ptrdiff_t begin, ptrdiff_t end,
                           factor rhs)
{
    const int thread = omp_get_thread_num();
    const ptrdiff_t rows = end - begin;
    const factor part = inner_of(self, thread);
    double *const sums = self->sums + thread * TAIL_ROWS * rhs.rank;
    real *const room = l->tail_gathered ? self->gathered + thread * TAIL_ROWS * l->tail : NULL;
    memset(sums, 0, (size_t)(TAIL_ROWS * rhs.rank) * sizeof(double));
    for (ptrdiff_t h = 0; h < l->head; h++) {
        ptrdiff_t stride;
        const real *const y = RLRA(layout_tails)(l, self->array.data, h, begin, end, room, &stride);
        self->base.kernels->dots(rows, rhs.rank, l->tail, y, stride, NULL, p->tail.at, p->tail.stride, part.at,
                                 part.stride, 0);
        for (ptrdiff_t k = 0; k < rhs.rank; k++) {
            const double weight = p->head.at == NULL ? 1 : (double)p->head.at[k * p->head.stride + h];
            for (ptrdiff_t i = 0; i < rows; i++)
                sums[k * TAIL_ROWS + i] += weight * (double)part.at[k * part.stride + i];
        }
    }
    for (ptrdiff_t k = 0; k < rhs.rank; k++)
        for (ptrdiff_t i = 0; i < rows; i++)
            rhs.at[k * rhs.stride + begin + i] = (real)sums[k * TAIL_ROWS + i];
}

static void contract(data *x, int mode, const factor *factors, factor rhs)
{
    dense *const self = (dense *)x;
    const layout *const l = &self->along[mode];
    if (sums_columns(self, mode)) {
        contract_columns(self, factors[self->outermost], rhs);
        return;
    }
    const products p = RLRA(products_of)(l, factors, self->planned[mode]);
    const ptrdiff_t group = l->gathered ? TAIL_ROWS : l->group;
#pragma omp parallel for num_threads(x->threads) schedule(static)
    for (ptrdiff_t begin = 0; begin < l->rows; begin += group) {
        const ptrdiff_t end = begin + group < l->rows ? begin + group : l->rows;
        const real *const y = (const real *)self->array.data + begin * l->row_stride;
        if (l->gathered)
            contract_tails(self, l, &p, begin, end, rhs);
        else
            contract_rows(self, l, &p, end - begin, y, l->row_stride, NULL, inner_of(self, omp_get_thread_num()),
                          factor_rows(rhs, begin, end));
    }
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
        double part = 0;
        for (ptrdiff_t c = 0; c < count; c++)
            part += (double)left[c] * (double)left[c];
        sum += part;
    }
    return sum;
}

static double residual(data *x, const factor *factors)
{
    dense *const self = (dense *)x;
    const layout *const l = &self->along[self->outermost];
    const products p = RLRA(products_of)(l, factors, self->planned[self->outermost]);
    const factor a = factors[self->outermost];
#pragma omp parallel for num_threads(x->threads) schedule(static)
    for (ptrdiff_t i = 0; i < l->rows; i++) {
        const int thread = omp_get_thread_num();
        real *const room = l->gathered ? self->gathered + thread * row_length(l) : NULL;
        real *const coefficients = inner_of(self, thread).at;
        ptrdiff_t stride;
        const real *const y = rows_at(self, l, i, i + 1, room, &stride);
        double sum = 0;
        for (ptrdiff_t h = 0; h < l->head; h++) {
            for (ptrdiff_t k = 0; k < a.rank; k++)
                coefficients[k] = a.at[k * a.stride + i] * (p.head.at == NULL ? 1 : p.head.at[k * p.head.stride + h]);
            sum += residual_tail(x->kernels, l->tail, y + h * l->tail, coefficients, p.tail);
        }
        self->row_sums[i] = sum;
    }
    double total = 0;
    for (ptrdiff_t i = 0; i < l->rows; i++)
        total += self->row_sums[i];
    return total;
}

const data_ops RLRA(data_dense) = {
    .about = {"dense", "strided array of any order, borrowed", "order-2 order-N one-pass", ""},
    .plan = plan,
    .pass = pass,
    .contract = contract,
    .residual = residual,
};
