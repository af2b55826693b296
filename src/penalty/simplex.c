/* penalty/simplex.c: the constraint that every row is nonnegative and sums to one. */
#include "penalty/members.h"

static double value(factor x)
{
    (void)x;
    return 0;
}

/* The shift tau with sum_k max(x_k - tau, 0) = 1: entries at or below the shift are dropped until none is left to drop
 * (Michelot 1986, J. Optim. Theory Appl. 50(1)). */
static real shift_of_row(const real *row, ptrdiff_t rank, ptrdiff_t stride)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < rank; k++)
        sum += (double)row[k * stride];
    double shift = (sum - 1) / (double)rank;
    for (ptrdiff_t kept = rank;;) {
        ptrdiff_t count = 0;
        sum = 0;
        for (ptrdiff_t k = 0; k < rank; k++)
            if ((double)row[k * stride] > shift) {
                sum += (double)row[k * stride];
                count++;
            }
        if (count == kept || count == 0)
            return (real)shift;
        kept = count;
        shift = (sum - 1) / (double)count;
    }
}

static double prox(double weight, double step, factor x)
{
    (void)weight;
    for (ptrdiff_t i = 0; i < x.length; i++) {
        real *const row = x.at + i;
        const real shift = shift_of_row(row, x.rank, x.stride);
        for (ptrdiff_t k = 0; k < x.rank; k++) {
            const real v = row[k * x.stride] - shift;
            row[k * x.stride] = v > 0 ? v : 0;
        }
    }
    return step;
}

const penalty_ops RLRA(penalty_simplex) = {
    .about = {"simplex", "every row >= 0 with sum one, such as abundances", "row-separable constraint",
              "Michelot 1986; Heinz & Chang 2001"},
    .scope = PENALTY_ROW,
    .degree = -1,
    .constraint = 1,
    .nonneg = 1,
    .value = value,
    .prox = prox,
};
