/* penalty/simplex.c: the constraint that every row is nonnegative and sums to one. */
#include "penalty/members.h"

#include <math.h>

static double value(factor x)
{
    (void)x;
    return 0;
}

/* The shift tau with sum_k max(x_k - tau, 0) = 1: entries at or below the shift are dropped until there is none (Michelot 1986,
 * J. Optim. Theory Appl. 50(1)). It is counted from the largest entry, which keeps the digits of large rows; at most `rank`
 * rounds, as every round but the last drops an entry. */
static double shift_of_row(const real *row, ptrdiff_t rank, ptrdiff_t stride, double largest)
{
    double shift = -INFINITY;
    for (ptrdiff_t kept = rank + 1;;) {
        double sum = 0;
        ptrdiff_t count = 0;
        for (ptrdiff_t k = 0; k < rank; k++) {
            const double below = (double)row[k * stride] - largest;
            sum += below > shift ? below : 0;
            count += below > shift;
        }
        if (count >= kept || count == 0)
            return shift;
        kept = count;
        shift = (sum - 1) / (double)count;
    }
}

static double prox(double weight, double step, factor x, double *room)
{
    (void)room;
    (void)weight;
    for (ptrdiff_t i = 0; i < x.length; i++) {
        real *const row = x.at + i;
        double largest = (double)row[0];
        for (ptrdiff_t k = 1; k < x.rank; k++)
            largest = (double)row[k * x.stride] > largest ? (double)row[k * x.stride] : largest;
        const double shift = shift_of_row(row, x.rank, x.stride, largest);
        for (ptrdiff_t k = 0; k < x.rank; k++) {
            const double v = (double)row[k * x.stride] - largest - shift;
            row[k * x.stride] = (real)(v > 0 ? v : 0);
        }
    }
    return step;
}

const penalty_ops RLRA(penalty_simplex) = {
    .about = {"simplex", "every row >= 0 with sum one, such as abundances", "row-separable constraint",
              "Michelot 1986; Heinz & Chang 2001"},
    .kind = PENALTY_SIMPLEX,
    .scope = PENALTY_ROW,
    .degree = -1,
    .constraint = 1,
    .nonneg = 1,
    .value = value,
    .prox = prox,
};
