/* linalg/supports/face.c: an active-set method on the unknowns that a search over supports allows. */
#include "linalg/supports/face.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define NONE   (-1)
#define ANCHOR (-2)

size_t rlra_face_bytes(ptrdiff_t size)
{
    const size_t n = (size_t)size, marks = (2 * n + sizeof(double) - 1) / sizeof(double);
    return (n * n + 3 * n + marks) * sizeof(double) + n * sizeof(ptrdiff_t);
}

void rlra_face_init(face *f, ptrdiff_t size, const double *gram, double accuracy, int sum_to_one, void *work)
{
    *f = (face){.size = size, .gram = gram, .accuracy = accuracy, .sum_to_one = sum_to_one, .anchor = NONE};
    f->lower = work;
    f->inverse = f->lower + size * size;
    f->goal = f->inverse + size;
    f->slope = f->goal + size;
    f->support = (ptrdiff_t *)(void *)(f->slope + size);
    f->barred = (unsigned char *)(f->support + size);
    f->outside = f->barred + size;
    memset(f->barred, 0, (size_t)size);
}

static double diagonal(const face *f, ptrdiff_t i)
{
    return f->gram[i * (f->size + 1)];
}

/* Entry of the matrix to factorise: G, or with sum_to_one that of the columns minus the anchor. */
static inline double entry(const face *f, ptrdiff_t i, ptrdiff_t j)
{
    const double *const row = f->gram + i * f->size;
    if (f->anchor == NONE)
        return row[j];
    const double *const anchor = f->gram + f->anchor * f->size;
    return (row[j] - row[f->anchor]) - (anchor[j] - anchor[f->anchor]);
}

static inline double target(const face *f, ptrdiff_t i)
{
    const ptrdiff_t a = f->anchor;
    if (a == NONE)
        return f->c[i];
    return (f->c[i] - f->c[a]) - (f->gram[i * f->size + a] - f->gram[a * (f->size + 1)]);
}

/* Add unknown i to the support; returns 0 if its column depends on it. */
static int append(face *f, ptrdiff_t i)
{
    double *const row = f->lower + f->count * f->size;
    const double length = diagonal(f, i) + (f->anchor == NONE ? 0.0 : diagonal(f, f->anchor));
    double pivot = entry(f, i, i);
    for (ptrdiff_t t = 0; t < f->count; t++) {
        const double *const above = f->lower + t * f->size;
        double sum = entry(f, i, f->support[t]);
        for (ptrdiff_t u = 0; u < t; u++)
            sum -= above[u] * row[u];
        row[t] = sum * f->inverse[t];
        pivot -= row[t] * row[t];
    }
    if (!(pivot > f->accuracy * (double)(f->count + 8) * length))
        return 0;
    row[f->count] = sqrt(pivot);
    f->inverse[f->count] = 1.0 / row[f->count];
    f->support[f->count++] = i;
    f->outside[i] = 0;
    return 1;
}

/* Remove place `at` from the support: delete its row of the factor and rotate the rest back to triangular. */
static void drop(face *f, ptrdiff_t at)
{
    const ptrdiff_t stride = f->size;
    f->outside[f->support[at]] = 1;
    f->count--;
    for (ptrdiff_t t = at; t < f->count; t++) {
        f->support[t] = f->support[t + 1];
        memcpy(f->lower + t * stride, f->lower + (t + 1) * stride, (size_t)(t + 2) * sizeof *f->lower);
    }
    for (ptrdiff_t t = at; t < f->count; t++) {
        double *const pair = f->lower + t * stride + t;
        const double length = sqrt(pair[0] * pair[0] + pair[1] * pair[1]);
        const double cosine = pair[0] / length, sine = pair[1] / length;
        f->inverse[t] = 1.0 / length;
        for (ptrdiff_t u = 0; u < f->count - t; u++) {
            const double left = pair[u * stride], right = pair[u * stride + 1];
            pair[u * stride] = cosine * left + sine * right;
            pair[u * stride + 1] = cosine * right - sine * left;
        }
    }
}

/* Factorise the support of x. The anchor is the shortest column, as subtracting it costs the others the least accuracy.
 * Unknowns that depend on earlier ones become zero. */
static void rebuild(face *f, double *x)
{
    ptrdiff_t anchor = NONE;
    for (ptrdiff_t i = 0; f->sum_to_one && i < f->size; i++)
        if (x[i] > 0.0 && (anchor == NONE || diagonal(f, i) < diagonal(f, anchor)))
            anchor = i;
    f->anchor = anchor;
    f->count = 0;
    for (ptrdiff_t i = 0; i < f->size; i++) {
        f->outside[i] = !f->barred[i];
        if (!(x[i] > 0.0))
            continue;
        if (i == anchor)
            f->outside[i] = 0;
        else if (!append(f, i))
            x[i] = 0.0;
    }
}

/* The first point: x itself; with sum_to_one, x scaled to that sum, or the best corner. Returns 0 if there is none. */
static int begin(face *f, double *x)
{
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < f->size; i++)
        sum += x[i];
    if (f->sum_to_one && sum > 0.0)
        for (ptrdiff_t i = 0; i < f->size; i++)
            x[i] /= sum;
    if (f->sum_to_one && !(sum > 0.0)) {
        ptrdiff_t best = NONE;
        for (ptrdiff_t i = 0; i < f->size; i++)
            if (!f->barred[i] && (best == NONE || 0.5 * (diagonal(f, i) - diagonal(f, best)) < f->c[i] - f->c[best]))
                best = i;
        if (best == NONE)
            return 0;
        x[best] = 1.0;
    }
    rebuild(f, x);
    return 1;
}

/* goal = minimiser on the support, without sign constraints; returns the part of the anchor. *value gets the value there. */
static double solve(const face *f, double *value)
{
    double *const goal = f->goal;
    double rest = 1.0, square = 0.0;
    for (ptrdiff_t t = 0; t < f->count; t++) {
        const double *const row = f->lower + t * f->size;
        double sum = target(f, f->support[t]);
        for (ptrdiff_t u = 0; u < t; u++)
            sum -= row[u] * goal[u];
        goal[t] = sum * f->inverse[t];
        square += goal[t] * goal[t];
    }
    for (ptrdiff_t t = f->count - 1; t >= 0; t--) {
        const double *const row = f->lower + t * f->size;
        const double part = goal[t] * f->inverse[t];
        for (ptrdiff_t u = 0; u < t; u++)
            goal[u] -= row[u] * part;
        goal[t] = part;
        rest -= part;
    }
    *value = -0.5 * square + (f->anchor == NONE ? 0.0 : 0.5 * diagonal(f, f->anchor) - f->c[f->anchor]);
    return rest;
}

/* The fraction of the way from `from` to `to` <= 0 at which the value is zero. */
static double way_to_zero(double from, double to)
{
    return from > 0.0 ? from / (from - to) : 0.0;
}

/* The fraction of the way from x to the goal that is feasible, and the place that ends it, ANCHOR or NONE. */
static double longest_step(const face *f, const double *x, double rest, ptrdiff_t *blocking)
{
    double step = 1.0;
    *blocking = NONE;
    for (ptrdiff_t t = 0; t < f->count; t++) {
        const double to = f->goal[t];
        if (to > 0.0)
            continue;
        const double part = way_to_zero(x[f->support[t]], to);
        if (*blocking != NONE && part >= step)
            continue;
        step = part;
        *blocking = t;
    }
    if (f->anchor == NONE || rest > 0.0)
        return step;
    const double part = way_to_zero(x[f->anchor], rest);
    if (*blocking != NONE && part >= step)
        return step;
    *blocking = ANCHOR;
    return part;
}

/* Move by `step`, and remove the unknown that has become zero from the support. */
static void advance(face *f, double step, double rest, ptrdiff_t blocking, double *x)
{
    if (f->anchor != NONE)
        x[f->anchor] += step * (rest - x[f->anchor]);
    for (ptrdiff_t t = f->count - 1; t >= 0; t--) {
        const ptrdiff_t i = f->support[t];
        x[i] += step * (f->goal[t] - x[i]);
        if (t != blocking && x[i] > 0.0)
            continue;
        x[i] = 0.0;
        drop(f, t);
    }
    if (blocking != ANCHOR)
        return;
    x[f->anchor] = 0.0;
    rebuild(f, x);
}

/* Go to the minimiser on a face, shrinking the face on the way; returns the value there. *moved is set if x changed. */
static double descend(face *f, double *x, int *moved)
{
    for (;;) {
        double value;
        ptrdiff_t blocking;
        const double rest = solve(f, &value);
        const double step = longest_step(f, x, rest, &blocking);
        *moved |= step > 0.0;
        if (blocking != NONE) {
            advance(f, step, rest, blocking, x);
            continue;
        }
        for (ptrdiff_t t = 0; t < f->count; t++)
            x[f->support[t]] = f->goal[t];
        if (f->anchor != NONE)
            x[f->anchor] = rest;
        return value;
    }
}

/* slope = c - G x. */
static void find_slope(face *f, const double *x)
{
    memcpy(f->slope, f->c, (size_t)f->size * sizeof *f->c);
    for (ptrdiff_t t = f->anchor == NONE ? 0 : -1; t < f->count; t++) {
        const ptrdiff_t j = t < 0 ? f->anchor : f->support[t];
        const double *const row = f->gram + j * f->size;
        const double part = x[j];
        for (ptrdiff_t i = 0; i < f->size; i++)
            f->slope[i] -= row[i] * part;
    }
}

/* The rounding error of slope[i]: a few ulps of the sum of its terms. */
static double slope_error(const face *f, const double *x, ptrdiff_t i)
{
    const double *const row = f->gram + i * f->size;
    double sum = fabs(f->c[i]);
    for (ptrdiff_t j = 0; j < f->size; j++)
        sum += fabs(row[j]) * x[j];
    return 8.0 * DBL_EPSILON * sum;
}

/* The unknown with most gain slope^2 / diagonal among those with allowed[j] != 0 and a slope above the level, or NONE. */
static ptrdiff_t steepest(const face *f, const unsigned char *allowed)
{
    const double level = f->anchor == NONE ? 0.0 : f->slope[f->anchor];
    double most = 0.0;
    ptrdiff_t found = NONE;
    for (ptrdiff_t i = 0; i < f->size; i++) {
        const double gain = f->slope[i] - level;
        if (!allowed[i] || !(gain > 0.0))
            continue;
        const double length = entry(f, i, i);
        const double fall = length > 0.0 ? gain * (gain / length) : 0.0;
        if (found == NONE || fall > most) {
            most = fall;
            found = i;
        }
    }
    return found;
}

/* Whether the slope of i exceeds the level by more than rounding. */
static int rises(const face *f, const double *x, ptrdiff_t i)
{
    if (f->anchor == NONE)
        return f->slope[i] > slope_error(f, x, i);
    return f->slope[i] - f->slope[f->anchor] > slope_error(f, x, i) + slope_error(f, x, f->anchor);
}

/* Add an unknown whose growth lowers the value to the support; NONE at the minimiser. */
static ptrdiff_t widen(face *f, const double *x)
{
    for (;;) {
        const ptrdiff_t entering = steepest(f, f->outside);
        if (entering == NONE || (rises(f, x, entering) && append(f, entering)))
            return entering;
        f->outside[entering] = 0;
    }
}

/* 1/2 x^T G x - c^T x from the slope: the value of a corner cancels if the anchor is a small part of x. */
static double value_on_simplex(const face *f, const double *x)
{
    double value = 0.0;
    for (ptrdiff_t j = 0; j < f->size; j++)
        value -= x[j] > 0.0 ? 0.5 * x[j] * (f->c[j] + f->slope[j]) : 0.0;
    return value;
}

double rlra_face_minimise(face *f, const double *c, double *x)
{
    const ptrdiff_t limit = 10 * f->size + 50;
    int moved = 0;
    f->c = c;
    if (!begin(f, x))
        return INFINITY;
    double value = descend(f, x, &moved);
    for (ptrdiff_t round = 0; round < limit; round++) {
        find_slope(f, x);
        const ptrdiff_t entering = widen(f, x);
        if (entering == NONE)
            break;
        moved = 0;
        value = descend(f, x, &moved);
        /* In exact arithmetic every round moves; if rounding prevents it, do not repeat the same. */
        for (ptrdiff_t i = 0; moved && i < f->size; i++)
            f->outside[i] = !f->barred[i] && !(x[i] > 0.0);
        if (!moved)
            f->outside[entering] = 0;
    }
    return f->sum_to_one ? value_on_simplex(f, x) : value;
}

/* With d_i = -x_i fixed and the others free, the least 1/2 d^T D d is x_i^2 / 2 (D^-1)_ii, and if the entries of d must sum to
 * x_anchor it is x_anchor^2 / (2 1^T D^-1 1). Column i of the inverse factor gives both. */
void rlra_face_costs(const face *f, const double *x, double *costs, double *scratch)
{
    double *const ones = scratch + f->size;
    memset(ones, 0, (size_t)f->size * sizeof *ones);
    for (ptrdiff_t i = 0; i < f->count; i++) {
        const double part = x[f->support[i]];
        double square = 0.0;
        for (ptrdiff_t t = i; t < f->count; t++) {
            const double *const row = f->lower + t * f->size;
            double sum = t == i ? 1.0 : 0.0;
            for (ptrdiff_t u = i; u < t; u++)
                sum -= row[u] * scratch[u];
            scratch[t] = sum * f->inverse[t];
            square += scratch[t] * scratch[t];
            ones[t] += scratch[t];
        }
        costs[f->support[i]] = 0.5 * part * (part / square);
    }
    if (f->anchor == NONE)
        return;
    double square = 0.0;
    for (ptrdiff_t t = 0; t < f->count; t++)
        square += ones[t] * ones[t];
    costs[f->anchor] = square > 0.0 ? 0.5 * x[f->anchor] * (x[f->anchor] / square) : INFINITY;
}

ptrdiff_t rlra_face_steepest(face *f, const double *x, const unsigned char *allowed)
{
    find_slope(f, x);
    const ptrdiff_t found = steepest(f, allowed);
    return found != NONE && rises(f, x, found) ? found : NONE;
}
