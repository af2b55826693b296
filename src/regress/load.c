/* regress/load.c: bring columns of the data into place, and refuse what the loss or the rule cannot take. */
#include <math.h>
#include <string.h>

#include "regress/regression.h"

/* Below this part of the size of the data a model counts as zero. */
#define FLOOR_PART (sizeof(real) == 4 ? 1e-12 : 1e-30)

double RLRA(regress_square)(const regression *plan, ptrdiff_t length, const real *v)
{
    double sum;
    plan->kernels->gram(length, 1, v, length, v, length, &sum, 0);
    return sum;
}

static int is_allowed(const regression *plan, real y)
{
    return isfinite(y) && RLRA(loss_takes)(&plan->loss, (double)y) && (y >= 0 || !plan->rule->needs_nonneg);
}

/* Position column * m + row of the first entry that is not allowed, or -1. */
static ptrdiff_t first_bad(const slab *s, ptrdiff_t i, ptrdiff_t count, const real *y, const int32_t *rows)
{
    const regression *const plan = s->run->plan;
    const ptrdiff_t column = (s->begin + i) * plan->design.length;
    for (ptrdiff_t j = 0; j < count; j++)
        if (!is_allowed(plan, y[j]))
            return column + (rows == NULL ? j : rows[j]);
    return -1;
}

/* An entry y > 0 where no column of W has one. */
static ptrdiff_t first_unreachable(const slab *s, ptrdiff_t i, const real *y)
{
    const regression *const plan = s->run->plan;
    for (ptrdiff_t e = 0; e < plan->empty_count; e++)
        if (y[plan->empty_rows[e]] > 0)
            return (s->begin + i) * plan->design.length + plan->empty_rows[e];
    return -1;
}

static ptrdiff_t first_unreachable_stored(const slab *s, ptrdiff_t i)
{
    const regression *const plan = s->run->plan;
    const sparse_rows *const y = s->run->sparse;
    ptrdiff_t at = 0;
    for (int64_t e = y->starts[s->begin + i]; e < y->starts[s->begin + i + 1]; e++) {
        while (at < plan->empty_count && plan->empty_rows[at] < y->indices[e])
            at++;
        if (at < plan->empty_count && plan->empty_rows[at] == y->indices[e])
            return (s->begin + i) * plan->design.length + y->indices[e];
    }
    return -1;
}

static double sum_of(ptrdiff_t length, const real *v, double *least)
{
    double sum = 0;
    real low = 0;
    for (ptrdiff_t j = 0; j < length; j++) {
        sum += (double)v[j];
        low = v[j] < low ? v[j] : low;
    }
    *least = (double)low;
    return sum;
}

/* Losses that see every zero get whole columns. */
static void expand(slab *s, ptrdiff_t i)
{
    const sparse_rows *const y = s->run->sparse;
    const ptrdiff_t m = s->run->plan->design.length;
    real *const to = s->gathered + i * m;
    memset(to, 0, (size_t)m * sizeof *to);
    for (int64_t e = y->starts[s->begin + i]; e < y->starts[s->begin + i + 1]; e++)
        to[y->indices[e]] = y->values[e];
}

/* The first row that is not stored: a zero. */
static ptrdiff_t first_unstored(const slab *s, ptrdiff_t i)
{
    const sparse_rows *const y = s->run->sparse;
    int64_t e = y->starts[s->begin + i];
    ptrdiff_t row = 0;
    while (e < y->starts[s->begin + i + 1] && y->indices[e] == row) {
        e++;
        row++;
    }
    return (s->begin + i) * s->run->plan->design.length + row;
}

static ptrdiff_t load_sparse(slab *s)
{
    regression_run *const run = s->run;
    const regression *const plan = run->plan;
    const sparse_rows *const y = run->sparse;
    s->y = s->gathered;
    s->y_stride = plan->design.length;
    for (ptrdiff_t i = 0; i < s->x.length; i++) {
        const int64_t begin = y->starts[s->begin + i];
        const ptrdiff_t count = (ptrdiff_t)(y->starts[s->begin + i + 1] - begin);
        double least;
        run->norm2[s->begin + i] = RLRA(regress_square)(plan, count, y->values + begin);
        run->total[s->begin + i] = sum_of(count, y->values + begin, &least);
        ptrdiff_t bad = first_bad(s, i, count, y->values + begin, y->indices + begin);
        if (bad < 0 && plan->loss.ops->needs_nonneg && plan->loss.beta <= 0 && count < plan->design.length)
            bad = first_unstored(s, i);
        bad = bad < 0 && plan->empty_count > 0 ? first_unreachable_stored(s, i) : bad;
        if (bad >= 0)
            return bad;
        if (run->expands)
            expand(s, i);
    }
    return -1;
}

static ptrdiff_t load_dense(slab *s)
{
    regression_run *const run = s->run;
    const regression *const plan = run->plan;
    const ptrdiff_t m = plan->design.length;
    s->y = run->dense + s->begin * run->along.row_stride;
    s->y_stride = run->along.row_stride;
    if (run->along.gathered) {
        RLRA(layout_gather)(&run->along, run->dense, s->begin, s->begin + s->x.length, s->gathered);
        s->y = s->gathered;
        s->y_stride = m;
    }
    for (ptrdiff_t i = 0; i < s->x.length; i++) {
        const real *const y = s->y + i * s->y_stride;
        double least;
        run->norm2[s->begin + i] = RLRA(regress_square)(plan, m, y);
        run->total[s->begin + i] = sum_of(m, y, &least);
        const int suspicious = !isfinite(run->norm2[s->begin + i]) || !isfinite(run->total[s->begin + i]) ||
                               (least < 0 && (plan->loss.ops->needs_nonneg || plan->rule->needs_nonneg)) ||
                               (plan->loss.ops->needs_nonneg && plan->loss.beta <= 0);
        ptrdiff_t bad = suspicious ? first_bad(s, i, m, y, NULL) : -1;
        bad = bad < 0 && plan->empty_count > 0 ? first_unreachable(s, i, y) : bad;
        if (bad >= 0)
            return bad;
    }
    return -1;
}

/* Far below the size of entries of x and of the model, whatever the scales of W and Y: that of the smallest column counts. */
static double floor_of(const slab *s)
{
    const regression *const plan = s->run->plan;
    double least = INFINITY;
    for (ptrdiff_t i = 0; i < s->x.length; i++) {
        const double square = s->run->norm2[s->begin + i];
        least = square > 0 && square < least ? square : least;
    }
    const double size = isfinite(least) ? sqrt(least / (double)plan->design.length) : 0;
    return fmax(FLOOR_PART * size / fmax(1, plan->scale), 4 * (double)REAL_MIN);
}

/* The first column whose squares leave the range of the precision, as the position of its first row; or -1. */
static ptrdiff_t first_beyond(const slab *s)
{
    for (ptrdiff_t i = 0; i < s->x.length; i++)
        if (!(s->run->norm2[s->begin + i] <= MOST_SQUARES))
            return (s->begin + i) * s->run->plan->design.length;
    return -1;
}

int RLRA(regress_load)(slab *s)
{
    const ptrdiff_t bad = s->run->sparse != NULL ? load_sparse(s)
                          : s->run->across       ? RLRA(regress_load_across)(s)
                                                 : load_dense(s);
    const ptrdiff_t beyond = bad < 0 ? first_beyond(s) : -1;
    s->run->bad[s->begin / s->run->slab] = bad >= 0 ? bad : beyond;
    s->floor = floor_of(s);
    return bad < 0 && beyond < 0;
}
