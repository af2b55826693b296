/* regress/load.c: bring columns of the data into place, sum them up, and look for entries that the loss or the rule cannot take. */
#include <math.h>
#include <string.h>

#include "regress/regression.h"

/* Below this part of the size of the data a model counts as zero. */
#define FLOOR_PART (sizeof(real) == 4 ? 1e-12 : 1e-30)

/* Rows that are summed, and then multiplied while they are in cache; and how far ahead of that they are fetched. */
#define LOAD_ROWS 64
#define AHEAD     8
#define LINE      (64 / (ptrdiff_t)sizeof(real))

double RLRA(regress_square)(const regression *plan, ptrdiff_t length, const real *v)
{
    double sum;
    plan->kernels->gram(length, 1, v, length, v, length, &sum, 0);
    return sum;
}

/* What entries of some columns came to. */
typedef struct column_sums {
    double square, total, least;
} column_sums;

static column_sums sums_of(const regression *plan, ptrdiff_t length, const real *v)
{
    column_sums sums = {.square = RLRA(regress_square)(plan, length, v)};
    real least = 0;
    for (ptrdiff_t j = 0; j < length; j++) {
        sums.total += (double)v[j];
        least = v[j] < least ? v[j] : least;
    }
    sums.least = (double)least;
    return sums;
}

/* Whether entries may have to be refused. */
static int is_suspicious(const regression_run *run, column_sums sums)
{
    const regression *const plan = run->plan;
    const loss_ops *const loss = plan->loss.ops;
    return !isfinite(sums.square) || !isfinite(sums.total) || plan->has_empty ||
           (sums.least < 0 && (loss->needs_nonneg || run->rule->needs_nonneg)) ||
           (loss->needs_nonneg && plan->loss.beta <= 0);
}

/* Keep the first entry of column i that is not allowed. */
static void look_for_bad(const slab *s, ptrdiff_t i, column_view c)
{
    const regression *const plan = s->run->plan;
    bad_entry *const bad = &s->run->bad[s->begin / s->run->slab];
    for (ptrdiff_t e = 0; !bad->found && e < c.count; e++) {
        const ptrdiff_t row = c.rows == NULL ? e : c.rows[e];
        const double y = (double)c.y[e * c.step];
        if (!isfinite(y) || !RLRA(loss_takes)(&plan->loss, y) || (y < 0 && s->run->rule->needs_nonneg) ||
            (y > 0 && plan->is_empty[row]))
            *bad = (bad_entry){1, row, s->begin + i, y};
    }
}

column_view RLRA(regress_column)(const slab *s, ptrdiff_t i)
{
    const regression_run *const run = s->run;
    const sparse_rows *const stored = run->sparse;
    if (stored == NULL)
        return (column_view){s->y + i * s->y_stride, run->plan->design.length, s->y_step, NULL};
    const int64_t begin = stored->starts[s->begin + i], end = stored->starts[s->begin + i + 1];
    return (column_view){stored->values + begin, (ptrdiff_t)(end - begin), 1, stored->indices + begin};
}

/* Losses that see every zero get whole columns. */
static column_view expand(slab *s, ptrdiff_t i, column_view c)
{
    real *const to = s->columns + i * s->y_stride;
    memset(to, 0, (size_t)s->y_stride * sizeof *to);
    for (ptrdiff_t e = 0; e < c.count; e++)
        to[c.rows[e]] = c.y[e];
    return (column_view){to, s->y_stride, 1, NULL};
}

/* Columns one after the other, or stored. */
static void load_along(slab *s)
{
    regression_run *const run = s->run;
    if (run->sparse == NULL && run->along.gathered)
        RLRA(layout_gather)(&run->along, run->dense, s->begin, s->begin + s->x.length, s->columns);
    for (ptrdiff_t i = 0; i < s->x.length; i++) {
        column_view c = RLRA(regress_column)(s, i);
        const column_sums sums = sums_of(run->plan, c.count, c.y);
        run->norm2[s->begin + i] = sums.square;
        run->total[s->begin + i] = sums.total;
        if (run->expands)
            c = expand(s, i, c);
        if (is_suspicious(run, sums))
            look_for_bad(s, i, c);
    }
}

/* Sums of each column side by side, for some rows; returns the least entry. */
static double sum_columns(const slab *s, ptrdiff_t begin, ptrdiff_t end)
{
    const ptrdiff_t columns = s->x.length;
    double *const squares = s->run->norm2 + s->begin, *const total = s->run->total + s->begin;
    real least = 0;
    for (ptrdiff_t j = begin; j < end; j++) {
        const real *const y = s->y + j * s->y_step;
        for (ptrdiff_t c = 0; j + AHEAD < s->run->plan->design.length && c < columns; c += LINE)
            __builtin_prefetch(y + AHEAD * s->y_step + c);
        for (ptrdiff_t c = 0; c < columns; c++) {
            squares[c] += (double)y[c] * (double)y[c];
            total[c] += (double)y[c];
            least = y[c] < least ? y[c] : least;
        }
    }
    return (double)least;
}

/* Columns side by side, with right-hand sides: nothing is transposed. */
static void load_across(slab *s)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    column_sums all = {0};
    for (ptrdiff_t k = 0; k < a.rank; k++)
        memset(s->sides + k * s->rhs.stride, 0, (size_t)s->x.length * sizeof(double));
    for (ptrdiff_t j = 0; j < a.length; j += LOAD_ROWS) {
        const ptrdiff_t rows = a.length - j < LOAD_ROWS ? a.length - j : LOAD_ROWS;
        all.least = fmin(all.least, sum_columns(s, j, j + rows));
        ptrdiff_t stride = s->y_step;
        const double *const y = RLRA(regress_widen)(s, rows, s->x.length, s->y + j * stride, &stride);
        plan->products.outer(rows, a.rank, s->x.length, plan->wide + j, a.stride, y, stride, s->sides, s->rhs.stride);
    }
    for (ptrdiff_t c = 0; c < s->x.length; c++)
        all.square += s->run->norm2[s->begin + c];
    for (ptrdiff_t c = 0; is_suspicious(s->run, all) && c < s->x.length; c++)
        look_for_bad(s, c, RLRA(regress_column)(s, c));
}

/* What counts as zero: far below the size of entries of x and of the model, whatever the scales of W and Y: that of the smallest
 * column counts. Refuses columns whose squares leave the range of the precision. */
static void find_floor(slab *s)
{
    const regression *const plan = s->run->plan;
    bad_entry *const bad = &s->run->bad[s->begin / s->run->slab];
    double least = INFINITY;
    for (ptrdiff_t i = 0; i < s->x.length; i++) {
        const double square = s->run->norm2[s->begin + i];
        least = square > 0 && square < least ? square : least;
        if (!bad->found && !(square <= MOST_SQUARES))
            *bad = (bad_entry){1, -1, s->begin + i, square};
    }
    const double size = isfinite(least) ? sqrt(least / (double)plan->design.length) : 0;
    s->floor = fmax(FLOOR_PART * size / fmax(1, plan->scale), 4 * (double)REAL_MIN);
}

int RLRA(regress_load)(slab *s)
{
    const regression_run *const run = s->run;
    const int in_place = run->dense != NULL && (run->across || !run->along.gathered);
    s->y = in_place ? run->dense + s->begin * run->along.row_stride : s->columns;
    s->y_stride = in_place ? run->along.row_stride : run->plan->design.length;
    s->y_step = run->across ? run->along.strides[0] : 1;
    if (run->across)
        load_across(s);
    else
        load_along(s);
    find_floor(s);
    return !run->bad[s->begin / run->slab].found;
}

/* The sentence about the first entry that is not allowed. */
rlra_status RLRA(regress_check)(const regression_run *run)
{
    const regression *const plan = run->plan;
    const char *const name = plan->loss.ops->about.name;
    bad_entry bad = {0};
    for (ptrdiff_t begin = 0; !bad.found && begin < run->columns; begin += run->slab)
        bad = run->bad[begin / run->slab];
    if (!bad.found)
        return RLRA_OK;
    if (bad.row < 0)
        return rlra_fail(plan->context, RLRA_ERR_DATA,
                         "nnls: the sum of squares of column %td of Y, %g, leaves the range of %s: rescale Y",
                         bad.column, bad.y, rlra_dtype_name(REAL_DTYPE));
    if (!isfinite(bad.y))
        return rlra_fail(
            plan->context, RLRA_ERR_DATA,
            "nnls: Y must hold finite numbers, but Y[%td, %td] is %g: leave out that row of W and Y, or that "
            "column of Y",
            bad.row, bad.column, bad.y);
    if (!RLRA(loss_takes)(&plan->loss, bad.y))
        return rlra_fail(plan->context, RLRA_ERR_DATA, "nnls: the loss '%s' needs y %s 0, but Y[%td, %td] is %g", name,
                         plan->loss.beta <= 0 ? ">" : ">=", bad.row, bad.column, bad.y);
    if (bad.y < 0)
        return rlra_fail(plan->context, RLRA_ERR_DATA,
                         "nnls: update '%s' needs y >= 0, but Y[%td, %td] is %g: use 'auto'", run->rule->about.name,
                         bad.row, bad.column, bad.y);
    return rlra_fail(plan->context, RLRA_ERR_DATA,
                     "nnls: row %td of W is zero but Y[%td, %td] is %g: the divergence '%s' is infinite for every X; "
                     "leave the row out",
                     bad.row, bad.row, bad.column, bad.y, name);
}
