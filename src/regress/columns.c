/* regress/columns.c: all columns of a regression, slab by slab, and what is reported of them. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "block/kkt.h"
#include "block/rows.h"
#include "core/check.h"
#include "core/sum.h"
#include "core/threads.h"
#include "regress/regression.h"

/* Bytes of data that a thread treats at once, and the fewest columns it does so with. */
#define SLAB_BYTES    (4 << 20)
#define LEAST_COLUMNS 4

/* Columns that are treated side by side; of which a search takes fewer, as each is work enough. */
#define ACROSS_COLUMNS (2 * UPDATE_ROWS)
#define SEARCH_COLUMNS 16

/* With fewer columns than these, fewer are treated at once, so that all threads have some. */
#define MANY_COLUMNS 384
#define FEW_ACROSS   UPDATE_ROWS

/* Operations that are worth a thread. */
#define OPERATIONS_EACH 1e6

static int is_quadratic(const regression_run *run)
{
    return run->plan->loss.kind == LOSS_FROBENIUS;
}

static ptrdiff_t slabs_of(const regression_run *run)
{
    return (run->columns + run->slab - 1) / run->slab;
}

/* That of the rule, and of those who judge what it leaves. */
static size_t scratch_bytes(const regression_run *run)
{
    const update_ops *const rule = run->rule;
    const ptrdiff_t rank = run->plan->rank;
    size_t own = 0, others = RLRA(kkt_bytes)(UPDATE_ROWS, rank);
    if (run->front != NULL)
        own = RLRA(regress_front_bytes)(run->front);
    else if (is_quadratic(run))
        own = rule->scratch_bytes == NULL ? 0 : rule->scratch_bytes(UPDATE_ROWS, rank);
    else {
        own = rule->regress_bytes(run->slab, rank, run->longest);
        others = RLRA(rows_bytes)(run->slab, rank);
    }
    return own > others ? own : others;
}

/* Entries of columns that do not stay where they are. */
static size_t moved_entries(const regression_run *run)
{
    const int has_residuals = is_quadratic(run) && run->sparse == NULL && !NARROW_DATA;
    if (run->across)
        return has_residuals ? (size_t)(RESIDUAL_ROWS * run->slab) : 0;
    return has_residuals || run->expands || run->along.gathered ? (size_t)(run->slab * run->plan->design.length) : 0;
}

/* The room of one thread; with `from` measuring: its size. */
static void lay_out(const regression_run *run, arena *from, slab *s)
{
    const ptrdiff_t rank = run->plan->rank, wide = run->across ? run->slab : UPDATE_ROWS;
    const size_t numbers = (size_t)(rank * wide), piece = (size_t)(run->slab * (rank > PIECE_ROWS ? rank : PIECE_ROWS));
    s->columns = rlra_arena_take(from, moved_entries(run), sizeof(real));
    s->panel = RLRA(panel_room_take)(rank, run->plan->loss.kind == LOSS_KL ? run->longest : 0, from);
    s->sides = rlra_arena_take(from, numbers, sizeof(double));
    s->falls = rlra_arena_take(from, numbers, sizeof(double));
    s->piece = rlra_arena_take(from, NARROW_DATA ? piece : 0, sizeof(double));
    s->column = rlra_arena_take(from, 4 * (size_t)rank, sizeof(double));
    real *const rhs = rlra_arena_take(from, NARROW_DATA ? numbers : 0, sizeof(real));
    real *const slopes = rlra_arena_take(from, NARROW_DATA ? numbers : 0, sizeof(real));
    s->rhs = (factor){NARROW_DATA ? rhs : (real *)(void *)s->sides, 0, rank, wide};
    s->slopes = (factor){NARROW_DATA ? slopes : (real *)(void *)s->falls, 0, rank, wide};
    s->scratch_bytes = scratch_bytes(run);
    s->scratch = rlra_arena_take(from, 1, s->scratch_bytes);
}

static void plan_workspace(regression_run *run)
{
    const size_t columns = (size_t)run->columns, slabs = (size_t)slabs_of(run);
    run->x = factor_take(&run->work, run->columns, run->plan->rank);
    double **const numbers[] = {&run->loss, &run->norm2, &run->total, &run->kkt, &run->gap};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        *numbers[i] = rlra_arena_take(&run->work, columns, sizeof(double));
    run->penalty = rlra_arena_take(&run->work, slabs, sizeof(double));
    run->bad = rlra_arena_take(&run->work, slabs, sizeof(bad_entry));
    run->counts = rlra_arena_take(&run->work, (size_t)run->threads, sizeof(rule_counts));
    run->rooms = rlra_arena_take(&run->work, (size_t)run->threads, run->room_bytes);
    if (run->front != NULL)
        RLRA(regress_front_take)(run);
}

static void choose_sizes(regression_run *run)
{
    const regression *const plan = run->plan;
    const double m = (double)plan->design.length, rank = (double)plan->rank;
    run->across = run->sparse == NULL && is_quadratic(run) && run->along.row_stride == 1 && run->columns > 1;
    const ptrdiff_t fit = (ptrdiff_t)(SLAB_BYTES / (m * sizeof(real)));
    run->slab = fit > UPDATE_ROWS ? UPDATE_ROWS : fit < LEAST_COLUMNS ? LEAST_COLUMNS : fit;
    if (run->across)
        run->slab = run->columns >= MANY_COLUMNS ? ACROSS_COLUMNS : FEW_ACROSS;
    if (run->front != NULL)
        run->slab = SEARCH_COLUMNS;
    run->expands = run->sparse != NULL && !is_quadratic(run) && plan->loss.kind != LOSS_KL;
    run->longest = run->sparse == NULL || run->expands ? plan->design.length : RLRA(longest_row)(run->sparse);
    const double operations = run->front != NULL ? INFINITY : (double)run->columns * rank * (m + rank * rank);
    const double useful = 1 + operations / OPERATIONS_EACH;
    const int wanted = (int)fmin(fmin((double)slabs_of(run), useful), rlra_threads(plan->options.threads));
    run->threads = rlra_team_counted(wanted, &run->threads_refused);
    slab room;
    arena measure = {0};
    lay_out(run, &measure, &room);
    run->room_bytes = measure.peak;
}

/* Between all of x and the array of the caller. */
static void copy_x(const regression_run *run, const rlra_array *array, int back)
{
    const ptrdiff_t step = array->order > 1 ? array->strides[1] : 0;
    for (ptrdiff_t k = 0; k < run->x.rank; k++)
        for (ptrdiff_t c = 0; c < run->columns; c++) {
            real *const theirs = (real *)array->data + k * array->strides[0] + c * step;
            real *const own = run->x.at + k * run->x.stride + c;
            *(back ? theirs : own) = back ? *own : *theirs;
        }
}

void RLRA(regress_look_at_clock)(regression_run *run)
{
    int stop = -1;
    if (rlra_context_interrupted(run->plan->context))
        stop = RLRA_STOP_INTERRUPT;
    else if (rlra_seconds() - run->began >= run->plan->options.time_limit)
        stop = RLRA_STOP_TIME;
    if (stop >= 0)
        atomic_store_explicit(&run->stopped, stop, memory_order_relaxed);
}

block RLRA(regress_block)(const slab *s, ptrdiff_t begin, ptrdiff_t end)
{
    const regression *const plan = s->run->plan;
    return (block){
        .x = factor_rows(s->x, begin, end),
        .loss = &plan->loss,
        .penalties = &plan->penalties,
        .kernels = plan->kernels,
        .floor = s->floor,
        .prepared = plan->prepared,
        .scratch = s->scratch,
        .scratch_bytes = s->scratch_bytes,
        .settings = &plan->settings,
        .counts = s->counts,
    };
}

static void treat_slab(regression_run *run, slab *s, ptrdiff_t begin)
{
    const ptrdiff_t end = begin + run->slab < run->columns ? begin + run->slab : run->columns;
    s->begin = begin;
    s->x = factor_rows(run->x, begin, end);
    s->rhs.length = s->slopes.length = end - begin;
    RLRA(regress_look_at_clock)(run);
    if (!RLRA(regress_load)(s))
        return;
    if (run->front != NULL)
        RLRA(regress_front)(s);
    else if (is_quadratic(run))
        RLRA(regress_squares)(s);
    else
        RLRA(regress_rows)(s);
    run->penalty[begin / run->slab] = RLRA(penalties_value)(&run->plan->penalties, s->x);
}

rlra_status RLRA(regress_all)(regression_run *run)
{
#pragma omp parallel num_threads(run->threads)
    {
        const int thread = omp_get_thread_num();
        arena room = {.base = run->rooms + (size_t)thread * run->room_bytes, .size = run->room_bytes};
        slab s = {.run = run, .counts = &run->counts[thread]};
        lay_out(run, &room, &s);
#pragma omp for schedule(dynamic)
        for (ptrdiff_t begin = 0; begin < run->columns; begin += run->slab)
            treat_slab(run, &s, begin);
    }
    return RLRA(regress_check)(run);
}

static rlra_stop stop_of(const regression_run *run, int64_t open, int64_t unproved)
{
    if (run->stopped >= 0)
        return (rlra_stop)run->stopped;
    if (unproved > 0 && run->rule->exact && run->front == NULL)
        return RLRA_STOP_SWEEPS;
    if (open == 0)
        return RLRA_STOP_KKT;
    return run->rule->exact ? RLRA_STOP_DECREASE : RLRA_STOP_SWEEPS;
}

/* D(Y, 0): what a loss relative to nothing is measured against. */
static double loss_of_zero(const regression_run *run)
{
    if (is_quadratic(run))
        return 0.5 * rlra_sum(0, run->columns, 1, run->norm2);
    return run->plan->loss.kind == LOSS_KL ? rlra_sum(0, run->columns, 1, run->total) : NAN;
}

void RLRA(regress_report)(const regression_run *run, rlra_nnls_report *report)
{
    rlra_nnls_report r = {.columns = run->columns,
                          .threads = run->threads,
                          .threads_refused = run->threads_refused,
                          .tolerance = run->tolerance,
                          .update = run->rule->about.name,
                          .loss_name = run->plan->loss.ops->about.name,
                          .loss = rlra_sum(0, run->columns, 1, run->loss),
                          .penalty = rlra_sum(0, slabs_of(run), 1, run->penalty),
                          .gap = rlra_sum(0, run->columns, 1, run->gap)};
    double searched = 0;
    for (ptrdiff_t c = 0; c < run->columns; c++) {
        r.open_columns += !(run->kkt[c] <= run->tolerance);
        if (run->kkt[c] > r.kkt_residual || isnan(run->kkt[c])) {
            r.kkt_residual = run->kkt[c];
            r.worst_column = c;
        }
    }
    for (const rule_counts *counts = run->counts; counts < run->counts + run->threads; counts++) {
        r.rounds = counts->rounds > r.rounds ? counts->rounds : r.rounds;
        r.nodes += counts->nodes;
        r.unproved_columns += counts->unproved;
        searched += counts->gap;
    }
    if (run->rule->needs_sparsity && run->rule->exact && run->front == NULL && run->stopped < 0)
        r.gap = searched;
    const double zero = loss_of_zero(run);
    r.objective = r.loss + r.penalty;
    r.relative_loss = zero > 0 ? r.loss / zero : r.loss == 0 ? 0 : NAN;
    r.relative_error = is_quadratic(run) ? sqrt(r.relative_loss) : NAN;
    r.stop = stop_of(run, r.open_columns, r.unproved_columns);
    r.seconds = rlra_seconds() - run->began;
    *report = r;
}

static void write_columns(const regression_run *run, const rlra_nnls_columns *columns)
{
    double *const to[] = {columns->loss, columns->kkt_residual, columns->gap};
    const double *const from[] = {run->loss, run->kkt, run->gap};
    for (int i = 0; i < 3; i++)
        if (to[i] != NULL)
            memcpy(to[i], from[i], (size_t)run->columns * sizeof(double));
}

rlra_status RLRA(regress_begin)(regression_run *run, const rlra_array *y, const rlra_sparse *sparse)
{
    rlra_status status = RLRA_OK;
    const regression *const plan = run->plan;
    run->began = rlra_seconds();
    run->stopped = -1;
    run->tolerance = fmax(plan->options.tolerance, LEAST_TOLERANCE);
    run->given_start = strcmp(plan->options.init, "model") == 0;
    run->columns = (ptrdiff_t)(sparse != NULL ? sparse->dims[1] : y->dims[1]);
    if (sparse != NULL) {
        TRY(RLRA(sparse_rows_create)(plan->context, sparse, 1, &run->stored));
        run->sparse = &run->stored;
    } else {
        run->along = RLRA(layout_along)(y, 1);
        run->dense = y->data;
    }
    choose_sizes(run);
    plan_workspace(run);
    TRY(rlra_arena_allocate(plan->context, &run->work, "the workspace of a regression"));
    plan_workspace(run);
cleanup:
    return status;
}

void RLRA(regress_end)(regression_run *run)
{
    rlra_arena_free(run->plan->context, &run->work);
    RLRA(sparse_rows_destroy)(run->plan->context, &run->stored);
}

rlra_status RLRA(regression_solve)(void *at, const rlra_array *y, const rlra_sparse *sparse, const rlra_array *x,
                                   const rlra_nnls_columns *columns, rlra_nnls_report *report)
{
    regression *const plan = at;
    rlra_status status = RLRA_OK;
    regression_run run = {.plan = plan, .rule = plan->rule};
    TRY(RLRA(regress_begin)(&run, y, sparse));
    if (run.given_start)
        copy_x(&run, x, 0);
    TRY(RLRA(regress_all)(&run));
    copy_x(&run, x, 1);
    if (report != NULL)
        RLRA(regress_report)(&run, report);
    if (columns != NULL)
        write_columns(&run, columns);
cleanup:
    RLRA(regress_end)(&run);
    return status;
}
