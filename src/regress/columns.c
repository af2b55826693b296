/* regress/columns.c: all columns of a regression, slab by slab, and what is reported of them. */
#include <inttypes.h>
#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <string.h>

#include "block/kkt.h"
#include "core/check.h"
#include "core/threads.h"
#include "regress/regression.h"

/* Bytes of data that a thread treats at once, and the fewest columns it does so with. */
#define SLAB_BYTES    (4 << 20)
#define LEAST_COLUMNS 4

/* Columns that are treated side by side. */
#define ACROSS_COLUMNS (2 * UPDATE_ROWS)

/* With fewer columns than these, fewer are treated at once, so that all threads have some. */
#define MANY_COLUMNS 384
#define FEW_ACROSS   UPDATE_ROWS

/* Operations that are worth a thread. */
#define OPERATIONS_EACH 1e6

static int is_quadratic(const regression_run *run)
{
    return run->plan->loss.kind == LOSS_FROBENIUS;
}

static size_t rule_scratch(const regression_run *run)
{
    const update_ops *const rule = run->plan->rule;
    if (!is_quadratic(run))
        return RLRA(regress_rows_bytes)(run);
    return rule->scratch_bytes == NULL ? 0 : rule->scratch_bytes(UPDATE_ROWS, run->plan->rank);
}

/* The room of one thread; with `from` measuring: its size. */
static void lay_out(const regression_run *run, arena *from, slab *s)
{
    const regression *const plan = run->plan;
    const size_t rank = (size_t)plan->rank, m = (size_t)plan->design.length, columns = (size_t)run->slab;
    const int dense = run->sparse == NULL, panels = plan->loss.kind == LOSS_KL;
    const ptrdiff_t wide = run->across ? run->slab : UPDATE_ROWS;
    const size_t rows = rank * (size_t)wide;
    s->run = NULL;
    s->gathered = rlra_arena_take(
        from, run->expands || (dense && !run->across && run->along.gathered) ? columns * m : 0, sizeof(real));
    s->left = rlra_arena_take(from,
                              !is_quadratic(run) || !dense || NARROW_DATA ? 0
                              : run->across                               ? RLRA(regress_left_across)(run)
                                                                          : columns * m,
                              sizeof(real));
    s->weights = rlra_arena_take(from, rows, sizeof(real));
    s->panel = RLRA(panel_room_take)(plan->rank, panels ? run->longest : 0, from);
    s->sides = rlra_arena_take(from, rows, sizeof(double));
    s->falls = rlra_arena_take(from, rows, sizeof(double));
    s->piece = rlra_arena_take(from, is_quadratic(run) ? RLRA(regress_piece)(run) : 0, sizeof(double));
    s->column = rlra_arena_take(from, RLRA(regress_gap_doubles)(plan->rank), sizeof(double));
    real *const rhs = rlra_arena_take(from, NARROW_DATA ? rows : 0, sizeof(real));
    real *const slopes = rlra_arena_take(from, NARROW_DATA ? rows : 0, sizeof(real));
    s->rhs = (factor){NARROW_DATA ? rhs : (real *)(void *)s->sides, 0, plan->rank, wide};
    s->slopes = (factor){NARROW_DATA ? slopes : (real *)(void *)s->falls, 0, plan->rank, wide};
    s->kkt_room = rlra_arena_take(from, 1, RLRA(kkt_bytes)(UPDATE_ROWS, plan->rank));
    s->scratch_bytes = rule_scratch(run);
    s->scratch = rlra_arena_take(from, 1, s->scratch_bytes);
}

static void plan_workspace(regression_run *run)
{
    const size_t columns = (size_t)run->columns, slabs = (columns + (size_t)run->slab - 1) / (size_t)run->slab;
    const ptrdiff_t stride = factor_stride(run->columns);
    const size_t rank = (size_t)run->plan->rank;
    run->x = (factor){rlra_arena_take(&run->work, (size_t)stride * rank, sizeof(real)), run->columns, run->plan->rank,
                      stride};
    double **const numbers[] = {&run->loss, &run->norm2, &run->total, &run->kkt, &run->gap};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        *numbers[i] = rlra_arena_take(&run->work, columns, sizeof(double));
    run->penalty = rlra_arena_take(&run->work, slabs, sizeof(double));
    run->bad = rlra_arena_take(&run->work, slabs, sizeof(ptrdiff_t));
    run->counts = rlra_arena_take(&run->work, (size_t)run->threads, sizeof(rule_counts));
    run->scratch = rlra_arena_take(&run->work, (size_t)run->threads, run->scratch_bytes);
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
    run->expands = run->sparse != NULL && !is_quadratic(run) && plan->loss.kind != LOSS_KL;
    run->longest = run->sparse == NULL || run->expands ? plan->design.length : RLRA(longest_row)(run->sparse);
    const double slabs = ceil((double)run->columns / (double)run->slab);
    const double useful = 1 + (double)run->columns * rank * (m + rank * rank) / OPERATIONS_EACH;
    const int wanted = (int)fmin(fmin(slabs, useful), rlra_threads(plan->options.threads));
    run->threads = rlra_team_counted(wanted, &run->threads_refused);
    slab room;
    arena measure = {0};
    lay_out(run, &measure, &room);
    run->scratch_bytes = measure.peak;
}

static void read_start(regression_run *run, const rlra_array *x)
{
    const real *const at = x->data;
    for (ptrdiff_t k = 0; k < run->x.rank; k++)
        for (ptrdiff_t c = 0; c < run->columns; c++)
            run->x.at[k * run->x.stride + c] = at[k * x->strides[0] + c * (x->order > 1 ? x->strides[1] : 0)];
}

static void write_result(const regression_run *run, const rlra_array *x)
{
    real *const at = x->data;
    for (ptrdiff_t k = 0; k < run->x.rank; k++)
        for (ptrdiff_t c = 0; c < run->columns; c++)
            at[k * x->strides[0] + c * (x->order > 1 ? x->strides[1] : 0)] = run->x.at[k * run->x.stride + c];
}

void RLRA(regress_look_at_clock)(const regression *plan, double began, atomic_int *stopped)
{
    int stop = -1;
    if (rlra_context_interrupted(plan->context))
        stop = RLRA_STOP_INTERRUPT;
    else if (rlra_seconds() - began >= plan->options.time_limit)
        stop = RLRA_STOP_TIME;
    if (stop >= 0)
        atomic_store_explicit(stopped, stop, memory_order_relaxed);
}

static void treat_slab(regression_run *run, slab *s, ptrdiff_t begin)
{
    const ptrdiff_t end = begin + run->slab < run->columns ? begin + run->slab : run->columns;
    s->begin = begin;
    s->x = factor_rows(run->x, begin, end);
    s->rhs.length = s->slopes.length = end - begin;
    RLRA(regress_look_at_clock)(run->plan, run->began, &run->stopped);
    if (is_quadratic(run))
        RLRA(regress_squares)(s);
    else
        RLRA(regress_rows)(s);
    run->penalty[begin / run->slab] = RLRA(penalties_value)(&run->plan->penalties, s->x);
}

static void treat_all(regression_run *run)
{
#pragma omp parallel num_threads(run->threads)
    {
        const int thread = omp_get_thread_num();
        arena room = {.base = run->scratch + (size_t)thread * run->scratch_bytes, .size = run->scratch_bytes};
        slab s;
        lay_out(run, &room, &s);
        s.run = run;
        s.counts = &run->counts[thread];
#pragma omp for schedule(dynamic)
        for (ptrdiff_t begin = 0; begin < run->columns; begin += run->slab)
            treat_slab(run, &s, begin);
    }
}

/* The sentence about the first entry that is not allowed. */
static rlra_status check_entries(const regression_run *run)
{
    const regression *const plan = run->plan;
    const ptrdiff_t m = plan->design.length;
    ptrdiff_t bad = -1;
    for (ptrdiff_t begin = 0; bad < 0 && begin < run->columns; begin += run->slab)
        bad = run->bad[begin / run->slab];
    if (bad < 0)
        return RLRA_OK;
    const ptrdiff_t row = bad % m, column = bad / m;
    double y = 0;
    if (run->sparse == NULL)
        y = (double)run->dense[column * run->along.row_stride + row * run->along.strides[0]];
    for (int64_t e = run->sparse == NULL ? 0 : run->sparse->starts[column];
         run->sparse != NULL && e < run->sparse->starts[column + 1]; e++)
        y = run->sparse->indices[e] == row ? (double)run->sparse->values[e] : y;
    const char *const name = plan->loss.ops->about.name;
    if (isfinite(y) && !(run->norm2[column] <= MOST_SQUARES) && RLRA(loss_takes)(&plan->loss, y))
        return rlra_fail(plan->context, RLRA_ERR_DATA,
                         "nnls: the sum of squares of column %td of Y, %g, leaves the range of %s: rescale Y", column,
                         run->norm2[column], rlra_dtype_name(REAL_DTYPE));
    if (!isfinite(y))
        return rlra_fail(
            plan->context, RLRA_ERR_DATA,
            "nnls: Y must hold finite numbers, but Y[%td, %td] is %g: leave out that row of W and Y, or that "
            "column of Y",
            row, column, y);
    if (!RLRA(loss_takes)(&plan->loss, y))
        return rlra_fail(plan->context, RLRA_ERR_DATA, "nnls: the loss '%s' needs y %s 0, but Y[%td, %td] is %g", name,
                         plan->loss.beta <= 0 ? ">" : ">=", row, column, y);
    if (y < 0)
        return rlra_fail(plan->context, RLRA_ERR_DATA,
                         "nnls: update '%s' needs y >= 0, but Y[%td, %td] is %g: use 'auto'", plan->rule->about.name,
                         row, column, y);
    return rlra_fail(plan->context, RLRA_ERR_DATA,
                     "nnls: row %td of W is zero but Y[%td, %td] is %g: the divergence '%s' is infinite for every X; "
                     "leave the row out",
                     row, row, column, y, name);
}

static rlra_stop stop_of(const regression_run *run, int64_t open, int64_t unproved)
{
    if (run->stopped >= 0)
        return (rlra_stop)run->stopped;
    if (unproved > 0 && run->plan->rule->exact)
        return RLRA_STOP_SWEEPS;
    if (open == 0)
        return RLRA_STOP_KKT;
    return run->plan->rule->exact ? RLRA_STOP_DECREASE : RLRA_STOP_SWEEPS;
}

/* D(Y, 0): what a loss relative to nothing is measured against. */
static double loss_of_zero(const regression_run *run)
{
    double norm2 = 0, total = 0;
    for (ptrdiff_t c = 0; c < run->columns; c++) {
        norm2 += run->norm2[c];
        total += run->total[c];
    }
    return is_quadratic(run) ? 0.5 * norm2 : run->plan->loss.kind == LOSS_KL ? total : NAN;
}

static void fill_report(const regression_run *run, rlra_nnls_report *report)
{
    rlra_nnls_report r = {.columns = run->columns,
                          .threads = run->threads,
                          .threads_refused = run->threads_refused,
                          .tolerance = run->tolerance,
                          .update = run->plan->rule->about.name,
                          .loss_name = run->plan->loss.ops->about.name};
    double gap = 0, counted = 0;
    for (ptrdiff_t c = 0; c < run->columns; c++) {
        r.loss += run->loss[c];
        gap += run->gap[c];
        r.open_columns += !(run->kkt[c] <= run->tolerance);
        if (run->kkt[c] > r.kkt_residual || isnan(run->kkt[c])) {
            r.kkt_residual = run->kkt[c];
            r.worst_column = c;
        }
    }
    for (ptrdiff_t begin = 0; begin < run->columns; begin += run->slab)
        r.penalty += run->penalty[begin / run->slab];
    for (int thread = 0; thread < run->threads; thread++) {
        const rule_counts *const counts = &run->counts[thread];
        r.rounds = counts->rounds > r.rounds ? counts->rounds : r.rounds;
        r.nodes += counts->nodes;
        r.unproved_columns += counts->unproved;
        counted += counts->gap;
    }
    const double zero = loss_of_zero(run);
    r.objective = r.loss + r.penalty;
    const int searched = run->plan->rule->needs_sparsity && run->plan->rule->exact;
    r.gap = searched && run->stopped < 0 ? counted : gap;
    r.relative_loss = zero > 0 ? r.loss / zero : r.loss == 0 ? 0 : NAN;
    r.relative_error = is_quadratic(run) ? sqrt(r.relative_loss) : NAN;
    r.stop = stop_of(run, r.open_columns, r.unproved_columns);
    r.seconds = rlra_seconds() - run->began;
    *report = r;
}

static void write_columns(const regression_run *run, const rlra_nnls_columns *columns)
{
    const size_t bytes = (size_t)run->columns * sizeof(double);
    if (columns->loss != NULL)
        memcpy(columns->loss, run->loss, bytes);
    if (columns->kkt_residual != NULL)
        memcpy(columns->kkt_residual, run->kkt, bytes);
    if (columns->gap != NULL)
        memcpy(columns->gap, run->gap, bytes);
}

rlra_status RLRA(regression_solve)(void *at, const rlra_array *y, const rlra_sparse *sparse, const rlra_array *x,
                                   const rlra_nnls_columns *columns, rlra_nnls_report *report)
{
    regression *const plan = at;
    rlra_status status = RLRA_OK;
    sparse_rows stored = {0};
    regression_run run = {.plan = plan, .began = rlra_seconds(), .stopped = -1};
    if (sparse != NULL)
        TRY(RLRA(sparse_rows_create)(plan->context, sparse, 1, &stored));
    else
        run.along = RLRA(layout_along)(y, 1);
    run.sparse = sparse != NULL ? &stored : NULL;
    run.dense = sparse != NULL ? NULL : y->data;
    run.columns = (ptrdiff_t)(sparse != NULL ? sparse->dims[1] : y->dims[1]);
    run.tolerance = fmax(plan->options.tolerance, LEAST_TOLERANCE);
    run.given_start = strcmp(plan->options.init, "model") == 0;
    choose_sizes(&run);
    plan_workspace(&run);
    TRY(rlra_arena_allocate(plan->context, &run.work, "the workspace of a regression"));
    plan_workspace(&run);
    if (run.given_start)
        read_start(&run, x);
    treat_all(&run);
    TRY(check_entries(&run));
    write_result(&run, x);
    if (report != NULL)
        fill_report(&run, report);
    if (columns != NULL)
        write_columns(&run, columns);
cleanup:
    rlra_arena_free(plan->context, &run.work);
    RLRA(sparse_rows_destroy)(plan->context, &stored);
    return status;
}
