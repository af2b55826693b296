/* start/scale_entries.c: the scale of a start under losses that have no Gram matrix; for kl, of each row. */
#include <math.h>

#include "core/check.h"
#include "engine/scale.h"
#include "start/scale.h"

/* A start that would be multiplied by this much may have been below the floor; and the number of times that this is checked. */
#define LARGE_SCALE 1e6
#define MAX_PULLS   64

/* Rounds over the modes, and the largest change of a row at which they end: the rounding errors of sums. */
#define MOST_ROUNDS  30
#define LEAST_CHANGE (16 * (double)REAL_EPS)

/* Halvings of an interval that holds the best common scale. */
#define HALVINGS 60

/* Sums of the data and of the model, in one block of memory. */
typedef struct margins {
    double *data[RLRA_MAX_ORDER];  /* sums of the data by index along each mode                       */
    double *model[RLRA_MAX_ORDER]; /* sums of each component of the factor of each mode */
    double *rows;                  /* scales of the current rows                                      */
} margins;

static size_t margins_count(const fit *f)
{
    size_t rows = 0, longest = 0;
    for (int m = 0; m < f->factors; m++) {
        const size_t length = (size_t)f->x[m].length;
        rows += length;
        longest = length > longest ? length : longest;
    }
    return rows + longest + (size_t)(f->factors * f->widest);
}

static margins margins_at(const fit *f, double *at)
{
    margins s;
    for (int m = 0; m < f->factors; m++) {
        s.model[m] = at;
        s.data[m] = at + f->widest;
        at += f->widest + f->x[f->term[0].factors[m]].length;
    }
    s.rows = at;
    return s;
}

/* Sums of the data along all modes: contractions with ones. Uses the factors `last`, which are still empty. */
static rlra_status sum_data(fit *f, const margins *to)
{
    rlra_status status = RLRA_OK;
    data *const x = f->term[0].x;
    const int *const factors = f->term[0].factors;
    arena work = {0};
    factor ones[RLRA_MAX_ORDER];
    x->ops->plan(x, 1, f->threads, &work);
    TRY(rlra_arena_allocate(f->context, &work, "the sums of the data"));
    const data_plan plan = x->ops->plan(x, 1, f->threads, &work);
    for (int m = 0; m < x->order; m++) {
        ones[m] = factor_component(f->last[factors[m]], 0);
        for (ptrdiff_t i = 0; i < ones[m].length; i++)
            ones[m].at[i] = 1;
    }
    for (int m = 0; m < x->order; m++) {
        const factor sums = factor_rows(factor_component(f->rhs, 0), 0, ones[m].length);
        x->ops->contract(&plan, m, ones, sums);
        for (ptrdiff_t i = 0; i < sums.length; i++)
            to->data[m][i] = (double)sums.at[i];
    }
cleanup:
    rlra_arena_free(f->context, &work);
    return status;
}

static void sum_factor(const fit *f, int mode, const margins *s)
{
    const factor x = f->x[f->term[0].factors[mode]];
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        double sum = 0;
        for (ptrdiff_t i = 0; i < x.length; i++)
            sum += (double)x.at[k * x.stride + i];
        s->model[mode][k] = sum;
    }
}

/* The s > 0 that minimises  -up log s + down s + quadratic s^2. */
static double best_row_scale(double up, double down, double quadratic)
{
    const double s = 2 * up / (down + sqrt(down * down + 8 * quadratic * up));
    return isfinite(s) ? s : 1;
}

/* The scale of row i that is best for its Poisson likelihood and penalties; others[k] is the product of the sums of the other
 * factors. */
static double row_scale(const fit *f, int mode, ptrdiff_t i, double target, const double *others)
{
    const int n = f->term[0].factors[mode];
    const factor x = f->x[n];
    const double linear = RLRA(penalties_linear)(&f->entries.penalties[n]);
    double down = 0, squares = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        const double entry = (double)x.at[k * x.stride + i];
        down += entry * (others[k] + linear);
        squares += entry * entry;
    }
    return best_row_scale(target, down, RLRA(penalties_quadratic)(&f->entries.penalties[n]) * squares);
}

/* Scale the rows of one mode; returns the largest change of a row that has data. */
static double match_mode(fit *f, int mode, const margins *s)
{
    const factor x = f->x[f->term[0].factors[mode]];
    double *const others = s->model[mode];
    double change = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        others[k] = 1;
        for (int m = 0; m < f->factors; m++)
            others[k] *= m == mode ? 1 : s->model[m][k];
    }
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t i = 0; i < x.length; i++)
        s->rows[i] = row_scale(f, mode, i, s->data[mode][i], others);
    for (ptrdiff_t i = 0; i < x.length; i++)
        change = fmax(change, s->data[mode][i] > 0 ? fabs(s->rows[i] - 1) : 0);
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            x.at[k * x.stride + i] = (real)(s->rows[i] * (double)x.at[k * x.stride + i]);
    sum_factor(f, mode, s);
    return change;
}

/* Alternately scale rows along each mode (Sinkhorn & Knopp 1967; iterative proportional fitting, Deming & Stephan 1940). */
static void match_margins(fit *f, const margins *s)
{
    double change = INFINITY;
    for (int round = 0; round < MOST_ROUNDS && change > LEAST_CHANGE; round++) {
        change = 0;
        for (int m = 0; m < f->factors; m++)
            if (!RLRA(scale_is_fixed)(f, f->term[0].factors[m]))
                change = fmax(change, match_mode(f, m, s));
    }
    for (int n = 0; n < f->factors; n++)
        RLRA(fit_gram)(f, n);
}

static int count_free(const fit *f)
{
    int free = 0;
    for (int n = 0; n < f->factors; n++)
        free += !RLRA(scale_is_fixed)(f, n);
    return free;
}

static void scale_free(fit *f, double by)
{
    for (int n = 0; n < f->factors; n++)
        if (!RLRA(scale_is_fixed)(f, n))
            RLRA(scale_factor)(f, n, by);
}

/* The slope of the loss along s, for the model times s, is zero at s = sum y v^(beta-1) / sum v^beta. A model below the floor
 * counts as the floor, and s is then too small: repeat while it is large. */
static void scale_by_slopes(fit *f)
{
    const int free = count_free(f);
    double up, down;
    for (int round = 0; free > 0 && round < MAX_PULLS; round++) {
        RLRA(entries_pull)(f, &up, &down);
        if (!(up > 0 && down > 0 && isfinite(up / down)))
            return;
        scale_free(f, pow(up / down, 1.0 / free));
        if (up / down < LARGE_SCALE)
            return;
    }
}

/* Under kl with q free factors times s the objective is, up to a constant,  model s^q - q data log s + first s + second s^2. As
 * its slope increases, bisect between 0 and its root without penalties. */
static void scale_by_sums(fit *f, const margins *s)
{
    const int free = count_free(f);
    double model = 0, first = 0, second = 0, one, two;
    for (ptrdiff_t k = 0; k < f->widest; k++) {
        double product = 1;
        for (int m = 0; m < f->factors; m++)
            product *= s->model[m][k];
        model += product;
    }
    for (int n = 0; n < f->factors; n++) {
        RLRA(scale_penalties)(f, n, &one, &two);
        first += RLRA(scale_is_fixed)(f, n) ? 0 : one;
        second += RLRA(scale_is_fixed)(f, n) ? 0 : two;
    }
    const double sum = f->term[0].weight * f->term[0].x->sum;
    model *= f->term[0].weight;
    double low = 0, high = free > 0 && sum > 0 && model > 0 ? pow(sum / model, 1.0 / free) : 1;
    for (int step = 0; step < HALVINGS && first + second > 0; step++) {
        const double at = 0.5 * (low + high);
        const double slope = free * (model * pow(at, free) - sum) + first * at + 2 * second * at * at;
        *(slope > 0 ? &high : &low) = at;
    }
    scale_free(f, high);
    for (int m = 0; m < f->factors; m++)
        sum_factor(f, m, s);
}

static int has_margins(const fit *f)
{
    return f->loss.kind == LOSS_KL && f->partial.data == NULL && RLRA(term_is_plain)(&f->term[0]);
}

double RLRA(start_scale_bytes)(const fit *f)
{
    data *const x = f->term[0].x;
    arena work = {0};
    if (f->engine->is_quadratic || !has_margins(f))
        return 0;
    x->ops->plan(x, 1, f->threads, &work);
    return (double)margins_count(f) * sizeof(double) + (double)work.peak;
}

rlra_status RLRA(start_scale_entries)(fit *f)
{
    rlra_status status = RLRA_OK;
    const size_t count = margins_count(f);
    if (!has_margins(f)) {
        scale_by_slopes(f);
        return RLRA_OK;
    }
    double *const memory = rlra_alloc(f->context, count, sizeof *memory);
    REQUIRE(memory != NULL, rlra_fail_memory(f->context, count, sizeof *memory, "the sums of the data"));
    const margins s = margins_at(f, memory);
    TRY(sum_data(f, &s));
    for (int m = 0; m < f->factors; m++)
        sum_factor(f, m, &s);
    scale_by_sums(f, &s);
    match_margins(f, &s);
cleanup:
    rlra_free(f->context, memory);
    return status;
}
