/* data/dense/dense.c: the products of a dense array with factors, streamed in slabs that stay in cache. */
#include "data/dense/parts.h"
#include "data/rows/kinds.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* Workspace that pass() may take: this fraction of the data, or PARTIAL_BYTES if that is more. */
#define PARTIAL_SHARE 0.05
#define PARTIAL_BYTES (4 << 20)

/* Rows longer than this are too long for a slab to stay in cache: an order-2 array is then streamed along its other mode. */
#define WIDEST_ROW (1 << 18)

void RLRA(dense_init)(dense *self, const rlra_array *array, windows *from, const dense_scan *scan)
{
    *self = (dense){.base = {.ops = &RLRA(data_dense), .order = array->order, .zeros = scan->zeros}};
    self->array = *array;
    self->from = from != NULL && from->source != NULL ? from : NULL;
    for (int m = 0; m < array->order; m++) {
        self->base.dims[m] = array->dims[m];
        self->along[m] = RLRA(layout_along)(array, m);
    }
    self->base.norm2 = scan->norm2;
    self->base.sum = scan->sum;
    self->base.least = scan->least;
    self->base.scale = scan->scale;
    self->base.entries = (double)rlra_array_count(array);
    self->base.entry_bytes = sizeof(real);
    self->base.bytes = self->base.entries * sizeof(real);
    self->base.array = self->from == NULL ? &self->array : NULL;
    self->base.file = self->from;
    self->base.kernels = RLRA(kernels_best)();
    self->outermost = RLRA(layout_outermost)(array);
}

static double partial_bytes(const dense *self, int mode, ptrdiff_t rank)
{
    return (double)dense_row_length(&self->along[mode]) * (double)rank * sizeof(real);
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
        return dense_row_length(natural) * (ptrdiff_t)sizeof(real) > WIDEST_ROW ? longest : self->outermost;
    if (partial_bytes(self, self->outermost, rank) <= most)
        return self->outermost;
    return partial_bytes(self, longest, rank) <= most ? longest : -1;
}

int RLRA(dense_sums_columns)(const dense *self, int mode)
{
    return self->base.order == 2 && mode != self->outermost && !self->along[self->outermost].gathered;
}

/* How contract() cuts windows. Rows of its own mode are independent. If they are not contiguous, the outermost mode is cut if
 * it is in the head, as sums can then be carried over windows. */
static window_cut cut_of(const dense *self, int stream, int mode)
{
    const layout *const l = &self->along[mode];
    if (RLRA(dense_sums_columns)(self, mode))
        return stream == mode ? (window_cut){mode, DENSE_LINE} : (window_cut){self->outermost, OUTER_RUN};
    if (l->gathered && l->first_tail > 0)
        return (window_cut){self->outermost, 1};
    return (window_cut){mode, l->gathered ? DENSE_TAIL_ROWS : 1};
}

/* Whether sums of contract() run over several windows. */
static int carries(const dense *self, int mode, window_cut c)
{
    return self->from != NULL && !RLRA(dense_sums_columns)(self, mode) && c.mode != mode;
}

/* Entries of the buffer for rows that are not contiguous: enough for pass(), residual() and contract(). */
static ptrdiff_t gathered_room(const dense *self, int stream, int threads)
{
    ptrdiff_t room = 0;
    for (int m = 0; m < self->base.order; m++) {
        const layout *const l = &self->along[m];
        const ptrdiff_t whole = l->gathered ? dense_row_length(l) : 0;
        const ptrdiff_t tails =
            l->tail_gathered && !RLRA(dense_sums_columns)(self, m) ? threads * DENSE_TAIL_ROWS * l->tail : 0;
        const ptrdiff_t slab = m == stream ? l->slab * whole : 0;
        const ptrdiff_t rows = m == self->outermost ? threads * whole : 0;
        room = slab > room ? slab : room;
        room = rows > room ? rows : room;
        room = tails > room ? tails : room;
    }
    return room;
}

/* The number of rows whose sums are kept. */
static ptrdiff_t sums_room(const dense_room *self, const data_plan *p)
{
    ptrdiff_t room = p->threads * DENSE_TAIL_ROWS;
    for (int m = 0; m < self->x->base.order; m++) {
        const ptrdiff_t whole = (self->x->base.dims[m] + DENSE_TAIL_ROWS - 1) / DENSE_TAIL_ROWS * DENSE_TAIL_ROWS;
        room = self->carries[m] && whole > room ? whole : room;
    }
    return room;
}

/* Take room for the products of any one mode; returns the longest head. */
static ptrdiff_t take_products(const dense *self, ptrdiff_t rank, arena *work, products *planned)
{
    ptrdiff_t head = DENSE_TAIL_ROWS;
    const size_t base = work->used;
    size_t top = base;
    for (int m = 0; m < self->base.order; m++) {
        work->used = base;
        planned[m] = RLRA(products_plan)(&self->along[m], rank, work);
        top = work->used > top ? work->used : top;
        head = self->along[m].head > head ? self->along[m].head : head;
    }
    work->used = top;
    return head;
}

data_plan RLRA(dense_plan)(data *x, ptrdiff_t rank, int threads, arena *work)
{
    dense *const self = (dense *)x;
    data_plan p = {.x = x, .rank = rank, .threads = threads, .stream = choose_stream(self, rank)};
    dense_room room = {.x = self, .threads = threads};
    for (int m = 0; m < x->order; m++) {
        p.cut[m] = cut_of(self, p.stream, m);
        room.carries[m] = carries(self, m, p.cut[m]);
    }
    const ptrdiff_t head = take_products(self, rank, work, room.planned);
    room.gathered = rlra_arena_take(work, (size_t)gathered_room(self, p.stream, threads), sizeof(real));
    room.inner = (factor){NULL, head, rank, whole_vectors(head)};
    room.inner.at = rlra_arena_take(work, (size_t)(threads * room.inner.stride * rank), sizeof(real));
    room.sums = rlra_arena_take(work, (size_t)(sums_room(&room, &p) * rank), sizeof(double));
    room.row_sums = rlra_arena_take(work, (size_t)x->dims[self->outermost], sizeof(double));
    if (p.stream >= 0) {
        const layout *const l = &self->along[p.stream];
        p.pass_cut = (window_cut){p.stream, l->slab};
        p.partial = (factor){NULL, dense_row_length(l), rank, whole_vectors(dense_row_length(l))};
        p.partial.at = rlra_arena_take(work, (size_t)(rank * p.partial.stride), sizeof(real));
        room.partial = p.partial;
        room.slab_rhs = rlra_arena_take(work, (size_t)(threads * l->group * rank), sizeof(real));
        for (int o = 0; o < l->others; o++)
            p.rest_modes[o] = l->modes[o];
    }
    p.room = data_room(work, &room, sizeof room);
    return p;
}

void RLRA(dense_rows)(const dense_room *self, const layout *l, const products *p, ptrdiff_t rows, const real *y,
                      ptrdiff_t y_stride, const real *next, factor inner, factor rhs)
{
    const kernels *const kernel = self->x->base.kernels;
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

/* One of the threads of a pass. */
typedef struct dense_share {
    int thread, threads;
} dense_share;

static void wait_for_team(dense_share mine)
{
    if (mine.threads > 1) {
#pragma omp barrier
    }
}

/* One slab of a pass: right-hand sides and updates of this thread's groups of rows. */
static void update_slab(const dense_room *self, const layout *l, const products *p, const window *w, ptrdiff_t first,
                        ptrdiff_t last, row_update update, void *user, dense_share mine)
{
    const int thread = mine.thread, threads = mine.threads;
    const ptrdiff_t length = dense_row_length(l);
    const factor rhs = {self->slab_rhs + thread * l->group * self->partial.rank, l->group, self->partial.rank,
                        l->group};
    for (ptrdiff_t begin = first + thread * l->group; begin < last; begin += threads * l->group) {
        const ptrdiff_t end = begin + l->group < last ? begin + l->group : last;
        const ptrdiff_t following = begin + threads * l->group;
        real *const room = l->gathered ? self->gathered + (begin - first) * length : NULL;
        ptrdiff_t stride;
        const real *const y = dense_rows_at(l, w, begin, end, room, &stride);
        if (update == NULL)
            continue;
        const int fetches = !l->gathered && following + (end - begin) <= w->end;
        RLRA(dense_rows)
        (self, l, p, end - begin, y, stride, fetches ? y + (following - begin) * stride : NULL,
         dense_inner(self, thread), factor_rows(rhs, 0, end - begin));
        update(user, thread, begin, end, factor_rows(rhs, 0, end - begin));
    }
}

/* The part of a pass that one window is, or a thread's share of it. */
static void pass_share(const dense_room *self, const window *w, const products *p, factor rows, row_update update,
                       void *user, dense_share mine)
{
    const layout l = RLRA(layout_within)(&self->x->along[w->mode], w);
    const factor sums = self->partial;
    ptrdiff_t begin, end;
    dense_columns_of(sums.length, mine.thread, mine.threads, &begin, &end);
    for (ptrdiff_t k = 0; w->begin == 0 && k < sums.rank; k++)
        memset(sums.at + k * sums.stride + begin, 0, (size_t)(end > begin ? end - begin : 0) * sizeof(real));
    for (ptrdiff_t first = w->begin; first < w->end; first += l.slab) {
        const ptrdiff_t last = first + l.slab < w->end ? first + l.slab : w->end;
        update_slab(self, &l, p, w, first, last, update, user, mine);
        wait_for_team(mine);
        const real *const y = l.gathered ? self->gathered : w->at + (first - w->begin) * l.row_stride;
        const ptrdiff_t stride = l.gathered ? sums.length : l.row_stride;
        if (end > begin)
            self->x->base.kernels->outer(last - first, sums.rank, end - begin, rows.at + first, rows.stride, y + begin,
                                         stride, sums.at + begin, sums.stride);
        if (l.gathered)
            wait_for_team(mine);
    }
}

/* A team of one is done without: for the runtime it is a team, which takes as long as a small slab. */
static void pass_window(const dense_room *self, const window *w, const products *p, factor rows, row_update update,
                        void *user)
{
    if (self->threads == 1) {
        pass_share(self, w, p, rows, update, user, (dense_share){0, 1});
        return;
    }
#pragma omp parallel num_threads(self->threads)
    pass_share(self, w, p, rows, update, user, (dense_share){omp_get_thread_num(), omp_get_num_threads()});
}

void RLRA(dense_pass)(const data_plan *plan, const factor *factors, row_update update, void *user)
{
    const dense_room *const self = plan->room;
    const layout *const l = &self->x->along[plan->stream];
    const products p = RLRA(products_of)(l, factors, self->planned[plan->stream]);
    window w;
    for (int more = dense_first(self->x, plan->pass_cut, &w); more; more = dense_next(self->x, plan->pass_cut, &w))
        pass_window(self, &w, &p, factors[plan->stream], update, user);
}

dense_scan RLRA(dense_scan_of)(const problem_term *term)
{
    return (dense_scan){
        .norm2 = term->norm2, .sum = term->sum, .zeros = term->zeros, .least = term->least, .scale = term->scale};
}

static int takes(const data_source *from)
{
    (void)from;
    return 1;
}

static rlra_status create(rlra_context *context, const data_source *from, data **x)
{
    const dense_scan scan = RLRA(dense_scan_of)(from->term);
    dense *const self = rlra_alloc(context, 1, sizeof *self);
    if (self == NULL)
        return rlra_fail_memory(context, 1, sizeof *self, "the operator of dense data");
    RLRA(dense_init)(self, &from->term->array, NULL, &scan);
    self->base.own_bytes = sizeof *self;
    *x = &self->base;
    return RLRA_OK;
}

static void destroy(rlra_context *context, data *x)
{
    rlra_free(context, x);
}

const data_ops RLRA(data_dense) = {
    .about = {"dense", "strided array of any order, borrowed", "order-2 order-N one-pass", ""},
    .takes = takes,
    .create = create,
    .destroy = destroy,
    .plan = RLRA(dense_plan),
    .pass = RLRA(dense_pass),
    .contract = RLRA(dense_contract),
    .residual = RLRA(dense_residual),
    .plan_rows = RLRA(dense_plan_rows),
    .rows = RLRA(dense_read_rows),
};
