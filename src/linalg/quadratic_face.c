/* linalg/quadratic_face.c: the Cholesky factor on the support of an active-set method, with up- and downdates. */
#include "linalg/quadratic_face.h"

#include <math.h>
#include <string.h>

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

/* Entry of the matrix to factorise: the Gram matrix, on the cut that of the columns minus the anchor. */
static inline double entry(const quadratic *q, ptrdiff_t i, ptrdiff_t j)
{
    const double *const row = q->gram + i * q->stride;
    if (q->anchor == FACE_NONE)
        return row[j];
    const double *const anchor = q->gram + q->anchor * q->stride;
    return (row[j] - row[q->anchor]) - (anchor[j] - anchor[q->anchor]);
}

/* The right-hand side for this matrix. */
static inline double target(const quadratic *q, ptrdiff_t i)
{
    const ptrdiff_t a = q->anchor;
    if (a == FACE_NONE)
        return q->base[i];
    return (q->base[i] - q->gram[i * q->stride + a]) - (q->base[a] - q->gram[a * (q->stride + 1)]);
}

double rlra_quadratic_tolerance(const quadratic *q)
{
    return q->accuracy * (double)(q->count + 8);
}

int rlra_quadratic_append(quadratic *q, ptrdiff_t i, double tolerance)
{
    double *const row = q->lower + q->count * q->size;
    const double size =
        q->gram[i * (q->stride + 1)] + (q->anchor == FACE_NONE ? 0.0 : q->gram[q->anchor * (q->stride + 1)]);
    double pivot = entry(q, i, i);
    for (ptrdiff_t t = 0; t < q->count; t++) {
        const double *const above = q->lower + t * q->size;
        row[t] = (entry(q, i, q->support[t]) - dot(t, above, row)) / above[t];
        pivot -= row[t] * row[t];
    }
    q->pivot = pivot;
    if (!(pivot > tolerance * size))
        return 0;
    row[q->count] = sqrt(pivot);
    q->half[q->count] = (target(q, i) - dot(q->count, row, q->half)) / row[q->count];
    q->support[q->count++] = i;
    q->mark[i] = FACE_INSIDE;
    return 1;
}

void rlra_quadratic_drop(quadratic *q, ptrdiff_t at)
{
    const ptrdiff_t stride = q->size;
    q->mark[q->support[at]] = FACE_FREE;
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

void rlra_quadratic_rebuild(quadratic *q, int tight, double *x)
{
    ptrdiff_t anchor = FACE_NONE;
    for (ptrdiff_t i = 0; tight && i < q->size; i++)
        if (q->mark[i] == FACE_INSIDE &&
            (anchor == FACE_NONE || q->gram[i * (q->stride + 1)] < q->gram[anchor * (q->stride + 1)]))
            anchor = i;
    q->anchor = anchor;
    q->count = 0;
    for (ptrdiff_t i = 0; i < q->size; i++)
        if (q->mark[i] == FACE_INSIDE && i != anchor && !rlra_quadratic_append(q, i, rlra_quadratic_tolerance(q))) {
            q->mark[i] = FACE_FREE;
            x[i] = 0.0;
        }
}

void rlra_quadratic_backward(const quadratic *q, double *v)
{
    for (ptrdiff_t t = q->count - 1; t >= 0; t--) {
        const double *const row = q->lower + t * q->size;
        v[t] /= row[t];
        for (ptrdiff_t u = 0; u < t; u++)
            v[u] -= row[u] * v[t];
    }
}

double rlra_quadratic_goal(const quadratic *q)
{
    double rest = 1.0;
    memcpy(q->goal, q->half, (size_t)q->count * sizeof *q->goal);
    rlra_quadratic_backward(q, q->goal);
    for (ptrdiff_t t = q->count - 1; t >= 0; t--)
        rest -= q->goal[t];
    return rest;
}

void rlra_quadratic_rebase(quadratic *q)
{
    memcpy(q->base, q->c, (size_t)q->size * sizeof *q->c);
    for (ptrdiff_t j = 0; q->upper != NULL && j < q->size; j++) {
        if (q->mark[j] != FACE_HIGH && q->mark[j] != FACE_HIGH_BARRED)
            continue;
        for (ptrdiff_t i = 0; i < q->size; i++)
            q->base[i] -= q->gram[j * q->stride + i] * q->upper[j];
    }
    for (ptrdiff_t t = 0; t < q->count; t++) {
        const double *const row = q->lower + t * q->size;
        q->half[t] = (target(q, q->support[t]) - dot(t, row, q->half)) / row[t];
    }
}
