/* regress/front.c: the best supports of every size for each column of a regression, from one search a column. */
#include <inttypes.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#include "block/kkt.h"
#include "core/check.h"
#include "core/threads.h"
#include "engine/defaults.h"
#include "regress/regression.h"
#include "update/few_entries.h"

typedef struct front_run {
    const regression *plan;
    const rlra_array *y, *x;
    double *losses;
    supports_task task;
    ptrdiff_t columns;
    double *prepared;                           /* Gram matrix of the search */
    double *loss, *penalty, *kkt, *norm2, *gap; /* of each column; the first three for the largest size */
    double *all;                                /* x of all columns, sizes and components */
    int64_t *nodes;                             /* of each column */
    unsigned char *open;                        /* columns whose search did not end */
    char *scratch;                              /* of each thread */
    size_t scratch_bytes;
    int threads;
    int64_t threads_refused;
    double began;
    atomic_int stopped; /* as in regression_run */
    arena work;
} front_run;

/* The room of one thread. */
typedef struct front_room {
    double *y, *left; /* a column, and its residual */
    double *c;        /* W^T y less the linear penalty */
    double *x, *values;
    void *search;
} front_room;

static front_room lay_out(const front_run *run, arena *from)
{
    const size_t size = (size_t)run->task.size, sizes = (size_t)run->task.most;
    const size_t length = (size_t)run->plan->design.length;
    front_room room;
    room.y = rlra_arena_take(from, length, sizeof(double));
    room.left = rlra_arena_take(from, length, sizeof(double));
    room.c = rlra_arena_take(from, size, sizeof(double));
    room.x = rlra_arena_take(from, size * sizes, sizeof(double));
    room.values = rlra_arena_take(from, sizes, sizeof(double));
    room.search = rlra_arena_take(from, 1, rlra_supports_bytes(run->task.size));
    return room;
}

static void plan_workspace(front_run *run)
{
    const size_t columns = (size_t)run->columns, rank = (size_t)run->plan->rank, sizes = (size_t)run->task.most;
    double **const numbers[] = {&run->loss, &run->penalty, &run->kkt, &run->norm2, &run->gap};
    run->prepared = rlra_arena_take(&run->work, RLRA(few_entries_doubles)(run->plan->rank), sizeof(double));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        *numbers[i] = rlra_arena_take(&run->work, columns, sizeof(double));
    run->all = rlra_arena_take(&run->work, columns * sizes * rank, sizeof(double));
    run->nodes = rlra_arena_take(&run->work, columns, sizeof(int64_t));
    run->open = rlra_arena_take(&run->work, columns, 1);
    run->scratch = rlra_arena_take(&run->work, (size_t)run->threads, run->scratch_bytes);
}

static void read_column(const front_run *run, ptrdiff_t column, double *to)
{
    const rlra_array *const y = run->y;
    const real *const at = (const real *)y->data + column * y->strides[1];
    for (ptrdiff_t j = 0; j < run->plan->design.length; j++)
        to[j] = (double)at[j * y->strides[0]];
}

static rlra_status check_entries(const front_run *run)
{
    const rlra_array *const y = run->y;
    for (ptrdiff_t j = 0; j < run->plan->design.length; j++)
        for (ptrdiff_t c = 0; c < run->columns; c++) {
            const double value = (double)((const real *)y->data)[j * y->strides[0] + c * y->strides[1]];
            if (!isfinite(value))
                return rlra_fail(
                    run->plan->context, RLRA_ERR_DATA,
                    "nnls: Y must hold finite numbers, but Y[%td, %td] is %g: leave out that row of W and Y, or that "
                    "column of Y",
                    j, c, value);
        }
    return RLRA_OK;
}

static double slope_of(const regression *plan, ptrdiff_t k, const double *values)
{
    const real *const w = plan->design.at + k * plan->design.stride;
    double sum = 0;
    for (ptrdiff_t j = 0; j < plan->design.length; j++)
        sum += (double)w[j] * values[j];
    return sum;
}

/* One point of a column, from the unknowns of the search. Returns 1/2 ||y - W x||^2. */
static double keep_point(const front_run *run, const front_room *room, const double *unknowns, double *x)
{
    const regression *const plan = run->plan;
    const ptrdiff_t rank = plan->rank, length = plan->design.length;
    double sum = 0;
    memcpy(room->left, room->y, (size_t)length * sizeof *room->left);
    for (ptrdiff_t k = 0; k < rank; k++) {
        x[k] = (double)(real)(run->task.size == rank ? unknowns[k] : unknowns[k] - unknowns[rank + k]);
        for (ptrdiff_t j = 0; x[k] != 0 && j < length; j++)
            room->left[j] -= x[k] * (double)plan->design.at[k * plan->design.stride + j];
    }
    for (ptrdiff_t j = 0; j < length; j++)
        sum += room->left[j] * room->left[j];
    return 0.5 * sum;
}

/* The KKT residual of a point within its support, relative to ||y||. */
static double residual_of(const front_run *run, const front_room *room, const double *x, double norm2)
{
    const regression *const plan = run->plan;
    for (ptrdiff_t k = 0; k < plan->rank; k++)
        room->c[k] = x[k] != 0 ? slope_of(plan, k, room->left) : 0;
    const double squares =
        RLRA(kkt_on_support)(&plan->penalties, plan->rank, plan->gram, x, room->c, run->task.sum_to_one);
    return sqrt(norm2 > 0 ? squares / norm2 : squares);
}

static double penalty_of(const regression *plan, const double *x)
{
    const double linear = RLRA(penalties_linear)(&plan->penalties);
    const double quadratic = RLRA(penalties_quadratic)(&plan->penalties);
    double sum = 0;
    for (ptrdiff_t k = 0; k < plan->rank; k++)
        sum += linear * fabs(x[k]) + quadratic * x[k] * x[k];
    return sum;
}

static void search(front_run *run, const front_room *room, ptrdiff_t column)
{
    const regression *const plan = run->plan;
    const ptrdiff_t rank = plan->rank, size = run->task.size, sizes = run->task.most;
    const double linear = RLRA(penalties_linear)(&plan->penalties);
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double m = slope_of(plan, k, room->y);
        room->c[k] = m - linear;
        if (size > rank)
            room->c[rank + k] = -m - linear;
    }
    const supports_result found = rlra_supports_search(&run->task, room->c, NULL, room->x, room->values, room->search);
    run->nodes[column] = found.nodes;
    for (ptrdiff_t p = 0; p < sizes; p++)
        if (found.bound < room->values[p]) {
            run->open[column] = 1;
            run->gap[column] = fmax(run->gap[column], room->values[p] - found.bound);
        }
}

/* A column that time did not suffice for keeps zeros, or the first component alone where coefficients sum to one. */
static void leave(front_run *run, const front_room *room, ptrdiff_t column)
{
    memset(room->x, 0, (size_t)(run->task.size * run->task.most) * sizeof *room->x);
    for (ptrdiff_t p = 0; p < run->task.most && run->task.sum_to_one; p++)
        room->x[p * run->task.size] = 1;
    run->open[column] = 1;
    run->gap[column] = NAN;
}

static void treat_column(front_run *run, const front_room *room, ptrdiff_t column)
{
    const ptrdiff_t rank = run->plan->rank, sizes = run->task.most;
    read_column(run, column, room->y);
    for (ptrdiff_t j = 0; j < run->plan->design.length; j++)
        run->norm2[column] += room->y[j] * room->y[j];
    RLRA(regress_look_at_clock)(run->plan, run->began, &run->stopped);
    if (run->stopped < 0)
        search(run, room, column);
    else
        leave(run, room, column);
    for (ptrdiff_t p = 0; p < sizes; p++) {
        double *const x = run->all + (column * sizes + p) * rank;
        const double loss = keep_point(run, room, room->x + p * run->task.size, x);
        run->losses[column * sizes + p] = loss;
        run->loss[column] = loss;
        run->penalty[column] = penalty_of(run->plan, x);
        run->kkt[column] = fmax(run->kkt[column], residual_of(run, room, x, run->norm2[column]));
    }
}

static void treat_all(front_run *run)
{
#pragma omp parallel num_threads(run->threads)
    {
        arena own = {.base = run->scratch + (size_t)omp_get_thread_num() * run->scratch_bytes,
                     .size = run->scratch_bytes};
        const front_room room = lay_out(run, &own);
#pragma omp for schedule(dynamic, 16)
        for (ptrdiff_t column = 0; column < run->columns; column++)
            treat_column(run, &room, column);
    }
}

static void write_result(const front_run *run)
{
    const rlra_array *const x = run->x;
    const ptrdiff_t rank = run->plan->rank, sizes = run->task.most;
    real *const at = x->data;
    for (ptrdiff_t c = 0; c < run->columns; c++)
        for (ptrdiff_t p = 0; p < sizes; p++)
            for (ptrdiff_t k = 0; k < rank; k++)
                at[c * x->strides[0] + p * x->strides[1] + k * x->strides[2]] =
                    (real)run->all[(c * sizes + p) * rank + k];
}

static void fill_report(const front_run *run, rlra_nnls_report *report)
{
    rlra_nnls_report r = {.columns = run->columns, .threads = run->threads};
    r.update = RLRA(rule_of_use)(RULE_OF_FRONT)->about.name;
    r.threads_refused = run->threads_refused;
    const double tolerance = fmax(run->plan->options.tolerance, LEAST_TOLERANCE);
    double norm2 = 0;
    for (ptrdiff_t c = 0; c < run->columns; c++) {
        r.loss += run->loss[c];
        r.penalty += run->penalty[c];
        norm2 += run->norm2[c];
        r.gap += run->gap[c];
        r.nodes += run->nodes[c];
        r.unproved_columns += run->open[c];
        r.open_columns += !(run->kkt[c] <= tolerance);
        r.worst_column = run->kkt[c] > r.kkt_residual ? c : r.worst_column;
        r.kkt_residual = fmax(r.kkt_residual, run->kkt[c]);
    }
    r.objective = r.loss + r.penalty;
    r.relative_loss = norm2 > 0 ? 2 * r.loss / norm2 : r.loss == 0 ? 0 : NAN;
    r.relative_error = sqrt(r.relative_loss);
    r.stop = run->stopped >= 0 ? (rlra_stop)run->stopped : r.open_columns == 0 ? RLRA_STOP_KKT : RLRA_STOP_DECREASE;
    r.loss_name = run->plan->loss.ops->about.name;
    r.seconds = rlra_seconds() - run->began;
    *report = r;
}

static rlra_status check_plan(const regression *plan)
{
    if (plan->loss.kind != LOSS_FROBENIUS)
        return rlra_fail(plan->context, RLRA_ERR_UNSUPPORTED,
                         "nnls: the best supports of every size are known for the loss 'frobenius' only, not for '%s'",
                         plan->loss.ops->about.name);
    for (int p = 0; p < plan->penalties.count; p++)
        if (((unsigned)plan->penalties.item[p].ops->kind & ~(unsigned)FEW_ENTRIES_TAKES) != 0)
            return rlra_fail(plan->context, RLRA_ERR_UNSUPPORTED,
                             "nnls: the search for supports of every size cannot treat the penalty '%s' of X",
                             plan->penalties.item[p].ops->about.name);
    return RLRA_OK;
}

int64_t RLRA(regression_front_sizes)(const void *at)
{
    const regression *const plan = at;
    double most = (double)plan->rank;
    for (int p = 0; p < plan->penalties.count; p++)
        if (plan->penalties.item[p].ops->kind == PENALTY_SPARSITY)
            most = fmin(most, plan->penalties.item[p].weight);
    return (int64_t)most;
}

rlra_status RLRA(regression_front)(void *at, const rlra_array *y, const rlra_array *x, double *losses,
                                   rlra_nnls_report *report)
{
    const regression *const plan = at;
    rlra_status status = RLRA_OK;
    front_run run = {.plan = plan, .y = y, .x = x, .losses = losses, .columns = (ptrdiff_t)y->dims[1], .stopped = -1};
    TRY(check_plan(plan));
    TRY(check_entries(&run));
    run.began = rlra_seconds();
    run.task = (supports_task){
        .size = RLRA(penalties_nonneg)(&plan->penalties) ? plan->rank : 2 * plan->rank,
        .accuracy = DBL_EPSILON,
        .sum_to_one = (RLRA(penalties_kinds)(&plan->penalties) & PENALTY_SIMPLEX) != 0,
        .least = 1,
        .most = (ptrdiff_t)RLRA(regression_front_sizes)(plan),
        .nodes = plan->settings.nodes,
    };
    const int wanted = (int)fmin((double)((run.columns + 15) / 16), rlra_threads(plan->options.threads));
    run.threads = rlra_team_counted(wanted, &run.threads_refused);
    arena measure = {0};
    lay_out(&run, &measure);
    run.scratch_bytes = measure.peak;
    plan_workspace(&run);
    TRY(rlra_arena_allocate(plan->context, &run.work, "the workspace of a regression"));
    plan_workspace(&run);
    RLRA(few_entries_prepare)(plan->gram, plan->rank, &plan->penalties, run.prepared);
    run.task.gram = run.prepared;
    treat_all(&run);
    write_result(&run);
    if (report != NULL)
        fill_report(&run, report);
cleanup:
    rlra_arena_free(plan->context, &run.work);
    return status;
}
