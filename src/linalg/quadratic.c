/* linalg/quadratic.c: the active-set method for quadratics of few unknowns. */
#include "linalg/quadratic.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "linalg/quadratic_face.h"

size_t rlra_quadratic_bytes(ptrdiff_t size)
{
    const size_t n = (size_t)size;
    return n * n * sizeof(double) + 4 * n * sizeof(double) + 2 * n * sizeof(ptrdiff_t);
}

void rlra_quadratic_init(quadratic *q, ptrdiff_t size, const double *gram, ptrdiff_t stride, double accuracy,
                         void *work)
{
    double *const at = work;
    *q = (quadratic){.size = size, .stride = stride, .gram = gram, .accuracy = accuracy};
    q->lower = at;
    q->goal = at + size * size;
    q->half = q->goal + size;
    q->slope = q->half + size;
    q->base = q->slope + size;
    q->support = (ptrdiff_t *)(void *)(q->base + size);
    q->mark = q->support + size;
}

/* The fraction of the way from `from` to `to` at which the value is zero. */
static double way_to_zero(double from, double to)
{
    return from > 0.0 ? from / (from - to) : 0.0;
}

/* The fraction of the way at which unknown i meets a bound: zero, or the upper one if that is passed. */
static double way_to_bound(const quadratic *q, ptrdiff_t i, double from, double to)
{
    if (to <= 0.0)
        return way_to_zero(from, to);
    return way_to_zero(q->upper[i] - from, q->upper[i] - to);
}

/* The fraction of the way from x to the goal that is feasible, and the constraint that ends it: a place, FACE_ANCHOR, FACE_CUT
 * or FACE_NONE. */
static double longest_step(const quadratic *q, const double *x, double goal_rest, ptrdiff_t *blocking)
{
    double step = 1.0, slack = 1.0;
    *blocking = FACE_NONE;
    for (ptrdiff_t t = 0; t < q->count; t++) {
        const double from = x[q->support[t]], to = q->goal[t];
        slack -= from;
        if (to > 0.0 && (q->upper == NULL || to <= q->upper[q->support[t]]))
            continue;
        const double part = way_to_bound(q, q->support[t], from, to);
        if (*blocking != FACE_NONE && part >= step)
            continue;
        step = part;
        *blocking = t;
    }
    if (!q->capped || goal_rest > 0.0 || (q->anchor == FACE_NONE && goal_rest == 0.0))
        return step;
    const double part = way_to_zero(q->anchor == FACE_NONE ? slack : x[q->anchor], goal_rest);
    if (part >= step)
        return step;
    *blocking = q->anchor == FACE_NONE ? FACE_CUT : FACE_ANCHOR;
    return part;
}

static int within(const quadratic *q, ptrdiff_t i, double value)
{
    return value > 0.0 && (q->upper == NULL || value < q->upper[i]);
}

/* Move along the way, and remove an unknown that has reached a bound from the support. */
static void move(quadratic *q, double step, double goal_rest, ptrdiff_t blocking, double *x)
{
    int raised = 0;
    for (ptrdiff_t t = q->count - 1; t >= 0; t--) {
        const ptrdiff_t i = q->support[t];
        const double goal = q->goal[t];
        x[i] = blocking == FACE_NONE ? goal : x[i] + step * (goal - x[i]);
        if (t != blocking && (blocking == FACE_NONE || within(q, i, x[i])))
            continue;
        const int high = q->upper != NULL && (t == blocking ? goal : x[i]) > 0.0;
        x[i] = high ? q->upper[i] : 0.0;
        rlra_quadratic_drop(q, t);
        q->mark[i] = high ? FACE_HIGH : FACE_FREE;
        raised |= high;
    }
    if (raised)
        rlra_quadratic_rebase(q);
    if (q->anchor != FACE_NONE)
        x[q->anchor] = blocking == FACE_NONE ? goal_rest : x[q->anchor] + step * (goal_rest - x[q->anchor]);
}

/* Go to the minimiser on a face, shrinking the face on the way. */
static void descend(quadratic *q, double *x)
{
    while (q->count > 0 || q->anchor != FACE_NONE) {
        ptrdiff_t blocking;
        const double rest = rlra_quadratic_goal(q);
        const double step = longest_step(q, x, rest, &blocking);
        q->moved |= step > 0.0;
        move(q, step, rest, blocking, x);
        if (blocking == FACE_NONE)
            break;
        if (blocking == FACE_ANCHOR) {
            x[q->anchor] = 0.0;
            q->mark[q->anchor] = FACE_FREE;
        }
        if (blocking == FACE_ANCHOR || blocking == FACE_CUT)
            rlra_quadratic_rebuild(q, 1, x);
    }
}

/* slope = c - G x. */
static void find_slope(quadratic *q, const double *x)
{
    memcpy(q->slope, q->c, (size_t)q->size * sizeof *q->c);
    for (ptrdiff_t j = 0; j < q->size; j++) {
        const double *const row = q->gram + j * q->stride;
        const double value = x[j];
        for (ptrdiff_t i = 0; value > 0.0 && i < q->size; i++)
            q->slope[i] -= row[i] * value;
    }
}

/* The rounding error of slope[i]: a few ulps of the sum of its terms. */
static double slope_error(const quadratic *q, const double *x, ptrdiff_t i)
{
    const double *const row = q->gram + i * q->stride;
    double sum = fabs(q->c[i]);
    for (ptrdiff_t j = 0; j < q->size; j++)
        sum += fabs(row[j]) * x[j];
    return 8.0 * DBL_EPSILON * sum + q->noise * fabs(q->c[i]);
}

/* The multiplier of the cut, which is the common value of the slopes inside; and its rounding error. */
static double cut_level(const quadratic *q, const double *x, double *error)
{
    double level = 0.0;
    *error = 0.0;
    for (ptrdiff_t i = 0; q->anchor != FACE_NONE && i < q->size; i++) {
        if (!(x[i] > 0.0))
            continue;
        level += x[i] * q->slope[i];
        *error += x[i] * slope_error(q, x, i);
    }
    return level;
}

/* The slope by which unknown i would leave its bound. */
static double gain_of(const quadratic *q, ptrdiff_t i, double level)
{
    return q->mark[i] == FACE_HIGH ? -q->slope[i] : q->slope[i] - level;
}

/* The constraint to leave: the unknown whose move lowers the value most, or the cut. The square of a slope alone could overflow
 * or underflow. */
static ptrdiff_t most_violated(const quadratic *q, double level, double level_error)
{
    double most = 0.0;
    ptrdiff_t found = FACE_NONE;
    if (q->anchor != FACE_NONE && !q->held && level < -level_error)
        return FACE_CUT;
    for (ptrdiff_t i = 0; i < q->size; i++) {
        const double gain = gain_of(q, i, level);
        if ((q->mark[i] != FACE_FREE && q->mark[i] != FACE_HIGH) || gain <= 0.0)
            continue;
        const double diagonal = q->gram[i * (q->stride + 1)];
        const double fall = diagonal > 0.0 ? gain * (gain / diagonal) : 0.0;
        if (found == FACE_NONE || fall > most) {
            most = fall;
            found = i;
        }
    }
    return found;
}

static void bar(quadratic *q, ptrdiff_t i)
{
    q->mark[i] = q->mark[i] == FACE_HIGH ? FACE_HIGH_BARRED : FACE_BARRED;
}

static void unbar(quadratic *q)
{
    for (ptrdiff_t i = 0; i < q->size; i++) {
        q->mark[i] = q->mark[i] == FACE_BARRED ? FACE_FREE : q->mark[i];
        q->mark[i] = q->mark[i] == FACE_HIGH_BARRED ? FACE_HIGH : q->mark[i];
    }
}

/* How far unknown i at `from` can go, per unit of speed d. */
static double room(const quadratic *q, ptrdiff_t i, double from, double d)
{
    if (d < 0.0)
        return from / -d;
    return d > 0.0 && q->upper != NULL ? (q->upper[i] - from) / d : INFINITY;
}

/* Unknown i, moving up or down with `sign`, depends on the support: the value falls with slope *gain along a line on which G x
 * is constant. Move along it to a bound, and remove that unknown from the support. Returns 0 if there is no bound, or if the
 * line exists only by rounding. */
static int slide(quadratic *q, ptrdiff_t i, double sign, double *gain, double *x)
{
    ptrdiff_t blocking = FACE_NONE;
    double step = room(q, i, x[i], sign), noise = q->noise * fabs(q->c[i]);
    memcpy(q->goal, q->lower + q->count * q->size, (size_t)q->count * sizeof *q->goal);
    rlra_quadratic_backward(q, q->goal);
    for (ptrdiff_t t = 0; t < q->count; t++) {
        const double part = room(q, q->support[t], x[q->support[t]], -sign * q->goal[t]);
        noise += q->noise * fabs(q->c[q->support[t]] * q->goal[t]);
        if (!(part < step))
            continue;
        step = part;
        blocking = t;
    }
    if (!(step < INFINITY) || step * q->pivot > *gain || !(*gain > noise))
        return 0;
    q->moved |= step > 0.0;
    *gain -= step * fmax(q->pivot, 0.0);
    for (ptrdiff_t t = 0; t < q->count; t++)
        x[q->support[t]] = fmax(0.0, x[q->support[t]] - step * (sign * q->goal[t]));
    x[i] += sign * step;
    const ptrdiff_t at = blocking == FACE_NONE ? i : q->support[blocking];
    const int high = (blocking == FACE_NONE ? sign : -sign * q->goal[blocking]) > 0.0;
    if (blocking != FACE_NONE)
        rlra_quadratic_drop(q, blocking);
    x[at] = high ? q->upper[at] : 0.0;
    q->mark[at] = high ? FACE_HIGH : FACE_FREE;
    return 1;
}

/* Add an unknown at a bound to the support, or move it to the other bound; returns 0, without changes, if rounding forbids it.
 * Little may be left of its diagonal entry, as the slope guarantees that the value falls. */
static int enter(quadratic *q, ptrdiff_t i, double gain, double *x)
{
    const ptrdiff_t mark = q->mark[i];
    const double tolerance = q->capped ? rlra_quadratic_tolerance(q) : 2.0 * q->accuracy;
    const double sign = mark == FACE_HIGH ? -1.0 : 1.0, start = x[i];
    q->mark[i] = FACE_INSIDE;
    if (mark == FACE_HIGH)
        rlra_quadratic_rebase(q);
    while (q->mark[i] == FACE_INSIDE && !rlra_quadratic_append(q, i, tolerance))
        if (q->capped || !slide(q, i, sign, &gain, x)) {
            /* If it has already left its bound, that suffices. */
            x[i] = x[i] == start ? start : 0.0;
            q->mark[i] = x[i] == start ? mark : FACE_FREE;
            rlra_quadratic_rebase(q);
            return 0;
        }
    rlra_quadratic_rebase(q);
    return 1;
}

/* Widen the face if that lowers the value; returns the constraint that was left, FACE_NONE at the minimiser. */
static ptrdiff_t widen(quadratic *q, double *x)
{
    double level_error;
    find_slope(q, x);
    const double level = cut_level(q, x, &level_error);
    for (;;) {
        const ptrdiff_t entering = most_violated(q, level, level_error);
        if (entering == FACE_NONE)
            return FACE_NONE;
        if (entering == FACE_CUT) {
            rlra_quadratic_rebuild(q, 0, x);
            return FACE_CUT;
        }
        const double gain = gain_of(q, entering, level);
        if (gain > slope_error(q, x, entering) + level_error && enter(q, entering, gain, x))
            return entering;
        bar(q, entering);
    }
}

/* Begin at the best corner, for an exact sum without a start. */
static void begin_at_corner(const quadratic *q, double *x)
{
    ptrdiff_t best = 0;
    double least = INFINITY;
    for (ptrdiff_t i = 0; i < q->size; i++) {
        const double value = 0.5 * q->gram[i * (q->stride + 1)] - q->c[i];
        if (!(value < least))
            continue;
        least = value;
        best = i;
    }
    x[best] = 1.0;
}

static void begin(quadratic *q, double *x)
{
    double sum = 0;
    q->held = q->equal;
    q->anchor = FACE_NONE;
    q->count = 0;
    for (ptrdiff_t i = 0; i < q->size; i++) {
        const int high = q->upper != NULL && x[i] >= q->upper[i];
        q->mark[i] = high ? FACE_HIGH : FACE_FREE;
        x[i] = high ? q->upper[i] : x[i] > 0.0 ? x[i] : 0.0;
        sum += x[i];
    }
    rlra_quadratic_rebase(q);
    if (q->equal && !(sum > 0.0 && sum < INFINITY)) {
        memset(x, 0, (size_t)q->size * sizeof *x);
        begin_at_corner(q, x);
        sum = 1.0;
    }
    const int tight = q->equal || (q->capped && !(sum < 1.0 - 4.0 * DBL_EPSILON));
    for (ptrdiff_t i = 0; tight && i < q->size; i++)
        x[i] /= sum;
    for (ptrdiff_t i = 0; i < q->size; i++)
        q->mark[i] = x[i] > 0.0 && q->mark[i] == FACE_FREE ? FACE_INSIDE : q->mark[i];
    rlra_quadratic_rebuild(q, tight, x);
}

static double solve(quadratic *q, const double *c, double *x)
{
    const ptrdiff_t limit = 10 * q->size + 50;
    q->c = c;
    begin(q, x);
    descend(q, x);
    for (ptrdiff_t round = 0; round < limit; round++) {
        q->moved = 0;
        const ptrdiff_t entering = widen(q, x);
        if (entering == FACE_NONE)
            break;
        descend(q, x);
        /* In exact arithmetic every round moves; if rounding prevents it, do not repeat the same. */
        if (q->moved)
            unbar(q);
        q->held = q->equal || (q->moved ? 0 : q->held || entering == FACE_CUT);
        if (!q->moved && entering >= 0 && (q->mark[entering] == FACE_FREE || q->mark[entering] == FACE_HIGH))
            bar(q, entering);
    }
    find_slope(q, x);
    double value = 0;
    for (ptrdiff_t i = 0; i < q->size; i++)
        value -= 0.5 * x[i] * (c[i] + q->slope[i]);
    return value;
}

double rlra_quadratic_solve(quadratic *q, const double *c, double *x)
{
    q->capped = q->equal = 0;
    q->upper = NULL;
    return solve(q, c, x);
}

double rlra_quadratic_solve_capped(quadratic *q, const double *c, double *x)
{
    q->capped = 1;
    q->equal = 0;
    q->upper = NULL;
    return solve(q, c, x);
}

double rlra_quadratic_solve_simplex(quadratic *q, const double *c, double *x)
{
    q->capped = q->equal = 1;
    q->upper = NULL;
    return solve(q, c, x);
}

double rlra_quadratic_solve_bounded(quadratic *q, const double *c, const double *upper, double *x)
{
    q->capped = q->equal = 0;
    q->upper = upper;
    return solve(q, c, x);
}
