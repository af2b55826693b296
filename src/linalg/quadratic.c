/* linalg/quadratic.c: the active-set method for quadratics of few unknowns. */
#include "linalg/quadratic.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { FREE, INSIDE, BARRED };

#define NONE   (-1)
#define CUT    (-2) /* sum x <= 1 */
#define ANCHOR (-3) /* the sign of the anchor */

size_t rlra_quadratic_bytes(ptrdiff_t size)
{
    const size_t n = (size_t)size;
    return n * n * sizeof(double) + 3 * n * sizeof(double) + 2 * n * sizeof(ptrdiff_t);
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
    q->support = (ptrdiff_t *)(void *)(q->slope + size);
    q->mark = q->support + size;
}

/* Four partial sums: short chains of additions, always the same order. */
static inline double dot(ptrdiff_t length, const double *x, const double *y)
{
    double part[4] = {0};
    ptrdiff_t i = 0;
    for (; i + 4 <= length; i += 4)
        for (int lane = 0; lane < 4; lane++)
            part[lane] += x[i + lane] * y[i + lane];
    for (; i < length; i++)
        part[0] += x[i] * y[i];
    return (part[0] + part[1]) + (part[2] + part[3]);
}

/* Entry of the matrix to factorise: the Gram matrix, on the cut that of the columns minus the anchor's. */
static inline double entry(const quadratic *q, ptrdiff_t i, ptrdiff_t j)
{
    const double *const row = q->gram + i * q->stride;
    if (q->anchor == NONE)
        return row[j];
    const double *const anchor = q->gram + q->anchor * q->stride;
    return (row[j] - row[q->anchor]) - (anchor[j] - anchor[q->anchor]);
}

/* The right-hand side that goes with it. */
static inline double target(const quadratic *q, ptrdiff_t i)
{
    const ptrdiff_t a = q->anchor;
    if (a == NONE)
        return q->c[i];
    return (q->c[i] - q->gram[i * q->stride + a]) - (q->c[a] - q->gram[a * (q->stride + 1)]);
}

/* Add unknown i to the support; 0 if its column depends on those in it. */
static int append(quadratic *q, ptrdiff_t i)
{
    double *const row = q->lower + q->count * q->size;
    const double size = q->gram[i * (q->stride + 1)] + (q->anchor == NONE ? 0.0 : q->gram[q->anchor * (q->stride + 1)]);
    double pivot = entry(q, i, i);
    for (ptrdiff_t t = 0; t < q->count; t++) {
        const double *const above = q->lower + t * q->size;
        row[t] = (entry(q, i, q->support[t]) - dot(t, above, row)) / above[t];
        pivot -= row[t] * row[t];
    }
    if (!(pivot > q->accuracy * (double)(q->count + 8) * size))
        return 0;
    row[q->count] = sqrt(pivot);
    q->half[q->count] = (target(q, i) - dot(q->count, row, q->half)) / row[q->count];
    q->support[q->count++] = i;
    q->mark[i] = INSIDE;
    return 1;
}

/* Take place `at` out of the support: delete its row of the factor, rotate the rest back to triangular. */
static void drop(quadratic *q, ptrdiff_t at)
{
    const ptrdiff_t stride = q->size;
    q->mark[q->support[at]] = FREE;
    q->count--;
    for (ptrdiff_t t = at; t < q->count; t++) {
        q->support[t] = q->support[t + 1];
        memcpy(q->lower + t * stride, q->lower + (t + 1) * stride, (size_t)(t + 2) * sizeof *q->lower);
    }
    for (ptrdiff_t t = at; t < q->count; t++) {
        double *const pair = q->lower + t * stride + t;
        const double length = sqrt(pair[0] * pair[0] + pair[1] * pair[1]);
        const double cosine = pair[0] / length, sine = pair[1] / length;
        const double half = q->half[t];
        q->half[t] = cosine * half + sine * q->half[t + 1];
        q->half[t + 1] = cosine * q->half[t + 1] - sine * half;
        for (ptrdiff_t u = 0; u < q->count - t; u++) {
            const double left = pair[u * stride], right = pair[u * stride + 1];
            pair[u * stride] = cosine * left + sine * right;
            pair[u * stride + 1] = cosine * right - sine * left;
        }
    }
}

/* Factorise anew, on the cut sum x = 1 or off it, what is inside. The anchor is the shortest column: the others lose
 * least by the difference. Unknowns that no longer fit become zero. */
static void rebuild(quadratic *q, int tight, double *x)
{
    ptrdiff_t anchor = NONE;
    for (ptrdiff_t i = 0; tight && i < q->size; i++)
        if (q->mark[i] == INSIDE &&
            (anchor == NONE || q->gram[i * (q->stride + 1)] < q->gram[anchor * (q->stride + 1)]))
            anchor = i;
    q->anchor = anchor;
    q->count = 0;
    for (ptrdiff_t i = 0; i < q->size; i++)
        if (q->mark[i] == INSIDE && i != anchor && !append(q, i)) {
            q->mark[i] = FREE;
            x[i] = 0.0;
        }
}

/* goal = minimiser on the support, without the signs; on the cut the anchor's part is returned. */
static double solve_face(const quadratic *q)
{
    double rest = 1.0;
    memcpy(q->goal, q->half, (size_t)q->count * sizeof *q->goal);
    for (ptrdiff_t t = q->count - 1; t >= 0; t--) {
        const double *const row = q->lower + t * q->size;
        const double value = q->goal[t] / row[t];
        for (ptrdiff_t u = 0; u < t; u++)
            q->goal[u] -= row[u] * value;
        q->goal[t] = value;
        rest -= value;
    }
    return rest;
}

/* The part of the way from value `from` to `to` at which it meets zero. */
static double way_to_zero(double from, double to)
{
    return from > 0.0 ? from / (from - to) : 0.0;
}

/* The part of the way from x to the goal that stays allowed, and what ends it: a place, ANCHOR, CUT or NONE. */
static double longest_step(const quadratic *q, const double *x, double goal_rest, ptrdiff_t *blocking)
{
    double step = 1.0, slack = 1.0;
    *blocking = NONE;
    for (ptrdiff_t t = 0; t < q->count; t++) {
        const double from = x[q->support[t]], to = q->goal[t];
        slack -= from;
        if (to > 0.0 || (*blocking != NONE && way_to_zero(from, to) >= step))
            continue;
        step = way_to_zero(from, to);
        *blocking = t;
    }
    if (!q->capped || goal_rest > 0.0 || (q->anchor == NONE && goal_rest == 0.0))
        return step;
    const double part = way_to_zero(q->anchor == NONE ? slack : x[q->anchor], goal_rest);
    if (part >= step)
        return step;
    *blocking = q->anchor == NONE ? CUT : ANCHOR;
    return part;
}

/* Move along, and take what has become zero out of the support. */
static void move(quadratic *q, double step, double goal_rest, ptrdiff_t blocking, double *x)
{
    for (ptrdiff_t t = q->count - 1; t >= 0; t--) {
        const ptrdiff_t i = q->support[t];
        x[i] = blocking == NONE ? q->goal[t] : x[i] + step * (q->goal[t] - x[i]);
        if (t != blocking && (blocking == NONE || x[i] > 0.0))
            continue;
        x[i] = 0.0;
        drop(q, t);
    }
    if (q->anchor != NONE)
        x[q->anchor] = blocking == NONE ? goal_rest : x[q->anchor] + step * (goal_rest - x[q->anchor]);
}

/* Go to the minimiser on a face, shrinking the face on the way. Returns whether x moved at all. */
static int descend(quadratic *q, double *x)
{
    int moved = 0;
    while (q->count > 0 || q->anchor != NONE) {
        ptrdiff_t blocking;
        const double rest = solve_face(q);
        const double step = longest_step(q, x, rest, &blocking);
        moved |= step > 0.0;
        move(q, step, rest, blocking, x);
        if (blocking == NONE)
            break;
        if (blocking == ANCHOR) {
            x[q->anchor] = 0.0;
            q->mark[q->anchor] = FREE;
        }
        if (blocking == ANCHOR || blocking == CUT)
            rebuild(q, 1, x);
    }
    return moved;
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

/* The rounding that slope[i] may carry: a few parts of all that was summed for it. */
static double slope_error(const quadratic *q, const double *x, ptrdiff_t i)
{
    const double *const row = q->gram + i * q->stride;
    double sum = fabs(q->c[i]);
    for (ptrdiff_t j = 0; j < q->size; j++)
        sum += fabs(row[j]) * x[j];
    return 8.0 * DBL_EPSILON * sum;
}

/* What the slopes inside have in common on the cut: its multiplier; and the rounding of it. */
static double cut_level(const quadratic *q, const double *x, double *error)
{
    double level = 0.0;
    *error = 0.0;
    for (ptrdiff_t i = 0; q->anchor != NONE && i < q->size; i++) {
        if (!(x[i] > 0.0))
            continue;
        level += x[i] * q->slope[i];
        *error += x[i] * slope_error(q, x, i);
    }
    return level;
}

/* The constraint to leave: the unknown whose growth lowers the value most, or the cut. The square of a slope alone could leave the
 * range of numbers. */
static ptrdiff_t most_violated(const quadratic *q, double level, double level_error)
{
    double most = 0.0;
    ptrdiff_t found = NONE;
    if (q->anchor != NONE && !q->held && level < -level_error)
        return CUT;
    for (ptrdiff_t i = 0; i < q->size; i++) {
        const double gain = q->slope[i] - level;
        if (q->mark[i] != FREE || gain <= 0.0)
            continue;
        const double diagonal = q->gram[i * (q->stride + 1)];
        const double fall = diagonal > 0.0 ? gain * (gain / diagonal) : 0.0;
        if (found == NONE || fall > most) {
            most = fall;
            found = i;
        }
    }
    return found;
}

/* Widen the face where that lowers the value; returns what entered, NONE at the minimiser. */
static ptrdiff_t widen(quadratic *q, double *x)
{
    double level_error;
    find_slope(q, x);
    const double level = cut_level(q, x, &level_error);
    for (;;) {
        const ptrdiff_t entering = most_violated(q, level, level_error);
        if (entering == NONE)
            return NONE;
        if (entering == CUT) {
            rebuild(q, 0, x);
            return CUT;
        }
        const double gain = q->slope[entering] - level;
        if (gain > slope_error(q, x, entering) + level_error && append(q, entering))
            return entering;
        q->mark[entering] = BARRED;
    }
}

static void begin(quadratic *q, int capped, const double *c, double *x)
{
    double sum = 0;
    q->c = c;
    q->capped = capped;
    q->held = 0;
    q->anchor = NONE;
    q->count = 0;
    for (ptrdiff_t i = 0; i < q->size; i++) {
        q->mark[i] = FREE;
        if (!(x[i] > 0.0) || !append(q, i))
            x[i] = 0.0;
        sum += x[i];
    }
    if (!capped || sum < 1.0 - 4.0 * DBL_EPSILON)
        return;
    for (ptrdiff_t i = 0; i < q->size; i++)
        x[i] /= sum;
    rebuild(q, 1, x);
}

static double solve(quadratic *q, int capped, const double *c, double *x)
{
    const ptrdiff_t limit = 10 * q->size + 50;
    begin(q, capped, c, x);
    descend(q, x);
    for (ptrdiff_t round = 0; round < limit; round++) {
        const ptrdiff_t entering = widen(q, x);
        if (entering == NONE)
            break;
        const int moved = descend(q, x);
        /* In exact arithmetic every round moves; where rounding forbids it, do not try the same again. */
        for (ptrdiff_t i = 0; moved && i < q->size; i++)
            q->mark[i] = q->mark[i] == BARRED ? FREE : q->mark[i];
        q->held = moved ? 0 : q->held || entering == CUT;
        if (!moved && entering >= 0 && q->mark[entering] == FREE)
            q->mark[entering] = BARRED;
    }
    find_slope(q, x);
    double value = 0;
    for (ptrdiff_t i = 0; i < q->size; i++)
        value -= 0.5 * x[i] * (c[i] + q->slope[i]);
    return value;
}

double rlra_quadratic_solve(quadratic *q, const double *c, double *x)
{
    return solve(q, 0, c, x);
}

double rlra_quadratic_solve_capped(quadratic *q, const double *c, double *x)
{
    return solve(q, 1, c, x);
}
