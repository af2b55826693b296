/* linalg/assign.c: the linear assignment problem, row after row, by shortest augmenting paths. */
#include "linalg/assign.h"

#include <math.h>

#define FREE (-1)

/* Prices make all reduced costs  cost - row_price - column_price  nonnegative, and zero where rows are assigned. */
typedef struct assignment {
    ptrdiff_t columns;
    const double *costs;
    double *column_price;
    double *slack;     /* for each column: length of the shortest path to it so far    */
    ptrdiff_t *row_of; /* for each column, or FREE                                      */
    ptrdiff_t *before; /* the column before it on that path, or FREE at its beginning   */
    char *done;        /* the shortest path to this column is known                     */
} assignment;

size_t rlra_assign_bytes(ptrdiff_t columns)
{
    return (size_t)columns * (2 * sizeof(double) + 2 * sizeof(ptrdiff_t) + 1);
}

static assignment lay_out(ptrdiff_t columns, const double *costs, void *scratch)
{
    assignment a = {.columns = columns, .costs = costs, .column_price = scratch};
    a.slack = a.column_price + columns;
    a.row_of = (ptrdiff_t *)(a.slack + columns);
    a.before = a.row_of + columns;
    a.done = (char *)(a.before + columns);
    return a;
}

/* Extend paths from `row`, which is `length` away, reached through column `from`; returns the nearest column that is not done. */
static ptrdiff_t relax(assignment *a, ptrdiff_t row, ptrdiff_t from, double length)
{
    const double *const costs = a->costs + row * a->columns;
    const double price = from == FREE ? 0 : costs[from] - a->column_price[from];
    ptrdiff_t nearest = FREE;
    for (ptrdiff_t j = 0; j < a->columns; j++) {
        if (a->done[j])
            continue;
        const double through = length + costs[j] - a->column_price[j] - price;
        if (through < a->slack[j]) {
            a->slack[j] = through;
            a->before[j] = from;
        }
        if (nearest == FREE || a->slack[j] < a->slack[nearest])
            nearest = j;
    }
    return nearest;
}

/* Assign a column to `row`; rows on the path to it move along by one. */
static void add_row(assignment *a, ptrdiff_t row)
{
    for (ptrdiff_t j = 0; j < a->columns; j++) {
        a->slack[j] = INFINITY;
        a->before[j] = FREE;
        a->done[j] = 0;
    }
    ptrdiff_t end = relax(a, row, FREE, 0);
    while (a->row_of[end] != FREE) {
        a->done[end] = 1;
        end = relax(a, a->row_of[end], end, a->slack[end]);
    }
    for (ptrdiff_t j = 0; j < a->columns; j++)
        if (a->done[j])
            a->column_price[j] += a->slack[j] - a->slack[end];
    while (end != FREE) {
        const ptrdiff_t before = a->before[end];
        a->row_of[end] = before == FREE ? row : a->row_of[before];
        end = before;
    }
}

double rlra_assign(ptrdiff_t rows, ptrdiff_t columns, const double *costs, ptrdiff_t *column_of, void *scratch)
{
    assignment a = lay_out(columns, costs, scratch);
    double sum = 0;
    for (ptrdiff_t j = 0; j < columns; j++) {
        a.column_price[j] = 0;
        a.row_of[j] = FREE;
    }
    for (ptrdiff_t i = 0; i < rows; i++)
        add_row(&a, i);
    for (ptrdiff_t j = 0; j < columns; j++)
        if (a.row_of[j] != FREE)
            column_of[a.row_of[j]] = j;
    for (ptrdiff_t i = 0; i < rows; i++)
        sum += costs[i * columns + column_of[i]];
    return sum;
}
