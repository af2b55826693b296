/* linalg/quadratic.c: the active-set method for quadratics of few unknowns. */
#include "linalg/quadratic.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { FREE, INSIDE, BARRED };

#define NONE (-1)
#define CUT  (-2)

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
    q->ones = q->goal + size;
    q->slope = q->ones + size;
    q->weight = q->slope + size;
    q->support = (ptrdiff_t *)(void *)(q->weight + size);
    q->mark = q->support + size;
}

/* Add unknown i to the support; 0 if its column depends on those in it. */
static int append(quadratic *q, ptrdiff_t i)
{
    double *const row = q->lower + q->count * q->size;
    const double *const gram = q->gram + i * q->stride;
    double pivot = gram[i] + q->shift;
    const double least = q->accuracy * (double)(q->count + 8) * pivot;
    for (ptrdiff_t t = 0; t < q->count; t++) {
        const double *const above = q->lower + t * q->size;
        double sum = gram[q->support[t]] + q->shift;
        for (ptrdiff_t u = 0; u < t; u++)
            sum -= above[u] * row[u];
        row[t] = sum / above[t];
        pivot -= row[t] * row[t];
    }
    if (!(pivot > least) || !(gram[i] > 0.0))
        return 0;
    row[q->count] = sqrt(pivot);
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
        const double length = hypot(pair[0], pair[1]);
        const double cosine = pair[0] / length, sine = pair[1] / length;
        for (ptrdiff_t u = 0; u < q->count - t; u++) {
            const double left = pair[u * stride], right = pair[u * stride + 1];
            pair[u * stride] = cosine * left + sine * right;
            pair[u * stride + 1] = cosine * right - sine * left;
        }
    }
}

/* Enter or leave the cut sum x = 1 and factorise again; unknowns that no longer fit become zero. */
static void set_tight(quadratic *q, int tight, double *x)
{
    const ptrdiff_t count = q->count;
    double diagonal = 0;
    for (ptrdiff_t t = 0; t < count; t++)
        diagonal += q->gram[q->support[t] * (q->stride + 1)];
    q->tight = tight;
    q->shift = tight ? diagonal / (double)count : 0.0;
    q->count = 0;
    for (ptrdiff_t t = 0; t < count; t++) {
        const ptrdiff_t i = q->support[t];
        q->mark[i] = FREE;
        if (!append(q, i))
            x[i] = 0.0;
    }
}

static void solve_factor(const quadratic *q, double *z)
{
    for (ptrdiff_t t = 0; t < q->count; t++) {
        const double *const row = q->lower + t * q->size;
        double sum = z[t];
        for (ptrdiff_t u = 0; u < t; u++)
            sum -= row[u] * z[u];
        z[t] = sum / row[t];
    }
    for (ptrdiff_t t = q->count - 1; t >= 0; t--) {
        const double *const row = q->lower + t * q->size;
        z[t] /= row[t];
        for (ptrdiff_t u = 0; u < t; u++)
            z[u] -= row[u] * z[t];
    }
}

/* goal = minimiser on the support, without the signs but with sum one if the cut is tight. */
static void solve_face(quadratic *q, const double *c)
{
    double sum = 0, unit = 0;
    for (ptrdiff_t t = 0; t < q->count; t++)
        q->goal[t] = c[q->support[t]];
    solve_factor(q, q->goal);
    if (!q->tight)
        return;
    for (ptrdiff_t t = 0; t < q->count; t++)
        q->ones[t] = 1.0;
    solve_factor(q, q->ones);
    for (ptrdiff_t t = 0; t < q->count; t++) {
        sum += q->goal[t];
        unit += q->ones[t];
    }
    const double multiplier = (sum - 1.0) / unit;
    for (ptrdiff_t t = 0; t < q->count; t++)
        q->goal[t] -= multiplier * q->ones[t];
}

/* The part of the way from x to the goal that stays allowed, and what ends it: a place, CUT for the cut, or NONE. */
static double longest_step(const quadratic *q, const double *x, ptrdiff_t *blocking)
{
    double step = 1.0, slack = 1.0, goal_slack = 1.0;
    *blocking = NONE;
    for (ptrdiff_t t = 0; t < q->count; t++) {
        const double from = x[q->support[t]], to = q->goal[t];
        slack -= from;
        goal_slack -= to;
        if (to > 0.0)
            continue;
        const double part = from > 0.0 ? from / (from - to) : 0.0;
        if (*blocking == NONE || part < step) {
            step = part;
            *blocking = t;
        }
    }
    if (!q->capped || q->tight || goal_slack >= 0.0)
        return step;
    const double part = slack > 0.0 ? slack / (slack - goal_slack) : 0.0;
    if (part < step) {
        step = part;
        *blocking = CUT;
    }
    return step;
}

/* Go to the minimiser on a face, shrinking the face on the way. Returns whether x moved at all. */
static int descend(quadratic *q, const double *c, double *x)
{
    int moved = 0;
    while (q->count > 0) {
        ptrdiff_t blocking;
        solve_face(q, c);
        const double step = longest_step(q, x, &blocking);
        moved |= step > 0.0;
        for (ptrdiff_t t = 0; t < q->count; t++) {
            double *const entry = x + q->support[t];
            *entry = blocking == NONE ? q->goal[t] : *entry + step * (q->goal[t] - *entry);
        }
        if (blocking == NONE)
            break;
        if (blocking == CUT) {
            set_tight(q, 1, x);
            continue;
        }
        x[q->support[blocking]] = 0.0;
        for (ptrdiff_t t = q->count - 1; t >= 0; t--) {
            if (x[q->support[t]] > 0.0)
                continue;
            x[q->support[t]] = 0.0;
            drop(q, t);
        }
    }
    return moved;
}

/* slope = c - G x. */
static void find_slope(quadratic *q, const double *c, const double *x)
{
    for (ptrdiff_t i = 0; i < q->size; i++) {
        q->slope[i] = c[i];
        q->weight[i] = fabs(c[i]);
    }
    for (ptrdiff_t t = 0; t < q->count; t++) {
        const double *const row = q->gram + q->support[t] * q->stride;
        const double value = x[q->support[t]];
        for (ptrdiff_t i = 0; i < q->size; i++) {
            q->slope[i] -= row[i] * value;
            q->weight[i] += fabs(row[i]) * value;
        }
    }
}

/* The constraint to leave: the unknown whose growth gains most (measured in the length of its column), or the cut. */
static ptrdiff_t most_violated(const quadratic *q, const double *x)
{
    const double tolerance = 8.0 * DBL_EPSILON;
    double level = 0.0, level_weight = 0.0, most = 0.0;
    ptrdiff_t found = NONE;
    for (ptrdiff_t t = 0; q->tight && t < q->count; t++) {
        level += x[q->support[t]] * q->slope[q->support[t]];
        level_weight += x[q->support[t]] * q->weight[q->support[t]];
    }
    if (q->tight && !q->held && level < -tolerance * level_weight)
        return CUT;
    for (ptrdiff_t i = 0; i < q->size; i++) {
        const double gain = q->slope[i] - level;
        if (q->mark[i] != FREE || gain <= tolerance * (q->weight[i] + level_weight))
            continue;
        const double diagonal = q->gram[i * (q->stride + 1)];
        if (gain * gain > most * diagonal) {
            most = diagonal > 0.0 ? gain * gain / diagonal : 0.0;
            found = i;
        }
    }
    return found;
}

/* Widen the face where that lowers the value; returns what entered, NONE at the minimiser. */
static ptrdiff_t widen(quadratic *q, const double *c, double *x)
{
    find_slope(q, c, x);
    for (;;) {
        const ptrdiff_t entering = most_violated(q, x);
        if (entering == NONE)
            return NONE;
        if (entering == CUT) {
            set_tight(q, 0, x);
            return CUT;
        }
        if (append(q, entering))
            return entering;
        q->mark[entering] = BARRED;
    }
}

static void begin(quadratic *q, int capped, double *x)
{
    double sum = 0;
    q->capped = capped;
    q->tight = q->held = 0;
    q->shift = 0.0;
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
    set_tight(q, 1, x);
}

static double solve(quadratic *q, int capped, const double *c, double *x)
{
    const ptrdiff_t limit = 10 * q->size + 50;
    begin(q, capped, x);
    descend(q, c, x);
    for (ptrdiff_t round = 0; round < limit; round++) {
        const ptrdiff_t entering = widen(q, c, x);
        if (entering == NONE)
            break;
        const int moved = descend(q, c, x);
        /* In exact arithmetic every round moves; where rounding forbids it, do not try the same again. */
        for (ptrdiff_t i = 0; moved && i < q->size; i++)
            q->mark[i] = q->mark[i] == BARRED ? FREE : q->mark[i];
        q->held = moved ? 0 : q->held || entering == CUT;
        if (!moved && entering >= 0 && q->mark[entering] == FREE)
            q->mark[entering] = BARRED;
    }
    find_slope(q, c, x);
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
