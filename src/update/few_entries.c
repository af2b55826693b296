/* update/few_entries.c: rows with few entries, one by one or many at once. */
#include "update/few_entries.h"

#include <math.h>
#include <string.h>

/* Up to this many supports, trying all of them for all rows at once is as fast as one search. Otherwise each search is limited
 * to about the time of trying all supports, and rows still open are then solved that way: never much slower than the better of
 * the two (docs/theory/k_sparse.md has the times). The choice is made for each row alone, so that results do not depend on
 * blocks. */
#define FEW_SUPPORTS     1500.0
#define MOST_SUPPORTS    1e12
#define SUPPORTS_OF_NODE 300.0

_Static_assert(UPDATE_ROWS <= SUPPORTS_SIDES, "a block is enumerated at once");

static ptrdiff_t unknowns(ptrdiff_t rank, const penalty_list *penalties)
{
    return RLRA(penalties_nonneg)(penalties) ? rank : 2 * rank;
}

/* Right-hand sides and results of a block, then the workspace for all supports, or three rows and the workspace of a search,
 * which does not overwrite the right-hand sides of rows that stay open. */
size_t RLRA(few_entries_bytes)(ptrdiff_t rows, ptrdiff_t rank)
{
    (void)rows;
    const size_t r = (size_t)rank, search = 6 * r * sizeof(double) + rlra_supports_bytes(2 * rank);
    const size_t all = rlra_supports_enumerate_bytes(2 * rank, 2 * rank);
    return (4 * r + 1) * SUPPORTS_SIDES * sizeof(double) + (search > all ? search : all);
}

size_t RLRA(few_entries_doubles)(ptrdiff_t rank)
{
    return 4 * (size_t)rank * (size_t)rank;
}

/* G + 2 mu_2 I; for unknowns p and q [G -G; -G G]. */
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

ptrdiff_t RLRA(few_entries_most)(ptrdiff_t rank, const penalty_list *penalties)
{
    double most = (double)rank;
    for (int p = 0; p < penalties->count; p++)
        if (penalties->item[p].ops->kind == PENALTY_SPARSITY)
            most = fmin(most, penalties->item[p].weight);
    return (ptrdiff_t)most;
}

supports_task RLRA(few_entries_task)(ptrdiff_t rank, const penalty_list *penalties, const double *prepared,
                                     const rule_settings *settings)
{
    const ptrdiff_t most = RLRA(few_entries_most)(rank, penalties);
    return (supports_task){
        .size = unknowns(rank, penalties),
        .gram = prepared,
        .accuracy = DBL_EPSILON,
        .sum_to_one = (RLRA(penalties_kinds)(penalties) & PENALTY_SIMPLEX) != 0,
        .least = most,
        .most = most,
        .nodes = settings->nodes,
    };
}

static supports_task pose(const block *b)
{
    supports_task task = RLRA(few_entries_task)(b->x.rank, b->penalties, b->prepared, b->settings);
    task.accuracy = block_accuracy(b);
    return task;
}

/* Read the right-hand side of row i for the unknowns p and q. */
static void read_sides(const block *b, ptrdiff_t i, ptrdiff_t size, double linear, double *to, ptrdiff_t stride)
{
    for (ptrdiff_t k = 0; k < size; k++) {
        const double m = block_side(b, i, k % b->x.rank);
        to[k * stride] = (k < b->x.rank ? m : -m) - linear;
    }
}

static void read_start(factor x, ptrdiff_t i, ptrdiff_t size, double *to)
{
    for (ptrdiff_t k = 0; k < size; k++) {
        const double v = (double)x.at[k % x.rank * x.stride + i];
        to[k] = k < x.rank ? v : -v;
    }
}

static void write_row(factor to, ptrdiff_t i, ptrdiff_t size, const double *from, ptrdiff_t stride)
{
    for (ptrdiff_t k = 0; k < to.rank; k++)
        to.at[k * to.stride + i] =
            (real)(size == to.rank ? from[k * stride] : from[k * stride] - from[(to.rank + k) * stride]);
}

/* Try all supports for the listed rows, whose right-hand sides are columns 0, 1, .. of c. Columns are read in pairs: an odd one
 * is followed by zeros. */
static void enumerate(const block *b, const supports_task *task, ptrdiff_t count, const ptrdiff_t *which, double *c)
{
    const ptrdiff_t size = task->size;
    double *const x = c + 2 * b->x.rank * SUPPORTS_SIDES;
    double *const values = x + 2 * b->x.rank * SUPPORTS_SIDES;
    for (ptrdiff_t k = 0; k < size && count % 2 != 0; k++)
        c[k * SUPPORTS_SIDES + count] = 0.0;
    rlra_supports_enumerate(task, count, c, x, values, values + SUPPORTS_SIDES);
    for (ptrdiff_t i = 0; i < count; i++)
        write_row(b->x, which[i], size, x + i, SUPPORTS_SIDES);
    b->counts->nodes += (int64_t)rlra_supports_count(size, task->most) * count;
}

static void enumerate_block(const block *b, const supports_task *task, double linear)
{
    ptrdiff_t all[UPDATE_ROWS];
    double *const c = b->scratch;
    for (ptrdiff_t i = 0; i < b->x.length; i++) {
        all[i] = i;
        read_sides(b, i, task->size, linear, c + i, SUPPORTS_SIDES);
    }
    enumerate(b, task, b->x.length, all, c);
}

static void count_gap(rule_counts *counts, supports_result found, double value)
{
    counts->unproved++;
    counts->gap += isfinite(found.bound) ? value - found.bound : 0.0;
}

/* Search each row by the method. Rows not proved optimal are counted or, if `finish`, solved by trying all supports. */
static void search(const block *b, const supports_task *task, support_method method, double linear, int finish)
{
    const ptrdiff_t size = task->size, rank = b->x.rank;
    double *const sides = b->scratch;
    double *const c = sides + (4 * rank + 1) * SUPPORTS_SIDES;
    double *const start = c + 2 * rank, *const x = start + 2 * rank, *const work = x + 2 * rank;
    ptrdiff_t open[UPDATE_ROWS], count = 0;
    for (ptrdiff_t i = 0; i < b->x.length; i++) {
        double value;
        read_sides(b, i, size, linear, c, 1);
        read_start(b->x, i, size, start);
        const supports_result found = method(task, c, start, x, &value, work);
        write_row(b->x, i, size, x, 1);
        b->counts->nodes += found.nodes;
        if (found.bound >= value)
            continue;
        if (!finish) {
            count_gap(b->counts, found, value);
            continue;
        }
        for (ptrdiff_t k = 0; k < size; k++)
            sides[k * SUPPORTS_SIDES + count] = c[k];
        open[count++] = i;
    }
    if (count > 0)
        enumerate(b, task, count, open, sides);
}

void RLRA(few_entries_greedy)(const block *b, support_method method)
{
    const supports_task task = pose(b);
    search(b, &task, method, RLRA(penalties_linear)(b->penalties), 0);
}

void RLRA(few_entries_exact)(const block *b)
{
    supports_task task = pose(b);
    const double linear = RLRA(penalties_linear)(b->penalties), count = rlra_supports_count(task.size, task.most);
    const double limit = task.nodes > 0 ? (double)task.nodes : INFINITY, worth = floor(count / SUPPORTS_OF_NODE);
    if (task.most < b->x.rank && count <= FEW_SUPPORTS && count <= limit) {
        enumerate_block(b, &task, linear);
        return;
    }
    const int finish = count + worth <= limit && count <= MOST_SUPPORTS;
    task.nodes = finish ? (int64_t)fmax(1, worth) : task.nodes;
    search(b, &task, rlra_supports_search, linear, finish);
}
