/* support/row_blocks.h: rows with their data for rules of any loss, and their objective summed by plain loops. */
#ifndef TESTS_SUPPORT_ROW_BLOCKS_H
#define TESTS_SUPPORT_ROW_BLOCKS_H

#include "support/definitions.h"
#include "update/rows.h"

/* Own memory for everything a row_block borrows. */
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
    row_block block;
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
    t.block = (row_block){.y_stride = stride, .design = t.design, .floor = 1e-12, .inner_sweeps = 1};
    return t;
}

/* The block with pointers into `t`, which may have been copied since it was made. */
static inline row_block *trial_block(row_trial *t)
{
    t->block.x = t->x;
    t->block.y = t->y;
    t->block.sums = t->sums;
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
        sum += divergence(t->loss.beta, (double)t->y[i * t->block.y_stride + j], model_entry(t, i, j));
    return sum;
}

/* up_ik and down_ik of update/rows.h. */
static inline void row_slopes(const row_trial *t, ptrdiff_t i, ptrdiff_t k, double *up, double *down)
{
    *up = *down = 0;
    for (ptrdiff_t j = 0; j < t->design.length; j++) {
        const double v = model_entry(t, i, j), a = (double)*entry(t->design, j, k);
        *up += a * (double)t->y[i * t->block.y_stride + j] * pow(v, t->loss.beta - 2);
        *down += a * pow(v, t->loss.beta - 1);
    }
}

#endif
