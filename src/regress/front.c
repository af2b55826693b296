/* regress/front.c: the best supports of every size for each column of a regression, from one search a column. */
#include <math.h>
#include <string.h>

#include "block/kkt.h"
#include "core/check.h"
#include "engine/defaults.h"
#include "regress/regression.h"
#include "update/few_entries.h"

/* What is searched for, and what was found: of each column, and of each size in it. */
typedef struct front {
    supports_task task;
    double *prepared; /* Gram matrix of the search */
    double *points, *losses;
} front;

/* The room of one thread. */
typedef struct front_room {
    double *c; /* W^T y less the linear penalty */
    double *x, *values;
    void *search;
} front_room;

static front_room lay_out(const front *f, arena *from)
{
    const size_t size = (size_t)f->task.size, sizes = (size_t)f->task.most;
    front_room room;
    room.c = rlra_arena_take(from, size, sizeof(double));
    room.x = rlra_arena_take(from, size * sizes, sizeof(double));
    room.values = rlra_arena_take(from, sizes, sizeof(double));
    room.search = rlra_arena_take(from, 1, rlra_supports_bytes(f->task.size));
    return room;
}

size_t RLRA(regress_front_bytes)(const front *f)
{
    arena measure = {0};
    lay_out(f, &measure);
    return measure.peak;
}

void RLRA(regress_front_take)(regression_run *run)
{
    front *const f = run->front;
    const size_t points = (size_t)run->columns * (size_t)f->task.most, rank = (size_t)run->plan->rank;
    f->prepared = rlra_arena_take(&run->work, RLRA(few_entries_doubles)(run->plan->rank), sizeof(double));
    f->points = rlra_arena_take(&run->work, points * rank, sizeof(double));
    f->losses = rlra_arena_take(&run->work, points, sizeof(double));
}

static void search(const slab *s, ptrdiff_t i, const front_room *room)
{
    const regression_run *const run = s->run;
    const supports_task *const task = &run->front->task;
    const ptrdiff_t rank = run->plan->rank;
    const double linear = RLRA(penalties_linear)(&run->plan->penalties);
    for (ptrdiff_t k = 0; k < task->size; k++) {
        const double m = s->sides[k % rank * s->rhs.stride + i];
        room->c[k] = (k < rank ? m : -m) - linear;
    }
    const supports_result found = rlra_supports_search(task, room->c, NULL, room->x, room->values, room->search);
    double gap = 0;
    for (ptrdiff_t p = 0; p < task->most; p++)
        gap = found.bound < room->values[p] ? fmax(gap, room->values[p] - found.bound) : gap;
    run->gap[s->begin + i] = gap;
    s->counts->nodes += found.nodes;
    s->counts->unproved += gap > 0;
}

/* A column that time did not suffice for keeps zeros, or the first component alone where coefficients sum to one. */
static void leave(const slab *s, ptrdiff_t i, const front_room *room)
{
    const supports_task *const task = &s->run->front->task;
    memset(room->x, 0, (size_t)(task->size * task->most) * sizeof *room->x);
    for (ptrdiff_t p = 0; p < task->most && task->sum_to_one; p++)
        room->x[p * task->size] = 1;
    s->counts->unproved++;
    s->run->gap[s->begin + i] = NAN;
}

/* The point of one size of column i from the unknowns of the search, judged by its residual within its support. */
static void keep_point(const slab *s, ptrdiff_t i, ptrdiff_t p, const double *unknowns)
{
    regression_run *const run = s->run;
    front *const f = run->front;
    const regression *const plan = run->plan;
    const ptrdiff_t column = s->begin + i, at = column * f->task.most + p, rank = plan->rank;
    double *const x = f->points + at * rank, *const falls = s->column;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const real value = (real)(f->task.size == rank ? unknowns[k] : unknowns[k] - unknowns[rank + k]);
        x[k] = (double)value;
        s->x.at[k * s->x.stride + i] = value;
    }
    run->loss[column] = f->losses[at] = 0.5 * RLRA(regress_residual)(s, i, x, falls);
    const double norm2 = run->norm2[column],
                 squares = RLRA(kkt_on_support)(&plan->penalties, rank, plan->gram, x, falls, f->task.sum_to_one);
    run->kkt[column] = fmax(run->kkt[column], sqrt(norm2 > 0 ? squares / norm2 : squares));
}

void RLRA(regress_front)(slab *s)
{
    const front *const f = s->run->front;
    arena own = {.base = s->scratch, .size = s->scratch_bytes};
    const front_room room = lay_out(f, &own);
    RLRA(regress_sides)(s);
    for (ptrdiff_t i = 0; i < s->x.length; i++) {
        RLRA(regress_look_at_clock)(s->run);
        (s->run->stopped < 0 ? search : leave)(s, i, &room);
        for (ptrdiff_t p = 0; p < f->task.most; p++)
            keep_point(s, i, p, room.x + p * f->task.size);
    }
}

static void write_result(const regression_run *run, const rlra_array *x, double *losses)
{
    const front *const f = run->front;
    const ptrdiff_t rank = run->plan->rank, sizes = f->task.most;
    memcpy(losses, f->losses, (size_t)(run->columns * sizes) * sizeof *losses);
    for (ptrdiff_t c = 0; c < run->columns; c++)
        for (ptrdiff_t p = 0; p < sizes; p++)
            for (ptrdiff_t k = 0; k < rank; k++)
                ((real *)x->data)[c * x->strides[0] + p * x->strides[1] + k * x->strides[2]] =
                    (real)f->points[(c * sizes + p) * rank + k];
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
    return RLRA(few_entries_most)(plan->rank, &plan->penalties);
}

rlra_status RLRA(regression_front)(void *at, const rlra_array *y, const rlra_array *x, double *losses,
                                   rlra_nnls_report *report)
{
    regression *const plan = at;
    rlra_status status = RLRA_OK;
    front f = {.task = RLRA(few_entries_task)(plan->rank, &plan->penalties, NULL, &plan->settings)};
    regression_run run = {.plan = plan, .rule = RLRA(rule_of_use)(RULE_OF_FRONT), .front = &f};
    TRY(check_plan(plan));
    TRY(RLRA(regress_begin)(&run, y, NULL));
    RLRA(few_entries_prepare)(plan->gram, plan->rank, &plan->penalties, f.prepared);
    f.task.gram = f.prepared;
    f.task.least = 1;
    TRY(RLRA(regress_all)(&run));
    write_result(&run, x, losses);
    if (report != NULL)
        RLRA(regress_report)(&run, report);
cleanup:
    RLRA(regress_end)(&run);
    return status;
}
