/* update/few_entries.c: rows of a block with few entries, one by one or many at once. */
#include "update/few_entries.h"

#include <math.h>
#include <string.h>

_Static_assert(UPDATE_ROWS <= SUPPORTS_SIDES, "a block is enumerated at once");

static ptrdiff_t unknowns(ptrdiff_t rank, const penalty_list *penalties)
{
    return RLRA(penalties_nonneg)(penalties) ? rank : 2 * rank;
}

/* Right-hand sides and results of a block, three rows, and what the searches need. */
size_t RLRA(few_entries_bytes)(ptrdiff_t rank)
{
    const size_t search = rlra_supports_bytes(2 * rank), all = rlra_supports_enumerate_bytes(2 * rank, 2 * rank);
    const size_t doubles = (4 * SUPPORTS_SIDES + 6) * (size_t)rank + SUPPORTS_SIDES;
    return doubles * sizeof(double) + (search > all ? search : all) + 16;
}

size_t RLRA(few_entries_doubles)(ptrdiff_t rank)
{
    return 4 * (size_t)rank * (size_t)rank;
}

/* G + 2 mu_2 I, of p and q: [G -G; -G G]. */
void RLRA(few_entries_prepare)(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared)
{
    const ptrdiff_t size = unknowns(rank, penalties);
    const double ridge = 2.0 * RLRA(penalties_quadratic)(penalties);
    for (ptrdiff_t k = 0; k < size; k++)
        for (ptrdiff_t l = 0; l < size; l++) {
            const ptrdiff_t row = k % rank, column = l % rank;
            const double g = gram[row * rank + column] + (row == column ? ridge : 0.0);
            prepared[k * size + l] = (k < rank) == (l < rank) ? g : -g;
        }
}

static ptrdiff_t most_entries(const penalty_list *penalties, ptrdiff_t rank)
{
    double most = (double)rank;
    for (int p = 0; p < penalties->count; p++)
        if (penalties->item[p].ops->kind == PENALTY_SPARSITY)
            most = fmin(most, penalties->item[p].weight);
    return (ptrdiff_t)most;
}

static supports_task pose(const block *b)
{
    const ptrdiff_t rank = b->x.rank, most = most_entries(b->penalties, rank);
    return (supports_task){
        .size = unknowns(rank, b->penalties),
        .gram = b->prepared,
        .accuracy = (double)REAL_EPS,
        .sum_to_one = (RLRA(penalties_kinds)(b->penalties) & PENALTY_SIMPLEX) != 0,
        .least = most,
        .most = most,
        .nodes = b->settings->nodes,
    };
}

/* Row i of a factor for p and q. */
static void read_row(factor from, ptrdiff_t i, ptrdiff_t size, double linear, double *to, ptrdiff_t stride)
{
    for (ptrdiff_t k = 0; k < size; k++) {
        const double v = (double)from.at[k % from.rank * from.stride + i];
        to[k * stride] = (k < from.rank ? v : -v) - linear;
    }
}

static void write_row(factor to, ptrdiff_t i, ptrdiff_t size, const double *from, ptrdiff_t stride)
{
    for (ptrdiff_t k = 0; k < to.rank; k++)
        to.at[k * to.stride + i] =
            (real)(size == to.rank ? from[k * stride] : from[k * stride] - from[(to.rank + k) * stride]);
}

/* All supports for all rows. Pairs of rows are read, so one more is zero. */
static void enumerate(const block *b, const supports_task *task, double linear)
{
    const ptrdiff_t size = task->size, length = b->x.length;
    double *const c = b->scratch;
    double *const x = c + 2 * b->x.rank * SUPPORTS_SIDES;
    double *const values = x + 2 * b->x.rank * SUPPORTS_SIDES;
    for (ptrdiff_t k = 0; k < size && length % 2 != 0; k++)
        c[k * SUPPORTS_SIDES + length] = 0.0;
    for (ptrdiff_t i = 0; i < length; i++)
        read_row(b->rhs, i, size, linear, c + i, SUPPORTS_SIDES);
    rlra_supports_enumerate(task, length, c, x, values, values + SUPPORTS_SIDES);
    for (ptrdiff_t i = 0; i < length; i++)
        write_row(b->x, i, size, x + i, SUPPORTS_SIDES);
}

static void count_gap(rule_counts *counts, supports_told told, double value)
{
    counts->nodes += told.nodes;
    if (told.bound >= value)
        return;
    counts->unproved++;
    counts->gap += isfinite(told.bound) ? value - told.bound : 0.0;
}

static void search(const block *b, const supports_task *task, support_method method, double linear)
{
    const ptrdiff_t size = task->size;
    double *const c = b->scratch;
    double *const start = c + size, *const x = start + size, *const work = x + size;
    for (ptrdiff_t i = 0; i < b->x.length; i++) {
        double value;
        read_row(b->rhs, i, size, linear, c, 1);
        read_row(b->x, i, size, 0.0, start, 1);
        const supports_told told = method(task, c, start, x, &value, work);
        count_gap(b->counts, told, value);
        write_row(b->x, i, size, x, 1);
    }
}

void RLRA(few_entries_apply)(const block *b, support_method method, double few)
{
    const supports_task task = pose(b);
    const double linear = RLRA(penalties_linear)(b->penalties), count = rlra_supports_count(task.size, task.most);
    if (count > few || (task.nodes > 0 && count > (double)task.nodes)) {
        search(b, &task, method, linear);
        return;
    }
    enumerate(b, &task, linear);
    b->counts->nodes += (int64_t)count * b->x.length;
}
