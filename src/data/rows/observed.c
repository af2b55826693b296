/* data/rows/observed.c: rows with missing or weighted entries: each cut down to its observed entries, or whole where sums of
 * the design account for what is missing. */
#include <math.h>
#include <omp.h>

#include "data/dense/dense.h"
#include "data/observed/product.h"
#include "data/rows/cut.h"
#include "data/rows/kinds.h"

/* A difference below this fraction of its minuend has lost too many digits and is replaced by a direct sum. */
#define CANCELLED (sizeof(real) == 4 ? 0.125 : 1e-3)

/* The workspace of one thread. */
typedef struct observed_worker {
    panel_room panel; /* for rows that are cut down  */
    double *sums;     /* sums of their designs       */
    real *products;   /* rows of the product         */
    const real **rows;
    observed_run *run;
} observed_worker;

static int shares_design(const observed *o, const row_wish *wish)
{
    return wish->zeros_by_sums && wish->across && wish->own_sums && o->pair == NULL && o->base == 1 && !o->is_uneven;
}

/* Whether rows of some mode share the design. */
static int shares_some(const row_plan *p)
{
    int shares = 0;
    for (int m = 0; m < p->products->x->order; m++)
        shares |= p->along[m].own_sums;
    return shares;
}

static observed_worker lay_out(const row_plan *p, arena *from)
{
    const size_t rank = (size_t)p->products->rank, pad = (size_t)RLRA(observed_product_pad)(p->products->rank);
    observed_worker w;
    w.panel = RLRA(panel_room_take)(p->products->rank, p->longest, from);
    w.sums = rlra_arena_take(from, rank, sizeof(double));
    w.products = rlra_arena_take(from, shares_some(p) ? pad * OBSERVED_RUN : 0, sizeof(real));
    w.rows = rlra_arena_take(from, OBSERVED_RUN, sizeof(real *));
    w.run = rlra_arena_take(from, 1, sizeof(observed_run));
    return w;
}

/* Plan rows of a sparse matrix, which are cut down to their stored entries. */
static void plan_stored(const observed *o, row_plan *p)
{
    for (int m = 0; m < 2; m++) {
        const ptrdiff_t longest = RLRA(longest_row)(&o->pair->along[m]);
        p->along[m] =
            (row_layout){.slab = UPDATE_ROWS, .others = 1, .modes = {1 - m}, .length = p->products->x->dims[1 - m]};
        p->longest = longest > p->longest ? longest : p->longest;
    }
}

/* Plan rows that share the design: they are read as from a dense array, each with its own sums. */
static void plan_shared(const observed *o, arena *work, row_plan *p)
{
    ptrdiff_t rows = 0;
    for (int m = 0; m < o->order; m++)
        p->wish[m].across = shares_design(o, &p->wish[m]);
    RLRA(dense_plan_rows)(p->products, work, p);
    for (int m = 0; m < o->order; m++) {
        p->along[m].own_sums = p->wish[m].across;
        rows = p->along[m].own_sums && o->along[m].rows > rows ? o->along[m].rows : rows;
    }
    if (!shares_some(p))
        return;
    const observed_product product = RLRA(observed_product_take)(o, p->products->rank, work);
    p->row_sums = rlra_arena_take(work, (size_t)(rows * p->products->rank), sizeof(double));
    p->own = data_room(work, &product, sizeof product);
}

void RLRA(observed_plan_rows)(const data_plan *with, arena *work, row_plan *p)
{
    const observed *const o = with->x->observed;
    arena measure = {0};
    if (o->pair != NULL)
        plan_stored(o, p);
    else
        plan_shared(o, work, p);
    p->stride = with->rank;
    lay_out(p, &measure);
    p->room_bytes = measure.peak > p->room_bytes ? measure.peak : p->room_bytes;
}

/* Add the components of the design over some entries of a row. */
static void add_rows(const observed_product *p, int mode, ptrdiff_t count, const int32_t *places,
                     const observed_worker *w, ptrdiff_t rank, double *sums)
{
    RLRA(observed_product_rows)(p, mode, count, places, w->products, w->rows);
    for (ptrdiff_t e = 0; e < count; e++)
        for (ptrdiff_t k = 0; k < rank; k++)
            sums[k] += (double)w->rows[e][k];
}

static void sum_listed(const observed_product *p, int mode, ptrdiff_t i, const observed_worker *w, ptrdiff_t rank,
                       double *sums)
{
    const observed_rows *const list = &p->of->along[mode];
    memset(sums, 0, (size_t)rank * sizeof *sums);
    for (int64_t begin = list->starts[i]; begin < list->starts[i + 1]; begin += OBSERVED_RUN) {
        const int64_t left = list->starts[i + 1] - begin;
        const ptrdiff_t count = left < OBSERVED_RUN ? (ptrdiff_t)left : OBSERVED_RUN;
        add_rows(p, mode, count, list->places + begin, w, rank, sums);
    }
}

static void sum_observed(const observed_product *p, int mode, ptrdiff_t i, const observed_worker *w, ptrdiff_t rank,
                         double *sums)
{
    ptrdiff_t from = 0;
    memset(sums, 0, (size_t)rank * sizeof *sums);
    while (RLRA(observed_next)(p->of, mode, i, &from, w->run) > 0)
        add_rows(p, mode, w->run->count, w->run->places, w, rank, sums);
}

/* The sums of row i: those of the whole design less its entries that are not observed, or directly over the observed ones. */
static void sum_row(const row_reading *r, ptrdiff_t i, const observed_worker *w, double *sums)
{
    const observed_product *const p = r->plan->own;
    const ptrdiff_t rank = r->factors[r->mode].rank;
    int cancelled = 0;
    sum_listed(p, r->mode, i, w, rank, sums);
    if (row_is_direct(&p->of->along[r->mode], i))
        return;
    for (ptrdiff_t k = 0; k < rank; k++) {
        sums[k] = r->sums[k] - sums[k];
        cancelled |= sums[k] < CANCELLED * r->sums[k];
    }
    if (cancelled)
        sum_observed(p, r->mode, i, w, rank, sums);
}

void RLRA(observed_begin_rows)(row_reading *r)
{
    const row_plan *const p = r->plan;
    const ptrdiff_t rank = r->factors[r->mode].rank;
    const int threads = p->products->threads;
    if (!p->along[r->mode].own_sums)
        return;
    RLRA(observed_product_pack)(p->own, r->mode, r->factors, threads);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (ptrdiff_t i = 0; i < p->products->x->dims[r->mode]; i++) {
        arena room = {.base = p->rooms + (size_t)omp_get_thread_num() * p->room_bytes, .size = p->room_bytes};
        const observed_worker w = lay_out(p, &room);
        sum_row(r, i, &w, p->row_sums + i * rank);
    }
    r->design.sums = p->row_sums;
    r->design.sums_stride = rank;
}

/* The scale s with w d(y, v) = d(s y, s v). */
static double scale_of(double degree, double weight)
{
    if (weight == 1 || degree == 1)
        return weight;
    return pow(weight, 1 / degree);
}

/* The observed entries of row i, and the design cut down to them, both scaled such that weights are one. */
static data_part cut_row(const row_reading *r, ptrdiff_t i, const observed_worker *w)
{
    const factor a = r->design.columns;
    const panel_room *const panel = &w->panel;
    ptrdiff_t from = 0, count = 0;
    while (RLRA(observed_next)(r->plan->products->x->observed, r->mode, i, &from, w->run) > 0)
        for (ptrdiff_t e = 0; e < w->run->count; e++, count++) {
            const double scale = scale_of(r->plan->wish[r->mode].degree, (double)w->run->weights[e]);
            panel->places[count] = w->run->places[e];
            panel->values[count] = (real)(scale * (double)w->run->values[e]);
            panel->scales[count] = (real)scale;
        }
    const ptrdiff_t stride = whole_vectors(count);
    for (ptrdiff_t k = 0; k < a.rank; k++) {
        w->sums[k] = 0;
        for (ptrdiff_t e = 0; e < count; e++) {
            panel->design[k * stride + e] = panel->scales[e] * a.at[k * a.stride + panel->places[e]];
            w->sums[k] += (double)panel->design[k * stride + e];
        }
    }
    return (data_part){
        .y = panel->values,
        .y_stride = count,
        .first = i,
        .design = {.columns = {panel->design, count, a.rank, stride}, .sums = w->sums},
        .weight = 1,
    };
}

void RLRA(observed_read_rows)(row_slab *s)
{
    const row_reading *const r = s->reading;
    const observed *const o = r->plan->products->x->observed;
    if (r->plan->along[r->mode].own_sums) {
        RLRA(dense_read_rows)(s);
        return;
    }
    const observed_worker w = lay_out(r->plan, &s->room);
    for (ptrdiff_t i = s->begin; i < s->end; i++) {
        if (row_is_empty(&o->along[r->mode], i)) {
            row_slab_pass(s, NULL, i, 1);
            continue;
        }
        data_part part = cut_row(r, i, &w);
        row_slab_pass(s, &part, i, 1);
    }
}
