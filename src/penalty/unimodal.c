/* penalty/unimodal.c: the constraint that every column rises to one peak and falls from there, at any position. */
#include "penalty/members.h"

#include <math.h>

static double value(factor x)
{
    (void)x;
    return 0;
}

/* Neighbours to which a monotone fit gives one value, their mean. */
typedef struct pool {
    double sum, count;
} pool;

/* Sum of squares that the fit saves over zero: with nonneg, a pool of negative mean is fitted by zero. */
static double saved(pool p, int nonneg)
{
    return nonneg && p.sum < 0 ? 0 : p.sum * p.sum / p.count;
}

/* Pool adjacent violators: the nondecreasing fit of the entries i = 0, 1, .. at at[i * stride]. gains[i], unless NULL, gets what
 * the fit of the first i + 1 of them saves over zero (Stout 2008, section 4). Returns the number of pools. */
static ptrdiff_t fit_rising(const real *at, ptrdiff_t stride, ptrdiff_t length, int nonneg, pool *pools, double *gains)
{
    ptrdiff_t count = 0;
    double gain = 0;
    for (ptrdiff_t i = 0; i < length; i++) {
        pool last = {(double)at[i * stride], 1};
        while (count > 0 && pools[count - 1].sum * last.count >= last.sum * pools[count - 1].count) {
            const pool before = pools[--count];
            gain -= saved(before, nonneg);
            last = (pool){before.sum + last.sum, before.count + last.count};
        }
        pools[count++] = last;
        gain += saved(last, nonneg);
        if (gains != NULL)
            gains[i] = gain;
    }
    return count;
}

static void write_fit(const pool *pools, ptrdiff_t count, int nonneg, real *at, ptrdiff_t stride)
{
    ptrdiff_t i = 0;
    for (ptrdiff_t p = 0; p < count; p++) {
        const double mean = pools[p].sum / pools[p].count;
        for (ptrdiff_t end = i + (ptrdiff_t)pools[p].count; i < end; i++)
            at[i * stride] = (real)(nonneg && mean < 0 ? 0 : mean);
    }
}

/* Rising before place `peak`, falling from there on: the cut with the largest gain. The fits are independent: whichever of the
 * two is higher at the cut has the peak. */
static void project_column(real *at, ptrdiff_t length, int nonneg, double *room)
{
    double *const before = room, *const after = room + length;
    pool *const pools = (pool *)(room + 2 * length);
    ptrdiff_t peak = 0;
    double most = -INFINITY;
    fit_rising(at, 1, length, nonneg, pools, before);
    fit_rising(at + length - 1, -1, length, nonneg, pools, after);
    for (ptrdiff_t cut = 0; cut <= length; cut++) {
        const double gain = (cut > 0 ? before[cut - 1] : 0) + (cut < length ? after[length - 1 - cut] : 0);
        if (gain > most) {
            most = gain;
            peak = cut;
        }
    }
    write_fit(pools, fit_rising(at, 1, peak, nonneg, pools, NULL), nonneg, at, 1);
    real *const end = at + length - 1;
    write_fit(pools, fit_rising(end, -1, length - peak, nonneg, pools, NULL), nonneg, end, -1);
}

static double prox(double weight, double step, factor x, double *room)
{
    (void)weight;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        project_column(x.at + k * x.stride, x.length, 0, room);
    return step;
}

static double prox_nonneg(double weight, double step, factor x, double *room)
{
    (void)weight;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        project_column(x.at + k * x.stride, x.length, 1, room);
    return step;
}

static size_t room(ptrdiff_t length, ptrdiff_t rank)
{
    (void)rank;
    return 4 * (size_t)length;
}

const penalty_ops RLRA(penalty_unimodal) = {
    .about = {"unimodal", "every column rises to one peak and falls from there, such as elution profiles",
              "column-separable constraint cone nonconvex", "Bro & Sidiropoulos 1998; Stout 2008"},
    .kind = PENALTY_OTHER_COLUMN,
    .scope = PENALTY_COLUMN,
    .degree = 0,
    .constraint = 1,
    .value = value,
    .prox = prox,
    .prox_nonneg = prox_nonneg,
    .room = room,
};
