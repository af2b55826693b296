/* block/rows_gap.c: a bound of how far a row is from its minimum, by duality (docs/theory/gap.md); and the best scale of rows. */
#include <math.h>

#include "block/gap.h"
#include "block/rows.h"

#define BISECTIONS   80
#define NEWTON_STEPS 60

static real at(factor f, ptrdiff_t i, ptrdiff_t k)
{
    return f.at[k * f.stride + i];
}

void RLRA(rows_scale)(const block *b, factor x, void *scratch)
{
    const ptrdiff_t stride = block_stride(x.length);
    const factor up = {scratch, x.length, x.rank, stride};
    const factor down = {up.at + x.rank * stride, x.length, x.rank, stride};
    RLRA(rows_slopes)(b, x, up, down, NULL, down.at + x.rank * stride);
    for (ptrdiff_t i = 0; i < x.length; i++) {
        double high = 0, low = 0;
        for (ptrdiff_t k = 0; k < x.rank; k++) {
            high += (double)at(x, i, k) * (double)at(up, i, k);
            low += (double)at(x, i, k) * (double)at(down, i, k);
        }
        const double scale = high / low;
        for (ptrdiff_t k = 0; k < x.rank && isfinite(scale); k++)
            x.at[k * x.stride + i] = (real)(scale * (double)at(x, i, k));
    }
}

/* Whether entries are unbounded and their cost grows at most linearly: duality then allows t <= 0 only. */
static int is_free(const gap_shape *s)
{
    return !(s->quadratic > 0) && !isfinite(s->most);
}

/* The maximiser of  t x - quadratic x^2  over least <= x <= most. */
static double best_entry(const gap_shape *s, double t)
{
    if (s->quadratic > 0)
        return fmin(fmax(t / (2 * s->quadratic), s->least), s->most);
    return t > 0 ? s->most : s->least;
}

/* phi(t) - (t x - quadratic x^2) >= 0, with t limited to what duality allows. */
static double entry_excess(const gap_shape *s, double x, double t)
{
    t = is_free(s) ? fmin(t, 0) : t;
    const double z = best_entry(s, t);
    return z > 0 || x > 0 ? fmax(0, (x - z) * (s->quadratic * (x + z) - t)) : 0;
}

/* sum_k a_k x_k(scale): the slope of sum_k phi(scale a_k - c_k). */
static double conjugate_slope(const gap_shape *s, const block *b, const double *up, double scale)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < b->x.rank; k++) {
        const double a = up[k], x = best_entry(s, scale * a - b->part->design.sums[k] - s->linear);
        sum += a > 0 && x > 0 ? a * x : 0;
    }
    return sum;
}

/* The scale s of the dual point s y/v at which  sum y log s - sum_k phi(s up_k - c_k - mu_1)  is largest. */
static double best_scale(const gap_shape *s, const block *b, const double *up, double total)
{
    double low = INFINITY;
    for (ptrdiff_t k = 0; k < b->x.rank; k++)
        if (up[k] > 0)
            low = fmin(low, (b->part->design.sums[k] + s->linear) / up[k]);
    if (!isfinite(low))
        return low;
    if (is_free(s))
        return low;
    low = s->least > 0 ? 0 : low;
    double high = fmax(2 * low, 1);
    while (total / high > conjugate_slope(s, b, up, high))
        high *= 2;
    for (int step = 0; step < BISECTIONS && low < high; step++) {
        const double middle = 0.5 * (low + high);
        if (total / middle > conjugate_slope(s, b, up, middle))
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* kl: with theta = s y/v the slopes of the loss are those at the model v/s, and the gap is
 *   sum y (s - 1 - log s) + sum_k [ phi(t_k) + g(x_k) - t_k x_k ],  t = s up - c - mu_1,  of terms that are not negative. */
static double gap_kl(const gap_shape *s, const block *b, ptrdiff_t i, const double *x, const double *up)
{
    const real *const y = b->part->y + i * b->part->y_stride;
    double total = 0, gap = 0;
    for (ptrdiff_t j = 0; j < b->part->design.columns.length; j++)
        total += (double)y[j];
    const double scale = total > 0 ? best_scale(s, b, up, total) : 1;
    gap += total > 0 ? total * ((scale - 1) - log1p(scale - 1)) : 0;
    for (ptrdiff_t k = 0; k < b->x.rank; k++)
        gap += entry_excess(s, x[k], scale * up[k] - b->part->design.sums[k] - s->linear);
    return gap;
}

/* The v where the slope v^(beta-1) - y v^(beta-2) of an entry is `slope`: Newton on v^(2-beta) times it, in log v, which is convex
 * in v and has one root for 1 < beta <= 2. */
static double entry_at_slope(double beta, double y, double slope, double start)
{
    double low = 0, high = INFINITY, v = start;
    for (int step = 0; step < NEWTON_STEPS; step++) {
        const double power = pow(v, 2 - beta), excess = v - y - slope * power;
        if (excess > 0)
            high = v;
        else
            low = v;
        const double change = excess / (1 - (2 - beta) * slope * power / v);
        double fresh = v - change;
        if (!(fresh > low && fresh < high))
            fresh = isfinite(high) ? 0.5 * (low + high) : 2 * v;
        if (fabs(fresh - v) <= 4 * DBL_EPSILON * v)
            return fresh;
        v = fresh;
    }
    return v;
}

/* d(y, v) - d(y, u) - slope (v - u), where `slope` is that at u: what an entry adds to the gap. */
static double entry_gap(double beta, double y, double v, double u, double slope)
{
    const double at_v = pow(v, beta) / beta - (y > 0 ? y * pow(v, beta - 1) / (beta - 1) : 0);
    const double at_u = pow(u, beta) / beta - (y > 0 ? y * pow(u, beta - 1) / (beta - 1) : 0);
    return at_v - at_u - slope * (v - u);
}

/* 1 < beta <= 2: theta_j = s y v^(beta-2) - v^(beta-1), with s <= 1 such that A^T theta <= mu_1 where entries are unbounded. */
static double gap_convex(const gap_shape *s, const block *b, ptrdiff_t i, const double *x, const double *up,
                         const double *down)
{
    const factor a = b->part->design.columns;
    const double beta = b->loss->beta;
    double scale = 1, gap = 0;
    for (ptrdiff_t k = 0; k < b->x.rank && is_free(s); k++)
        if (up[k] > 0)
            scale = fmin(scale, (down[k] + s->linear) / up[k]);
    for (ptrdiff_t k = 0; k < b->x.rank; k++)
        gap += entry_excess(s, x[k], scale * up[k] - down[k] - s->linear);
    for (ptrdiff_t j = 0; j < a.length && scale < 1; j++) {
        double v = 0;
        for (ptrdiff_t k = 0; k < a.rank; k++)
            v += (double)a.at[k * a.stride + j] * x[k];
        v = fmax(v, b->floor);
        const double y = (double)b->part->y[i * b->part->y_stride + j];
        const double slope = pow(v, beta - 1) - scale * y * pow(v, beta - 2);
        if (y > 0)
            gap += fmax(0, entry_gap(beta, y, v, entry_at_slope(beta, y, slope, fmax(v, y)), slope));
    }
    return gap;
}

double RLRA(row_gap)(const block *b, ptrdiff_t i, const double *x, const double *up, const double *down)
{
    gap_shape s = RLRA(gap_shape_of)(b->penalties, RLRA(penalties_quadratic)(b->penalties));
    s.least = fmax(s.least, 0);
    if (!(b->loss->beta >= 1 && b->loss->beta <= 2))
        return NAN;
    return b->loss->kind == LOSS_KL ? gap_kl(&s, b, i, x, up) : gap_convex(&s, b, i, x, up, down);
}
