/* linalg/supports/all.c: the best small support of many right-hand sides at once, by trying all supports.
 *
 * The optimum is the minimiser without sign constraints on its own support T. So for all T with independent columns: extend the
 * Cholesky factor of the smaller support by a row, h = L^-1 c_T by an entry for each side; the value is -|h|^2 / 2. Only if
 * that is the best so far for some side are the entries L^-T h checked: they must be positive. All sides share the work on G.
 * With sum x = 1 the first unknown of T is its anchor, one minus the others, and G and c are those of the differences to it. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "linalg/supports/supports.h"

/* Vectors of the size that all processors have; wider ones would give the same bits. */
typedef double pair __attribute__((vector_size(16)));
typedef int64_t pair_mask __attribute__((vector_size(16)));
#define PAIRS (SUPPORTS_SIDES / 2)

typedef struct table {
    const supports_task *task;
    const pair *c;      /* PAIRS for each unknown */
    ptrdiff_t pairs;    /* pairs that are in use */
    ptrdiff_t most;     /* unknowns of a support, without the anchor */
    ptrdiff_t anchor;   /* -1 without sum_to_one */
    ptrdiff_t *order;   /* unknowns; with sum_to_one by length of their columns: the anchor is the shortest */
    ptrdiff_t *support; /* T, without the anchor */
    double *lower;      /* row t at t * most */
    double *inverse;    /* reciprocals of its diagonal */
    pair *half;         /* h, PAIRS for each member of T */
    pair *sum;          /* -2 value, for the empty support and up to each member */
    pair *x;            /* L^-T h, for one pair */
    pair *best;         /* -2 value of the best support so far */
    pair *cut;          /* -2 value to exceed: better by more than rounding */
    double *solution;   /* for each side: most + 1 entries, */
    ptrdiff_t *members; /* their unknowns, */
    ptrdiff_t *count;   /* and their number */
} table;

double rlra_supports_count(ptrdiff_t size, ptrdiff_t most)
{
    double binomial = 1.0, sum = 0.0;
    for (ptrdiff_t k = 1; k <= most && k <= size; k++) {
        binomial *= (double)(size - k + 1) / (double)k;
        sum += binomial;
    }
    return sum;
}

/* In the order of begin(). */
size_t rlra_supports_enumerate_bytes(ptrdiff_t size, ptrdiff_t most)
{
    const size_t n = (size_t)size, k = most < size ? (size_t)most : n;
    return ((2 * k + 3) * PAIRS + k) * sizeof(pair) + (k * k + k + (k + 1) * SUPPORTS_SIDES) * sizeof(double) +
           (n + k + (k + 2) * SUPPORTS_SIDES) * sizeof(ptrdiff_t);
}

static void begin(table *t, const supports_task *task, ptrdiff_t sides, const double *c, void *work)
{
    const ptrdiff_t n = task->size, most = task->most < n ? task->most : n;
    *t = (table){.task = task, .c = (const pair *)(const void *)c, .pairs = (sides + 1) / 2, .anchor = -1};
    t->most = most - (task->sum_to_one != 0);
    t->half = work;
    t->sum = t->half + most * PAIRS;
    t->best = t->sum + (most + 1) * PAIRS;
    t->cut = t->best + PAIRS;
    t->x = t->cut + PAIRS;
    t->lower = (double *)(void *)(t->x + most);
    t->inverse = t->lower + most * most;
    t->solution = t->inverse + most;
    t->order = (ptrdiff_t *)(void *)(t->solution + (most + 1) * SUPPORTS_SIDES);
    t->support = t->order + n;
    t->members = t->support + most;
    t->count = t->members + (most + 1) * SUPPORTS_SIDES;
    for (ptrdiff_t j = 0; j < n; j++) {
        ptrdiff_t at = task->sum_to_one ? j : 0;
        for (; at > 0 && task->gram[t->order[at - 1] * (n + 1)] > task->gram[j * (n + 1)]; at--)
            t->order[at] = t->order[at - 1];
        t->order[task->sum_to_one ? at : j] = j;
    }
    const double nothing = task->sum_to_one ? -INFINITY : 0.0;
    for (ptrdiff_t p = 0; p < PAIRS; p++) {
        t->sum[p] = (pair){0.0, 0.0};
        t->best[p] = t->cut[p] = (pair){nothing, nothing};
    }
    memset(t->count, 0, SUPPORTS_SIDES * sizeof *t->count);
}

static double entry(const table *t, ptrdiff_t i, ptrdiff_t j)
{
    const ptrdiff_t n = t->task->size;
    const double *const row = t->task->gram + i * n;
    if (t->anchor < 0)
        return row[j];
    const double *const anchor = t->task->gram + t->anchor * n;
    return (row[j] - row[t->anchor]) - (anchor[j] - anchor[t->anchor]);
}

/* Row `count` of the factor, for unknown i; returns 0 if its column depends on those in T. */
static int extend(table *t, ptrdiff_t count, ptrdiff_t i)
{
    const ptrdiff_t diagonal = t->task->size + 1;
    double *const row = t->lower + count * t->most;
    const double length = t->task->gram[i * diagonal] + (t->anchor < 0 ? 0.0 : t->task->gram[t->anchor * diagonal]);
    double pivot = entry(t, i, i);
    for (ptrdiff_t u = 0; u < count; u++) {
        const double *const above = t->lower + u * t->most;
        double sum = entry(t, i, t->support[u]);
        for (ptrdiff_t v = 0; v < u; v++)
            sum -= above[v] * row[v];
        row[u] = sum * t->inverse[u];
        pivot -= row[u] * row[u];
    }
    if (!(pivot > t->task->accuracy * (double)(count + 8) * length))
        return 0;
    row[count] = sqrt(pivot);
    t->inverse[count] = 1.0 / row[count];
    t->support[count] = i;
    return 1;
}

static int any(pair_mask mask)
{
    return (mask[0] | mask[1]) != 0;
}

/* h = (c_i - sum_u L_iu h_u) / L_ii and the value of the support, for all sides. Returns whether one of them may be better. */
static int forward(table *t, ptrdiff_t count)
{
    const ptrdiff_t n = t->task->size, a = t->anchor, i = t->support[count];
    const double *const row = t->lower + count * t->most;
    const double shift = a < 0 ? 0.0 : t->task->gram[i * n + a] - t->task->gram[a * (n + 1)];
    const double inverse = t->inverse[count];
    pair *const half = t->half + count * PAIRS;
    pair *const sum = t->sum + count * PAIRS;
    pair_mask better = {0};
    for (ptrdiff_t p = 0; p < t->pairs; p++) {
        pair h = t->c[i * PAIRS + p];
        if (a >= 0)
            h = (h - t->c[a * PAIRS + p]) - shift;
        for (ptrdiff_t u = 0; u < count; u++)
            h -= row[u] * t->half[u * PAIRS + p];
        h *= inverse;
        half[p] = h;
        sum[PAIRS + p] = sum[p] + h * h;
        better |= (h > 0.0) & (sum[PAIRS + p] > t->cut[p]);
    }
    return any(better);
}

static void keep(table *t, ptrdiff_t count, ptrdiff_t p, int lane, double rest)
{
    const ptrdiff_t side = 2 * p + lane, room = t->most + 1;
    double *const solution = t->solution + side * room;
    ptrdiff_t *const members = t->members + side * room;
    const double best = t->sum[count * PAIRS + p][lane];
    for (ptrdiff_t u = 0; u < count; u++) {
        solution[u] = t->x[u][lane];
        members[u] = t->support[u];
    }
    solution[count] = rest;
    members[count] = t->anchor;
    t->count[side] = count + (t->anchor >= 0);
    t->best[p][lane] = best;
    t->cut[p][lane] = best + 8.0 * DBL_EPSILON * fabs(best);
}

/* Solve L^T x = h for the sides whose value would be better; those with x > 0 keep the result. */
static void backward(table *t, ptrdiff_t count)
{
    for (ptrdiff_t p = 0; p < t->pairs; p++) {
        pair_mask good = t->sum[count * PAIRS + p] > t->cut[p];
        pair rest = {1.0, 1.0};
        for (ptrdiff_t u = count - 1; u >= 0 && any(good); u--) {
            pair x = t->half[u * PAIRS + p];
            for (ptrdiff_t v = u + 1; v < count; v++)
                x -= t->lower[v * t->most + u] * t->x[v];
            x *= t->inverse[u];
            t->x[u] = x;
            rest -= x;
            good &= x > 0.0;
        }
        if (t->anchor >= 0)
            good &= rest > 0.0;
        for (int lane = 0; lane < 2; lane++)
            if (good[lane])
                keep(t, count, p, lane, rest[lane]);
    }
}

/* Visit all supports that add unknowns from place `first` of the order on to the first `count` members. */
static void visit(table *t, ptrdiff_t count, ptrdiff_t first)
{
    for (ptrdiff_t o = first; count < t->most && o < t->task->size; o++) {
        if (!extend(t, count, t->order[o]))
            continue;
        if (forward(t, count))
            backward(t, count + 1);
        visit(t, count + 1, o + 1);
    }
}

/* Visit all supports with sum_to_one, for all anchors: minus twice the value of the corner is 2 c_a - g_aa. */
static void visit_anchors(table *t)
{
    const ptrdiff_t n = t->task->size;
    for (ptrdiff_t o = 0; o < n; o++) {
        t->anchor = t->order[o];
        for (ptrdiff_t p = 0; p < t->pairs; p++)
            t->sum[p] = 2.0 * t->c[t->anchor * PAIRS + p] - t->task->gram[t->anchor * (n + 1)];
        backward(t, 0);
        visit(t, 0, o + 1);
    }
}

/* 1/2 x^T G x - c^T x of the result of a side, recomputed as on the simplex the value of the corner of the anchor may have
 * cancelled. */
static double value_of(const table *t, ptrdiff_t side)
{
    const ptrdiff_t room = t->most + 1, count = t->count[side];
    const double *const x = t->solution + side * room;
    const ptrdiff_t *const members = t->members + side * room;
    double value = 0.0;
    for (ptrdiff_t u = 0; u < count; u++) {
        double slope = 2.0 * t->c[members[u] * PAIRS + side / 2][side % 2];
        for (ptrdiff_t v = 0; v < count; v++)
            slope -= t->task->gram[members[u] * t->task->size + members[v]] * x[v];
        value -= 0.5 * x[u] * slope;
    }
    return value;
}

void rlra_supports_enumerate(const supports_task *task, ptrdiff_t sides, const double *c, double *x, double *values,
                             void *work)
{
    table t;
    begin(&t, task, sides, c, work);
    if (task->sum_to_one)
        visit_anchors(&t);
    else
        visit(&t, 0, 0);
    for (ptrdiff_t side = 0; side < sides; side++) {
        const ptrdiff_t room = t.most + 1;
        for (ptrdiff_t j = 0; j < task->size; j++)
            x[j * SUPPORTS_SIDES + side] = 0.0;
        for (ptrdiff_t u = 0; u < t.count[side]; u++)
            x[t.members[side * room + u] * SUPPORTS_SIDES + side] = t.solution[side * room + u];
        values[side] = task->sum_to_one ? value_of(&t, side) : -0.5 * t.best[side / 2][side % 2];
    }
}
