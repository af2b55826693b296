/* regress/wide.c: what data of either precision are multiplied to for the squared loss, in double. */
#include <math.h>
#include <string.h>

#include "regress/regression.h"

/* Rows that are made double at once. */
#define PIECE_ROWS 256

/* Below this part of its terms a loss from Gram matrix and right-hand side has lost too many digits. */
#define BLIND_PART 1e-8

size_t RLRA(regress_piece)(const regression_run *run)
{
    const size_t columns = (size_t)run->slab, rank = (size_t)run->plan->rank;
    const size_t rows = NARROW_DATA && run->sparse == NULL ? PIECE_ROWS : 0;
    return rows > rank ? columns * rows : NARROW_DATA ? columns * rank : 0;
}

const double *RLRA(regress_widen)(const slab *s, ptrdiff_t rows, ptrdiff_t length, const real *from, ptrdiff_t *stride)
{
    if (!NARROW_DATA)
        return (const double *)(const void *)from;
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t j = 0; j < length; j++)
            s->piece[i * length + j] = (double)from[i * *stride + j];
    *stride = length;
    return s->piece;
}

static void find_sides_dense(slab *s)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    const ptrdiff_t step = NARROW_DATA ? PIECE_ROWS : a.length;
    for (ptrdiff_t j = 0; j < a.length; j += step) {
        const ptrdiff_t length = a.length - j < step ? a.length - j : step;
        ptrdiff_t stride = s->y_stride;
        const double *const y = RLRA(regress_widen)(s, s->x.length, length, s->y + j, &stride);
        plan->products.dots(s->x.length, a.rank, length, y, stride, NULL, plan->wide + j, a.stride, s->sides,
                            s->rhs.stride, j > 0);
    }
}

static void find_sides_sparse(slab *s)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    const sparse_rows *const y = s->run->sparse;
    for (ptrdiff_t k = 0; k < a.rank; k++)
        for (ptrdiff_t i = 0; i < s->x.length; i++) {
            double sum = 0;
            for (int64_t e = y->starts[s->begin + i]; e < y->starts[s->begin + i + 1]; e++)
                sum += (double)y->values[e] * plan->wide[k * a.stride + y->indices[e]];
            s->sides[k * s->rhs.stride + i] = sum;
        }
}

void RLRA(regress_sides)(slab *s)
{
    if (s->run->sparse == NULL)
        find_sides_dense(s);
    else
        find_sides_sparse(s);
}

void RLRA(regress_round)(const slab *s, const double *from, factor to)
{
    for (ptrdiff_t k = 0; NARROW_DATA && k < to.rank; k++)
        for (ptrdiff_t i = 0; i < s->x.length; i++)
            to.at[k * to.stride + i] = (real)from[k * to.stride + i];
}

void RLRA(regress_slopes_gram)(slab *s, ptrdiff_t begin, ptrdiff_t end)
{
    const regression *const plan = s->run->plan;
    const ptrdiff_t rank = plan->rank, length = end - begin, stride = s->slopes.stride;
    const double *x = (const double *)(const void *)(s->x.at + begin);
    for (ptrdiff_t k = 0; NARROW_DATA && k < rank; k++)
        for (ptrdiff_t i = 0; i < length; i++)
            s->piece[k * length + i] = (double)s->x.at[k * s->x.stride + begin + i];
    x = NARROW_DATA ? s->piece : x;
    for (ptrdiff_t k = 0; k < rank; k++) {
        double *const out = s->falls + k * stride + begin;
        plan->products.residual(length, rank, s->sides + k * stride + begin, plan->gram + k * rank, x,
                                NARROW_DATA ? length : s->x.stride, out);
        for (ptrdiff_t i = 0; NARROW_DATA && i < length; i++)
            s->slopes.at[k * stride + begin + i] = (real)out[i];
    }
}

/* Entries j .. j + length - 1 of column i, in double. `next` is the first of its stored entries that may be among them. */
static void read_piece(const slab *s, ptrdiff_t i, ptrdiff_t j, ptrdiff_t length, int64_t *next, double *to)
{
    const regression_run *const run = s->run;
    const sparse_rows *const y = run->sparse;
    for (ptrdiff_t e = 0; y == NULL && e < length; e++)
        to[e] = (double)run->dense[(s->begin + i) * run->along.row_stride + (j + e) * run->along.strides[0]];
    if (y == NULL)
        return;
    memset(to, 0, (size_t)length * sizeof *to);
    for (; *next < y->starts[s->begin + i + 1] && y->indices[*next] < j + length; ++*next)
        to[y->indices[*next] - j] = (double)y->values[*next];
}

/* ||y - W x||^2 of a column, row by row. */
static double residual_of(const slab *s, ptrdiff_t i)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    int64_t next = s->run->sparse == NULL ? 0 : s->run->sparse->starts[s->begin + i];
    double left[PIECE_ROWS], sum = 0;
    for (ptrdiff_t k = 0; k < a.rank; k++)
        s->column[k] = (double)s->x.at[k * s->x.stride + i];
    for (ptrdiff_t j = 0; j < a.length; j += PIECE_ROWS) {
        const ptrdiff_t length = a.length - j < PIECE_ROWS ? a.length - j : PIECE_ROWS;
        read_piece(s, i, j, length, &next, left);
        plan->products.residual(length, a.rank, left, s->column, plan->wide + j, a.stride, left);
        for (ptrdiff_t e = 0; e < length; e++)
            sum += left[e] * left[e];
    }
    return sum;
}

/* ||y - W x||^2 = ||y||^2 - x (m + h)  with the slopes h = m - G x. */
void RLRA(regress_loss_gram)(slab *s)
{
    const regression *const plan = s->run->plan;
    for (ptrdiff_t i = 0; i < s->x.length; i++) {
        double sum = s->run->norm2[s->begin + i], terms = sum, model = 0;
        for (ptrdiff_t k = 0; k < plan->rank; k++) {
            const double x = (double)s->x.at[k * s->x.stride + i];
            const double m = s->sides[k * s->rhs.stride + i], h = s->falls[k * s->slopes.stride + i];
            sum -= x * (m + h);
            terms += fabs(x * m);
            model += fabs(x) * sqrt(plan->gram[k * (plan->rank + 1)]);
        }
        const int blind = !(sum > BLIND_PART * (terms + model * model));
        s->run->loss[s->begin + i] = 0.5 * (blind ? residual_of(s, i) : sum);
    }
}
