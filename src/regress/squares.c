/* regress/squares.c: columns of a regression by the squared loss: right-hand sides, the rule, the certificate. */
#include <math.h>
#include <string.h>

#include "block/kkt.h"
#include "regress/regression.h"

/* Rounds of an iterative rule between two looks at its residual; doubled each time. */
#define FIRST_ROUNDS 8

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
            sum += s->sides[k * s->rhs.stride + i];
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
static int is_solved(slab *s, const block *b, ptrdiff_t begin)
{
    const double limit = s->run->tolerance * s->run->tolerance;
    const factor slopes = factor_rows(s->slopes, begin, begin + b->x.length);
    double rows[UPDATE_ROWS];
    RLRA(regress_slopes_gram)(s, begin, begin + b->x.length);
    RLRA(kkt_quadratic)(b, slopes, s->scratch, rows);
    for (ptrdiff_t i = 0; i < b->x.length; i++)
        if (!(rows[i] <= limit * s->run->norm2[s->begin + begin + i]))
            return 0;
    return 1;
}

/* Columns begin .. end-1 of the slab, at most UPDATE_ROWS. */
static block block_of(const slab *s, ptrdiff_t begin, ptrdiff_t end)
{
    block b = RLRA(regress_block)(s, begin, end);
    b.quadratic = (quadratic_part){.rhs = factor_rows(s->rhs, begin, end),
                                   .wide = s->sides + begin,
                                   .wide_stride = s->rhs.stride,
                                   .gram = s->run->plan->gram};
    return b;
}

static void solve(slab *s, ptrdiff_t begin, ptrdiff_t end)
{
    const regression *const plan = s->run->plan;
    const int most = (int)fmin(1e9, (double)plan->options.max_sweeps);
    block b = block_of(s, begin, end);
    const int64_t unproved = s->counts->unproved;
    int rounds = 0;
    for (int chunk = plan->rule->exact ? most : FIRST_ROUNDS; rounds < most && (rounds == 0 || s->run->stopped < 0);
         chunk *= 2) {
        b.rounds_before = (uint64_t)rounds;
        b.inner_sweeps = chunk < most - rounds ? chunk : most - rounds;
        rule_improve(plan->rule, &b);
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
static void find_slopes_along(slab *s)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    const ptrdiff_t rows = s->x.length;
    real *const minus = s->scratch, *const left = s->columns;
    for (ptrdiff_t i = 0; i < rows; i++) {
        if (s->y != left)
            memcpy(left + i * a.length, s->y + i * s->y_stride, (size_t)a.length * sizeof(real));
        for (ptrdiff_t k = 0; k < a.rank; k++)
            minus[i * a.rank + k] = -s->x.at[k * s->x.stride + i];
    }
    plan->kernels->outer(a.rank, rows, a.length, minus, a.rank, a.at, a.stride, left, a.length);
    for (ptrdiff_t i = 0; i < rows; i++)
        s->run->loss[s->begin + i] = 0.5 * RLRA(regress_square)(plan, a.length, left + i * a.length);
    plan->kernels->dots(rows, a.rank, a.length, left, a.length, NULL, a.at, a.stride, s->slopes.at, s->slopes.stride,
                        0);
}

/* The same of columns side by side, some rows at a time. */
static void find_slopes_across(slab *s)
{
    const regression *const plan = s->run->plan;
    const factor a = plan->design;
    const ptrdiff_t columns = s->x.length, stride = s->run->slab;
    double *const loss = s->run->loss + s->begin;
    for (ptrdiff_t k = 0; k < a.rank; k++)
        memset(s->slopes.at + k * s->slopes.stride, 0, (size_t)columns * sizeof(real));
    for (ptrdiff_t j = 0; j < a.length; j += RESIDUAL_ROWS) {
        const ptrdiff_t rows = a.length - j < RESIDUAL_ROWS ? a.length - j : RESIDUAL_ROWS;
        for (ptrdiff_t i = 0; i < rows; i++)
            memcpy(s->columns + i * stride, s->y + (j + i) * s->y_step, (size_t)columns * sizeof(real));
        plan->kernels->outer(a.rank, rows, columns, plan->minus + j * a.rank, a.rank, s->x.at, s->x.stride, s->columns,
                             stride);
        plan->kernels->outer(rows, a.rank, columns, a.at + j, a.stride, s->columns, stride, s->slopes.at,
                             s->slopes.stride);
        for (ptrdiff_t i = 0; i < rows; i++)
            for (ptrdiff_t c = 0; c < columns; c++) {
                const double left = (double)s->columns[i * stride + c];
                loss[c] += 0.5 * left * left;
            }
    }
}

static void find_slopes(slab *s)
{
    if (NARROW_DATA || s->run->sparse != NULL) {
        RLRA(regress_slopes_gram)(s, 0, s->x.length);
        RLRA(regress_loss_gram)(s);
    } else if (s->run->across) {
        find_slopes_across(s);
    } else {
        find_slopes_along(s);
    }
}

/* The gap of a search is known already. */
static void certify(slab *s, ptrdiff_t begin, ptrdiff_t end)
{
    const regression *const plan = s->run->plan;
    const block b = block_of(s, begin, end);
    const int searched = plan->rule->needs_sparsity && plan->rule->exact;
    double rows[UPDATE_ROWS];
    RLRA(kkt_quadratic)(&b, factor_rows(s->slopes, begin, end), s->scratch, rows);
    for (ptrdiff_t i = begin; i < end; i++) {
        const ptrdiff_t column = s->begin + i;
        const double norm2 = s->run->norm2[column], sum = rows[i - begin];
        s->run->kkt[column] = norm2 > 0 ? sqrt(sum / norm2) : sqrt(sum);
        if (!searched)
            s->run->gap[column] = RLRA(quadratic_gap)(&plan->gap, factor_rows(s->x, i, i + 1), s->falls + i,
                                                      s->slopes.stride, norm2, s->run->loss[column], s->column);
    }
}

void RLRA(regress_squares)(slab *s)
{
    RLRA(regress_sides)(s);
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
