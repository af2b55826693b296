/* linalg/supports/supports.c: branch and bound over the supports of a nonnegative quadratic, and greedy methods. */
#include "linalg/supports/supports.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "linalg/supports/face.h"

enum { ALLOWED, KEPT, REMOVED };

/* The search for one right-hand side. A node of the tree is a set of removed and a set of kept unknowns; it stands for all
 * supports without the former and with all of the latter. Each level of the tree has a row of `point` and of `order`. */
typedef struct search {
    const supports_task *task;
    ptrdiff_t most; /* at most the number of unknowns */
    const double *c;
    face face;
    double *best;   /* values of the task */
    double *best_x; /* points of the task */
    double *point;  /* minimiser at the node of each level */
    double *costs;
    double *scratch;
    ptrdiff_t *order; /* unknowns to branch over, for each level */
    unsigned char *state;
    double slack; /* rounding error of values */
    double open;  /* least bound of a node skipped because of the limit */
    int64_t nodes;
} search;

/* Bytes in the order of begin(). */
size_t rlra_supports_bytes(ptrdiff_t size)
{
    const size_t n = (size_t)size, levels = n + 1;
    return rlra_face_bytes(size) + (levels * n + 3 * n) * sizeof(double) + levels * n * sizeof(ptrdiff_t) +
           (n + sizeof(double) - 1) / sizeof(double) * sizeof(double);
}

static search begin(const supports_task *task, const double *c, double *x, double *values, void *work)
{
    const ptrdiff_t n = task->size;
    search s = {.task = task, .c = c, .best = values, .best_x = x, .open = INFINITY};
    s.most = task->most < n ? task->most : n;
    char *const at = work;
    rlra_face_init(&s.face, n, task->gram, task->accuracy, task->sum_to_one, at);
    s.point = (double *)(void *)(at + rlra_face_bytes(n));
    s.costs = s.point + (n + 1) * n;
    s.scratch = s.costs + n;
    s.order = (ptrdiff_t *)(void *)(s.scratch + 2 * n);
    s.state = (unsigned char *)(s.order + (n + 1) * n);
    memset(s.state, ALLOWED, (size_t)n);
    for (ptrdiff_t k = task->least; k <= task->most; k++) {
        values[k - task->least] = task->sum_to_one ? INFINITY : 0.0;
        memset(x + (k - task->least) * n, 0, (size_t)n * sizeof *x);
    }
    return s;
}

static ptrdiff_t nonzeros(const search *s)
{
    return s->face.count + (s->face.anchor >= 0);
}

/* Keep a point for all sizes for which it is the best so far. */
static void record(search *s, double value, const double *x)
{
    const supports_task *const task = s->task;
    const ptrdiff_t count = nonzeros(s);
    for (ptrdiff_t k = count > task->least ? count : task->least; k <= task->most; k++) {
        if (!(value < s->best[k - task->least]))
            return;
        s->best[k - task->least] = value;
        memcpy(s->best_x + (k - task->least) * task->size, x, (size_t)task->size * sizeof *x);
    }
}

/* The minimiser over the unknowns ALLOWED or KEPT, or over those KEPT only; x in: the start. */
static double solve(search *s, int kept_only, double *x)
{
    for (ptrdiff_t j = 0; j < s->task->size; j++) {
        s->face.barred[j] = kept_only ? s->state[j] != KEPT : s->state[j] == REMOVED;
        x[j] = s->face.barred[j] ? 0.0 : x[j];
    }
    const double value = rlra_face_minimise(&s->face, s->c, x);
    s->nodes++;
    record(s, value, x);
    return value;
}

/* Pruning bound: a node that keeps `kept` unknowns cannot improve any size unless its bound is below this. */
static double cut(const search *s, ptrdiff_t kept)
{
    const ptrdiff_t least = s->task->least;
    return kept > s->most ? -INFINITY : s->best[kept > least ? kept - least : 0] - s->slack;
}

static int exhausted(const search *s)
{
    return s->task->nodes > 0 && s->nodes >= s->task->nodes;
}

/* List the unknowns inside that are not kept, by falling cost of their removal; returns their number. */
static ptrdiff_t rank_unknowns(search *s, const double *x, ptrdiff_t *order)
{
    ptrdiff_t count = 0;
    rlra_face_costs(&s->face, x, s->costs, s->scratch);
    for (ptrdiff_t i = 0; i < s->task->size; i++) {
        if (!(x[i] > 0.0) || s->state[i] != ALLOWED)
            continue;
        ptrdiff_t at = count++;
        for (; at > 0 && s->costs[order[at - 1]] < s->costs[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return count;
}

/* The supports of a node whose minimiser, with `value`, has more than `least` unknowns p_0, p_1, .. inside that are not kept.
 * Each smaller support lacks one of them: child i holds those that lack p_i and have p_0 .. p_(i-1), so that none is visited
 * twice. The last children come first: they are small, and keep the important unknowns. */
static void explore(search *s, ptrdiff_t level, ptrdiff_t kept, double value)
{
    const ptrdiff_t n = s->task->size;
    const double *const x = s->point + level * n;
    double *const child = s->point + (level + 1) * n;
    ptrdiff_t *const order = s->order + level * n;
    ptrdiff_t count = rank_unknowns(s, x, order);
    count = count < s->most - kept + 1 ? count : s->most - kept + 1;
    for (ptrdiff_t i = 0; i < count; i++)
        s->state[order[i]] = KEPT;
    for (ptrdiff_t i = count - 1; i >= 0; i--) {
        s->state[order[i]] = REMOVED;
        if (value < cut(s, kept + i) && exhausted(s))
            s->open = value < s->open ? value : s->open;
        else if (value < cut(s, kept + i)) {
            memcpy(child, x, (size_t)n * sizeof *x);
            const double least = solve(s, kept + i == s->most, child);
            if (kept + i < s->most && nonzeros(s) > s->task->least && least < cut(s, kept + i))
                explore(s, level + 1, kept + i, least);
        }
        s->state[order[i]] = ALLOWED;
    }
}

/* Set the rounding error of values: each is a sum of squares, except that of a corner of the simplex. */
static void set_slack(search *s, double value, const double *x)
{
    double size = fabs(value);
    for (ptrdiff_t j = 0; s->task->sum_to_one && j < s->task->size; j++)
        size += x[j] > 0.0 ? fabs(s->c[j]) + s->task->gram[j * (s->task->size + 1)] : 0.0;
    s->slack = 8.0 * DBL_EPSILON * size;
}

/* Set the first point to the minimiser over all unknowns. */
static double solve_root(search *s, const double *start)
{
    for (ptrdiff_t j = 0; j < s->task->size; j++)
        s->point[j] = start != NULL && start[j] > 0.0 ? start[j] : 0.0;
    const double value = solve(s, 0, s->point);
    set_slack(s, value, s->point);
    return value;
}

/* Backward elimination from the first point, whose face is the current one. */
static void eliminate(search *s)
{
    const ptrdiff_t n = s->task->size;
    double *const x = s->point + n;
    memcpy(x, s->point, (size_t)n * sizeof *x);
    while (nonzeros(s) > s->task->least) {
        const ptrdiff_t count = rank_unknowns(s, x, s->order);
        s->state[s->order[count - 1]] = REMOVED;
        solve(s, 0, x);
    }
    memset(s->state, ALLOWED, (size_t)n);
}

/* The corner of the simplex with the least value. */
static ptrdiff_t best_corner(const search *s)
{
    const ptrdiff_t n = s->task->size;
    const double *const gram = s->task->gram;
    ptrdiff_t best = 0;
    for (ptrdiff_t j = 1; j < n; j++)
        if (0.5 * (gram[j * (n + 1)] - gram[best * (n + 1)]) < s->c[j] - s->c[best])
            best = j;
    return best;
}

/* Matching pursuit; unknowns that are REMOVED have not entered yet. */
static void pursue(search *s)
{
    const ptrdiff_t n = s->task->size;
    double *const x = s->point + n;
    memset(x, 0, (size_t)n * sizeof *x);
    memset(s->state, REMOVED, (size_t)n);
    if (s->task->sum_to_one)
        s->state[best_corner(s)] = ALLOWED;
    solve(s, 0, x);
    while (nonzeros(s) < s->most) {
        const ptrdiff_t entering = rlra_face_steepest(&s->face, x, s->state);
        if (entering < 0)
            break;
        s->state[entering] = ALLOWED;
        solve(s, 0, x);
    }
    memset(s->state, ALLOWED, (size_t)n);
}

/* Record the minimiser on the `least` largest entries of the start. */
static void polish(search *s, const double *start)
{
    const ptrdiff_t n = s->task->size;
    double *const x = s->point + n;
    if (start == NULL)
        return;
    memcpy(x, start, (size_t)n * sizeof *x);
    for (ptrdiff_t kept = 0; kept < s->task->least; kept++) {
        ptrdiff_t largest = -1;
        for (ptrdiff_t j = 0; j < n; j++)
            if (s->state[j] != KEPT && x[j] > 0.0 && (largest < 0 || x[j] > x[largest]))
                largest = j;
        if (largest < 0)
            break;
        s->state[largest] = KEPT;
    }
    solve(s, 1, x);
    memset(s->state, ALLOWED, (size_t)n);
}

supports_result rlra_supports_search(const supports_task *task, const double *c, const double *start, double *x,
                                     double *values, void *work)
{
    search s = begin(task, c, x, values, work);
    double value = solve_root(&s, start);
    if (nonzeros(&s) > task->least) {
        eliminate(&s);
        pursue(&s);
        polish(&s, start);
        value = solve(&s, 0, s.point);
        explore(&s, 0, 0, value);
    }
    return (supports_result){s.nodes, s.open};
}

supports_result rlra_supports_pursue(const supports_task *task, const double *c, const double *start, double *x,
                                     double *values, void *work)
{
    search s = begin(task, c, x, values, work);
    pursue(&s);
    polish(&s, start);
    return (supports_result){s.nodes, -INFINITY};
}

supports_result rlra_supports_eliminate(const supports_task *task, const double *c, const double *start, double *x,
                                        double *values, void *work)
{
    search s = begin(task, c, x, values, work);
    const double value = solve_root(&s, start);
    const int proved = nonzeros(&s) <= task->least;
    if (!proved) {
        eliminate(&s);
        polish(&s, start);
    }
    return (supports_result){s.nodes, proved ? INFINITY : value};
}
