/* linalg/pivoting.c: block principal pivoting for many right-hand sides of one Gram matrix. */
#include "linalg/pivoting.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "linalg/pivoting_rows.h"
#include "linalg/quadratic.h"

ptrdiff_t rlra_pivoting_stride(ptrdiff_t size)
{
    return (size + FACE_MOST_LANES) / FACE_MOST_LANES * FACE_MOST_LANES;
}

static ptrdiff_t rounded_size(ptrdiff_t size)
{
    return (size + FACE_STEP - 1) / FACE_STEP * FACE_STEP;
}

static size_t rounded_bytes(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

/* The parts of the workspace; with `work` NULL they are only measured. */
static size_t lay_out(pivoting *p, ptrdiff_t size, ptrdiff_t rows, char *work)
{
    const size_t n = (size_t)rounded_size(size), lanes = FACE_MOST_LANES, words = (size_t)(size + 63) / 64;
    const size_t r = (size_t)rows, stride = (size_t)rlra_pivoting_stride(size);
    const size_t bytes[] = {sizeof *p,
                            r * sizeof(row_state),
                            r * sizeof(row_state *),
                            (2 * r + 2) * words * sizeof(uint64_t),
                            n * lanes * sizeof(int32_t),
                            n * lanes * sizeof(double),
                            n * (n + 1) / 2 * lanes * sizeof(double),
                            (2 + lanes) * stride * sizeof(double),
                            rlra_quadratic_bytes(size)};
    char *at[sizeof bytes / sizeof bytes[0]];
    size_t total = 0;
    for (size_t b = 0; b < sizeof bytes / sizeof bytes[0]; b++) {
        at[b] = work == NULL ? NULL : work + total;
        total += rounded_bytes(bytes[b]);
    }
    if (work == NULL)
        return total;
    uint64_t *const bits = (uint64_t *)(void *)at[3];
    p->words = (ptrdiff_t)words;
    p->state = (row_state *)(void *)at[1];
    p->queue = (row_state **)(void *)at[2];
    p->wrong = bits + 2 * r * words;
    p->factored = p->wrong + words;
    p->index = (int32_t *)(void *)at[4];
    p->part = (double *)(void *)at[5];
    p->lower = (double *)(void *)at[6];
    p->slope = (double *)(void *)at[7];
    p->base = p->slope + 2 * stride;
    p->work = at[8];
    for (size_t i = 0; i < r; i++) {
        p->state[i].inside = bits + 2 * i * words;
        p->state[i].high = bits + (2 * i + 1) * words;
    }
    return total;
}

size_t rlra_pivoting_bytes(ptrdiff_t size, ptrdiff_t rows)
{
    pivoting p;
    return lay_out(&p, size, rows, NULL);
}

pivoting *rlra_pivoting_init(const face_gram *g, const face_kernels *faces, ptrdiff_t rows, void *work)
{
    pivoting *const p = work;
    lay_out(p, g->size, rows, work);
    p->g = g;
    p->faces = faces;
    return p;
}

static double largest(ptrdiff_t size, const double *c)
{
    double most = 0.0;
    for (ptrdiff_t k = 0; k < size; k++)
        most = fabs(c[k]) > most ? fabs(c[k]) : most;
    return most;
}

/* Whether x is optimal up to rounding. */
static int optimal(const pivoting *p, const double *c, const double *x, double epsilon)
{
    const face_gram *const g = p->g;
    double sum = 0.0, wrong = 0.0;
    int32_t count = 0;
    for (ptrdiff_t k = 0; k < g->size; k++) {
        p->index[count] = (int32_t)k;
        p->part[count] = x[k];
        count += x[k] != 0.0;
        sum += fabs(x[k]);
    }
    p->faces->slope(count, g->gram, g->stride, p->index, p->part, 1, c, p->slope);
    for (ptrdiff_t k = 0; k < g->size; k++) {
        const int may_rise = g->upper == NULL || x[k] < g->upper[k];
        const int may_fall = g->free || x[k] > 0.0;
        const double rise = may_rise ? p->slope[k] : 0.0, fall = may_fall ? -p->slope[k] : 0.0;
        wrong = rise > wrong ? rise : wrong;
        wrong = fall > wrong ? fall : wrong;
    }
    return wrong <= 8.0 * epsilon * (largest(g->size, c) + 2.0 * sum);
}

ptrdiff_t rlra_pivoting_check(pivoting *p, ptrdiff_t rows, const double *c, const double *x, double epsilon,
                              int32_t *open)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < rows; i++)
        if (!optimal(p, c + i * p->g->stride, x + i * p->g->stride, epsilon))
            open[count++] = (int32_t)i;
    return count;
}

/* Set the support of a row from x. Unknowns without influence stay outside. */
static void begin_row(const pivoting *p, row_state *s, int32_t number, const double *c, const double *x)
{
    const face_gram *const g = p->g;
    memset(s->inside, 0, (size_t)p->words * sizeof *s->inside);
    memset(s->high, 0, (size_t)p->words * sizeof *s->high);
    for (ptrdiff_t k = 0; k < g->size; k++) {
        const int high = g->upper != NULL && x[k] >= g->upper[k];
        const int inside = (g->free || x[k] > 0.0) && !high && g->diagonal[k] > 0.0;
        s->inside[k / 64] |= (uint64_t)inside << (k % 64);
        s->high[k / 64] |= (uint64_t)high << (k % 64);
    }
    s->number = number;
    s->fewest = (int32_t)g->size + 1;
    s->tries = PIVOTING_TRIES;
    s->size = largest(g->size, c);
    s->count = rlra_pivoting_count(s->inside, p->words);
}

/* The active-set method from the current point. Rounding may spoil it if G is nearly singular: a result that is worse by more
 * than the rounding of the values is discarded. */
static void walk_row(const pivoting *p, const double *c, double *x)
{
    const face_gram *const g = p->g;
    double *const start = p->slope + g->stride;
    double before = 0.0, size = 0.0;
    quadratic solver;
    memcpy(start, x, (size_t)g->size * sizeof *x);
    for (ptrdiff_t k = 0; k < g->size; k++) {
        double product = 0.0;
        for (ptrdiff_t l = 0; l < g->size; l++)
            product += g->gram[k * g->stride + l] * x[l];
        before += x[k] * (0.5 * product - c[k]);
        size += fabs(x[k]) * (fabs(0.5 * product) + fabs(c[k]));
    }
    rlra_quadratic_init(&solver, g->size, g->gram, g->stride, g->accuracy, p->work);
    solver.noise = g->noise;
    if (rlra_quadratic_solve_bounded(&solver, c, g->upper, x) > before + 64.0 * DBL_EPSILON * size)
        memcpy(x, start, (size_t)g->size * sizeof *x);
}

/* Do the first `limit` pivots of the open rows; rows that are not finished stay in the queue. */
static ptrdiff_t pivots(pivoting *p, ptrdiff_t count, const int32_t *open, ptrdiff_t limit, const double *c, double *x)
{
    const ptrdiff_t stride = p->g->stride;
    for (ptrdiff_t i = 0; i < count; i++) {
        p->queue[i] = &p->state[i];
        begin_row(p, p->queue[i], open[i], c + open[i] * stride, x + open[i] * stride);
    }
    for (ptrdiff_t round = 0; round < limit && count > 0; round++)
        count = rlra_pivoting_step(p, count, c, x);
    return count;
}

static void walk(const pivoting *p, ptrdiff_t count, const double *c, double *x)
{
    for (ptrdiff_t i = 0; i < count; i++)
        walk_row(p, c + p->queue[i]->number * p->g->stride, x + p->queue[i]->number * p->g->stride);
}

void rlra_pivoting_walk(pivoting *p, ptrdiff_t count, const int32_t *open, const double *c, double *x)
{
    /* Solve on the first faces for all rows at once: results that are feasible and optimal are final. */
    walk(p, pivots(p, count, open, 1, c, x), c, x);
}

void rlra_pivoting_solve(pivoting *p, ptrdiff_t count, const int32_t *open, const double *c, double *x)
{
    walk(p, pivots(p, count, open, p->g->size + 20, c, x), c, x);
}
