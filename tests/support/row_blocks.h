/* support/row_blocks.h: rows with their data for rules of any loss, and their objective summed by plain loops. */
#ifndef TESTS_SUPPORT_ROW_BLOCKS_H
#define TESTS_SUPPORT_ROW_BLOCKS_H

#include <float.h>

#include "block/rows.h"
#include "support/definitions.h"
#include "update/update.h"

/* Own memory for everything a block borrows. */
typedef struct row_trial {
    const update_ops *rule;
    factor x, design;
    real *y;
    double *sums;
    posed_loss loss;
    penalty_list list;
    rule_settings settings;
    rule_counts counts;
    void *scratch;
    data_part part;
    block block;
} row_trial;

/* Bytes in whole cache lines, all bits set: NaN where numbers are read that nobody wrote. */
static inline void *aligned_scratch(size_t bytes)
{
    const size_t whole = (bytes + 63) / 64 * 64;
    void *const memory = aligned_alloc(64, whole + 64);
    assert_non_null(memory);
    memset(memory, 0xff, whole);
    return memory;
}

static inline row_trial make_row_trial(numbers *from, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, posed_loss loss)
{
    const ptrdiff_t stride = length + 5;
    row_trial t = {.x = uniform_factor(from, rows, rank), .design = uniform_factor(from, length, rank), .loss = loss};
    t.y = uniform_rows(from, rows, length, stride);
    t.sums = malloc((size_t)rank * sizeof *t.sums);
    for (ptrdiff_t k = 0; k < rank; k++) {
        t.sums[k] = 0;
        for (ptrdiff_t j = 0; j < length; j++)
            t.sums[k] += (double)*entry(t.design, j, k);
    }
    const rlra_options options = rlra_options_default();
    t.settings = RLRA(rule_settings_of)(&options);
    t.part = (data_part){.y_stride = stride, .design = {.columns = t.design}, .weight = 1};
    t.block = (block){.parts = 1, .floor = 1e-12, .inner_sweeps = 1};
    return t;
}

/* The block with pointers into `t`, which may have been copied since it was made. */
static inline block *trial_block(row_trial *t)
{
    t->block.x = t->x;
    t->block.part = &t->part;
    t->part.y = t->y;
    t->part.design.sums = t->sums;
    t->block.loss = &t->loss;
    t->block.penalties = &t->list;
    t->block.kernels = RLRA(kernels_best)();
    t->block.settings = &t->settings;
    t->block.counts = &t->counts;
    t->block.scratch = t->scratch;
    return &t->block;
}

static inline void free_row_trial(row_trial *t)
{
    free(t->x.at);
    free(t->design.at);
    free(t->y);
    free(t->sums);
    free(t->scratch);
}

/* v to a power that is often 0, 1/2 or 1. */
static inline double power(double v, double exponent)
{
    return exponent == 0 ? 1 : exponent == 0.5 ? sqrt(v) : exponent == 1 ? v : pow(v, exponent);
}

/* d(y, v) by its definition. */
static inline double divergence(double beta, double y, double v)
{
    if (beta == 2)
        return 0.5 * (y - v) * (y - v);
    if (beta == 1)
        return y > 0 ? y * log(y / v) - y + v : v;
    if (beta == 0)
        return y / v - log(y / v) - 1;
    const double own = y > 0 ? pow(y, beta) : 0, cross = y > 0 ? beta * y * pow(v, beta - 1) : 0;
    return (own + (beta - 1) * pow(v, beta) - cross) / (beta * (beta - 1));
}

static inline double model_entry(const row_trial *t, ptrdiff_t i, ptrdiff_t j)
{
    double v = 0;
    for (ptrdiff_t k = 0; k < t->x.rank; k++)
        v += (double)*entry(t->x, i, k) * (double)*entry(t->design, j, k);
    return fmax(v, t->block.floor);
}

/* The loss of row i. */
static inline double row_loss(const row_trial *t, ptrdiff_t i)
{
    double sum = 0;
    for (ptrdiff_t j = 0; j < t->design.length; j++)
        sum += divergence(t->loss.beta, (double)t->y[i * t->part.y_stride + j], model_entry(t, i, j));
    return sum;
}

/* up_ik and down_ik of block/rows.h. */
static inline void row_slopes(const row_trial *t, ptrdiff_t i, ptrdiff_t k, double *up, double *down)
{
    *up = *down = 0;
    for (ptrdiff_t j = 0; j < t->design.length; j++) {
        const double v = model_entry(t, i, j), a = (double)*entry(t->design, j, k);
        *up += a * (double)t->y[i * t->part.y_stride + j] * power(v, t->loss.beta - 2);
        *down += a * power(v, t->loss.beta - 1);
    }
}

/* The objective of row i at x; *size gets the magnitudes that are added. */
static inline double objective_at(const row_trial *t, ptrdiff_t i, const double *x, double *size)
{
    const double beta = t->loss.beta, penalties = list_value(&t->list, x, t->x.rank, 0);
    double sum = penalties;
    *size = fabs(penalties);
    for (ptrdiff_t j = 0; j < t->design.length; j++) {
        const double y = (double)t->y[i * t->part.y_stride + j];
        double v = 0;
        for (ptrdiff_t k = 0; k < t->x.rank; k++)
            v += x[k] * (double)*entry(t->design, j, k);
        v = fmax(v, t->block.floor);
        const double d = divergence(beta, y, v), raised = power(v, beta - 1);
        sum += d;
        *size += fabs(d) + fabs(y * raised) + fabs(v * raised);
    }
    return sum;
}

static inline double row_objective(const row_trial *t, ptrdiff_t i, double *size)
{
    double x[64];
    assert_true(t->x.rank <= 64);
    for (ptrdiff_t k = 0; k < t->x.rank; k++)
        x[k] = (double)*entry(t->x, i, k);
    return objective_at(t, i, x, size);
}

/* The derivative of the objective of row i in x_k at x, and its own in *bend; rest[j]: model entry j without x_k. */
static inline double derivative_at(const row_trial *t, ptrdiff_t i, ptrdiff_t k, const double *rest, double x,
                                   double *bend)
{
    const double beta = t->loss.beta, quadratic = RLRA(penalties_quadratic)(&t->list);
    double sum = RLRA(penalties_linear)(&t->list) + 2 * quadratic * x;
    *bend = 2 * quadratic;
    for (ptrdiff_t j = 0; j < t->design.length; j++) {
        const double a = (double)*entry(t->design, j, k), v = fmax(rest[j] + x * a, t->block.floor);
        const double ratio = (double)t->y[i * t->part.y_stride + j] / v, slope = a * power(v, beta - 1);
        sum += slope * (1 - ratio);
        *bend += slope * a / v * (beta - 1 + (2 - beta) * ratio);
    }
    return sum;
}

/* The minimiser in x_k from `low` to `high`: Newton's steps, and bisection where they lead out or take long. */
static inline double least_entry(const row_trial *t, ptrdiff_t i, const double *x, ptrdiff_t k, double low, double high)
{
    double rest[128], bend, at = fmin(fmax(x[k], low), high);
    assert_true(t->design.length <= COUNT_OF(rest));
    for (ptrdiff_t j = 0; j < t->design.length; j++) {
        rest[j] = 0;
        for (ptrdiff_t l = 0; l < t->x.rank; l++)
            rest[j] += l == k ? 0 : x[l] * (double)*entry(t->design, j, l);
    }
    if (derivative_at(t, i, k, rest, low, &bend) >= 0)
        return low;
    if (derivative_at(t, i, k, rest, high, &bend) <= 0)
        return high;
    for (int step = 1; step < 200 && high - low > DBL_EPSILON * high; step++) {
        const double slope = derivative_at(t, i, k, rest, at, &bend), newton = at - slope / bend;
        if (fabs(newton - at) <= DBL_EPSILON * at)
            break;
        low = slope < 0 ? at : low;
        high = slope < 0 ? high : at;
        at = newton > low && newton < high && step % 4 != 0 ? newton : 0.5 * (low + high);
    }
    return at;
}

/* The least objective of row i, of a convex loss: one entry after the other. Slow and simple. */
static inline double least_objective(const row_trial *t, ptrdiff_t i, double *x)
{
    const double least = fmax(0, RLRA(penalties_least)(&t->list)), most = fmin(1e4, RLRA(penalties_most)(&t->list));
    double size, before = INFINITY;
    for (ptrdiff_t k = 0; k < t->x.rank; k++)
        x[k] = fmin(fmax(1, least), most);
    for (int cycle = 0; cycle < 3000; cycle++) {
        for (ptrdiff_t k = 0; k < t->x.rank; k++)
            x[k] = least_entry(t, i, x, k, least, cycle == 0 ? most : fmin(most, 2 * x[k] + 1));
        const double now = objective_at(t, i, x, &size);
        if (cycle > 20 && before - now < 1e-16 * size)
            return now;
        before = now;
    }
    return before;
}

static inline void regress_rule(row_trial *t, int rounds, double tolerance)
{
    free(t->scratch);
    t->scratch = aligned_scratch(t->rule->regress_bytes(t->x.length, t->x.rank, t->design.length));
    t->block.inner_sweeps = rounds;
    t->block.tolerance = tolerance;
    t->rule->regress(trial_block(t));
}

#endif
