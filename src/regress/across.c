/* regress/across.c: columns of a row-major matrix, side by side: products run across them and nothing is transposed. */
#include <math.h>
#include <string.h>

#include "regress/regression.h"

/* Rows of the residual that are formed at once: they stay in the first-level cache. */
#define RESIDUAL_ROWS 32

/* Rows that are summed, and then multiplied while they are in cache; and how far ahead of that they are fetched. */
#define LOAD_ROWS 64
#define AHEAD     8
#define LINE      (64 / (ptrdiff_t)sizeof(real))

static const real *columns_of(const slab *s)
{
    return s->run->dense + s->begin;
}

/* Sums of squares and of entries of each column, for some rows; returns the least entry. */
static double sum_columns(const slab *s, ptrdiff_t begin, ptrdiff_t end)
{
    regression_run *const run = s->run;
    const ptrdiff_t columns = s->x.length, stride = run->along.strides[0];
    double *const squares = run->norm2 + s->begin;
    double *const total = run->total + s->begin;
    real least = 0;
    for (ptrdiff_t j = begin; j < end; j++) {
        const real *const y = columns_of(s) + j * stride;
        for (ptrdiff_t c = 0; j + AHEAD < run->plan->design.length && c < columns; c += LINE)
            __builtin_prefetch(y + AHEAD * stride + c);
        for (ptrdiff_t c = 0; c < columns; c++) {
            squares[c] += (double)y[c] * (double)y[c];
            total[c] += (double)y[c];
            least = y[c] < least ? y[c] : least;
        }
    }
    return (double)least;
}

/* The first entry that is not allowed, in the order of the columns; or -1. */
static ptrdiff_t find_bad(const slab *s)
{
    const regression_run *const run = s->run;
    const ptrdiff_t m = run->plan->design.length;
    for (ptrdiff_t c = 0; c < s->x.length; c++)
        for (ptrdiff_t j = 0; j < m; j++) {
            const real y = columns_of(s)[j * run->along.strides[0] + c];
            if (!isfinite(y) || (y < 0 && run->plan->rule->needs_nonneg))
                return (s->begin + c) * m + j;
        }
    return -1;
}

ptrdiff_t RLRA(regress_load_across)(slab *s)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    double least = 0, squares = 0;
    for (ptrdiff_t k = 0; k < a.rank; k++)
        memset(s->sides + k * s->rhs.stride, 0, (size_t)s->x.length * sizeof(double));
    for (ptrdiff_t j = 0; j < a.length; j += LOAD_ROWS) {
        const ptrdiff_t rows = a.length - j < LOAD_ROWS ? a.length - j : LOAD_ROWS;
        const double low = sum_columns(s, j, j + rows);
        least = low < least ? low : least;
        ptrdiff_t stride = s->run->along.strides[0];
        const double *const y = RLRA(regress_widen)(s, rows, s->x.length, columns_of(s) + j * stride, &stride);
        plan->products.outer(rows, a.rank, s->x.length, plan->wide + j, a.stride, y, stride, s->sides, s->rhs.stride);
    }
    for (ptrdiff_t c = 0; c < s->x.length; c++)
        squares += s->run->norm2[s->begin + c];
    return isfinite(squares) && (least >= 0 || !plan->rule->needs_nonneg) ? -1 : find_bad(s);
}

/* W^T (Y - W X), and half the squares of Y - W X. */
void RLRA(regress_slopes_across)(slab *s)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    const ptrdiff_t columns = s->x.length, stride = s->run->along.strides[0];
    double *const loss = s->run->loss + s->begin;
    for (ptrdiff_t k = 0; k < a.rank; k++)
        memset(s->slopes.at + k * s->slopes.stride, 0, (size_t)columns * sizeof(real));
    for (ptrdiff_t j = 0; j < a.length; j += RESIDUAL_ROWS) {
        const ptrdiff_t rows = a.length - j < RESIDUAL_ROWS ? a.length - j : RESIDUAL_ROWS;
        for (ptrdiff_t i = 0; i < rows; i++)
            memcpy(s->left + i * s->run->slab, columns_of(s) + (j + i) * stride, (size_t)columns * sizeof(real));
        plan->kernels->outer(a.rank, rows, columns, plan->minus + j * a.rank, a.rank, s->x.at, s->x.stride, s->left,
                             s->run->slab);
        plan->kernels->outer(rows, a.rank, columns, a.at + j, a.stride, s->left, s->run->slab, s->slopes.at,
                             s->slopes.stride);
        for (ptrdiff_t i = 0; i < rows; i++)
            for (ptrdiff_t c = 0; c < columns; c++) {
                const double left = (double)s->left[i * s->run->slab + c];
                loss[c] += 0.5 * left * left;
            }
    }
}

size_t RLRA(regress_left_across)(const regression_run *run)
{
    return (size_t)(RESIDUAL_ROWS * run->slab);
}
