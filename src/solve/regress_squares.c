/* solve/regress_squares.c: columns of a regression by the squared loss: right-hand sides, the rule, the certificate. */
#include <math.h>
#include <string.h>

#include "solve/kkt.h"
#include "solve/regress.h"

/* Rounds of an iterative rule between two looks at its residual; doubled each time. */
#define FIRST_ROUNDS 8

/* Below this part of ||y||^2 a loss from Gram matrix and right-hand side is mostly rounding. */
#define BLIND_PART (sizeof(real) == 4 ? 1e-4 : 1e-10)

/* m = W^T y of each column. */
static void find_rhs(slab *s)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    const sparse_rows *const y = s->run->sparse;
    if (y == NULL) {
        plan->kernels->dots(s->x.length, a.rank, a.length, s->y, s->y_stride, NULL, a.at, a.stride, s->rhs.at,
                            s->rhs.stride, 0);
        return;
    }
    for (ptrdiff_t k = 0; k < a.rank; k++)
        for (ptrdiff_t i = 0; i < s->x.length; i++) {
            double sum = 0;
            for (int64_t e = y->starts[s->begin + i]; e < y->starts[s->begin + i + 1]; e++)
                sum += (double)y->values[e] * (double)a.at[k * a.stride + y->indices[e]];
            s->rhs.at[k * s->rhs.stride + i] = (real)sum;
        }
}

/* The same number in every entry of a row, that which fits best: rules that multiply need a start above zero. */
static void start_positive(slab *s)
{
    const regression *const plan = s->run->plan;
    double all = 0;
    for (ptrdiff_t e = 0; e < plan->rank * plan->rank; e++)
        all += plan->gram[e];
    for (ptrdiff_t i = 0; i < s->x.length; i++) {
        double sum = 0;
        for (ptrdiff_t k = 0; k < plan->rank; k++)
            sum += (double)s->rhs.at[k * s->rhs.stride + i];
        const double value = all > 0 && sum > 0 ? sum / all : 1;
        for (ptrdiff_t k = 0; k < plan->rank; k++)
            s->x.at[k * s->x.stride + i] = (real)value;
    }
}

/* Within the constraints. */
static void start(slab *s)
{
    const regression *const plan = s->run->plan;
    if (!s->run->given_start && plan->rule->needs_nonneg)
        start_positive(s);
    RLRA(penalties_project)(&plan->penalties, s->x);
}

/* Whether all columns of a block, which starts at `begin` of the slab, are optimal, by the rule's own view. */
static int is_solved(const slab *s, const block *b, ptrdiff_t begin)
{
    const regression *const plan = s->run->plan;
    const double limit = s->run->tolerance * s->run->tolerance;
    const factor slopes = factor_rows(s->slopes, begin, begin + b->x.length);
    double rows[UPDATE_ROWS];
    RLRA(kkt_slopes)(plan->kernels, plan->gram, b->x, b->rhs, slopes, s->kkt_room);
    RLRA(kkt_rows)(plan->kernels, &plan->penalties, plan->gram, b->x, slopes, s->kkt_room, rows);
    for (ptrdiff_t i = 0; i < b->x.length; i++)
        if (!(rows[i] <= limit * s->run->norm2[s->begin + begin + i]))
            return 0;
    return 1;
}

/* Columns begin .. end-1 of the slab, at most UPDATE_ROWS. */
static void solve(slab *s, ptrdiff_t begin, ptrdiff_t end)
{
    const regression *const plan = s->run->plan;
    const int most = (int)fmin(1e9, (double)plan->options.max_sweeps);
    block b = {
        .x = factor_rows(s->x, begin, end),
        .rhs = factor_rows(s->rhs, begin, end),
        .gram = plan->gram,
        .penalties = &plan->penalties,
        .kernels = plan->kernels,
        .floor = s->floor,
        .prepared = plan->prepared,
        .scratch = s->scratch,
        .settings = &plan->settings,
        .counts = s->counts,
    };
    const int64_t unproved = s->counts->unproved;
    int rounds = 0;
    for (int chunk = plan->rule->exact ? most : FIRST_ROUNDS; rounds < most && (rounds == 0 || s->run->stopped < 0);
         chunk *= 2) {
        b.rounds_before = (uint64_t)rounds;
        b.inner_sweeps = chunk < most - rounds ? chunk : most - rounds;
        plan->rule->apply(&b);
        rounds += plan->rule->exact ? 1 : b.inner_sweeps;
        if (plan->rule->exact || is_solved(s, &b, begin))
            break;
    }
    s->counts->rounds = rounds > s->counts->rounds ? rounds : s->counts->rounds;
    for (ptrdiff_t i = begin; i < end; i++)
        s->run->gap[s->begin + i] = s->counts->unproved == unproved ? 0 : NAN;
}

/* Columns that time was too short for: nothing is known of the best support. */
static void leave(slab *s)
{
    if (s->run->plan->rule->needs_sparsity)
        s->counts->unproved += s->x.length;
    for (ptrdiff_t i = 0; i < s->x.length; i++)
        s->run->gap[s->begin + i] = NAN;
}

/* slopes = W^T (y - W x), the loss from the residual itself. */
static void find_slopes_dense(slab *s)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    const ptrdiff_t rows = s->x.length;
    for (ptrdiff_t i = 0; i < rows; i++) {
        memcpy(s->left + i * a.length, s->y + i * s->y_stride, (size_t)a.length * sizeof(real));
        for (ptrdiff_t k = 0; k < a.rank; k++)
            s->weights[i * a.rank + k] = -s->x.at[k * s->x.stride + i];
    }
    plan->kernels->outer(a.rank, rows, a.length, s->weights, a.rank, a.at, a.stride, s->left, a.length);
    for (ptrdiff_t i = 0; i < rows; i++)
        s->run->loss[s->begin + i] = 0.5 * RLRA(regress_square)(plan, a.length, s->left + i * a.length);
    plan->kernels->dots(rows, a.rank, a.length, s->left, a.length, NULL, a.at, a.stride, s->slopes.at, s->slopes.stride,
                        0);
}

/* ||y - W x||^2 of a sparse column, row by row. */
static double residual_of(const slab *s, ptrdiff_t i)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    const sparse_rows *const y = s->run->sparse;
    int64_t e = y->starts[s->begin + i];
    double sum = 0;
    for (ptrdiff_t j = 0; j < a.length; j++) {
        double left = 0;
        if (e < y->starts[s->begin + i + 1] && y->indices[e] == j)
            left = (double)y->values[e++];
        for (ptrdiff_t k = 0; k < a.rank; k++)
            left -= (double)s->x.at[k * s->x.stride + i] * (double)a.at[k * a.stride + j];
        sum += left * left;
    }
    return sum;
}

/* The same with stored entries only, as long as rounding leaves a digit: sum_stored (y - v)^2 - v^2, and x G x^T for all of v^2. */
static void find_slopes_sparse(slab *s)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    const sparse_rows *const y = s->run->sparse;
    RLRA(kkt_slopes)(plan->kernels, plan->gram, s->x, s->rhs, s->slopes, s->kkt_room);
    for (ptrdiff_t i = 0; i < s->x.length; i++) {
        double sum = 0;
        for (int64_t e = y->starts[s->begin + i]; e < y->starts[s->begin + i + 1]; e++) {
            double v = 0;
            for (ptrdiff_t k = 0; k < a.rank; k++)
                v += (double)s->x.at[k * s->x.stride + i] * (double)a.at[k * a.stride + y->indices[e]];
            sum += (double)y->values[e] * ((double)y->values[e] - 2 * v);
        }
        for (ptrdiff_t k = 0; k < a.rank; k++)
            for (ptrdiff_t l = 0; l < a.rank; l++)
                sum += (double)s->x.at[k * s->x.stride + i] * plan->gram[k * a.rank + l] *
                       (double)s->x.at[l * s->x.stride + i];
        const int blind = !(sum > BLIND_PART * s->run->norm2[s->begin + i]);
        s->run->loss[s->begin + i] = 0.5 * (blind ? residual_of(s, i) : sum);
    }
}

/* How far the objective of row i is above its least value, at most; NAN where nothing is known.
 *
 * With s the shortest subgradient and c > 0 the least curvature,  F(x) - F* <= s^2 / (2 c).  On a bounded set that is a simplex,
 * F(x) - F* <= max_u h (u - x)  with the slope h. */
static double gap_of(const slab *s, ptrdiff_t i)
{
    const regression *const plan = s->run->plan;
    const penalty_list *const list = &plan->penalties;
    const unsigned kinds = RLRA(penalties_kinds)(list);
    const double linear = RLRA(penalties_linear)(list), ridge = 2 * RLRA(penalties_quadratic)(list);
    const double least = RLRA(penalties_least)(list), most = RLRA(penalties_most)(list);
    double inside = 0, largest = -INFINITY, squares = 0;
    for (ptrdiff_t k = 0; k < plan->rank; k++) {
        const double x = (double)s->x.at[k * s->x.stride + i];
        const double h = (double)s->slopes.at[k * s->slopes.stride + i] - ridge * x;
        const double sign = x > 0 ? 1 : x < 0 ? -1 : 0;
        double down = h - linear * sign;
        if (x == 0 && least < 0)
            down = copysign(fmax(fabs(h) - linear, 0), h);
        else if (x == 0)
            down = h - linear;
        down = x <= least && x >= most ? 0 : x <= least ? fmax(down, 0) : x >= most ? fmin(down, 0) : down;
        inside += x * h;
        largest = h > largest ? h : largest;
        squares += down * down;
    }
    if ((kinds & PENALTY_SPARSITY) != 0)
        return plan->rule->exact ? s->run->gap[s->begin + i] : NAN; /* that of the search */
    if ((kinds & (PENALTY_OTHER_ENTRY | PENALTY_OTHER_ROW)) != 0)
        return NAN;
    if ((kinds & PENALTY_SIMPLEX) != 0)
        return fmax(largest - inside, 0);
    return plan->curvature > 0 ? squares / (2 * plan->curvature) : squares == 0 ? 0 : NAN;
}

static double penalty_of(const slab *s, ptrdiff_t i)
{
    return RLRA(penalties_value)(&s->run->plan->penalties, factor_rows(s->x, i, i + 1));
}

static int is_convex(const regression *plan)
{
    return (RLRA(penalties_kinds)(&plan->penalties) & PENALTY_SPARSITY) == 0;
}

static void find_slopes(slab *s)
{
    if (s->run->across)
        RLRA(regress_slopes_across)(s);
    else if (s->run->sparse == NULL)
        find_slopes_dense(s);
    else
        find_slopes_sparse(s);
}

static void certify(slab *s, ptrdiff_t begin, ptrdiff_t end)
{
    const regression *const plan = s->run->plan;
    double rows[UPDATE_ROWS];
    RLRA(kkt_rows)
    (plan->kernels, &plan->penalties, plan->gram, factor_rows(s->x, begin, end), factor_rows(s->slopes, begin, end),
     s->kkt_room, rows);
    for (ptrdiff_t i = begin; i < end; i++) {
        const double norm2 = s->run->norm2[s->begin + i], sum = rows[i - begin];
        s->run->kkt[s->begin + i] = norm2 > 0 ? sqrt(sum / norm2) : sqrt(sum);
        const double gap = gap_of(s, i), whole = s->run->loss[s->begin + i] + penalty_of(s, i);
        s->run->gap[s->begin + i] = is_convex(plan) && !(gap <= whole) ? whole : gap; /* nothing is below zero */
    }
}

void RLRA(regress_squares)(slab *s)
{
    if (!RLRA(regress_load)(s))
        return;
    if (!s->run->across)
        find_rhs(s);
    start(s);
    const int stopped = s->run->stopped >= 0;
    if (stopped)
        leave(s);
    for (ptrdiff_t begin = 0; !stopped && begin < s->x.length; begin += UPDATE_ROWS)
        solve(s, begin, begin + UPDATE_ROWS < s->x.length ? begin + UPDATE_ROWS : s->x.length);
    find_slopes(s);
    for (ptrdiff_t begin = 0; begin < s->x.length; begin += UPDATE_ROWS)
        certify(s, begin, begin + UPDATE_ROWS < s->x.length ? begin + UPDATE_ROWS : s->x.length);
}
