/* solve/general.c: sweeps with losses that have no Gram matrix. */
#include "solve/general.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "linalg/kronecker.h"
#include "solve/fit.h"
#include "solve/masked_room.h"
#include "solve/tree_rows.h"
#include "update/rows.h"

/* An entry below this many floors stands for zero. */
#define ZERO_FLOORS 4

int RLRA(general_is_needed)(const general *g)
{
    return g->loss.kind != LOSS_FROBENIUS;
}

static ptrdiff_t length_of(const layout *l)
{
    return l->head * l->tail;
}

/* Entries of a row that a rule may see. */
static ptrdiff_t longest_length(const fit *f)
{
    ptrdiff_t longest = 1;
    for (int n = 0; n < f->factors; n++) {
        const sparse_rows *const stored = f->general.stored[n];
        const csf *const tree = f->general.tree[n];
        const ptrdiff_t length = stored != NULL ? RLRA(longest_row)(stored)
                                 : tree != NULL ? (ptrdiff_t)RLRA(csf_longest)(tree)
                                                : length_of(&f->general.along[n]);
        longest = length > longest ? length : longest;
    }
    return longest;
}

/* The room of one thread. */
typedef struct worker {
    real *gathered;
    panel_room panel;
    factor up, down;
    double *numbers; /* three rows of components */
    void *scratch;
} worker;

static worker lay_out(const fit *f, arena *from)
{
    const size_t rank = (size_t)f->rank;
    ptrdiff_t gathered = 0;
    worker w;
    for (int n = 0; n < f->factors; n++) {
        const layout *const l = &f->general.along[n];
        const ptrdiff_t room = l->gathered && !f->general.across[n] ? length_of(l) * f->general.slab[n] : 0;
        gathered = room > gathered ? room : gathered;
    }
    w.gathered = rlra_arena_take(from, (size_t)gathered, sizeof(real));
    const int has_panels = f->general.loss.kind == LOSS_KL || f->masked.used;
    w.panel = RLRA(panel_room_take)(f->rank, has_panels ? longest_length(f) : 0, from);
    w.up = (factor){rlra_arena_take(from, rank * UPDATE_ROWS, sizeof(real)), 0, f->rank, UPDATE_ROWS};
    w.down = (factor){rlra_arena_take(from, rank * UPDATE_ROWS, sizeof(real)), 0, f->rank, UPDATE_ROWS};
    w.numbers = rlra_arena_take(from, 3 * rank, sizeof(double));
    w.scratch = rlra_arena_take(from, 1, f->general.scratch_bytes);
    return w;
}

size_t RLRA(general_bytes)(const fit *f)
{
    arena measure = {0};
    lay_out(f, &measure);
    return measure.peak;
}

void RLRA(general_plan)(fit *f)
{
    general *const g = &f->general;
    const ptrdiff_t longest = longest_length(f);
    ptrdiff_t rows = 0, product = 0, side = 0;
    for (int n = 0; n < f->factors; n++) {
        g->shares[n] = f->masked.used && RLRA(masked_shares_design)(f, n);
        g->across[n] = (!f->masked.used || g->shares[n]) && f->rule[n]->takes_columns && g->stored[n] == NULL &&
                       !g->cuts && g->along[n].others == 1 && g->along[n].row_stride == 1 && g->along[n].strides[0] > 1;
        side = g->across[n] && length_of(&g->along[n]) > side ? length_of(&g->along[n]) : side;
    }
    g->rows = rlra_arena_take(&f->work, (size_t)(side * f->rank), sizeof(real));
    g->scratch_bytes = RLRA(rows_bytes)(f->rank, longest);
    for (int n = 0; n < f->factors; n++) {
        const size_t bytes = f->rule[n]->regress_bytes(f->rank, longest);
        g->scratch_bytes = bytes > g->scratch_bytes ? bytes : g->scratch_bytes;
        rows = f->x[n].length > rows ? f->x[n].length : rows;
        product = length_of(&g->along[n]) > product ? length_of(&g->along[n]) : product;
    }
    const ptrdiff_t stride = f->factors > 2 ? factor_stride(product) : 0;
    g->product =
        (factor){rlra_arena_take(&f->work, (size_t)(stride * f->rank), sizeof(real)), product, f->rank, stride};
    g->sums = rlra_arena_take(&f->work, (size_t)f->rank, sizeof(double));
    g->row_sums = rlra_arena_take(&f->work, f->masked.used ? (size_t)(rows * f->rank) : 0, sizeof(double));
    g->values = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->pull = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->slack = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->size = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->worst = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
}

/* The product of the factors of the other modes, in the order of the entries of a row; and the sums of its components. */
static factor design_of(fit *f, int n)
{
    general *const g = &f->general;
    const layout *const l = &g->along[n];
    factor design = g->product;
    design.length = length_of(l);
    if (g->tree[n] != NULL) {
        RLRA(tree_sums)(g->tree[n], f->x, f->term[0].factors, f->threads, g->sums);
        return (factor){.rank = f->rank};
    }
    if (l->others == 1)
        design = f->x[f->term[0].factors[l->modes[0]]];
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t k = 0; k < f->rank; k++) {
        const real *columns[RLRA_MAX_ORDER];
        for (int o = 0; o < l->others; o++) {
            const factor x = f->x[f->term[0].factors[l->modes[o]]];
            columns[o] = x.at + k * x.stride;
        }
        if (l->others > 1)
            RLRA(kronecker)(l->others, columns, l->dims, design.at + k * design.stride);
        double sum = 0;
        for (ptrdiff_t j = 0; j < design.length; j++)
            sum += (double)design.at[k * design.stride + j];
        g->sums[k] = sum;
    }
#pragma omp parallel for num_threads(f->threads) schedule(static) if (g->across[n])
    for (ptrdiff_t j = 0; j < (g->across[n] ? design.length : 0); j++)
        for (ptrdiff_t k = 0; k < f->rank; k++)
            g->rows[j * f->rank + k] = design.at[k * design.stride + j];
    return design;
}

/* One walk over the rows of a factor. */
typedef struct walk {
    fit *f;
    int n;
    factor design;
    int updates, values, looks; /* what is to be done with each block */
    worker *w;
    int thread;
    ptrdiff_t begin;
} walk;

/* Parts of the KKT residual of row i of a block: of each entry x |slope|, and below zero, of entries that stand for zero. */
static void look_at_row(const walk *at, const row_block *b, ptrdiff_t i, ptrdiff_t row)
{
    general *const g = &at->f->general;
    const double linear = RLRA(penalties_linear)(b->penalties), quadratic = 2 * RLRA(penalties_quadratic)(b->penalties);
    const double most = RLRA(penalties_most)(b->penalties), least = fmax(RLRA(penalties_least)(b->penalties), 0);
    double slack = 0, size = 0, pull = 0, worst = 0;
    for (ptrdiff_t k = 0; k < b->x.rank; k++) {
        const double x = (double)b->x.at[k * b->x.stride + i];
        const double up = (double)at->w->up.at[k * UPDATE_ROWS + i];
        const double raise = (double)at->w->down.at[k * UPDATE_ROWS + i] + linear + quadratic * x, slope = raise - up;
        size += x * raise;
        pull += x * up;
        if ((slope < 0 && x >= most) || (slope > 0 && x <= least))
            continue;
        slack += x * fabs(slope);
        if (slope < 0 && x <= fmax(least, ZERO_FLOORS * b->floor) && raise > 0)
            worst = fmax(worst, -slope / raise);
    }
    g->slack[row] = slack;
    g->size[row] = size;
    g->pull[row] = pull;
    g->worst[row] = worst;
}

static void look(const walk *at, const row_block *b, ptrdiff_t row)
{
    at->w->up.length = at->w->down.length = b->x.length;
    RLRA(rows_slopes)(b, b->x, at->w->up, at->w->down, NULL, at->w->scratch);
    for (ptrdiff_t i = 0; i < b->x.length; i++)
        look_at_row(at, b, i, row + i);
}

static void treat(void *user, row_block *b, ptrdiff_t i)
{
    walk *const at = user;
    fit *const f = at->f;
    const ptrdiff_t row = at->begin + i;
    if (at->looks)
        look(at, b, row);
    if (at->updates) {
        f->rule[at->n]->regress(b);
        RLRA(fit_extrapolate)(f, at->n, b->x, factor_rows(f->last[at->n], row, row + b->x.length));
    }
    const factor none = {NULL, b->x.length, b->x.rank, UPDATE_ROWS};
    const row_pass total = {.up = none, .down = none, .total = f->general.values + row};
    if (at->values)
        RLRA(rows_pass)(b, b->x, &total, at->w->scratch);
}

/* A row without any entry has no part in anything. */
static void rest(void *user, ptrdiff_t row)
{
    general *const g = &((walk *)user)->f->general;
    g->slack[row] = g->size[row] = g->pull[row] = g->worst[row] = 0;
}

/* Rows begin .. end-1, which are in the window. */
static void treat_slab(walk *at, const window *part, ptrdiff_t begin, ptrdiff_t end)
{
    fit *const f = at->f;
    const layout l = RLRA(layout_within)(&f->general.along[at->n], part);
    const sparse_rows *const stored = f->general.stored[at->n];
    const int is_dense = stored == NULL && f->general.tree[at->n] == NULL;
    const real *y = is_dense ? part->at + (begin - part->begin) * l.row_stride : NULL;
    ptrdiff_t stride = l.row_stride;
    const int across = f->general.across[at->n];
    if (l.gathered && !across) {
        RLRA(layout_gather)(&l, part->at, begin - part->begin, end - part->begin, at->w->gathered);
        y = at->w->gathered;
        stride = length_of(&l);
    }
    const int has_own_sums = f->masked.used && f->general.shares[at->n];
    const row_block whole = {
        .x = factor_rows(f->x[at->n], begin, end),
        .y = y,
        .y_stride = stride,
        .y_step = across ? l.strides[0] : 0,
        .design_rows = f->general.rows,
        .design = at->design,
        .sums = has_own_sums ? f->general.row_sums + begin * f->rank : f->general.sums,
        .sums_stride = has_own_sums ? f->rank : 0,
        .loss = &f->general.loss,
        .penalties = &f->penalties[at->n],
        .kernels = f->kernels,
        .floor = f->floor,
        .round = f->general.rounds,
        .inner_sweeps = f->inner_sweeps[at->n],
        .scratch = at->w->scratch,
        .settings = &f->settings,
        .counts = &f->counts[at->thread],
    };
    at->begin = begin;
    if (f->masked.used && !has_own_sums)
        RLRA(masked_panels_visit)(f, at->n, at->thread, begin, &whole, &at->w->panel, at->w->numbers, treat, rest, at);
    else if (f->general.tree[at->n] != NULL)
        RLRA(tree_rows_visit)
    (&whole, f->general.tree[at->n], f->x, f->term[0].factors, begin, &at->w->panel, treat, at);
    else RLRA(row_blocks_visit)(&whole, stored, begin, f->general.cuts, &at->w->panel, treat, at);
}

/* Rows of factor n whose data are in the window. */
static void go_through(const walk *whole, const window *part)
{
    fit *const f = whole->f;
    const ptrdiff_t slab = f->general.slab[whole->n];
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

/* All rows of factor n. */
static void go(fit *f, int n, int updates, int values, int looks)
{
    const walk whole = {
        .f = f, .n = n, .design = design_of(f, n), .updates = updates, .values = values, .looks = looks};
    const int is_sparse = f->problem->term[0].sparse != NULL;
    const rlra_array *const array = is_sparse ? &f->problem->term[0].array : &f->term[0].dense.array;
    window part = {.end = 0};
    if (f->masked.used)
        RLRA(masked_prepare_rows)(f, n);
    while (RLRA(window_next)(&f->file, array, f->general.along[n].mode, f->general.slab[n], &part))
        go_through(&whole, &part);
}

static double sum_of(const double *numbers, ptrdiff_t count)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < count; i++)
        sum += numbers[i];
    return sum;
}

static double kkt_of(const fit *f, int n)
{
    const general *const g = &f->general;
    const ptrdiff_t rows = f->x[n].length;
    const double size = sum_of(g->size, rows);
    double worst = size > 0 ? sum_of(g->slack, rows) / size : 0;
    for (ptrdiff_t i = 0; i < rows; i++)
        worst = fmax(worst, g->worst[i]);
    return worst;
}

double RLRA(general_sweep)(fit *f)
{
    const int final = f->order[f->factors - 1];
    memset(f->general.values, 0, (size_t)f->x[final].length * sizeof(double));
    for (int o = 0; o < f->factors; o++) {
        const int n = f->order[o], last = o + 1 == f->factors;
        go(f, n, 1, last, f->looks);
        if (f->looks)
            f->kkt[n] = kkt_of(f, n);
    }
    f->general.rounds++;
    return sum_of(f->general.values, f->x[final].length);
}

double RLRA(general_loss)(fit *f)
{
    const int n = f->order[f->factors - 1];
    memset(f->general.values, 0, (size_t)f->x[n].length * sizeof(double));
    go(f, n, 0, 1, 0);
    return sum_of(f->general.values, f->x[n].length);
}

void RLRA(general_kkt)(fit *f)
{
    for (int n = 0; n < f->factors; n++) {
        go(f, n, 0, 0, 1);
        f->kkt[n] = kkt_of(f, n);
    }
}

void RLRA(general_pull)(fit *f, double *up, double *down)
{
    const int n = f->order[0];
    go(f, n, 0, 0, 1);
    *up = sum_of(f->general.pull, f->x[n].length);
    *down = sum_of(f->general.size, f->x[n].length);
}
