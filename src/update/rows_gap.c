/* update/rows_gap.c: how far rows are from the minimiser at most, by Lagrangian duality; and their best scale. */
#include <math.h>

#include "update/rows.h"

#define BISECTIONS   80
#define NEWTON_STEPS 60

static factor room_at(void *scratch, ptrdiff_t rows, ptrdiff_t rank, int index)
{
    return (factor){(real *)scratch + index * rank * UPDATE_ROWS, rows, rank, UPDATE_ROWS};
}

static void *behind(void *scratch, ptrdiff_t rank)
{
    return (real *)scratch + whole_vectors(2 * rank * UPDATE_ROWS);
}

static real at(factor f, ptrdiff_t i, ptrdiff_t k)
{
    return f.at[k * f.stride + i];
}

void RLRA(rows_scale)(const row_block *b, factor x, void *scratch)
{
    const factor up = room_at(scratch, x.length, x.rank, 0), down = room_at(scratch, x.length, x.rank, 1);
    RLRA(rows_slopes)(b, x, up, down, NULL, behind(scratch, x.rank));
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

/* What the penalties are, for duality: least <= x <= most, linear x + quadratic x^2. */
typedef struct shape {
    double least, most, linear, quadratic;
} shape;

/* Whether entries may be as large as they like at a cost that grows no faster than they: then t <= 0 is all that duality allows. */
static int is_free(const shape *s)
{
    return !(s->quadratic > 0) && !isfinite(s->most);
}

/* The maximiser of  t x - quadratic x^2  over least <= x <= most. */
static double best_entry(const shape *s, double t)
{
    if (s->quadratic > 0)
        return fmin(fmax(t / (2 * s->quadratic), s->least), s->most);
    return t > 0 ? s->most : s->least;
}

/* phi(t) = max over x of t x - quadratic x^2: the conjugate of the penalties. */
static double conjugate(const shape *s, double t)
{
    const double x = best_entry(s, t);
    return x > 0 ? t * x - s->quadratic * x * x : 0;
}

/* sum_k a_k x_k(scale): the slope of sum_k phi(scale a_k - c_k). */
static double conjugate_slope(const shape *s, const row_block *b, factor up, ptrdiff_t i, double scale)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < up.rank; k++) {
        const double a = (double)at(up, i, k), x = best_entry(s, scale * a - b->sums[k] - s->linear);
        sum += a > 0 && x > 0 ? a * x : 0;
    }
    return sum;
}

/* The scale s of the dual point s y/v at which  sum y log s - sum_k phi(s up_k - c_k - mu_1)  is largest. */
static double best_scale(const shape *s, const row_block *b, factor up, ptrdiff_t i, double total)
{
    double low = INFINITY;
    for (ptrdiff_t k = 0; k < up.rank; k++)
        if (at(up, i, k) > 0)
            low = fmin(low, (b->sums[k] + s->linear) / (double)at(up, i, k));
    if (!isfinite(low))
        return low;
    if (is_free(s))
        return low * (1 - 8 * DBL_EPSILON);
    low = s->least > 0 ? 0 : low;
    double high = fmax(2 * low, 1);
    while (total / high > conjugate_slope(s, b, up, i, high))
        high *= 2;
    for (int step = 0; step < BISECTIONS && low < high; step++) {
        const double middle = 0.5 * (low + high);
        if (total / middle > conjugate_slope(s, b, up, i, middle))
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* kl: with theta = s y/v the dual objective is  sum y log theta - sum_k phi((A^T theta)_k - c_k - mu_1), so that the gap is
 *   sum v - sum y + penalties(x) - sum y log s + sum_k phi(..). */
static double gap_kl(const shape *s, const row_block *b, factor up, ptrdiff_t i)
{
    const real *const y = b->y + i * b->y_stride;
    double total = 0, gap = 0;
    for (ptrdiff_t j = 0; j < b->design.length; j++)
        total += (double)y[j];
    for (ptrdiff_t k = 0; k < up.rank; k++) {
        const double x = (double)at(b->x, i, k);
        gap += x * (b->sums[k] + s->linear + s->quadratic * x);
    }
    const double scale = total > 0 ? best_scale(s, b, up, i, total) : 0;
    gap -= total > 0 ? total + total * log(scale) : 0;
    for (ptrdiff_t k = 0; k < up.rank; k++) {
        const double t = scale * (double)at(up, i, k) - b->sums[k] - s->linear;
        gap += conjugate(s, is_free(s) ? fmin(t, 0) : t);
    }
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

/* 1 < beta <= 2: theta_j = s y v^(beta-2) - v^(beta-1), with s <= 1 such that A^T theta <= mu_1 where entries have no bound. */
static double gap_convex(const shape *s, const row_block *b, factor up, factor down, ptrdiff_t i)
{
    const double beta = b->loss->beta;
    double scale = 1, gap = 0;
    for (ptrdiff_t k = 0; k < up.rank && is_free(s); k++)
        if (at(up, i, k) > 0)
            scale = fmin(scale, ((double)at(down, i, k) + s->linear) / (double)at(up, i, k));
    for (ptrdiff_t k = 0; k < up.rank; k++) {
        const double x = (double)at(b->x, i, k), high = scale * (double)at(up, i, k), low = (double)at(down, i, k);
        const double t = high - low - s->linear;
        gap += x * (s->quadratic * x - t) + conjugate(s, is_free(s) ? fmin(t, 0) : t);
    }
    for (ptrdiff_t j = 0; j < b->design.length && scale < 1; j++) {
        double v = 0;
        for (ptrdiff_t k = 0; k < b->design.rank; k++)
            v += (double)b->design.at[k * b->design.stride + j] * (double)at(b->x, i, k);
        v = fmax(v, b->floor);
        const double y = (double)b->y[i * b->y_stride + j];
        const double slope = pow(v, beta - 1) - scale * y * pow(v, beta - 2);
        if (y > 0)
            gap += entry_gap(beta, y, v, entry_at_slope(beta, y, slope, fmax(v, y)), slope);
    }
    return gap;
}

void RLRA(rows_gap)(const row_block *b, double *gaps, void *scratch)
{
    const ptrdiff_t rows = b->x.length, rank = b->x.rank;
    const factor up = room_at(scratch, rows, rank, 0), down = room_at(scratch, rows, rank, 1);
    const shape s = {fmax(RLRA(penalties_least)(b->penalties), 0), RLRA(penalties_most)(b->penalties),
                     RLRA(penalties_linear)(b->penalties), RLRA(penalties_quadratic)(b->penalties)};
    const int convex = b->loss->beta >= 1 && b->loss->beta <= 2;
    if (convex)
        RLRA(rows_slopes)(b, b->x, up, down, NULL, behind(scratch, rank));
    for (ptrdiff_t i = 0; i < rows; i++) {
        if (!convex)
            gaps[i] = NAN;
        else
            gaps[i] = fmax(0, b->loss->kind == LOSS_KL ? gap_kl(&s, b, up, i) : gap_convex(&s, b, up, down, i));
    }
}
