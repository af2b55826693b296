/* regress/wide.c: what data of either precision are multiplied to for the squared loss, in double. */
#include <math.h>
#include <string.h>

#include "regress/regression.h"

/* Below this part of its terms a loss from Gram matrix and right-hand side has lost too many digits. */
#define BLIND_PART 1e-8

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
    for (ptrdiff_t k = 0; k < plan->rank; k++)
        for (ptrdiff_t i = 0; i < s->x.length; i++) {
            const column_view c = RLRA(regress_column)(s, i);
            double sum = 0;
            for (ptrdiff_t e = 0; e < c.count; e++)
                sum += (double)c.y[e] * plan->wide[k * plan->design.stride + c.rows[e]];
            s->sides[k * s->rhs.stride + i] = sum;
        }
}

/* Rows begin .. end-1 for rules in single precision. */
static void round_rows(const double *from, factor to, ptrdiff_t begin, ptrdiff_t end)
{
    for (ptrdiff_t k = 0; NARROW_DATA && k < to.rank; k++)
        for (ptrdiff_t i = begin; i < end; i++)
            to.at[k * to.stride + i] = (real)from[k * to.stride + i];
}

void RLRA(regress_sides)(slab *s)
{
    if (s->run->sparse != NULL)
        find_sides_sparse(s);
    else if (!s->run->across)
        find_sides_dense(s);
    round_rows(s->sides, s->rhs, 0, s->x.length);
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
    }
    round_rows(s->falls, s->slopes, begin, end);
}

/* Entries j .. j + length - 1 of a column, in double; `next` is the first of its stored entries that may be among them. */
static void read_piece(const column_view *c, ptrdiff_t j, ptrdiff_t length, ptrdiff_t *next, double *to)
{
    for (ptrdiff_t e = 0; e < length; e++)
        to[e] = c->rows == NULL ? (double)c->y[(j + e) * c->step] : 0;
    for (; c->rows != NULL && *next < c->count && c->rows[*next] < j + length; ++*next)
        to[c->rows[*next] - j] = (double)c->y[*next];
}

double RLRA(regress_residual)(const slab *s, ptrdiff_t i, const double *x, double *falls)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    const column_view c = RLRA(regress_column)(s, i);
    double left[PIECE_ROWS], sum = 0;
    ptrdiff_t next = 0;
    for (ptrdiff_t j = 0; j < a.length; j += PIECE_ROWS) {
        const ptrdiff_t length = a.length - j < PIECE_ROWS ? a.length - j : PIECE_ROWS;
        read_piece(&c, j, length, &next, left);
        plan->products.residual(length, a.rank, left, x, plan->wide + j, a.stride, left);
        for (ptrdiff_t e = 0; e < length; e++)
            sum += left[e] * left[e];
        if (falls != NULL)
            plan->products.dots(1, a.rank, length, left, length, NULL, plan->wide + j, a.stride, falls, 1, j > 0);
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
            const double x = s->column[k] = (double)s->x.at[k * s->x.stride + i];
            const double m = s->sides[k * s->rhs.stride + i], h = s->falls[k * s->slopes.stride + i];
            sum -= x * (m + h);
            terms += fabs(x * m);
            model += fabs(x) * sqrt(plan->gram[k * (plan->rank + 1)]);
        }
        const int blind = !(sum > BLIND_PART * (terms + model * model));
        s->run->loss[s->begin + i] = 0.5 * (blind ? RLRA(regress_residual)(s, i, s->column, NULL) : sum);
    }
}
