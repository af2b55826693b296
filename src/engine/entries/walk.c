/* engine/entries/walk.c: losses without a Gram matrix: rules see rows of the data and the product of the other factors. */
#include "engine/entries/entries.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "block/kkt.h"
#include "block/rows.h"
#include "engine/entries/design.h"
#include "engine/fit.h"
#include "engine/partial/room.h"
#include "engine/reach.h"

/* The room of one thread. */
typedef struct worker {
    real *gathered;
    panel_room panel;
    factor before, up, down;
    double *numbers; /* three rows of components */
    void *scratch;
} worker;

static factor take_rows(const fit *f, arena *from)
{
    return (factor){rlra_arena_take(from, (size_t)f->rank * UPDATE_ROWS, sizeof(real)), 0, f->rank, UPDATE_ROWS};
}

static worker lay_out(const fit *f, arena *from)
{
    const size_t rank = (size_t)f->rank;
    ptrdiff_t gathered = 0;
    worker w;
    for (int n = 0; n < f->factors; n++) {
        const layout *const l = &f->entries.along[n];
        const ptrdiff_t room = l->gathered && !f->entries.across[n] ? layout_length(l) * f->slab[n] : 0;
        gathered = room > gathered ? room : gathered;
    }
    w.gathered = rlra_arena_take(from, (size_t)gathered, sizeof(real));
    const int has_panels = f->entries.has_panels;
    const int is_tensor = f->entries.tree[0] != NULL; /* one more row for each level, all of them packed */
    w.panel = RLRA(panel_room_take)(is_tensor ? f->entries.rows_stride : f->rank,
                                    has_panels ? RLRA(entries_longest_row)(f) + is_tensor * RLRA_MAX_ORDER : 0, from);
    w.before = take_rows(f, from);
    w.up = take_rows(f, from);
    w.down = take_rows(f, from);
    w.numbers = rlra_arena_take(from, 3 * rank, sizeof(double));
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
}

/* What a walk over rows is for, one bit each. */
enum { UPDATE = 1, JUDGE = 2, VALUE = 4, AHEAD = 8 };

/* One walk over the rows of a factor. */
typedef struct walk {
    fit *f;
    int n;
    factor design;
    unsigned aims;
    int is_blind; /* no data are read */
    worker *w;
    int thread;
    ptrdiff_t begin;
} walk;

/* Parts of the KKT residual of rows, for their slopes at x. */
static void judge_rows(const walk *at, const block *b, factor x, factor up, ptrdiff_t row)
{
    const kkt_parts *const all = &at->f->entries.kkt;
    const kkt_parts parts = {all->slack + row, all->size + row, all->pull + row, all->worst + row};
    RLRA(kkt_parts_of_rows)(b, x, up, at->w->down, &parts);
}

/* Rows as they are: slopes, which are kept or looked at, and the loss. */
static void view(void *user, block *b, ptrdiff_t i)
{
    const walk *const at = user;
    entries_state *const g = &at->f->entries;
    const ptrdiff_t row = at->begin + i, rows = b->x.length;
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

/* Whether slopes of factor n came with the loss of the point before. */
static int is_ahead(const fit *f, int n)
{
    return f->entries.ahead.used && n == f->order[0];
}

/* Rows by their rule. They are looked at as they were before: some rules tell the slopes that they form anyway. */
static void update(void *user, block *b, ptrdiff_t i)
{
    const walk *const at = user;
    fit *const f = at->f;
    const ptrdiff_t row = at->begin + i, rows = b->x.length;
    const slopes_ahead *const ahead = &f->entries.ahead;
    const int tells = (at->aims & JUDGE) && rule_takes(f->rule[at->n], BLOCK_SLOPES) && b->loss->kind == LOSS_KL;
    walk before = *at;
    before.aims &= JUDGE;
    if (is_ahead(f, at->n)) {
        b->up = factor_rows(ahead->up[ahead->now], row, row + rows);
        b->knows_up = 1;
    } else if (tells) {
        b->up = factor_rows(at->w->up, 0, rows);
        factor_copy(b->x, at->w->before);
    } else if (at->aims & JUDGE) {
        view(&before, b, i);
    }
    rule_improve(f->rule[at->n], b);
    if (tells) {
        RLRA(rows_sums)(b, NULL, factor_rows(at->w->down, 0, rows));
        judge_rows(at, b, factor_rows(at->w->before, 0, rows), b->up, row);
    }
    if (f->reach != NULL)
        RLRA(reach_bound_block)(f, at->n, row, b);
    RLRA(fit_extrapolate)(f, at->n, b->x, factor_rows(f->last[at->n], row, row + rows));
    before.aims = at->aims & VALUE;
    if (at->aims & VALUE)
        view(&before, b, i);
}

/* A row without observed entries contributes nothing. */
static void rest(void *user, ptrdiff_t row)
{
    const kkt_parts *const parts = &((walk *)user)->f->entries.kkt;
    parts->slack[row] = parts->size[row] = parts->pull[row] = parts->worst[row] = 0;
}

/* Whether rows are handed on as they are stored. */
static int takes_stored(const fit *f, int n, unsigned aims)
{
    return f->entries.by_rows[n] && (!(aims & UPDATE) || rule_takes(f->rule[n], BLOCK_STORED));
}

static void visit_tree(walk *at, const block *whole, ptrdiff_t begin, void (*each)(void *, block *, ptrdiff_t))
{
    const tree_design design = RLRA(entries_tree)(at->f, at->n);
    const int by_rows = !(at->aims & UPDATE) || rule_takes(at->f->rule[at->n], BLOCK_STORED);
    RLRA(tree_rows_visit)(whole, &design, begin, &at->w->panel, by_rows, each, at);
}

/* Hand on rows of the block, whose data are those of row `begin` on, in the pieces that rules take. */
static void visit(walk *at, block *whole, ptrdiff_t begin)
{
    fit *const f = at->f;
    entries_state *const g = &f->entries;
    const panel_room *const panel = &at->w->panel;
    void (*const each)(void *, block *, ptrdiff_t) = at->aims & UPDATE ? update : view;
    if (whole->part->stored != NULL || at->is_blind)
        each(at, whole, 0);
    else if (f->partial.data != NULL && whole->part->design.sums_stride == 0)
        RLRA(partial_panels_visit)(f, at->n, at->thread, begin, whole, panel, at->w->numbers, each, rest, at);
    else if (g->tree[at->n] != NULL)
        visit_tree(at, whole, begin, each);
    else
        RLRA(row_blocks_visit)(whole, g->stored[at->n], begin, g->has_zeros, panel, each, at);
}

/* Rows begin .. end-1, which are in the window. */
static void treat_slab(walk *at, const window *part, ptrdiff_t begin, ptrdiff_t end)
{
    fit *const f = at->f;
    const layout l = RLRA(layout_within)(&f->entries.along[at->n], part);
    const int is_dense = f->entries.stored[at->n] == NULL && f->entries.tree[at->n] == NULL && !at->is_blind;
    const real *y = is_dense ? part->at + (begin - part->begin) * l.row_stride : NULL;
    ptrdiff_t stride = l.row_stride;
    const int across = f->entries.across[at->n];
    if (is_dense && l.gathered && !across) {
        RLRA(layout_gather)(&l, part->at, begin - part->begin, end - part->begin, at->w->gathered);
        y = at->w->gathered;
        stride = layout_length(&l);
    }
    const int has_own_sums = f->partial.data != NULL && f->entries.shares[at->n];
    data_part rows = {
        .y = y,
        .y_stride = stride,
        .y_step = across ? l.strides[0] : 0,
        .stored = takes_stored(f, at->n, at->aims) ? f->entries.stored[at->n] : NULL,
        .first = begin,
        .design = {.columns = at->design,
                   .rows = across || f->entries.by_rows[at->n] ? f->entries.rows : NULL,
                   .rows_stride = f->entries.rows_stride,
                   .sums = has_own_sums ? f->entries.row_sums + begin * f->rank : f->entries.sums,
                   .sums_stride = has_own_sums ? f->rank : 0},
        .weight = 1,
    };
    block whole = {
        .x = factor_rows(f->x[at->n], begin, end),
        .part = &rows,
        .parts = 1,
        .loss = &f->loss,
        .penalties = &f->entries.penalties[at->n],
        .reach = f->reach,
        .kernels = f->kernels,
        .floor = f->floor,
        .rounds_before = (uint64_t)f->sweeps,
        .inner_sweeps = f->inner_sweeps[at->n],
        .scratch = at->w->scratch,
        .settings = &f->settings,
        .counts = &f->counts[at->thread],
    };
    at->begin = begin;
    visit(at, &whole, begin);
}

/* Rows of factor n whose data are in the window. */
static void go_through(const walk *whole, const window *part)
{
    fit *const f = whole->f;
    const ptrdiff_t slab = f->slab[whole->n];
#pragma omp parallel num_threads(f->threads)
    {
        const int thread = omp_get_thread_num();
        arena room = {.base = f->scratch + (size_t)thread * f->scratch_bytes, .size = f->scratch_bytes};
        worker w = lay_out(f, &room);
        walk at = *whole;
        at.w = &w;
        at.thread = thread;
#pragma omp for schedule(dynamic)
        for (ptrdiff_t begin = part->begin; begin < part->end; begin += slab)
            treat_slab(&at, part, begin, begin + slab < part->end ? begin + slab : part->end);
    }
}

static double sum_of(const double *numbers, ptrdiff_t count)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < count; i++)
        sum += numbers[i];
    return sum;
}

/* Whether the rule of factor n does without the data in the next round, as it knows the slopes. */
static int is_blind(const fit *f, int n, unsigned aims)
{
    return (aims & UPDATE) && is_ahead(f, n) && f->inner_sweeps[n] == 1 && f->sweeps % f->rule[n]->data_rounds != 0;
}

/* All rows of factor n; returns the loss, if that is an aim. */
static double walk_rows(fit *f, int n, unsigned aims)
{
    const walk whole = {
        .f = f, .n = n, .design = RLRA(entries_design)(f, n), .aims = aims, .is_blind = is_blind(f, n, aims)};
    const data *const x = f->term[0].x;
    const rlra_array *const array = x->array != NULL ? x->array : &f->problem->term[0].array;
    const ptrdiff_t rows = f->x[n].length;
    window part = {.end = 0};
    memset(f->entries.values, 0, (size_t)rows * sizeof(double));
    if (f->partial.data != NULL)
        RLRA(partial_prepare_rows)(f, n);
    if (whole.is_blind)
        go_through(&whole, &(window){.end = rows});
    while (!whole.is_blind && RLRA(window_next)(x->file, array, f->entries.along[n].mode, f->slab[n], &part))
        go_through(&whole, &part);
    if (aims & JUDGE)
        f->kkt[n] = RLRA(kkt_of_parts)(&f->entries.kkt, rows);
    return f->term[0].weight * sum_of(f->entries.values, rows);
}

/* One update of factor n, and what else is an aim: in walks of their own where the rule needs rows cut out and others do not. */
static double improve(fit *f, int n, unsigned aims)
{
    double loss = 0;
    if (!f->entries.by_rows[n] || takes_stored(f, n, UPDATE))
        return walk_rows(f, n, aims | UPDATE);
    if (aims & JUDGE)
        walk_rows(f, n, JUDGE);
    walk_rows(f, n, UPDATE);
    if (aims & VALUE)
        loss = walk_rows(f, n, VALUE);
    return loss;
}

/* The loss of the current point, and with it the slopes that the next sweep begins with. */
static double walk_ahead(fit *f, unsigned aims)
{
    slopes_ahead *const ahead = &f->entries.ahead;
    ahead->now = 1 - ahead->kept;
    ahead->known[ahead->now] = 1;
    return walk_rows(f, f->order[0], AHEAD | VALUE | aims);
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
    return from == LOSS_AFTER_SWEEP ? f->entries.loss_of_update : walk_rows(f, f->order[f->factors - 1], VALUE);
}

static double kkt(fit *f, int n)
{
    walk_rows(f, n, JUDGE);
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
}

void RLRA(entries_pull)(fit *f, double *up, double *down)
{
    const int n = f->order[0];
    walk_rows(f, n, JUDGE);
    *up = sum_of(f->entries.kkt.pull, f->x[n].length);
    *down = sum_of(f->entries.kkt.size, f->x[n].length);
}

const engine_ops RLRA(engine_entries) = {
    .shapes = BLOCK_ROWS,
    .judging_sweeps = 8,
    .pose = RLRA(entries_pose),
    .plan = plan,
    .improve = improve_factor,
    .loss = loss,
    .kkt = kkt,
    .moved = moved,
};
