/* engine/reach.c: bound components by the magnitude of the data, also where no entry is observed.
 *
 *   |prod_m a^(m)_(i_m k)| <= reach max |x|   for all k and all places (i_1, i_2, ..)
 *
 * Without it the loss of the observed entries often has no minimiser: at a missing entry one component can fit a row and a
 * column at the same time, and the better the larger it is at that entry alone (docs/theory/missing.md). With the other factors
 * fixed, this bounds the entries of each component of a factor. */
#include "engine/reach.h"
#include "engine/defaults.h"

#include <math.h>

#include "block/kkt.h"

/* Most rounds of coordinate descent within the bounds, and the fraction of the first step that ends them. */
#define ROUNDS  20
#define SETTLED 1e-4

static double largest_of(factor x)
{
    double most = 0;
    for (ptrdiff_t i = 0; i < x.length; i++)
        most = fmax(most, fabs((double)x.at[i]));
    return most;
}

/* Whether there are entries that nothing but a bound limits. */
static int lacks_entries(const fit *f)
{
    return f->partial.data->summary.count < f->term[0].x->places;
}

/* Whether factor n can be bounded: its entries must be independent of each other. */
static int has_reach(const fit *f, int n)
{
    return lacks_entries(f) && RLRA(penalties_scope)(&f->penalties[n]) == PENALTY_ENTRY;
}

void RLRA(reach_take)(fit *f, int n)
{
    const penalty_list *const list = &f->penalties[n];
    const double nearest = fmax(RLRA(penalties_least)(list), -RLRA(penalties_most)(list));
    const int mode = RLRA(term_mode)(&f->term[0], n), bounded = has_reach(f, n);
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t k = 0; k < f->widest; k++) {
        double others = 1;
        for (int m = 0; bounded && m < f->partial.data->order; m++)
            others *= m == mode ? 1 : largest_of(factor_component(f->x[f->term[0].factors[m]], k));
        const double reach = f->options.reach * f->scale / others;
        f->reach[k] = bounded && others > 0 ? fmax(reach, nearest) : INFINITY;
    }
}

int RLRA(reach_is_beyond)(const fit *f, factor x, ptrdiff_t i)
{
    for (ptrdiff_t k = 0; k < x.rank; k++)
        if (fabs((double)x.at[k * x.stride + i]) > f->reach[k])
            return 1;
    return 0;
}

void RLRA(reach_clip)(const fit *f, factor x)
{
    if (f->reach == NULL)
        return;
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        const double reach = f->reach[k];
        for (ptrdiff_t i = 0; i < x.length; i++)
            if (fabs((double)x.at[k * x.stride + i]) > reach)
                x.at[k * x.stride + i] = (real)copysign(reach, (double)x.at[k * x.stride + i]);
    }
}

/* Move a row back to where its rule left it in the last sweep, which is within the bounds up to rounding. */
static void move_back(const fit *f, factor x, factor last)
{
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            x.at[k * x.stride + i] = last.at[k * last.stride + i];
    RLRA(reach_clip)(f, x);
}

/* The minimiser of  curvature x^2 / 2 - pull x + linear |x|. */
static double least_of(double pull, double curvature, double linear)
{
    const double over = fmax(fabs(pull) - linear, 0);
    return copysign(over, pull) / curvature;
}

/* Coordinate descent on one row within its bounds; never raises its objective. */
static void descend(const fit *f, int n, factor x, factor rhs, const double *gram)
{
    const penalty_list *const list = &f->penalties[n];
    const double linear = RLRA(penalties_linear)(list), ridge = 2 * RLRA(penalties_quadratic)(list);
    const double least = RLRA(penalties_least)(list), most = RLRA(penalties_most)(list);
    double first = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double moved = 0;
        for (ptrdiff_t k = 0; k < x.rank; k++) {
            const double curvature = gram[k * x.rank + k] + ridge, reach = f->reach[k];
            const double now = (double)x.at[k * x.stride];
            double pull = (double)rhs.at[k * rhs.stride] + gram[k * x.rank + k] * now;
            for (ptrdiff_t l = 0; l < x.rank; l++)
                pull -= gram[k * x.rank + l] * (double)x.at[l * x.stride];
            if (!(curvature > (double)REAL_MIN))
                continue;
            const double free = fmin(fmax(least_of(pull, curvature, linear), fmax(least, -reach)), fmin(most, reach));
            const double to = (double)(real)free;
            moved += curvature * (to - now) * (to - now);
            x.at[k * x.stride] = (real)to;
        }
        first = round == 0 ? moved : first;
        if (moved <= SETTLED * first)
            return;
    }
}

void RLRA(reach_bound_row)(const fit *f, int n, ptrdiff_t i, factor rhs, const double *gram)
{
    const factor x = factor_rows(f->x[n], i, i + 1);
    move_back(f, x, factor_rows(f->last[n], i, i + 1));
    descend(f, n, x, rhs, gram);
    RLRA(reach_clip)(f, x);
}

void RLRA(reach_bound_rows)(const fit *f, int n, ptrdiff_t begin, factor x, factor rhs, const double *gram)
{
    for (ptrdiff_t i = 0; f->reach != NULL && i < x.length; i++)
        if (RLRA(reach_is_beyond)(f, x, i))
            RLRA(reach_bound_row)(f, n, begin + i, factor_rows(rhs, i, i + 1), gram);
}

/* Each multiplicative step minimises a majorant that is separable by entry, so that it still lowers the loss when clipped to
 * the bounds. */
void RLRA(reach_bound_block)(const fit *f, int n, ptrdiff_t first, const block *b)
{
    const update_ops *const rule = RLRA(rule_of_use)(RULE_OF_REACH);
    int beyond = 0;
    for (ptrdiff_t i = 0; i < b->x.length; i++)
        beyond |= RLRA(reach_is_beyond)(f, b->x, i);
    if (!beyond)
        return;
    if (f->rule[n] != rule || b->inner_sweeps > 1) {
        block again = *b;
        again.inner_sweeps = 1;
        again.knows_up = 0;
        again.up.at = NULL;
        move_back(f, b->x, factor_rows(f->last[n], first, first + b->x.length));
        rule_improve(rule, &again);
    }
    RLRA(reach_clip)(f, b->x);
}

int64_t RLRA(reach_count)(fit *f)
{
    int64_t count = 0;
    int n = 0;
    while (n + 1 < f->factors && !has_reach(f, n))
        n++;
    RLRA(reach_take)(f, n);
    for (ptrdiff_t k = 0; k < f->widest; k++)
        count += RLRA(is_at_reach)(largest_of(factor_component(f->x[n], k)), f->reach[k]);
    return count;
}

void RLRA(reach_bound_start)(fit *f)
{
    for (int n = 0; f->reach != NULL && n < f->factors; n++) {
        RLRA(reach_take)(f, n);
        RLRA(reach_clip)(f, f->x[n]);
        RLRA(fit_gram)(f, n);
    }
}
