/* support/blocks.h: blocks of rows to update, of every unpleasant kind, and their exact minimisers by trying all supports. */
#ifndef TESTS_SUPPORT_BLOCKS_H
#define TESTS_SUPPORT_BLOCKS_H

#include "core/arena.h"
#include "support/definitions.h"
#include "update/update.h"

#define MOST_RANK 12

enum { WELL_POSED, PLAIN, DUPLICATED, ZERO_COMPONENT, ZERO_GRAM, GRAM_KINDS };

typedef struct trial {
    const update_ops *rule;
    const penalty_list *list;
    factor x, rhs;
    double gram[MOST_RANK * MOST_RANK];
    double floor;
    rule_settings settings;
    int64_t rounds_before;
} trial;

/* Whether a problem may pose this rule with these penalties: what the driver checks. */
static inline int takes(const update_ops *rule, const penalty_list *list)
{
    const unsigned kinds = RLRA(penalties_kinds)(list);
    if (rule->apply == NULL || (kinds & ~rule->takes) != 0)
        return 0;
    if (rule->needs_sparsity && (kinds & PENALTY_SPARSITY) == 0)
        return 0;
    return !rule->needs_nonneg || RLRA(penalties_nonneg)(list);
}

/* The Gram matrix of rows x rank random numbers, and as right-hand side a random row times them, so that the two agree. */
static inline void draw_gram(numbers *from, trial *t, int kind)
{
    const ptrdiff_t rank = t->x.rank, rows = rank + 3;
    double w[(MOST_RANK + 3) * MOST_RANK];
    for (ptrdiff_t e = 0; e < rows * rank; e++)
        w[e] = kind == ZERO_GRAM ? 0 : t->rule->needs_nonneg ? uniform(from) : normal(from);
    for (ptrdiff_t i = 0; i < rows; i++) {
        if (kind == DUPLICATED)
            w[i * rank + rank - 1] = w[i * rank];
        if (kind == ZERO_COMPONENT)
            w[i * rank + rank / 2] = 0;
    }
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l < rank; l++) {
            double *const g = &t->gram[k * rank + l];
            *g = kind == WELL_POSED && k == l ? 1 : 0;
            for (ptrdiff_t i = 0; i < rows; i++)
                *g += w[i * rank + k] * w[i * rank + l];
        }
    for (ptrdiff_t i = 0; i < t->rhs.length; i++) {
        double y[MOST_RANK + 3];
        for (ptrdiff_t j = 0; j < rows; j++)
            y[j] = t->rule->needs_nonneg ? uniform(from) : normal(from);
        for (ptrdiff_t k = 0; k < rank; k++) {
            double m = 0;
            for (ptrdiff_t j = 0; j < rows; j++)
                m += y[j] * w[j * rank + k];
            *entry(t->rhs, i, k) = (real)m;
        }
    }
}

static inline trial make_trial(numbers *from, const update_ops *rule, const penalty_list *list, ptrdiff_t length,
                               ptrdiff_t rank, int kind)
{
    double row[MOST_RANK];
    const rlra_options options = rlra_options_default();
    trial t = {.rule = rule, .list = list, .floor = 1e-12, .settings = RLRA(rule_settings_of)(&options)};
    t.x = make_factor(length, rank);
    t.rhs = make_factor(length, rank);
    draw_gram(from, &t, kind);
    for (ptrdiff_t i = 0; i < length; i++) {
        draw_row(from, list, row, rank);
        for (ptrdiff_t k = 0; k < rank; k++)
            *entry(t.x, i, k) = (real)(rule->needs_nonneg ? fmax(row[k], t.floor) : row[k]);
    }
    return t;
}

static inline void free_trial(trial *t)
{
    free(t->x.at);
    free(t->rhs.at);
}

static inline void apply_rule(trial *t, int rounds, double decrease)
{
    const ptrdiff_t rank = t->x.rank;
    const size_t needed = t->rule->scratch_bytes == NULL
                              ? 0
                              : t->rule->scratch_bytes(t->x.length > UPDATE_ROWS ? t->x.length : UPDATE_ROWS, rank);
    const size_t bytes = (needed + 63) / 64 * 64;
    const size_t doubles = t->rule->prepared_doubles == NULL ? 0 : t->rule->prepared_doubles(rank);
    double *const prepared = malloc((doubles + 1) * sizeof *prepared);
    void *const scratch = aligned_alloc(64, bytes + 64);
    memset(scratch, 0xff, bytes);
    if (t->rule->prepare != NULL)
        t->rule->prepare(t->gram, rank, t->list, prepared);
    rule_counts counts = {0};
    const block b = {.x = t->x,
                     .quadratic = {.rhs = t->rhs, .gram = t->gram},
                     .penalties = t->list,
                     .kernels = RLRA(kernels_best)(),
                     .floor = t->floor,
                     .inner_sweeps = rounds,
                     .rounds_before = (uint64_t)t->rounds_before,
                     .inner_decrease = decrease,
                     .prepared = prepared,
                     .scratch = scratch,
                     .settings = &t->settings,
                     .counts = &counts};
    t->rule->apply(&b);
    free(prepared);
    free(scratch);
}

/* 1/2 x G x^T - m x^T + penalties of one row; *size gets the magnitudes that are added. */
static inline double row_objective(const trial *t, ptrdiff_t i, const double *x, double *size)
{
    const ptrdiff_t rank = t->x.rank;
    const double penalties = list_value(t->list, x, rank, 32 * (double)REAL_EPS);
    double sum = 0;
    *size = fabs(penalties);
    for (ptrdiff_t k = 0; k < rank; k++) {
        sum -= (double)*entry(t->rhs, i, k) * x[k];
        *size += fabs((double)*entry(t->rhs, i, k) * x[k]);
        for (ptrdiff_t l = 0; l < rank; l++) {
            sum += 0.5 * x[k] * t->gram[k * rank + l] * x[l];
            *size += 0.5 * fabs(x[k] * t->gram[k * rank + l] * x[l]);
        }
    }
    return sum + penalties;
}

static inline double block_objective(const trial *t, double *size)
{
    double sum = 0;
    *size = 0;
    for (ptrdiff_t i = 0; i < t->x.length; i++) {
        double row[MOST_RANK], part;
        for (ptrdiff_t k = 0; k < t->x.rank; k++)
            row[k] = (double)*entry(t->x, i, k);
        sum += row_objective(t, i, row, &part);
        *size += part;
    }
    return sum;
}

/* Gaussian elimination with pivoting; 0 if singular. a is count x (count + 1). */
static inline int solve_small(int count, double *a, double *x)
{
    const int width = count + 1;
    for (int p = 0; p < count; p++) {
        int pivot = p;
        for (int r = p + 1; r < count; r++)
            pivot = fabs(a[r * width + p]) > fabs(a[pivot * width + p]) ? r : pivot;
        if (!(fabs(a[pivot * width + p]) > 1e-12))
            return 0;
        for (int c = 0; c < width; c++) {
            const double kept = a[p * width + c];
            a[p * width + c] = a[pivot * width + c];
            a[pivot * width + c] = kept;
        }
        for (int r = p + 1; r < count; r++) {
            const double times = a[r * width + p] / a[p * width + p];
            for (int c = p; c < width; c++)
                a[r * width + c] -= times * a[p * width + c];
        }
    }
    for (int p = count - 1; p >= 0; p--) {
        x[p] = a[p * width + count];
        for (int c = p + 1; c < count; c++)
            x[p] -= a[p * width + c] * x[c];
        x[p] /= a[p * width + p];
    }
    return 1;
}

/* Where an entry of a candidate is: free with a sign, or held at zero or at a bound. */
enum { NEGATIVE, ZERO, POSITIVE, AT_LEAST, AT_MOST, STATES };

/* The stationary point in these states; with a multiplier for the sum where rows lie on the simplex. */
static inline int solve_states(const trial *t, ptrdiff_t i, const int *states, int on_simplex, double *x)
{
    const ptrdiff_t rank = t->x.rank;
    const double quadratic = RLRA(penalties_quadratic)(t->list), linear = RLRA(penalties_linear)(t->list);
    double a[(MOST_RANK + 1) * (MOST_RANK + 2)], solution[MOST_RANK + 1];
    int at[MOST_RANK], count = 0;
    for (ptrdiff_t k = 0; k < rank; k++) {
        x[k] = 0;
        if (states[k] == AT_LEAST)
            x[k] = (double)(real)RLRA(penalties_least)(t->list);
        if (states[k] == AT_MOST)
            x[k] = (double)(real)RLRA(penalties_most)(t->list);
        if (states[k] == NEGATIVE || states[k] == POSITIVE)
            at[count++] = (int)k;
    }
    const int size = count + on_simplex, width = size + 1;
    memset(a, 0, sizeof a);
    for (int p = 0; p < count; p++) {
        double *const row = a + p * width;
        row[size] = (double)*entry(t->rhs, i, at[p]) - (states[at[p]] == POSITIVE ? linear : -linear);
        for (ptrdiff_t k = 0; k < rank; k++)
            row[size] -= t->gram[at[p] * rank + k] * x[k];
        for (int q = 0; q < count; q++)
            row[q] = t->gram[at[p] * rank + at[q]];
        row[p] += 2 * quadratic;
        if (on_simplex)
            row[count] = a[count * width + p] = 1;
    }
    if (on_simplex)
        a[count * width + size] = 1;
    if (count == 0)
        return !on_simplex;
    if (!solve_small(size, a, solution))
        return 0;
    for (int p = 0; p < count; p++) {
        x[at[p]] = solution[p];
        if (states[at[p]] == POSITIVE ? solution[p] < 0 : solution[p] > 0)
            return 0;
    }
    return 1;
}

static inline int state_is_possible(const penalty_list *list, int state)
{
    if (state == NEGATIVE)
        return !RLRA(penalties_nonneg)(list);
    if (state == AT_LEAST)
        return isfinite(RLRA(penalties_least)(list));
    return state != AT_MOST || isfinite(RLRA(penalties_most)(list));
}

/* The minimiser of row i of a well-posed block, found among the stationary points in all states of the entries. */
static inline void brute_force(const trial *t, ptrdiff_t i, double *best)
{
    const ptrdiff_t rank = t->x.rank;
    const int on_simplex = (RLRA(penalties_kinds)(t->list) & PENALTY_SIMPLEX) != 0;
    double least = INFINITY, x[MOST_RANK], size;
    int patterns = 1;
    for (ptrdiff_t k = 0; k < rank; k++)
        patterns *= STATES;
    for (int pattern = 0; pattern < patterns; pattern++) {
        int states[MOST_RANK], possible = 1;
        for (ptrdiff_t k = 0, left = pattern; k < rank; k++, left /= STATES) {
            states[k] = (int)(left % STATES);
            possible = possible && state_is_possible(t->list, states[k]);
        }
        if (!possible || !solve_states(t, i, states, on_simplex, x))
            continue;
        const double value = row_objective(t, i, x, &size);
        if (value < least) {
            least = value;
            memcpy(best, x, (size_t)rank * sizeof *x);
        }
    }
    assert_true(isfinite(least));
}

#endif
