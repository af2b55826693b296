/* block/quadratic_gap.c: how far rows with a quadratic part are from their minimum at most, by duality and by curvature. */
#include <math.h>

#include "block/gap.h"
#include "linalg/svd.h"

/* The eigenvalues of larger matrices cost more than the gap is worth: then all that is known of curvature is that of l2. */
#define MOST_EIGENVALUES 200

/* Steps of the search for a direction, of which most designs need none. */
#define MOST_STEPS 1000

/* Below this part of the squares of data and model an objective is rounding, and that nothing is below zero says all there is to
 * say. */
#define ROUNDING_PART ((double)REAL_EPS)

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

gap_shape RLRA(gap_shape_of)(const penalty_list *list, double quadratic)
{
    gap_shape s = {.least = RLRA(penalties_least)(list),
                   .most = RLRA(penalties_most)(list),
                   .linear = RLRA(penalties_linear)(list),
                   .quadratic = quadratic,
                   .simplex = (RLRA(penalties_kinds)(list) & PENALTY_SIMPLEX) != 0};
    const int is_bounded = s.simplex || quadratic > 0;
    s.low = isinf(s.least) && !is_bounded ? -s.linear : -INFINITY;
    s.high = isinf(s.most) && !is_bounded ? s.linear : INFINITY;
    return s;
}

void RLRA(gap_take)(gap_plan *plan, ptrdiff_t rank, arena *from)
{
    const size_t r = (size_t)rank, matrices = rank > MOST_EIGENVALUES ? 0 : 2 * r * r;
    plan->rank = rank;
    plan->curvatures = rlra_arena_take(from, r, sizeof(double));
    plan->mix = rlra_arena_take(from, r, sizeof(double));
    plan->slopes = rlra_arena_take(from, r, sizeof(double));
    plan->room = rlra_arena_take(from, matrices + r, sizeof(double));
}

/* Curvatures: of a column alone, g_kk + 2 mu_2; and of all together, where the columns are scaled so that each has one: the
 * smallest eigenvalue, less what rounding may have added to it. */
static void find_curvature(gap_plan *plan)
{
    const ptrdiff_t rank = plan->rank;
    const double ridge = 2 * plan->shape.quadratic;
    for (ptrdiff_t k = 0; k < rank; k++)
        plan->curvatures[k] = rank > MOST_EIGENVALUES && ridge > 0 ? ridge : plan->gram[k * (rank + 1)] + ridge;
    plan->curvature = ridge > 0 ? 1 : 0;
    if (rank > MOST_EIGENVALUES)
        return;
    double *const matrix = plan->room;
    double *const values = matrix + 2 * rank * rank;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l < rank; l++) {
            const double size = sqrt(plan->curvatures[k]) * sqrt(plan->curvatures[l]);
            matrix[k * rank + l] = k == l ? 1 : size > 0 ? plan->gram[k * rank + l] / size : 0;
        }
    rlra_svd_small(rank, rank, matrix, values, matrix + rank * rank);
    plan->curvature = fmax(0, values[rank - 1] - (double)(rank + 8) * DBL_EPSILON * values[0]);
}

/* Columns of length one: their sum, and then, as long as a slope is not above zero, one more of the column of the least. */
static void find_direction(gap_plan *plan)
{
    const ptrdiff_t rank = plan->rank;
    double *const inverse = plan->room;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double square = plan->gram[k * (rank + 1)];
        inverse[k] = plan->mix[k] = square > 0 ? 1 / sqrt(square) : 0;
        plan->slopes[k] = 0;
    }
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l < rank; l++)
            plan->slopes[k] += plan->gram[k * rank + l] * plan->mix[l];
    double least = 0;
    for (int step = 0; step < MOST_STEPS; step++) {
        ptrdiff_t worst = -1;
        plan->norm2 = 0;
        for (ptrdiff_t k = 0; k < rank; k++) {
            plan->norm2 += plan->mix[k] * plan->slopes[k];
            if (inverse[k] > 0 && (worst < 0 || plan->slopes[k] * inverse[k] < least)) {
                worst = k;
                least = plan->slopes[k] * inverse[k];
            }
        }
        if (worst < 0 || least > sqrt(DBL_EPSILON) * sqrt(plan->norm2))
            return;
        plan->mix[worst] += inverse[worst];
        for (ptrdiff_t k = 0; k < rank; k++)
            plan->slopes[k] += plan->gram[k * rank + worst] * inverse[worst];
    }
    plan->norm2 = 0;
}

void RLRA(gap_prepare)(gap_plan *plan, const double *gram, const penalty_list *penalties)
{
    plan->gram = gram;
    plan->penalties = penalties;
    plan->is_known =
        (RLRA(penalties_kinds)(penalties) & (PENALTY_SPARSITY | PENALTY_OTHER_ENTRY | PENALTY_OTHER_ROW)) == 0;
    plan->shape = RLRA(gap_shape_of)(penalties, RLRA(penalties_quadratic)(penalties));
    plan->bare = RLRA(gap_shape_of)(penalties, 0);
    find_curvature(plan);
    find_direction(plan);
}

/* The maximiser of  t z - linear |z| - quadratic z^2  over least <= z <= most. */
static double best_entry(const gap_shape *s, double t)
{
    const double over = fabs(t) - s->linear;
    double z = 0;
    if (over > 0)
        z = s->quadratic > 0 ? copysign(over / (2 * s->quadratic), t) : copysign(INFINITY, t);
    return part_of(z, s->least, s->most);
}

/* g(x) + g*(t) - t x of one entry, whose conjugate is attained at z: zero where t is a slope of g at x. */
static double entry_gap(const gap_shape *s, double x, double t, double z)
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

static trial try_scale(const gap_shape *s, const ray *r, double scale)
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
        t = part_of(t, s->low, s->high);
        const double z = best_entry(s, t);
        all.gap += entry_gap(s, r->x[k], t, z);
        all.slope += r->t[k] * (z - r->x[k]);
    }
    return all;
}

/* The scales for which the entries without end allow the point. */
static void bound_scale(const gap_shape *s, ray *r)
{
    r->low = -INFINITY;
    r->high = INFINITY;
    for (ptrdiff_t k = 0; k < r->rank && (isfinite(s->low) || isfinite(s->high)); k++) {
        const double t = r->t[k];
        if (t == 0)
            continue;
        r->low = larger(r->low, (t > 0 ? s->low : s->high) / t);
        r->high = smaller(r->high, (t > 0 ? s->high : s->low) / t);
    }
}

/* The least gap of two points on a ray: the one nearest to r, and the best where the entries keep their conjugates. The point zero
 * says no more than that no objective is below that of its penalties alone. */
static double gap_on_ray(const gap_shape *s, ray *r)
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
static double way_inward(const gap_shape *s, const gap_plan *plan, const double *h)
{
    double low = -INFINITY, high = INFINITY;
    for (ptrdiff_t k = 0; k < plan->rank && plan->norm2 > 0; k++) {
        const double fall = plan->slopes[k];
        if (!(fall > 0))
            continue;
        low = larger(low, (h[k] - s->high) / fall);
        high = smaller(high, (h[k] - s->low) / fall);
    }
    return low <= high ? part_of(0, low, high) : 0;
}

/* With the residual as it is, and moved. `along` is r v, `room` holds rank numbers. */
static double gap_by_duality(const gap_plan *plan, const gap_shape *s, double norm2, double along, const double *x,
                             const double *h, double *room)
{
    ray r = {.rank = plan->rank, .x = x, .t = h, .norm2 = norm2, .along = along, .square = plan->norm2};
    double best = gap_on_ray(s, &r);
    r.across = isfinite(s->low) || isfinite(s->high) ? way_inward(s, plan, h) : 0;
    if (r.across == 0)
        return best;
    for (ptrdiff_t k = 0; k < plan->rank; k++)
        room[k] = part_of(h[k] - r.across * plan->slopes[k], s->low, s->high);
    r.t = room;
    return smaller(best, gap_on_ray(s, &r));
}

/* With the shortest subgradient d and the curvatures c_k:  F(x) - F* <= sum_k d_k^2 / c_k / (2 curvature).  Entries without
 * curvature, those of zero columns, have the gap of their penalties. */
static double gap_by_curvature(const gap_plan *plan, const double *x, const double *h)
{
    const gap_shape *const s = &plan->shape;
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

/* The least of all bounds for a convex problem; that by curvature alone where nothing smaller can be told from rounding. */
static double least_gap(const gap_plan *plan, const double *x, const double *h, double norm2, double loss, double *room)
{
    const gap_shape *const s = &plan->shape;
    double *const left = room + plan->rank;
    double along = 0, squares = 0;
    for (ptrdiff_t k = 0; k < plan->rank; k++) {
        left[k] = h[k] - 2 * s->quadratic * x[k];
        along += plan->mix[k] * h[k];
        squares += x[k] * x[k];
    }
    double best = s->simplex ? INFINITY : gap_by_curvature(plan, x, h);
    if (best <= ROUNDING_PART * 0.5 * norm2)
        return best;
    best =
        smaller(best, gap_by_duality(plan, &plan->bare, 2 * loss + 2 * s->quadratic * squares, along, x, left, room));
    if (s->quadratic > 0 && !s->simplex)
        best = smaller(best, gap_by_duality(plan, s, 2 * loss, along, x, h, room));
    return best;
}

/* The squares whose difference a loss is. */
static double size_of(const gap_plan *plan, const double *x, double norm2)
{
    double model = 0;
    for (ptrdiff_t k = 0; k < plan->rank; k++)
        model += fabs(x[k]) * sqrt(plan->gram[k * (plan->rank + 1)]);
    return 0.5 * (norm2 + model * model);
}

double RLRA(quadratic_gap)(const gap_plan *plan, factor x, const double *slopes, ptrdiff_t stride, double norm2,
                           double loss, double *room)
{
    double *const at = room, *const h = room + plan->rank;
    if (!plan->is_known)
        return NAN;
    for (ptrdiff_t k = 0; k < plan->rank; k++) {
        at[k] = (double)x.at[k * x.stride];
        h[k] = slopes[k * stride];
    }
    const double gap = least_gap(plan, at, h, norm2, loss, h + plan->rank);
    const double whole = loss + RLRA(penalties_value)(plan->penalties, x);
    if (gap < whole)
        return gap;
    return whole <= ROUNDING_PART * size_of(plan, at, norm2) ? whole : NAN;
}
