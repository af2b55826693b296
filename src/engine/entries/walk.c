/* engine/entries/walk.c: sweeps under losses without a Gram matrix: rules read rows of the data and the product of the other
 * factors. */
#include "engine/entries/entries.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "block/kkt.h"
#include "block/rows.h"
#include "core/sum.h"
#include "engine/entries/walk.h"
#include "engine/fit.h"
#include "engine/missing.h"
#include "engine/partial/room.h"
#include "engine/reach.h"

/* Workspace of one thread. */
typedef struct entries_worker {
    factor before, up, down;
    void *scratch;
} worker;

static factor take_rows(const fit *f, arena *from)
{
    return (factor){rlra_arena_take(from, (size_t)f->widest * UPDATE_ROWS, sizeof(real)), 0, f->widest, UPDATE_ROWS};
}

static worker lay_out(const fit *f, arena *from)
{
    worker w;
    w.before = take_rows(f, from);
    w.up = take_rows(f, from);
    w.down = take_rows(f, from);
    w.scratch = rlra_arena_take(from, 1, f->entries.scratch_bytes);
    return w;
}

static void plan(fit *f)
{
    arena measure = {0};
    RLRA(entries_plan)(f);
    if (f->partial.data != NULL)
        RLRA(partial_plan)(f);
    lay_out(f, &measure);
    f->scratch_bytes = measure.peak > f->scratch_bytes ? measure.peak : f->scratch_bytes;
    f->entries.workers = rlra_arena_take(&f->work, (size_t)f->threads, sizeof(worker));
    RLRA(lifted_plan)(f);
}

void *RLRA(entries_scratch)(const fit *f, int thread)
{
    arena room = {.base = f->scratch + (size_t)thread * f->scratch_bytes, .size = f->scratch_bytes};
    return lay_out(f, &room).scratch;
}

/* The aims of a walk over rows, one bit each. */
enum { UPDATE = 1, JUDGE = 2, VALUE = 4, AHEAD = 8 };

/* One walk over the rows of a factor. */
typedef struct walk {
    fit *f;
    int n;
    unsigned aims;
    const worker *w;
} walk;

/* Set the parts of the KKT residual of rows from their slopes at x. */
static void judge_rows(const walk *at, const block *b, factor x, factor up, ptrdiff_t row)
{
    const kkt_parts *const all = &at->f->entries.kkt;
    const kkt_parts parts = {all->slack + row, all->size + row, all->pull + row, all->worst + row};
    RLRA(kkt_parts_of_rows)(b, x, up, at->w->down, &parts);
}

/* Slopes (kept, or used for the KKT residual) and loss of the rows from `row` on, without an update. */
static void view(const walk *at, block *b, ptrdiff_t row)
{
    entries_state *const g = &at->f->entries;
    const ptrdiff_t rows = b->x.length;
    const factor none = {NULL, rows, b->x.rank, UPDATE_ROWS};
    row_pass pass = {.up = none, .down = none};
    if (at->aims & JUDGE) {
        pass.up = factor_rows(at->w->up, 0, rows);
        pass.down = factor_rows(at->w->down, 0, rows);
    }
    if (at->aims & AHEAD)
        pass.up = factor_rows(g->ahead.up[g->ahead.now], row, row + rows);
    if (at->aims & VALUE)
        pass.total = g->values + row;
    RLRA(rows_pass)(b, b->x, &pass, at->w->scratch);
    if (at->aims & JUDGE)
        judge_rows(at, b, b->x, pass.up, row);
}

/* Whether the slopes of factor n were computed with the last loss. */
static int is_ahead(const fit *f, int n)
{
    return f->entries.way->uses_ahead && n == f->order[0];
}

/* Update rows by their rule. KKT residuals are those before the update; some rules store the slopes for them. */
static void update(const walk *at, block *b, ptrdiff_t row)
{
    fit *const f = at->f;
    const ptrdiff_t rows = b->x.length;
    const slopes_ahead *const ahead = &f->entries.ahead;
    const int stores_slopes =
        (at->aims & JUDGE) && rule_takes(f->rule[at->n], BLOCK_SLOPES) && b->loss->kind == LOSS_KL;
    walk before = *at;
    before.aims &= JUDGE;
    if (is_ahead(f, at->n)) {
        b->up = factor_rows(ahead->up[ahead->now], row, row + rows);
        b->knows_up = 1;
    } else if (stores_slopes) {
        b->up = factor_rows(at->w->up, 0, rows);
        factor_copy(b->x, at->w->before);
    } else if (at->aims & JUDGE) {
        view(&before, b, row);
    }
    rule_improve(f->rule[at->n], b);
    if (stores_slopes) {
        RLRA(rows_sums)(b, NULL, factor_rows(at->w->down, 0, rows));
        judge_rows(at, b, factor_rows(at->w->before, 0, rows), b->up, row);
    }
    if (f->reach != NULL)
        RLRA(reach_bound_block)(f, at->n, row, b);
    RLRA(fit_extrapolate)(f, at->n, b->x, factor_rows(f->last[at->n], row, row + rows));
    before.aims = at->aims & VALUE;
    if (at->aims & VALUE)
        view(&before, b, row);
}

/* A row without observed entries contributes nothing. */
static void rest(const walk *at, ptrdiff_t row)
{
    const kkt_parts *const parts = &at->f->entries.kkt;
    RLRA(partial_rest)(at->f, at->n, row);
    parts->slack[row] = parts->size[row] = parts->pull[row] = parts->worst[row] = 0;
}

/* Update or view rows first .. first + count - 1; `part` is NULL if none of their entries is observed. */
static void visit_rows(void *user, int thread, data_part *part, ptrdiff_t first, ptrdiff_t count)
{
    walk at = *(const walk *)user;
    fit *const f = at.f;
    at.w = &f->entries.workers[thread];
    if (part == NULL) {
        for (ptrdiff_t i = first; i < first + count; i++)
            rest(&at, i);
        return;
    }
    block b = {
        .x = factor_rows(f->x[at.n], first, first + count),
        .part = part,
        .parts = 1,
        .loss = &f->loss,
        .penalties = &f->entries.penalties[at.n],
        .reach = f->reach,
        .kernels = f->kernels,
        .floor = f->floor,
        .rounds_before = (uint64_t)f->sweeps,
        .inner_sweeps = f->inner_sweeps[at.n],
        .scratch = at.w->scratch,
        .scratch_bytes = f->entries.scratch_bytes,
        .settings = &f->settings,
        .counts = &f->counts[thread],
    };
    (at.aims & UPDATE ? update : view)(&at, &b, first);
}

/* Update all rows by a rule that does not need the data. */
static void step_without_data(walk *at, const row_reading *reading)
{
    const fit *const f = at->f;
    const ptrdiff_t slab = RLRA(entries_slab)(f, f->way, at->n), rows = f->x[at->n].length;
#pragma omp parallel for num_threads(f->threads) schedule(dynamic)
    for (ptrdiff_t begin = 0; begin < rows; begin += slab) {
        data_part part = {.first = begin, .design = reading->design, .weight = 1};
        part.design.sums += begin * part.design.sums_stride;
        visit_rows(at, omp_get_thread_num(), &part, begin, begin + slab < rows ? slab : rows - begin);
    }
}

/* Whether the rule of factor n knows the slopes and does not need the data in the next round. */
static int is_blind(const fit *f, int n, unsigned aims)
{
    return (aims & UPDATE) && is_ahead(f, n) && f->inner_sweeps[n] == 1 && f->sweeps % f->rule[n]->data_rounds != 0;
}

/* Whether the reader of a walk can take rows in their stored form. */
static int takes_stored(const fit *f, int n, unsigned aims)
{
    return !(aims & UPDATE) || rule_takes(f->rule[n], BLOCK_STORED);
}

/* Walk over all rows of factor n; returns the loss if VALUE is among the aims. */
static double walk_rows(fit *f, int n, unsigned aims)
{
    fit_term *const term = &f->term[0];
    const ptrdiff_t rows = f->x[n].length;
    const form_view v = RLRA(term_view)(term, n);
    walk at = {.f = f, .n = n, .aims = aims};
    row_reading reading = {.takes_stored = takes_stored(f, n, aims), .each = visit_rows, .user = &at};
    factor factors[RLRA_MAX_ORDER];
    RLRA(form_factors)(&v, factors);
    for (int thread = 0; thread < f->threads; thread++) {
        arena room = {.base = f->scratch + (size_t)thread * f->scratch_bytes, .size = f->scratch_bytes};
        f->entries.workers[thread] = lay_out(f, &room);
    }
    memset(f->entries.values, 0, (size_t)rows * sizeof(double));
    if (f->partial.data != NULL)
        RLRA(reach_take)(f, n);
    RLRA(design_begin)(&f->entries.way->design, &f->entries.way->rows, v.mode, factors, f->threads, &reading);
    if (is_blind(f, n, aims))
        step_without_data(&at, &reading);
    else
        RLRA(rows_read)(&reading);
    if (aims & JUDGE)
        f->kkt[n] = RLRA(kkt_of_parts)(&f->entries.kkt, rows);
    return term->weight * rlra_sum(0, rows, 1, f->entries.values);
}

/* Update factor n once and do the other aims, in separate walks where only the rule needs rows cut out. */
static double improve(fit *f, int n, unsigned aims)
{
    double loss = 0;
    if (RLRA(is_lifted)(f, n))
        return RLRA(lifted_improve)(f, n, (aims & JUDGE) != 0, (aims & VALUE) != 0);
    if (!f->entries.way->rows.along[RLRA(term_mode)(&f->term[0], n)].is_split)
        return walk_rows(f, n, aims | UPDATE);
    if (aims & JUDGE)
        walk_rows(f, n, JUDGE);
    walk_rows(f, n, UPDATE);
    if (aims & VALUE)
        loss = walk_rows(f, n, VALUE);
    return loss;
}

/* The loss of the current point, computed together with the slopes that the next sweep begins with. */
static double walk_ahead(fit *f, unsigned aims)
{
    slopes_ahead *const ahead = &f->entries.ahead;
    ahead->now = 1 - ahead->kept;
    ahead->known[ahead->now] = 1;
    return walk_rows(f, f->order[0], AHEAD | VALUE | aims);
}

/* Walk over the rows of factor n without updating them. */
static double view_factor(fit *f, int n, unsigned aims)
{
    return RLRA(is_lifted)(f, n) ? RLRA(lifted_read)(f, n, (aims & JUDGE) != 0) : walk_rows(f, n, aims);
}

static void improve_factor(fit *f, int n)
{
    const slopes_ahead *const ahead = &f->entries.ahead;
    const int is_first = n == f->order[0], is_last = n == f->order[f->factors - 1],
              has_ahead = is_ahead(f, f->order[0]);
    const unsigned judge = f->judges ? JUDGE : 0;
    if (is_first && has_ahead && !ahead->known[ahead->now])
        walk_ahead(f, 0);
    f->entries.loss_of_update =
        improve(f, n, (is_first && has_ahead ? 0 : judge) | (is_last && !has_ahead ? VALUE : 0));
}

static double loss(fit *f, loss_source from)
{
    if (is_ahead(f, f->order[0]))
        return walk_ahead(f, from == LOSS_AFTER_SWEEP && f->judges ? JUDGE : 0);
    if (from == LOSS_AFTER_SWEEP)
        return f->entries.loss_of_update;
    return view_factor(f, f->order[f->factors - 1], VALUE);
}

static double kkt(fit *f, int n)
{
    view_factor(f, n, JUDGE);
    return f->kkt[n];
}

static void moved(fit *f, point_event event)
{
    slopes_ahead *const ahead = &f->entries.ahead;
    if (event == POINT_KEPT)
        ahead->kept = ahead->now;
    if (event == POINT_RESTORED)
        ahead->now = ahead->kept;
    if (event == POINT_SCALED)
        ahead->known[ahead->now] = 0;
    if (event == POINT_PASSED) {
        f->entries.way = &f->entries.ways[f->way];
        ahead->known[0] = ahead->known[1] = 0;
    }
}

void RLRA(entries_pull)(fit *f, double *up, double *down)
{
    const int n = f->order[0];
    view_factor(f, n, JUDGE);
    *up = rlra_sum(0, f->x[n].length, 1, f->entries.kkt.pull);
    *down = rlra_sum(0, f->x[n].length, 1, f->entries.kkt.size);
}

const engine_ops RLRA(engine_entries) = {
    .shapes = BLOCK_ROWS,
    .judging_sweeps = 8,
    .pose = RLRA(entries_pose),
    .plan = plan,
    .improve = improve_factor,
    .loss = loss,
    .kkt = kkt,
    .missing = RLRA(entries_missing),
    .moved = moved,
};
