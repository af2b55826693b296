/* regress/gap.c: how far columns of a regression by the squared loss are from their minimum at most, by duality. */
#include <math.h>

#include "regress/regression.h"

/* Steps of the search for a direction, of which most designs need none. */
#define MOST_STEPS 1000

/* Below this part of the squares of data and model an objective is rounding, and that nothing is below zero says all there is to
 * say. */
#define ROUNDING_PART ((double)REAL_EPS)

/* What the penalties are: least <= x <= most, linear |x| + quadratic x^2; or x >= 0 with sum one. */
typedef struct shape {
    double least, most, linear, quadratic;
    int simplex;
} shape;

/* Dual points  scale (r - across v)  of a column, with its residual r and the direction v. */
typedef struct ray {
    ptrdiff_t rank;
    const double *x, *t;          /* t = W^T (r - across v), within the bounds that entries without end set */
    double norm2;                 /* ||r||^2 */
    double across, along, square; /* along: r v, square: v v */
    double low, high;             /* of scale: W^T of the point stays within those bounds */
} ray;

/* The gap at a scale, and its derivative. */
typedef struct trial {
    double gap, slope;
} trial;

/* For numbers; with NaN it may be either, unlike fmax(), which is a call. */
static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

static inline double part_of(double v, double low, double high)
{
    return smaller(larger(v, low), high);
}

/* Columns of length one: their sum, and then, as long as a slope is not above zero, one more of the column of the least. */
void RLRA(regress_gap_prepare)(regression *plan, double *work)
{
    const ptrdiff_t rank = plan->rank;
    gap_direction *const v = &plan->inward;
    double *const inverse = work;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double square = plan->gram[k * (rank + 1)];
        inverse[k] = v->mix[k] = square > 0 ? 1 / sqrt(square) : 0;
        v->slopes[k] = 0;
    }
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l < rank; l++)
            v->slopes[k] += plan->gram[k * rank + l] * v->mix[l];
    double least = 0;
    for (int step = 0; step < MOST_STEPS; step++) {
        ptrdiff_t worst = -1;
        v->norm2 = 0;
        for (ptrdiff_t k = 0; k < rank; k++) {
            v->norm2 += v->mix[k] * v->slopes[k];
            if (inverse[k] > 0 && (worst < 0 || v->slopes[k] * inverse[k] < least)) {
                worst = k;
                least = v->slopes[k] * inverse[k];
            }
        }
        if (worst < 0 || least > sqrt(DBL_EPSILON) * sqrt(v->norm2))
            return;
        v->mix[worst] += inverse[worst];
        for (ptrdiff_t k = 0; k < rank; k++)
            v->slopes[k] += plan->gram[k * rank + worst] * inverse[worst];
    }
    v->norm2 = 0;
}

/* The maximiser of  t z - linear |z| - quadratic z^2  over least <= z <= most. */
static double best_entry(const shape *s, double t)
{
    const double over = fabs(t) - s->linear;
    double z = 0;
    if (over > 0)
        z = s->quadratic > 0 ? copysign(over / (2 * s->quadratic), t) : copysign(INFINITY, t);
    return part_of(z, s->least, s->most);
}

/* g(x) + g*(t) - t x of one entry, whose conjugate is attained at z: zero where t is a slope of g at x. */
static double entry_gap(const shape *s, double x, double t, double z)
{
    if (x * z < 0)
        return larger(0, s->quadratic * (x * x - z * z) + s->linear * (fabs(x) - fabs(z)) - t * (x - z));
    const double sign = x + z > 0 ? 1 : x + z < 0 ? -1 : 0;
    return larger(0, (x - z) * (s->quadratic * (x + z) + s->linear * sign - t));
}

/* Half the square of  (1 - scale) r + scale across v,  the distance of residual and dual point, and its derivative. */
static trial distance(const ray *r, double scale)
{
    const double rest = 1 - scale, moved = scale * r->across;
    const double whole = rest * rest * r->norm2 + 2 * rest * moved * r->along + moved * moved * r->square;
    const double slope =
        -rest * r->norm2 + (1 - 2 * scale) * r->across * r->along + scale * r->across * r->across * r->square;
    return (trial){0.5 * larger(0, whole), slope};
}

static trial try_scale(const shape *s, const ray *r, double scale)
{
    trial all = distance(r, scale);
    double largest = -INFINITY;
    for (ptrdiff_t k = 0; k < r->rank; k++)
        largest = larger(largest, scale * r->t[k]);
    for (ptrdiff_t k = 0; k < r->rank; k++) {
        double t = scale * r->t[k];
        if (s->simplex) {
            all.gap += r->x[k] * (largest - t);
            all.slope += scale > 0 ? r->x[k] * (largest / scale - r->t[k]) : 0;
            continue;
        }
        t = part_of(t, isinf(s->least) && !(s->quadratic > 0) ? -s->linear : -INFINITY,
                    isinf(s->most) && !(s->quadratic > 0) ? s->linear : INFINITY);
        const double z = best_entry(s, t);
        all.gap += entry_gap(s, r->x[k], t, z);
        all.slope += r->t[k] * (z - r->x[k]);
    }
    return all;
}

/* The scales for which the entries without end allow the point. */
static void bound_scale(const shape *s, ray *r)
{
    r->low = -INFINITY;
    r->high = INFINITY;
    if (s->simplex || s->quadratic > 0)
        return;
    for (ptrdiff_t k = 0; k < r->rank; k++) {
        const double t = r->t[k], at = s->linear / fabs(t);
        if (t == 0)
            continue;
        if (isinf(s->most) && t > 0)
            r->high = smaller(r->high, at);
        if (isinf(s->most) && t < 0)
            r->low = larger(r->low, -at);
        if (isinf(s->least) && t > 0)
            r->low = larger(r->low, -at);
        if (isinf(s->least) && t < 0)
            r->high = smaller(r->high, at);
    }
}

/* The least gap of two points on a ray: the one nearest to r, and the best where the entries keep their conjugates. The point zero
 * says no more than that no objective is below that of its penalties alone. */
static double gap_on_ray(const shape *s, ray *r)
{
    bound_scale(s, r);
    const double norm2 = r->norm2 - 2 * r->across * r->along + r->across * r->across * r->square;
    const double near = part_of(1, r->low, r->high);
    const trial first = try_scale(s, r, near);
    double best = near != 0 ? first.gap : INFINITY;
    if (norm2 > 0) {
        const double scale = part_of(near - first.slope / norm2, r->low, r->high);
        best = scale != 0 && isfinite(scale) ? smaller(best, try_scale(s, r, scale).gap) : best;
    }
    return best;
}

/* How far along v the residual must move for all slopes to be within what entries without end cost; 0 if that cannot be. */
static double way_inward(const shape *s, const regression *plan, const double *h)
{
    double low = -INFINITY, high = INFINITY;
    for (ptrdiff_t k = 0; k < plan->rank && plan->inward.norm2 > 0; k++) {
        const double fall = plan->inward.slopes[k];
        if (!(fall > 0))
            continue;
        low = isinf(s->most) ? larger(low, (h[k] - s->linear) / fall) : low;
        high = isinf(s->least) ? smaller(high, (h[k] + s->linear) / fall) : high;
    }
    return low <= high ? part_of(0, low, high) : 0;
}

/* With the residual as it is, and moved. `along` is r v, `room` holds rank numbers. */
static double gap_by_duality(const regression *plan, const shape *s, double norm2, double along, const double *x,
                             const double *h, double *room)
{
    const gap_direction *const v = &plan->inward;
    ray r = {.rank = plan->rank, .x = x, .t = h, .norm2 = norm2, .along = along, .square = v->norm2};
    double best = gap_on_ray(s, &r);
    r.across = s->simplex || s->quadratic > 0 ? 0 : way_inward(s, plan, h);
    if (r.across == 0)
        return best;
    for (ptrdiff_t k = 0; k < plan->rank; k++)
        room[k] = part_of(h[k] - r.across * v->slopes[k], isinf(s->least) ? -s->linear : -INFINITY,
                          isinf(s->most) ? s->linear : INFINITY);
    r.t = room;
    return smaller(best, gap_on_ray(s, &r));
}

/* With the shortest subgradient d and the curvatures c_k:  F(x) - F* <= sum_k d_k^2 / c_k / (2 curvature).  Entries without
 * curvature, those of zero columns, have the gap of their penalties. */
static double gap_by_curvature(const regression *plan, const shape *s, const double *x, const double *h)
{
    double squares = 0, others = 0;
    for (ptrdiff_t k = 0; k < plan->rank; k++) {
        if (!(plan->curvatures[k] > 0)) {
            others += entry_gap(s, x[k], 0, best_entry(s, 0));
            continue;
        }
        const double left = h[k] - 2 * s->quadratic * x[k];
        double down = left - copysign(s->linear, x[k]);
        if (x[k] == 0)
            down = copysign(larger(fabs(left) - s->linear, 0), left);
        down = x[k] <= s->least ? larger(down, 0) : down;
        down = x[k] >= s->most ? smaller(down, 0) : down;
        squares += down * down / plan->curvatures[k];
    }
    if (squares > 0 && !(plan->curvature > 0))
        return INFINITY;
    return others + (squares > 0 ? squares / (2 * plan->curvature) : 0);
}

size_t RLRA(regress_gap_doubles)(ptrdiff_t rank)
{
    return 4 * (size_t)rank;
}

/* The least of all bounds for a convex problem; that by curvature alone where nothing smaller can be told from rounding. */
static double least_gap(const slab *s, ptrdiff_t i, const shape *g)
{
    const regression *const plan = s->run->plan;
    const ptrdiff_t rank = plan->rank;
    double *const x = s->column, *const h = x + rank, *const left = h + rank, *const room = left + rank;
    double along = 0, squares = 0;
    for (ptrdiff_t k = 0; k < rank; k++) {
        x[k] = (double)s->x.at[k * s->x.stride + i];
        h[k] = s->falls[k * s->slopes.stride + i];
        left[k] = h[k] - 2 * g->quadratic * x[k];
        along += plan->inward.mix[k] * h[k];
        squares += x[k] * x[k];
    }
    const double norm2 = 2 * s->run->loss[s->begin + i];
    double best = g->simplex ? INFINITY : gap_by_curvature(plan, g, x, h);
    if (best <= ROUNDING_PART * 0.5 * s->run->norm2[s->begin + i])
        return best;
    shape bare = *g;
    bare.quadratic = 0;
    best = smaller(best, gap_by_duality(plan, &bare, norm2 + 2 * g->quadratic * squares, along, x, left, room));
    if (g->quadratic > 0 && !g->simplex)
        best = smaller(best, gap_by_duality(plan, g, norm2, along, x, h, room));
    return best;
}

/* The squares whose difference a loss is. */
static double size_of(const slab *s, ptrdiff_t i)
{
    double model = 0;
    for (ptrdiff_t k = 0; k < s->x.rank; k++)
        model += fabs((double)s->x.at[k * s->x.stride + i]) * sqrt(s->run->plan->gram[k * (s->x.rank + 1)]);
    return 0.5 * (s->run->norm2[s->begin + i] + model * model);
}

double RLRA(regress_gap)(const slab *s, ptrdiff_t i)
{
    const regression *const plan = s->run->plan;
    const penalty_list *const list = &plan->penalties;
    const unsigned kinds = RLRA(penalties_kinds)(list);
    const shape g = {.least = RLRA(penalties_least)(list),
                     .most = RLRA(penalties_most)(list),
                     .linear = RLRA(penalties_linear)(list),
                     .quadratic = RLRA(penalties_quadratic)(list),
                     .simplex = (kinds & PENALTY_SIMPLEX) != 0};
    if ((kinds & PENALTY_SPARSITY) != 0)
        return plan->rule->exact ? s->run->gap[s->begin + i] : NAN; /* that of the search */
    if ((kinds & (PENALTY_OTHER_ENTRY | PENALTY_OTHER_ROW)) != 0)
        return NAN;
    const double gap = least_gap(s, i, &g);
    const double whole = s->run->loss[s->begin + i] + RLRA(penalties_value)(list, factor_rows(s->x, i, i + 1));
    if (gap < whole)
        return gap;
    return whole <= ROUNDING_PART * size_of(s, i) ? whole : NAN;
}
