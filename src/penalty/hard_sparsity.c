/* penalty/hard_sparsity.c: the constraint that at most k entries of a row differ from zero; the weight is k. */
#include "penalty/members.h"

#include <math.h>

static double value(factor x)
{
    (void)x;
    return 0;
}

/* Find the largest magnitude k times; ties go by position. After nonneg and simplex no entry is negative. */
static void keep_largest(real *row, ptrdiff_t rank, ptrdiff_t stride, ptrdiff_t most)
{
    double last = INFINITY;
    ptrdiff_t last_at = -1;
    for (ptrdiff_t kept = 0; kept < most; kept++) {
        double largest = 0;
        ptrdiff_t at = -1;
        for (ptrdiff_t k = 0; k < rank; k++) {
            const double size = fabs((double)row[k * stride]);
            const int behind = size < last || (size == last && k > last_at);
            if (behind && size > largest) {
                largest = size;
                at = k;
            }
        }
        if (at < 0)
            return;
        last = largest;
        last_at = at;
    }
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double size = fabs((double)row[k * stride]);
        if (size < last || (size == last && k > last_at))
            row[k * stride] = 0;
    }
}

static double prox(double weight, double step, factor x, double *room)
{
    (void)room;
    if (weight < (double)x.rank)
        for (ptrdiff_t i = 0; i < x.length; i++)
            keep_largest(x.at + i, x.rank, x.stride, (ptrdiff_t)weight);
    return step;
}

void RLRA(hard_sparsity_refill)(factor x)
{
    for (ptrdiff_t i = 0; i < x.length; i++) {
        real *const row = x.at + i;
        double sum = 0;
        ptrdiff_t count = 0;
        for (ptrdiff_t k = 0; k < x.rank; k++) {
            sum += (double)row[k * x.stride];
            count += row[k * x.stride] > 0;
        }
        for (ptrdiff_t k = 0; k < x.rank; k++)
            if (row[k * x.stride] > 0 && sum < 1)
                row[k * x.stride] += (real)((1 - sum) / (double)count);
    }
}

const penalty_ops RLRA(penalty_hard_sparsity) = {
    .about = {"hard_sparsity", "at most k entries of each row differ from zero; hard_sparsity=3: k = 3",
              "row-separable constraint cone nonconvex", "Nadisic, Vandaele, Gillis & Cohen 2020"},
    .kind = PENALTY_SPARSITY,
    .scope = PENALTY_ROW,
    .degree = 0,
    .constraint = 1,
    .counts = 1,
    .value = value,
    .prox = prox,
};
